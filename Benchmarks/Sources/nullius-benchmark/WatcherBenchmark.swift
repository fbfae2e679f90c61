import AsyncHTTPClient
import Glibc
import KubernetesClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Secrets

/// Many raw watches of the benchmark's pods: only the time of a change is read out of each event.
struct WatcherBenchmark {
    let server: String
    let version: String
    let tls: TLSConfiguration

    init(kubeconfig: Kubeconfig, server: String, version: String) throws {
        self.server = server
        self.version = version
        var tls = TLSConfiguration.makeClientConfiguration()
        // What is measured is on this machine, and its certificate is not what is measured.
        tls.certificateVerification = .none
        guard let user = kubeconfig.users.values.first, let certificate = user.clientCertificateData,
            let key = user.clientKeyData
        else { throw Usage("the kubeconfig has no client certificate") }
        tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate).map { .certificate($0) }
        tls.privateKey = .privateKey(try key.reveal { try NIOSSLPrivateKey(bytes: $0, format: .pem) })
        self.tls = tls
    }

    func run(watchers: Int, seconds: Int) async throws {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = watchers
        let http = HTTPClient(configuration: configuration)
        let url =
            server + "/api/v1/namespaces/\(BenchmarkPod.namespace)/pods?watch=1"
            + "&resourceVersion=\(version)&timeoutSeconds=\(seconds)"
        var lags: [Int] = []
        try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<watchers {
                group.addTask {
                    let request = HTTPClientRequest(url: url)
                    let response = try await http.execute(request, timeout: .minutes(10))
                    guard response.status == .ok else {
                        throw Usage("the watch was answered \(response.status)")
                    }
                    return try await Self.lags(response.body)
                }
            }
            for try await more in group { lags += more }
        }
        print(
            "watchers: \(watchers), events \(lags.count), lag \(Spread(lags).milliseconds),",
            "client cpu \(rounded(Measures.cpuSeconds)) s of \(seconds)"
        )
        try await http.shutdown()
    }

    private static func lags(_ body: HTTPClientResponse.Body) async throws -> [Int] {
        let mark = Array("\(BenchmarkPod.sentLabel)\":\"".utf8)
        var lags: [Int] = []
        var rest: [UInt8] = []
        for try await piece in body {
            let now = Measures.microseconds
            rest.append(contentsOf: piece.readableBytesView)
            var read = 0
            while let found = find(mark, in: rest, from: read) {
                let digits = rest[(found + mark.count)...].prefix { (48...57).contains($0) }
                guard digits.endIndex < rest.endIndex else { break }
                if let sent = Int(String(decoding: digits, as: UTF8.self)), sent > 0 {
                    lags.append(now - sent)
                }
                read = digits.endIndex
            }
            rest.removeFirst(max(read, rest.count - 64))
        }
        return lags
    }

    private static func find(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return nil }
            var next = start
            while next + mark.count <= all.count,
                let hit = memchr(base + next, Int32(mark[0]), all.count - next - mark.count + 1)
            {
                let found = UnsafeRawPointer(hit) - base
                if memcmp(hit, mark, mark.count) == 0 { return found }
                next = found + 1
            }
            return nil
        }
    }
}

struct Usage: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
