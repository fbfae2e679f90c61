import Glibc
import NIOHTTP1
import Reconciliation
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

@Suite("Credentials that change")
struct ReloadingTests {
    private func header(_ source: some CredentialSource) async throws -> String? {
        try await source.current().authorization?.reveal { $0 }
    }

    @Test func `a token is read again when its file is replaced`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/token"
        try writeFile("one\n".utf8, to: path)
        let source = FileCredentials(token: .file(path))
        let first = try await header(source)
        try writeFile("two".utf8, to: path + ".new")
        rename(path + ".new", path)
        let second = try await header(source)
        #expect([first, second] == ["Bearer one", "Bearer two"])
    }

    @Test func `it is read again after a minute, even when the file looks the same`() throws {
        let clock = Mutex(Moment.origin)
        let readings = Mutex(0)
        let backed = FileBacked<Int>([], now: { clock.withLock { $0 } }, isSame: ==) {
            readings.withLock { count in
                count += 1
                return count
            }
        }
        let first = try backed.current().value
        clock.withLock { $0 = Moment(.seconds(59)) }
        let second = try backed.current().value
        clock.withLock { $0 = Moment(.seconds(60)) }
        let third = try backed.current().value
        #expect([first, second, third] == [1, 1, 2])
    }

    @Test func `while a file is gone, what was read last is good`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/token"
        try writeFile("one".utf8, to: path)
        let source = FileCredentials(token: .file(path))
        let first = try await header(source)
        unlink(path)
        let second = try await header(source)
        #expect([first, second] == ["Bearer one", "Bearer one"])
    }

    @Test func `after a 401 the request is sent again with a new token, once`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/token"
        try writeFile("old".utf8, to: path)
        let server = try await ScriptedServer { request in
            if request.number == 0 {
                // As when a token ran out just before.
                try? writeFile("new".utf8, to: path)
            }
            return request.headers.first(name: "authorization") == "Bearer new"
                ? .init(200, "{}") : .init(401, "")
        }
        var configuration = ClientConfiguration(
            server: ServerAddress(isTLS: false, host: "127.0.0.1", port: server.port),
            credentials: FileCredentials(token: .file(path))
        )
        let client = try APIClient(configuration)
        _ = try await client.request(ClientRequest(.get, "/version"))
        #expect(server.requests.count == 2)
        await client.shutdown()

        configuration.credentials = try FixedCredentials.token(Secret("wrong"))
        let other = try APIClient(configuration)
        await #expect(throws: ClientError.self) {
            try await other.request(ClientRequest(.get, "/version"))
        }
        #expect(server.requests.count == 3)
        await other.shutdown()
        await server.stop()
    }

    @Test func `a pod finds its server, its token and its namespace`() async throws {
        let directory = try TemporaryDirectory()
        for (name, text) in [("token", "abc\n"), ("ca.crt", "x"), ("namespace", "shop\n")] {
            try writeFile(text.utf8, to: "\(directory.path)/\(name)")
        }
        let configuration = try ClientConfiguration.inCluster(
            environment: ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"],
            directory: directory.path
        )
        let token = try await header(FileCredentials(token: .file(directory.path + "/token")))
        #expect(configuration.server.description == "https://[fd00::1]:443")
        #expect(configuration.namespace == "shop")
        #expect(token == "Bearer abc")
    }

    @Test(arguments: [
        [:], ["KUBERNETES_SERVICE_HOST": "10.0.0.1"],
        ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "0"],
        ["KUBERNETES_SERVICE_HOST": "a/b", "KUBERNETES_SERVICE_PORT": "443"],
        ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"],
    ])
    func `what is no pod is told so`(environment: [String: String]) throws {
        #expect(throws: ClientError.self) {
            try ClientConfiguration.inCluster(environment: environment, directory: "/nowhere")
        }
    }

    @Test(arguments: ["", "a b", "a\nb", "a\u{7F}", "ü"])
    func `a token that would not stay within its header is refused, and not shown`(token: String) {
        do {
            _ = try FixedCredentials.token(Secret(token))
            Issue.record("it was taken")
        } catch {
            let text = "\(error)"
            #expect(token.isEmpty || !text.contains(token))
        }
    }
}
