import APIRegistry
import JSONText
import KubernetesModel

/// What a delete left behind.
enum DeletionOutcome {
    /// It is gone; the object in its last state.
    case removed(UnstructuredObject)
    /// It stays until something happens.
    case pending(UnstructuredObject)
}

extension ObjectWriter {
    /// Deletes an object, or marks it for those who must act first.
    func delete(_ place: ResourcePlace, _ options: DeleteOptions, by call: WriteCall)
        async throws(APIStatus) -> DeletionOutcome
    {
        for _ in 0..<limits.patchAttempts {
            guard let stored = try await read(place) else {
                throw .notFound(place.resource, name: place.name)
            }
            let old = VersionConversion.present(stored.object, as: place.definition)
            try NamespaceAdmission.admitDelete(at: place)
            let attributes = self.attributes(.delete, place, object: nil, old: old, call)
            _ = try await admission.mutate(attributes, call.warnings)
            try await admission.validate(attributes, call.warnings)

            let decision = try place.lifecycle.delete(old, options, now: now())
            do {
                switch decision {
                case .pending(let object): return .pending(object)
                case .mark(let object) where call.isDryRun: return .pending(object)
                case .remove(let object) where call.isDryRun: return .removed(object)
                case .mark(let object):
                    let written = try await write(object, at: place, expecting: .revision(stored.revision))
                    try await definitions.written(at: place)
                    return .pending(written)
                case .remove(let object):
                    _ = try await write(nil, at: place, expecting: .revision(stored.revision))
                    try await definitions.written(at: place)
                    return .removed(object)
                }
            } catch {
                // Deleted or changed meanwhile: look again.
                guard [.conflict, .notFound].contains(error.reason) else { throw error }
            }
        }
        throw .modified(place.resource, name: place.name)
    }
}
