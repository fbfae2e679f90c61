import APIRegistry
import JSONText
import KubernetesModel
import RBAC

extension ResourceService {
    func create(_ call: Call) async throws(APIStatus) -> APIResponse {
        let options = try WriteOptions(.create, query: call.request.query)
        let answer = try answer(call)
        guard call.place.name.isEmpty else { throw .methodNotAllowed }
        let object = try RequestBody.object(try RequestBody.read(call.request, limits: limits))
        let created = try await writer.create(
            object,
            at: call.place,
            by: call.writeCall(options, kind: .create)
        )
        return answer.response(created, code: 201)
    }

    func update(_ call: Call) async throws(APIStatus) -> APIResponse {
        let options = try WriteOptions(.update, query: call.request.query)
        let answer = try answer(call)
        guard !call.place.name.isEmpty else { throw .methodNotAllowed }
        let object = try RequestBody.object(try RequestBody.read(call.request, limits: limits))
        let place = call.place
        try place.lifecycle.checkPath(of: object, namespace: place.namespace, name: place.name)
        let createsOnUpdate = place.lifecycle.createsOnUpdate && place.subresource.isEmpty
        let creating: () throws(APIStatus) -> UpdateChange = { () throws(APIStatus) in
            try self.checkMayCreate(call)
            return UpdateChange(object: object)
        }
        let result = try await writer.update(
            place,
            by: call.writeCall(options, kind: .update),
            creating: createsOnUpdate ? creating : nil
        ) { _ in UpdateChange(object: object) }
        return answer.response(result.object, code: result.isNew ? 201 : 200)
    }

    /// A write that creates needs the right to create, whatever its own verb was.
    func checkMayCreate(_ call: Call) throws(APIStatus) {
        guard var attributes = call.info.resource else { throw .noSuchPath }
        attributes.verb = "create"
        let decision = access.snapshot().decide(.resource(attributes), by: call.request.user)
        if !decision.isGranted { throw .forbidden(call.request.user, .resource(attributes)) }
    }

    // MARK: Delete

    func delete(_ call: Call) async throws(APIStatus) -> APIResponse {
        let answer = try answer(call)
        let options = try deleteOptions(call)
        let outcome = try await writer.delete(
            call.place,
            options,
            by: deleteCall(call, options)
        )
        switch outcome {
        case .pending(let object):
            return answer.response(object, code: options.orphanDependents == false ? 202 : 200)
        case .removed(let object):
            if call.place.lifecycle.returnsDeletedObject { return answer.response(object) }
            return ObjectAnswer.response(Self.success(call.place, object), answer.format, code: 200)
        }
    }

    /// Deletes what a list would show, and answers with it.
    func deleteCollection(_ call: Call) async throws(APIStatus) -> APIResponse {
        let answer = try answer(call)
        let options = try deleteOptions(call)
        let listing = try ListOptions(call.place.definition, query: call.request.query, isWatch: false)
        let page = try await page(call.place, listing)
        var deleted: [UnstructuredObject] = []
        for item in page.items {
            var place = call.place
            place.namespace = item.key.namespace
            place.name = item.key.name
            do {
                switch try await writer.delete(place, options, by: deleteCall(call, options)) {
                case .pending(let object), .removed(let object): deleted.append(object)
                }
            } catch {
                guard error.reason == .notFound else { throw error }
            }
        }
        var metadata: JSONObject = ["resourceVersion": .string("\(page.revision)")]
        if let token = page.continueToken { metadata["continue"] = .string(token) }
        return answer.list(deleted, metadata: metadata)
    }

    private func deleteOptions(_ call: Call) throws(APIStatus) -> DeleteOptions {
        let body = call.request.body.isEmpty ? nil : try RequestBody.read(call.request, limits: limits)
        return try DeleteOptions(body: body, query: call.request.query)
    }

    private func deleteCall(_ call: Call, _ options: DeleteOptions) -> WriteCall {
        var members: JSONObject = ["kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1"]
        if let period = options.gracePeriodSeconds { members["gracePeriodSeconds"] = .int(period) }
        if let propagation = options.propagation {
            members["propagationPolicy"] = .string(propagation.rawValue)
        }
        if options.isDryRun { members["dryRun"] = ["All"] }
        return WriteCall(
            user: call.request.user,
            manager: "",
            isDryRun: options.isDryRun,
            options: .object(members),
            warnings: call.warnings
        )
    }

    /// What a delete answers that left nothing behind.
    static func success(_ place: ResourcePlace, _ object: UnstructuredObject) -> JSONValue {
        var details: JSONObject = ["name": .string(object.name)]
        let resource = place.resource
        if !resource.group.isEmpty { details["group"] = .string(resource.group) }
        details["kind"] = .string(resource.resource)
        if !object.uid.isEmpty { details["uid"] = .string(object.uid) }
        return [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
            "details": .object(details),
        ]
    }
}

extension ObjectLifecycle {
    /// Refuses an object that was sent to another's path before anything is looked up.
    func checkPath(of object: UnstructuredObject, namespace: String, name: String) throws(APIStatus) {
        var copy = object
        try receive(&copy, namespace: namespace, name: name)
    }
}
