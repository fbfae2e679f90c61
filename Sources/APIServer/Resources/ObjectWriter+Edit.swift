import APIRegistry
import KubernetesModel

extension ObjectWriter {
    /// Changes an object past the rules for callers: for subresources and controllers, which write what those forbid.
    ///
    /// A change that returns false leaves the object as it is. One that is being deleted, and that nothing holds any more, goes.
    @discardableResult
    func edit(
        _ place: ResourcePlace,
        uid: String? = nil,
        _ change: (inout UnstructuredObject) throws(APIStatus) -> Bool
    ) async throws(APIStatus) -> UnstructuredObject {
        for _ in 0..<limits.patchAttempts {
            guard let stored = try await read(place), uid == nil || stored.object.uid == uid else {
                throw .notFound(place.resource, name: place.name)
            }
            let old = stored.object
            var object = old
            guard try change(&object), object != old else { return old }
            let isGone = place.lifecycle.isGone(object, after: old)
            do {
                let written = try await write(
                    isGone ? nil : object,
                    at: place,
                    expecting: .revision(stored.revision)
                )
                try await definitions.written(at: place)
                return isGone ? object : written
            } catch {
                guard error.reason == .conflict else { throw error }
            }
        }
        throw .modified(place.resource, name: place.name)
    }
}
