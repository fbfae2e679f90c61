import JSONText
import KubernetesClient
import KubernetesModel
import Reconciliation
import Synchronization

/// An API server's resource that a test writes to; watches wait for what is written.
final class FakeSource: ListWatchSource {
    enum Fault {
        /// The next watch is told that its version is gone.
        case expired
        /// Watches end in the middle of a frame.
        case half
    }

    private struct State {
        var objects: [String: UnstructuredObject] = [:]
        var events: [(revision: Int, event: WatchEvent<UnstructuredObject>)] = []
        var revision = 1
        var faults: [Fault] = []
        var lists: [ListRequest] = []
        var watches: [WatchRequest] = []
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    var lists: [ListRequest] { state.withLock { $0.lists } }
    var watches: [WatchRequest] { state.withLock { $0.watches } }

    // MARK: Writing

    func put(_ name: String, node: String = "n1", uid: String? = nil, raw: JSONObject? = nil) {
        change { state in
            state.revision += 1
            let known = state.objects[name]
            let identity = uid ?? known?.uid ?? "uid-\(name)"
            var object = UnstructuredObject(raw ?? ["spec": ["nodeName": .string(node)], "status": [:]])
            object["metadata"] = [
                "name": .string(name), "namespace": "default", "uid": .string(identity),
                "resourceVersion": .string("\(state.revision)"),
            ]
            state.objects[name] = object
            state.events.append((state.revision, known == nil ? .added(object) : .modified(object)))
        }
    }

    func delete(_ name: String, silently: Bool = false) {
        change { state in
            state.revision += 1
            guard var object = state.objects.removeValue(forKey: name), !silently else { return }
            object.resourceVersion = "\(state.revision)"
            state.events.append((state.revision, .deleted(object)))
        }
    }

    func inject(_ fault: Fault) {
        change { $0.faults.append(fault) }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiting = state.withLock { state in
            body(&state)
            defer { state.waiting = [:] }
            return state.waiting
        }
        for waiter in waiting.values { waiter.resume() }
    }

    // MARK: Serving

    func list(_ request: ListRequest) async throws -> [UInt8] {
        state.withLock { state in
            state.lists.append(request)
            let all = state.objects.keys.sorted()
            let start = request.continuation.flatMap { Int($0) } ?? 0
            let end = min(all.count, start + (request.limit ?? all.count))
            var metadata: JSONObject = ["resourceVersion": .string("\(state.revision)")]
            if end < all.count { metadata["continue"] = .string("\(end)") }
            let list: JSONObject = [
                "kind": "PodList", "apiVersion": "v1", "metadata": .object(metadata),
                "items": .array(all[start..<end].compactMap { state.objects[$0]?.json }),
            ]
            return JSONValue.object(list).bytes()
        }
    }

    func watch(
        _ request: WatchRequest,
        receive: (WatchEvent<UnstructuredObject>) async throws -> Void
    ) async throws {
        state.withLock { $0.watches.append(request) }
        var cursor = Int(request.version) ?? 0
        while true {
            try Task.checkCancellation()
            let (fault, next) = state.withLock { state in
                let next = state.events.first { $0.revision > cursor }
                return (state.faults.isEmpty ? nil : state.faults.removeFirst(), next)
            }
            switch fault {
            case .expired?:
                let status = APIStatus(code: 410, reason: .expired, message: "too old resource version")
                try await receive(.failed(status))
            case .half?:
                throw ClientError.malformed("the watch ended within a frame")
            case nil:
                guard let next else {
                    await waitForChange(after: cursor)
                    continue
                }
                cursor = next.revision
                try await receive(next.event)
            }
        }
    }

    private func waitForChange(after cursor: Int) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isReady = state.withLock { state in
                    let hasNews = !state.faults.isEmpty || state.events.contains { $0.revision > cursor }
                    if hasNews || Task.isCancelled { return true }
                    state.waiting[number] = waiter
                    return false
                }
                if isReady { waiter.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiting.removeValue(forKey: number) }
            waiter?.resume()
        }
    }
}
