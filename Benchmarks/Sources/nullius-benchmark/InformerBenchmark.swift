import Glibc
import JSONText
import KubernetesClient
import KubernetesModel
import Reconciliation
import Synchronization

/// Measures an informer of pods: its first list, changes, and a list once more.
struct InformerBenchmark: Sendable {
    let client: APIClient

    func run(seconds: Int) async throws {
        let source = BreakableSource(base: client.source(WatchedResource(.pods)))
        let informer = Informer<CoreV1.Pod>(source: source)
        print("informer: before: RSS \(rounded(Measures.mebibytes("VmRSS"))) MiB")
        let (cpu, wall) = (Measures.cpuSeconds, Measures.wallSeconds)
        let running = Task { await informer.run() }
        try await informer.waitUntilSynced()
        print(
            "sync: \(informer.withStore { $0.count }) pods, \(rounded(Measures.wallSeconds - wall)) s,",
            "cpu \(rounded(Measures.cpuSeconds - cpu)) s, RSS \(rounded(Measures.mebibytes("VmRSS"))) MiB,",
            "peak \(rounded(Measures.mebibytes("VmHWM"))) MiB"
        )
        let changes = Changes()
        let listening = Task { await changes.listen(to: informer) }
        try await Task.sleep(for: .seconds(2))
        changes.reset()
        try await during(seconds, informer, changes)
        try await relist(source, informer, changes)
        running.cancel()
        listening.cancel()
        await running.value
    }

    private func during(_ seconds: Int, _ informer: Informer<CoreV1.Pod>, _ changes: Changes) async throws {
        print("READY")
        fflush(nil)
        let (cpu, wall) = (Measures.cpuSeconds, Measures.wallSeconds)
        let events = informer.metrics.events
        try await Task.sleep(for: .seconds(seconds))
        let took = Measures.wallSeconds - wall
        print(
            "changes: \(rounded(took)) s, events \(informer.metrics.events - events), told \(changes.count),",
            "cpu \(rounded((Measures.cpuSeconds - cpu) / took * 100)) % of a core,",
            "RSS \(rounded(Measures.mebibytes("VmRSS"))) MiB, lag \(Spread(changes.lags).milliseconds)"
        )
    }

    private func relist(
        _ source: BreakableSource,
        _ informer: Informer<CoreV1.Pod>,
        _ changes: Changes
    ) async throws {
        changes.reset()
        Measures.forgetPeak()
        let lists = informer.metrics.completedLists
        source.breakWatch()
        // The event that breaks the watch comes with the next change or bookmark; the list begins there.
        while source.lists == 0 { try await Task.sleep(for: .milliseconds(1)) }
        let (cpu, wall) = (Measures.cpuSeconds, Measures.wallSeconds)
        while informer.metrics.completedLists == lists { try await Task.sleep(for: .milliseconds(5)) }
        print(
            "relist: \(rounded(Measures.wallSeconds - wall)) s, cpu \(rounded(Measures.cpuSeconds - cpu)) s,",
            "peak \(rounded(Measures.mebibytes("VmHWM"))) MiB, pages \(source.lists),",
            "RSS \(rounded(Measures.mebibytes("VmRSS"))) MiB, changes told \(changes.count)"
        )
    }
}

/// What a listener was told.
final class Changes: Sendable {
    private let state = Mutex<(count: Int, lags: [Int])>((0, []))

    var count: Int { state.withLock { $0.count } }
    var lags: [Int] { state.withLock { $0.lags } }
    func reset() { state.withLock { $0 = (0, []) } }

    func listen(to informer: Informer<CoreV1.Pod>) async {
        for await event in informer.events() {
            guard case .updated(_, _, let pod) = event,
                let sent = Int(pod.metadata.labels[BenchmarkPod.sentLabel] ?? "")
            else { continue }
            let lag = Measures.microseconds - sent
            state.withLock {
                $0.count += 1
                $0.lags.append(lag)
            }
        }
    }
}

/// A source whose watch can be told to expire, as when a server has forgotten the version.
private final class BreakableSource: ListWatchSource {
    private let base: any ListWatchSource
    private let state = Mutex<(isBroken: Bool, lists: Int)>((false, 0))

    init(base: any ListWatchSource) { self.base = base }

    /// Pages since the watch was told to break.
    var lists: Int { state.withLock { $0.lists } }
    func breakWatch() { state.withLock { $0 = (true, 0) } }

    func list(_ request: ListRequest) async throws -> [UInt8] {
        state.withLock { $0.lists += 1 }
        return try await base.list(request)
    }

    func watch(
        _ request: WatchRequest,
        receive: (WatchEvent<UnstructuredObject>) async throws -> Void
    ) async throws {
        try await base.watch(request) { event in
            let expires = state.withLock { state in
                defer { state.isBroken = false }
                return state.isBroken
            }
            if expires { throw ListWatchFailure.expired }
            try await receive(event)
        }
    }
}
