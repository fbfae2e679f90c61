import JSONText
import KubernetesModel
import NIOHTTP1
import NIOSSL
import Secrets
import Testing

@testable import KubernetesClient

@Suite("TLS, and proxies on the way")
struct TLSTests {
    private static let version = ClientRequest(.get, "/version")

    private struct Bench {
        var certificates: Certificates
        var server: ScriptedServer

        init() async throws {
            certificates = try Certificates()
            server = try await ScriptedServer(tls: try certificates.serverConfiguration()) { _ in
                .init(200, #"{"gitVersion":"v1.32.0"}"#)
            }
        }

        func configuration() throws -> ClientConfiguration {
            ClientConfiguration(
                server: ServerAddress(host: "127.0.0.1", port: server.port),
                trust: .authorities(try certificates.bytes("ca.pem"))
            )
        }
    }

    private func ask(_ configuration: ClientConfiguration) async throws -> String {
        let client = try APIClient(configuration)
        var answer = ""
        do throws(ClientError) {
            answer = try await client.request(Self.version)["gitVersion"]?.string ?? "nothing"
        } catch {
            guard case .connection(let text) = error else { throw error }
            answer = "refused: \(text)"
        }
        await client.shutdown()
        return answer
    }

    @Test func `the right authority is believed, another is not`() async throws {
        let bench = try await Bench()
        var configuration = try bench.configuration()
        let believed = try await ask(configuration)
        configuration.trust = .authorities(try bench.certificates.bytes("stranger.pem"))
        let refused = try await ask(configuration)
        configuration.trust = .system
        let unknown = try await ask(configuration)
        configuration.trust = .anyone
        let careless = try await ask(configuration)
        #expect(believed == "v1.32.0")
        #expect(refused.hasPrefix("refused: TLS"))
        #expect(unknown.hasPrefix("refused: TLS"))
        #expect(careless == "v1.32.0")
        #expect(bench.server.requests.count == 2)
        await bench.server.stop()
    }

    @Test func `the certificate has to have the name that is asked for`() async throws {
        let bench = try await Bench()
        var configuration = try bench.configuration()
        configuration.tlsServerName = "api.example"
        let right = try await ask(configuration)
        configuration.tlsServerName = "other.example"
        let wrong = try await ask(configuration)
        #expect(right == "v1.32.0")
        #expect(wrong.hasPrefix("refused: TLS"))
        // The name is for the certificate alone.
        let host = bench.server.requests.first?.headers["host"]
        #expect(host == ["127.0.0.1:\(bench.server.port)"])
        await bench.server.stop()
    }

    @Test func `a client certificate is shown, and one that the server does not know is refused`()
        async throws
    {
        let bench = try await Bench()
        var configuration = try bench.configuration()
        let path = bench.certificates.path
        configuration.credentials = FileCredentials(
            certificate: (chain: .file(path("client.pem")), key: .file(path("client.key")))
        )
        let known = try await ask(configuration)
        configuration.credentials = FileCredentials(
            certificate: (chain: .file(path("stranger.pem")), key: .file(path("stranger.key")))
        )
        let unknown = try await ask(configuration)
        #expect(known == "v1.32.0")
        #expect(unknown.hasPrefix("refused: "))
        #expect(bench.server.requests.count == 1)
        await bench.server.stop()
    }

    @Test func `a proxy sees where the way goes and not what goes there`() async throws {
        let bench = try await Bench()
        let proxy = try await ConnectProxy()
        var configuration = try bench.configuration()
        configuration.server = ServerAddress(host: "api.example", port: bench.server.port)
        configuration.credentials = try FixedCredentials.token(Secret("swordfish"))
        configuration.proxy = .init(
            kind: .http,
            host: "127.0.0.1",
            port: proxy.port,
            login: Secret("me:secret")
        )
        let answer = try await ask(configuration)
        #expect(answer == "v1.32.0")
        let head = proxy.heads.joined()
        #expect(head.hasPrefix("CONNECT api.example:\(bench.server.port) HTTP/1.1\r\n"))
        #expect(head.lowercased().contains("proxy-authorization: basic bwu6c2vjcmv0"))
        #expect(!head.contains("swordfish"))
        let token = bench.server.requests.first?.headers["authorization"]
        #expect(token == ["Bearer swordfish"])
        await proxy.stop()
        await bench.server.stop()
    }

    @Test func `what cannot be done safely is refused before anything is sent`() throws {
        var configuration = ClientConfiguration(server: ServerAddress(host: "10.0.0.1", port: 6443))
        configuration.proxy = .init(kind: .http, host: "proxy", port: 80)
        #expect(throws: ClientError.self) { try APITransport(configuration) }
        configuration.proxy = nil
        configuration.tlsServerName = "10.0.0.2"
        #expect(throws: ClientError.self) { try APITransport(configuration) }
        configuration.tlsServerName = nil
        configuration.trust = .authorities(Array("no certificate".utf8))
        #expect(throws: ClientError.self) {
            try TLSMaterial(configuration.trust).configuration(for: Credential())
        }
    }
}
