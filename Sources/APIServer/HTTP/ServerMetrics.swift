import RBAC
import Synchronization

/// Counts what the server does, under the names that Kubernetes gives it.
///
/// Values of labels come from what is served, never from what is asked for: a caller cannot make new ones up.
final class ServerMetrics: Sendable {
    struct Request: Hashable, Sendable {
        var verb: String
        var group: String
        var version: String
        var resource: String
        var subresource: String
        var code: Int
    }

    /// Upper bounds, in seconds.
    private static let bounds: [Double] = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 5, 10, 30, 60]
    /// So many different requests are told apart; kinds of CustomResourceDefinitions could be many.
    private static let most = 4096

    private struct Histogram {
        var counts = [Int](repeating: 0, count: ServerMetrics.bounds.count + 1)
        var sum = 0.0
    }

    private struct State {
        var requests: [Request: Int] = [:]
        var latency: [String: Histogram] = [:]
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - request: With values of what is served only.
    ///   - duration: `nil` for a watch, whose length says nothing.
    func count(_ request: Request, took duration: Duration?) {
        state.withLock { state in
            if state.requests[request] != nil || state.requests.count < Self.most {
                state.requests[request, default: 0] += 1
            }
            guard let duration else { return }
            let parts = duration.components
            let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
            let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
            state.latency[request.verb, default: Histogram()].counts[bucket] += 1
            state.latency[request.verb, default: Histogram()].sum += seconds
        }
    }

    /// In Prometheus' text format (0.0.4).
    func text(inFlight: InFlight, objects: [(resource: String, count: Int)], revision: UInt64) -> String {
        let state = state.withLock { $0 }
        var lines: [String] = []
        func family(_ name: String, _ type: String, _ help: String) {
            lines.append("# HELP \(name) \(help)")
            lines.append("# TYPE \(name) \(type)")
        }

        family("apiserver_request_total", "counter", "Requests answered.")
        let ordered = state.requests.map { (Self.labels(of: $0.key), $0.value) }.sorted { $0.0 < $1.0 }
        for (labels, count) in ordered { lines.append("apiserver_request_total{\(labels)} \(count)") }

        let duration = "apiserver_request_duration_seconds"
        family(duration, "histogram", "Time to answer, watches aside.")
        for (verb, histogram) in state.latency.sorted(by: { $0.key < $1.key }) {
            var sum = 0
            for (bound, count) in zip(Self.bounds.map { "\($0)" } + ["+Inf"], histogram.counts) {
                sum += count
                lines.append("\(duration)_bucket{verb=\"\(verb)\",le=\"\(bound)\"} \(sum)")
            }
            lines.append("\(duration)_sum{verb=\"\(verb)\"} \(histogram.sum)")
            lines.append("\(duration)_count{verb=\"\(verb)\"} \(sum)")
        }

        let current = "apiserver_current_inflight_requests"
        family(current, "gauge", "Requests being served, watches aside.")
        for kind in [InFlight.Kind.write, .read] {
            lines.append("\(current){request_kind=\"\(kind.rawValue)\"} \(inFlight.number(of: kind))")
        }
        family("apiserver_longrunning_requests", "gauge", "Watches being served.")
        lines.append("apiserver_longrunning_requests{verb=\"WATCH\"} \(inFlight.number(of: .watch))")

        family("apiserver_storage_objects", "gauge", "Objects stored.")
        for (resource, count) in objects {
            lines.append("apiserver_storage_objects{resource=\"\(resource)\"} \(count)")
        }
        family("nullius_api_store_revision", "gauge", "The revision of the last change.")
        lines.append("nullius_api_store_revision \(revision)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func labels(of request: Request) -> String {
        let all = [
            ("verb", request.verb), ("group", request.group), ("version", request.version),
            ("resource", request.resource), ("subresource", request.subresource), ("code", "\(request.code)"),
        ]
        return all.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
    }
}
