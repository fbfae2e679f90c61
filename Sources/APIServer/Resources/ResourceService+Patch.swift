import APIRegistry
import JSONText
import KubernetesModel

/// A patch of one of the four kinds, ready to be applied as often as it takes.
enum ResourcePatch: Sendable {
    case json(JSONPatch)
    case merge(JSONMergePatch)
    case strategic(JSONValue)
    /// The configuration of a server-side apply.
    case apply(UnstructuredObject)

    var isApply: Bool {
        if case .apply = self { true } else { false }
    }

    /// Reads a patch by its content type; what a kind does not take is refused.
    init(_ request: APIRequest, _ definition: ResourceDefinition, limits: APIServerLimits) throws(APIStatus) {
        let body = request.body
        do {
            switch RequestBody.mediaType(request.contentType) {
            case "application/json-patch+json":
                self = .json(try JSONPatch(parsing: try RequestBody.json(body, limits: limits)))
            case "application/merge-patch+json":
                self = .merge(JSONMergePatch(try RequestBody.json(body, limits: limits)))
            case "application/strategic-merge-patch+json" where !definition.isCustom:
                self = .strategic(try RequestBody.json(body, limits: limits))
            case "application/apply-patch+yaml":
                // Most clients send JSON here, which is read faster, and strictly.
                let isJSON = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
                let value =
                    isJSON
                    ? try RequestBody.json(body, limits: limits) : try RequestBody.yaml(body, limits: limits)
                self = .apply(try RequestBody.object(value))
            default:
                var types = ["application/json-patch+json", "application/merge-patch+json"]
                if !definition.isCustom { types.append("application/strategic-merge-patch+json") }
                types.append("application/apply-patch+yaml")
                throw APIStatus.unsupportedMediaType(
                    "the body of the request was in an unknown format - accepted media types include: \(types.joined(separator: ", "))"
                )
            }
        } catch let error as PatchError {
            throw error.status
        } catch let status as APIStatus {
            throw status
        } catch {
            throw .badRequest("\(error)")
        }
    }

    /// The patched object; of a server-side apply, nothing.
    func applied(to object: UnstructuredObject, schema: Schema, limits: APIServerLimits) throws(APIStatus)
        -> UnstructuredObject
    {
        do {
            switch self {
            case .json(let patch):
                let bounds = JSONPatch.Limits(copiedBytes: limits.bodyBytes, depth: limits.bodyDepth)
                return try patch.applied(to: object, limits: bounds)
            case .merge(let patch): return try patch.applied(to: object)
            case .strategic(let value):
                return try StrategicMergePatch(value, schema: schema).applied(to: object)
            case .apply: return object
            }
        } catch {
            throw error.status
        }
    }
}

extension ResourceService {
    func patch(_ call: Call) async throws(APIStatus) -> APIResponse {
        let place = call.place
        guard !place.name.isEmpty else { throw .methodNotAllowed }
        let patch = try ResourcePatch(call.request, place.definition, limits: limits)
        let options = try WriteOptions(.patch, query: call.request.query, isApply: patch.isApply)
        let answer = try answer(call)
        let write = call.writeCall(options, kind: .patch)
        guard case .apply(let configuration) = patch else {
            let result = try await writer.update(place, by: write) { old throws(APIStatus) in
                UpdateChange(
                    object: try self.received(
                        patch.applied(to: old, schema: place.definition.schema, limits: self.limits),
                        place,
                        write
                    ),
                    isReceived: true
                )
            }
            return answer.response(result.object)
        }
        let result = try await apply(configuration, call, write, force: options.isForced)
        return answer.response(result.object, code: result.isNew ? 201 : 200)
    }

    /// The patched object by its schema; what is wrong is the patch's fault.
    private func received(_ patched: UnstructuredObject, _ place: ResourcePlace, _ write: WriteCall)
        throws(APIStatus) -> UnstructuredObject
    {
        var object = patched
        do {
            try ObjectShape(place.definition).receive(&object, write)
        } catch {
            guard error.reason == .badRequest else { throw error }
            var errors = FieldErrors()
            let text = patched.json.text()
            let detail =
                error.message.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? error.message
            errors.invalid(FieldPath("patch"), .string(text), detail)
            try errors.check(GroupVersionKind(group: "", version: "", kind: ""), name: "")
        }
        return object
    }

    private func apply(
        _ configuration: UnstructuredObject,
        _ call: Call,
        _ write: WriteCall,
        force: Bool
    ) async throws(APIStatus) -> (object: UnstructuredObject, isNew: Bool) {
        let place = call.place
        var applied = configuration
        if applied.name.isEmpty, applied["metadata"]?.object != nil || applied["metadata"] == nil {
            applied.name = place.name
        }
        try place.lifecycle.checkPath(of: applied, namespace: place.namespace, name: place.name)
        // The namespace of the path counts as applied only where the configuration says it.
        let wanted = applied
        let ownership = FieldOwnership(place)
        let now = now()
        let merged: (UnstructuredObject?) throws(APIStatus) -> UpdateChange = { live throws(APIStatus) in
            UpdateChange(
                object: try ownership.applied(wanted, to: live, by: write.manager, force: force, now: now),
                ownsFields: true
            )
        }
        let creating: () throws(APIStatus) -> UpdateChange = { () throws(APIStatus) in
            try self.checkMayCreate(call)
            return try merged(nil)
        }
        return try await writer.update(
            place,
            by: write,
            creating: place.subresource.isEmpty ? creating : nil
        ) { old throws(APIStatus) in try merged(old) }
    }
}
