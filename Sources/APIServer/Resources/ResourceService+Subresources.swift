import APIRegistry
import JSONText
import KubernetesModel

extension ResourceService {
    func answerSubresource(_ call: Call) async throws(APIStatus) -> APIResponse {
        let place = call.place
        guard let subresource = place.definition.subresource(place.subresource), !place.name.isEmpty else {
            throw .noSuchPath
        }
        guard let verb = ResourceDefinition.Verb(rawValue: call.verb), subresource.verbs.contains(verb) else {
            throw .methodNotAllowed
        }
        guard subresource.isOffered else {
            guard let pod = try await writer.read(place) else {
                throw .notFound(place.resource, name: place.name)
            }
            throw .needsKubelet(place.subresource, pod: pod.object)
        }
        switch (place.subresource, verb) {
        case ("status", .get): return try await get(call)
        case ("status", .update), ("finalize", .update): return try await update(call)
        case ("status", .patch): return try await patch(call)
        case ("scale", .get): return try await getScale(call)
        case ("scale", .update): return try await updateScale(call)
        case ("scale", .patch): return try await patchScale(call)
        case ("binding", .create): return try await bind(call)
        case ("eviction", .create): return try await evict(call)
        case ("token", .create): return try await issueToken(call)
        default: throw .methodNotAllowed
        }
    }

    // MARK: Scale

    private func scaleView(_ call: Call) throws(APIStatus) -> ScaleView {
        guard let view = ScaleView(call.place.definition) else { throw .noSuchPath }
        return view
    }

    private func getScale(_ call: Call) async throws(APIStatus) -> APIResponse {
        let view = try scaleView(call)
        let answer = try answer(call, shapes: false)
        guard let stored = try await writer.read(call.place) else {
            throw .notFound(call.place.resource, name: call.place.name)
        }
        let object = VersionConversion.present(stored.object, as: call.place.definition)
        return answer.response(view.scale(of: object))
    }

    private func updateScale(_ call: Call) async throws(APIStatus) -> APIResponse {
        let scale = try RequestBody.object(try RequestBody.read(call.request, limits: limits))
        let options = try WriteOptions(.update, query: call.request.query)
        return try await setScale(call, call.writeCall(options, kind: .update)) { _ in scale }
    }

    private func patchScale(_ call: Call) async throws(APIStatus) -> APIResponse {
        let patch = try ResourcePatch(call.request, call.place.definition, limits: limits)
        let options = try WriteOptions(.patch, query: call.request.query, isApply: patch.isApply)
        let schema = BuiltInSchemas.shared.schema(for: ScaleView.kind) ?? .anything
        return try await setScale(call, call.writeCall(options, kind: .patch)) { current throws(APIStatus) in
            guard case .apply(let configuration) = patch else {
                return try patch.applied(to: current, schema: schema, limits: self.limits)
            }
            var result = current
            result["spec", "replicas"] = configuration["spec", "replicas"] ?? current["spec", "replicas"]
            return result
        }
    }

    private func setScale(
        _ call: Call,
        _ write: WriteCall,
        _ change: (UnstructuredObject) throws(APIStatus) -> UnstructuredObject
    ) async throws(APIStatus) -> APIResponse {
        let view = try scaleView(call)
        let answer = try answer(call, shapes: false)
        let place = call.place
        let result = try await writer.update(place, by: write, admittedAs: view) { old throws(APIStatus) in
            let current = view.scale(of: old)
            let scale = try change(current)
            guard scale.name == place.name || scale.name.isEmpty else {
                throw .badRequest(
                    "the name of the object (\(scale.name)) does not match the name on the URL (\(place.name))"
                )
            }
            guard let replicas = ScaleView.replicas(of: scale) else {
                throw .badRequest(
                    "Scale in version \"v1\" cannot be handled as a Scale: spec.replicas is no integer"
                )
            }
            var errors = FieldErrors()
            if replicas < 0 {
                errors.invalid(
                    FieldPath("spec.replicas"),
                    .int(replicas),
                    "must be greater than or equal to 0"
                )
            }
            try errors.check(ScaleView.kind, name: place.name)
            var object = old
            view.set(replicas, in: &object)
            if !scale.resourceVersion.isEmpty { object.resourceVersion = scale.resourceVersion }
            return UpdateChange(object: object)
        }
        return answer.response(view.scale(of: result.object))
    }
}
