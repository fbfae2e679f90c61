import KubernetesModel

/// A change of one object, as controllers see it.
enum FollowedChange: Sendable {
    /// It is there; new, changed, or seen for the first time.
    case present(StoredObject)
    /// It is gone; the one of that name and identity.
    case gone(ObjectKey, uid: String)
}

/// Shows every object of a resource, and every change of one, without end.
///
/// Begins with what is there, so that controllers need to keep nothing over a restart; begins anew when the history
/// was dropped before it was read, and then tells what is gone by comparing.
struct StoreFollower: Sendable {
    let store: ObjectStore
    let resource: GroupResource

    /// Ends by cancellation, or with the store.
    func run(_ handle: (FollowedChange) async -> Void) async {
        var known: [ObjectKey: String] = [:]
        while !Task.isCancelled {
            do throws(StoreError) {
                try await follow(&known, handle)
            } catch {
                switch error {
                case .cancelled, .closed: return
                case .expired: continue
                default:
                    // The disk may recover; to ask at once would only keep it busy.
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    private func follow(_ known: inout [ObjectKey: String], _ handle: (FollowedChange) async -> Void)
        async throws(StoreError)
    {
        let page = try await store.list(ListQuery(resource: resource))
        let before = known
        known = [:]
        for item in page.items {
            let uid = item.object.uid
            known[item.key] = uid
            if let old = before[item.key], old != uid { await handle(.gone(item.key, uid: old)) }
            await handle(.present(item))
        }
        for (key, uid) in before where known[key] == nil { await handle(.gone(key, uid: uid)) }
        let stream = try store.watch(WatchQuery(resource: resource, after: page.revision))
        while true {
            for event in try await stream.next().events {
                let object = event.object
                switch event.kind {
                case .added, .modified:
                    known[object.key] = object.object.uid
                    await handle(.present(object))
                case .deleted:
                    known[object.key] = nil
                    await handle(.gone(object.key, uid: object.object.uid))
                }
            }
        }
    }
}
