import Authorization
import TestSupport
import Testing

@testable import Telemetry

@Suite("What proxy and control plane measure")
struct ProductMetricsTests {
    private let proxy = ProxyMetrics()
    private let controlPlane = ControlPlaneMetrics()

    /// Counts everything once, so that every series appears.
    private func touchAll() {
        for direction in TrafficDirection.allCases {
            for reason in HandshakeFailure.allCases { proxy.handshakeFailed(direction, because: reason) }
            for reason in VerdictReason.allCases {
                proxy.requestEnded(direction, .grpc, .denied, because: reason, after: .milliseconds(3))
            }
            proxy.connectionOpened(direction)
        }
        proxy.verdicts(of: "shop/orders/web-reads", .allowed).increment()
        for kind in ControlPlaneMetrics.Update.allCases {
            controlPlane.updateSent(kind)
            controlPlane.updateAnswered(kind, .refused)
        }
        controlPlane.slots(.active, 1)
    }

    @Test func `a request counts where it belongs and nowhere else`() throws {
        proxy.requestEnded(.inbound, .http2, .denied, because: .unmatched, after: .milliseconds(3))
        proxy.requestEnded(.inbound, .http2, .denied, because: .unmatched, after: .milliseconds(3))
        proxy.requestEnded(.outbound, .opaque, .failed, because: .other, after: .seconds(40))
        let text = try ExpositionParser(proxy.registry.exposition())

        let requests = text.samples.filter { $0.name == "nullius_proxy_requests_total" }
        let denied = [
            "direction": "inbound", "protocol": "http2", "verdict": "deny", "reason": "no-rule-matched",
        ]
        let failed = ["direction": "outbound", "protocol": "opaque", "verdict": "failed", "reason": "other"]
        #expect(requests.map(\.labels) == [denied, failed])
        #expect(requests.map(\.value) == ["2", "1"])
        let bucket = "nullius_proxy_request_duration_seconds_bucket"
        let buckets = ["0.0025", "0.005"].map {
            text.value(bucket, ["direction": "inbound", "protocol": "http2", "le": $0])
        }
        #expect(buckets == ["0", "2"])
    }

    @Test func `connections are counted while they are open and for good`() throws {
        proxy.connectionOpened(.inbound)
        proxy.connectionOpened(.inbound)
        proxy.connectionClosed(.inbound)
        let text = try ExpositionParser(proxy.registry.exposition())
        #expect(text.value("nullius_proxy_connections_open", ["direction": "inbound"]) == "1")
        #expect(text.value("nullius_proxy_connections_total", ["direction": "inbound"]) == "2")
        #expect(text.value("nullius_proxy_connections_open", ["direction": "outbound"]) == "0")
    }

    @Test(
        "A reason has the same name in metrics and in records",
        arguments: [
            .rule, .probe, .defaultDeny, .defaultAudit, .defaultAuthenticated, .defaultAllow, .forbidden,
            .unmatched,
            .uncovered, .badToken, .notReceived, .unreadablePolicy, .unknownPort, .notHTTP,
        ] as [ReasonCode]
    )
    func reasons(code: ReasonCode) {
        let reason = VerdictReason(code)
        #expect(reason.rawValue == code.name)
    }

    @Test func `a verdict has the same name in metrics and in records`() {
        let names = DecisionRecord.Verdict.allCases.map(\.rawValue)
        #expect(Outcome.allCases.map(\.rawValue).starts(with: names))
    }

    @Test func `the process is measured when somebody asks`() throws {
        let text = try ExpositionParser(proxy.registry.exposition())
        let names = [
            "process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total",
            "process_max_fds",
        ]
        let values = names.compactMap { text.value($0).flatMap(Double.init) }
        #expect(values.count == 4)
        #expect(values.allSatisfy { $0 > 0 })
    }

    @Test func `the text of both can be read, and has a series for each name`() throws {
        touchAll()
        for registry in [proxy.registry, controlPlane.registry] {
            let text = try ExpositionParser(registry.exposition())
            for description in registry.descriptions {
                let name = description.kind == .histogram ? description.name + "_count" : description.name
                let labels = text.samples.first { $0.name == name }?.labels.keys.sorted()
                #expect(labels == description.labels.sorted(), "\(name)")
            }
        }
    }

    @Test(
        "Debian's promtool finds nothing to say",
        .enabled(if: promtool() != nil, "promtool is not installed (Debian package prometheus)")
    )
    func promtoolAgrees() throws {
        touchAll()
        let tool = try #require(promtool())
        for registry in [proxy.registry, controlPlane.registry] {
            let result = try run([tool, "check", "metrics"], input: registry.exposition())
            #expect(result.status == 0)
            #expect(result.errorText + result.outputText == "")
        }
    }

    @Test func `the page in the manual lists exactly what is measured`() throws {
        let path = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        let page = String(decoding: try readFile("/\(path)/docs/metrics.md"), as: UTF8.self)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)

        var expected: [String] = []
        // What both have in common comes last, once.
        let common = Set(proxy.registry.descriptions.map(\.name)).intersection(
            controlPlane.registry.descriptions.map(\.name)
        )
        let all =
            proxy.registry.descriptions.filter { !common.contains($0.name) }
            + controlPlane.registry.descriptions
        for description in all {
            let labels = description.labels.map { "`\($0)`" }.joined(separator: ", ")
            expected.append(
                "| `\(description.name)` | \(description.kind.rawValue) | \(labels) | \(description.help) |"
            )
        }
        #expect(rows == expected, "\(expected.joined(separator: "\n"))")
    }
}

/// The tool's path, when it is there.
private func promtool() -> String? {
    guard let result = try? run(["sh", "-c", "command -v promtool"]), result.status == 0 else { return nil }
    return String(result.outputText.dropLast())
}
