import APIRegistry
import JSONText
import KubernetesModel

// What is created under a pod's name: a binding to a node, and an eviction.

extension ResourceService {
    /// A success that names nothing, as these two answer.
    private static let created = APIResponse(
        code: 201,
        ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201]
    )

    /// The object in the body of a create under a pod's name, which must name the pod.
    private func body(_ call: Call, kinds: Set<String>) throws(APIStatus) -> UnstructuredObject {
        let object = try RequestBody.object(try RequestBody.read(call.request, limits: limits))
        guard object.kind.isEmpty || kinds.contains(object.kind) else {
            throw .badRequest(
                "\(object.kind) cannot be handled as a \(kinds.sorted().joined(separator: " or "))"
            )
        }
        guard object.name.isEmpty || object.name == call.place.name else {
            throw .badRequest("name in URL does not match name in \(kinds.first ?? "") object")
        }
        guard object.namespace.isEmpty || object.namespace == call.place.namespace else {
            throw .badRequest(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        }
        return object
    }

    func bind(_ call: Call) async throws(APIStatus) -> APIResponse {
        let binding = try body(call, kinds: ["Binding"])
        let options = try WriteOptions(.create, query: call.request.query)
        let node = binding["target", "name"]?.string ?? ""
        var errors = FieldErrors()
        let kind = binding["target", "kind"]?.string ?? ""
        if !["", "Node", "Minion"].contains(kind) {
            errors.notSupported(FieldPath("target.kind"), .string(kind), ["Node", "Minion", "<empty>"])
        }
        if node.isEmpty { errors.required(FieldPath("target.name")) }
        try errors.check(GroupVersionKind(group: "", version: "v1", kind: "Binding"), name: binding.name)
        let resource = GroupResource(group: "", resource: "pods/binding")
        let name = call.place.name
        let now = now()
        try await admitConnect(call, binding, options)
        _ = try await writer.edit(call.place) { pod throws(APIStatus) in
            if pod.isBeingDeleted {
                throw .conflict(
                    resource,
                    name: name,
                    "pod \(name) is being deleted, cannot be assigned to a host"
                )
            }
            let assigned = pod["spec", "nodeName"]?.string ?? ""
            guard assigned.isEmpty else {
                throw .conflict(
                    resource,
                    name: name,
                    "pod \(name) is already assigned to node \"\(assigned)\""
                )
            }
            pod["spec", "nodeName"] = .string(node)
            for (key, value) in binding.annotations { pod.annotations[key] = value }
            CustomResourceNames.setCondition(
                &pod,
                type: "PodScheduled",
                status: "True",
                reason: "",
                message: "",
                now: now
            )
            return !options.isDryRun
        }
        return Self.created
    }

    func evict(_ call: Call) async throws(APIStatus) -> APIResponse {
        let eviction = try body(call, kinds: ["Eviction"])
        let given = eviction["deleteOptions"]
        var options = try DeleteOptions(body: given, query: call.request.query)
        if try WriteOptions(.create, query: call.request.query).isDryRun { options.isDryRun = true }
        guard let pod = try await writer.read(call.place)?.object else {
            throw .notFound(call.place.resource, name: call.place.name)
        }
        let write = WriteCall(
            user: call.request.user,
            manager: "",
            isDryRun: options.isDryRun,
            warnings: call.warnings
        )
        try await admitConnect(call, eviction, try WriteOptions(.create, query: call.request.query))
        let phase = pod["status", "phase"]?.string ?? ""
        // A pod that does not run breaks no budget.
        if !["Succeeded", "Failed", "Pending"].contains(phase), !pod.isBeingDeleted {
            try await takeFromBudget(pod, isDryRun: options.isDryRun)
        }
        if options.uid == nil { options.uid = pod.uid }
        var place = call.place
        place.subresource = ""
        _ = try await writer.delete(place, options, by: write)
        return Self.created
    }

    /// Takes one disruption from the budget that the pod is under; refuses where none is left.
    ///
    /// Nobody here computes budgets: what their status says counts, and a status that nobody wrote allows nothing.
    private func takeFromBudget(_ pod: UnstructuredObject, isDryRun: Bool) async throws(APIStatus) {
        guard
            let definition = catalogue.snapshot().definition(
                group: "policy",
                version: "v1",
                plural: "poddisruptionbudgets"
            )
        else { return }
        let budgets = try await store.all(definition.storage, namespace: pod.namespace)
        let labels = pod.labels
        let matching = budgets.filter { budget in
            guard let value = budget.object["spec", "selector"], let selector = try? LabelSelector(value)
            else { return false }
            return selector.matches(labels)
        }
        guard matching.count <= 1 else {
            throw APIStatus(
                code: 500,
                reason: .internalError,
                message:
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
            )
        }
        guard let budget = matching.first else { return }
        let place = ResourcePlace(definition, namespace: pod.namespace, name: budget.key.name)
        let now = now()
        _ = try await writer.edit(place) { object throws(APIStatus) in
            let allowed = object["status", "disruptionsAllowed"]?.int ?? 0
            let observed = object["status", "observedGeneration"]?.int ?? 0
            guard observed >= object.generation ?? 0 else {
                throw Self.tooManyDisruptions(
                    "The disruption budget \(object.name) is still being processed by the server.",
                    retryAfter: .seconds(10)
                )
            }
            guard allowed > 0 else {
                let healthy = object["status", "currentHealthy"]?.int ?? 0
                let desired = object["status", "desiredHealthy"]?.int ?? 0
                throw Self.tooManyDisruptions(
                    "The disruption budget \(object.name) needs \(desired) healthy pods and has \(healthy) currently"
                )
            }
            object["status", "disruptionsAllowed"] = .int(allowed - 1)
            object["status", "disruptedPods", pod.name] = .string(now.description)
            return !isDryRun
        }
    }

    private static func tooManyDisruptions(_ cause: String, retryAfter: Duration? = nil) -> APIStatus {
        APIStatus(
            code: 429,
            reason: .tooManyRequests,
            message: "Cannot evict pod as it would violate the pod's disruption budget.",
            details: APIStatus.Details(
                causes: [APIStatus.Cause(reason: "DisruptionBudget", message: cause)],
                retryAfter: retryAfter
            )
        )
    }

    /// Shows a create under another object's name to the webhooks.
    func admitConnect(_ call: Call, _ object: UnstructuredObject, _ options: WriteOptions)
        async throws(APIStatus)
    {
        let write = call.writeCall(options, kind: .create)
        var attributes = writer.attributes(.create, call.place, object: object, old: nil, write)
        attributes.kind = call.place.definition.subresource(call.place.subresource)?.kind ?? attributes.kind
        attributes.object = try await writer.admission.mutate(attributes, call.warnings)
        try await writer.admission.validate(attributes, call.warnings)
    }
}
