import JSONText
import KubernetesClient
import KubernetesModel
import Reconciliation
import Synchronization

/// Measures an informer of pods without a network: pages and events are made in this process, as bytes.
///
/// What remains is what the informer costs: reading JSON, comparing, keeping.
struct InformerAlone: Sendable {
    let template: String
    let pods: Int

    func run(seconds: Int) async throws {
        let source = TemplateSource(template: template, pods: pods, rate: 200)
        print("before: RSS \(rounded(Measures.mebibytes("VmRSS"))) MiB")
        makePages(source)
        let informer = Informer<CoreV1.Pod>(source: source)
        var (cpu, wall) = (Measures.cpuSeconds, Measures.wallSeconds)
        let running = Task { await informer.run() }
        try await informer.waitUntilSynced()
        print(
            "sync: \(informer.withStore { $0.count }) pods, wall \(rounded(Measures.wallSeconds - wall)) s,",
            "cpu \(rounded(Measures.cpuSeconds - cpu)) s, pages \(source.lists), \(memory)"
        )
        let changes = Changes()
        let listening = Task { await changes.listen(to: informer) }
        try await Task.sleep(for: .seconds(2))
        changes.reset()
        let events = informer.metrics.events
        (cpu, wall) = (Measures.cpuSeconds, Measures.wallSeconds)
        try await Task.sleep(for: .seconds(seconds))
        let (took, used) = (Measures.wallSeconds - wall, Measures.cpuSeconds - cpu)
        print(
            "changes: \(rounded(took)) s, events \(informer.metrics.events - events), told \(changes.count),",
            "cpu \(rounded(used / took * 100)) % of a core, \(memory),",
            "lag \(Spread(changes.lags).milliseconds)"
        )
        for _ in 0..<3 { try await relist(source, informer, changes) }
        running.cancel()
        listening.cancel()
    }

    private var memory: String {
        "RSS \(rounded(Measures.mebibytes("VmRSS"))) MiB, peak \(rounded(Measures.mebibytes("VmHWM"))) MiB"
    }

    /// What making the pages costs by itself, which the other figures contain.
    private func makePages(_ source: TemplateSource) {
        let cpu = Measures.cpuSeconds
        var bytes: [UInt8] = []
        for number in 0..<pods {
            if number % 500 == 0 { bytes = [] }
            source.append(number, version: 1000, time: 0, to: &bytes)
        }
        print(
            "making \(pods) pods of \(template.utf8.count) bytes: cpu \(rounded(Measures.cpuSeconds - cpu)) s"
        )
    }

    private func relist(
        _ source: TemplateSource,
        _ informer: Informer<CoreV1.Pod>,
        _ changes: Changes
    ) async throws {
        Measures.forgetPeak()
        let lists = informer.metrics.completedLists
        source.breakWatch()
        while source.lists == 0 { try await Task.sleep(for: .milliseconds(1)) }
        let told = changes.count
        let (cpu, wall) = (Measures.cpuSeconds, Measures.wallSeconds)
        while informer.metrics.completedLists == lists { try await Task.sleep(for: .milliseconds(2)) }
        print(
            "relist: wall \(rounded(Measures.wallSeconds - wall)) s,",
            "cpu \(rounded(Measures.cpuSeconds - cpu)) s, \(memory), changes told \(changes.count - told)"
        )
        try await Task.sleep(for: .milliseconds(500))
    }
}

/// Pages and events made of one pod's JSON, which has @N@ for its number, @V@ for its version and @T@ for the time.
private final class TemplateSource: ListWatchSource {
    private let pieces: [(text: [UInt8], hole: UInt8)]
    private let pods: Int
    private let rate: Int
    private let state = Mutex<(lists: Int, events: Int, isBroken: Bool, version: [Int])>((0, 0, false, []))

    init(template: String, pods: Int, rate: Int) {
        var pieces: [(text: [UInt8], hole: UInt8)] = []
        for (index, part) in template.split(separator: "@", omittingEmptySubsequences: false).enumerated() {
            let isHole = index % 2 == 1
            pieces.append(isHole ? ([], part.utf8.first ?? 0) : (Array(part.utf8), 0))
        }
        self.pieces = pieces
        self.pods = pods
        self.rate = rate
        state.withLock { $0.version = Array(repeating: 1000, count: pods) }
    }

    var lists: Int { state.withLock { $0.lists } }
    var events: Int { state.withLock { $0.events } }
    func breakWatch() {
        state.withLock {
            $0.isBroken = true; $0.lists = 0
        }
    }

    func append(_ number: Int, version: Int, time: Int, to bytes: inout [UInt8]) {
        for piece in pieces {
            switch piece.hole {
            case 0: bytes.append(contentsOf: piece.text)
            case UInt8(ascii: "N"): bytes.append(contentsOf: String(100_000 + number).utf8)
            case UInt8(ascii: "V"): bytes.append(contentsOf: String(version).utf8)
            default: bytes.append(contentsOf: String(time).utf8)
            }
        }
    }

    func list(_ request: ListRequest) async throws -> [UInt8] {
        let first = Int(request.continuation ?? "") ?? 0
        let last = min(first + (request.limit ?? pods), pods)
        let (versions, newest) = state.withLock { state in
            state.lists += 1
            return (state.version, 100_000 + state.events)
        }
        var bytes = Array("{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"\(newest)\"".utf8)
        if last < pods { bytes += Array(",\"continue\":\"\(last)\"".utf8) }
        bytes += Array("},\"items\":[".utf8)
        for number in first..<last {
            if number > first { bytes.append(UInt8(ascii: ",")) }
            append(number, version: versions[number], time: 0, to: &bytes)
        }
        bytes += Array("]}".utf8)
        return bytes
    }

    func watch(
        _ request: WatchRequest,
        receive: (WatchEvent<UnstructuredObject>) async throws -> Void
    ) async throws {
        let start = ContinuousClock.now
        var turn = 0
        while true {
            turn += 1
            try await Task.sleep(until: start + .seconds(1) * turn / rate, tolerance: .zero)
            let (number, version, isBroken) = state.withLock { state in
                let isBroken = state.isBroken
                state.isBroken = false
                if isBroken { return (0, 0, true) }
                state.events += 1
                let number = state.events * 7919 % pods
                state.version[number] = 100_000 + state.events
                return (number, state.version[number], false)
            }
            if isBroken { throw ListWatchFailure.expired }
            var line = Array("{\"type\":\"MODIFIED\",\"object\":".utf8)
            append(number, version: version, time: Measures.microseconds, to: &line)
            line.append(UInt8(ascii: "}"))
            let value = try JSONValue(parsing: line, limits: JSONLimits(bytes: 16 << 20, depth: 256))
            guard let content = value["object"], let object = UnstructuredObject(content) else {
                throw ListWatchFailure.malformed("a template that is no object")
            }
            try await receive(.modified(object))
        }
    }
}
