import Crypto
import FoundationEssentials
import JSONText
import KubernetesModel
import Secrets
import Storage
import SystemPackage
import TestSupport
import Testing
import X509

@testable import APIServer

@Suite("Serving the API over the network", .serialized)
struct ServingTests {
    @Test func `curl and openssl find TLS, both versions of HTTP, and names of the certificate`() async throws
    {
        try await APIHarness.run { api in
            for version in ["--http1.1", "--http2"] {
                let answer = try await api.admin(version, "/version")
                #expect(answer.code == 200)
                #expect(answer.json?["gitVersion"]?.string?.hasPrefix("v1.32.") == true)
                #expect(answer.headers.hasPrefix(version == "--http2" ? "HTTP/2" : "HTTP/1.1"))
            }
            let place = String(api.url.dropFirst("https://".count))
            let port = place.split(separator: ":").last ?? ""
            for name in ["localhost", "kubernetes.default.svc"] {
                let named = try await offPool([
                    "curl", "-s", "--cacert", "\(api.directory)/ca.pem", "--resolve",
                    "\(name):\(port):127.0.0.1",
                    "https://\(name):\(port)/version",
                ])
                #expect(named.status == 0)
            }
            let old = try await offPool(["openssl", "s_client", "-connect", place, "-tls1_1"])
            #expect(old.status != 0)
        }
    }

    @Test func `the Service of the API leads to where it listens`() async throws {
        try await APIHarness.run { api in
            let port = Int(api.url.split(separator: ":").last ?? "")
            let core = "/api/v1/namespaces/default"
            let service = try await api.admin("\(core)/services/kubernetes")
            let endpoints = try await api.admin("\(core)/endpoints/kubernetes")
            let slice = try await api.admin(
                "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"
            )
            let subset = endpoints.json?["subsets"]?[0]
            #expect(service.json?["spec"]?["ports"]?[0]?["targetPort"]?.int == port)
            #expect(subset?["addresses"]?[0]?["ip"] == "127.0.0.1")
            #expect(subset?["ports"]?[0]?["port"]?.int == port)
            #expect(slice.json?["endpoints"]?[0]?["addresses"] == ["127.0.0.1"])
            #expect(slice.json?["ports"]?[0]?["port"]?.int == port)
        }
    }

    @Test func `who is unknown may ask nothing, and who shows a bad credential is refused`() async throws {
        try await APIHarness.run { api in
            let unknown = try await api.anonymous("/api")
            #expect(unknown.code == 403)
            #expect(
                unknown.json?["message"]?.string
                    == #"forbidden: User "system:anonymous" cannot get path "/api""#
            )
            for field in [
                "Authorization: Bearer nonsense", "Authorization: Basic YTpi", "Authorization: Bearer",
            ] {
                let refused = try await api.anonymous("-H", field, "/version")
                #expect(refused.code == 401)
                #expect(refused.json?["reason"]?.string == "Unauthorized")
            }
        }
    }

    @Test func `a certificate of another authority, or that is over, is refused in a Status`() async throws {
        try await APIHarness.run { api in
            let now = WallClock.system.now()
            let stranger = try APICertificateAuthority(at: now)
            let ours = try APICertificateAuthority(in: .init(at: .init(api.data)), at: now)
            let past = try #require(now.adding(.seconds(-7200)))
            let cases = [
                try stranger.issueClient(user: "a", groups: ["system:masters"], seconds: 3600, at: now),
                try ours.issueClient(user: "a", groups: ["system:masters"], seconds: 3600, at: past),
                try ours.issueServing(names: [.dnsName("a")], seconds: 3600, at: now),
            ]
            for issued in cases {
                try writeFile(
                    Array(APICertificateAuthority.pem(issued.certificate).utf8),
                    to: api.directory + "/x.pem"
                )
                try writeFile(
                    Array(issued.key.reveal { $0.pemRepresentation }.utf8),
                    to: api.directory + "/x.key"
                )
                let answer = try await api.curl([
                    "--cacert", "\(api.directory)/ca.pem", "--cert", "\(api.directory)/x.pem", "--key",
                    "\(api.directory)/x.key", "/version",
                ])
                #expect(answer.code == 401)
            }
        }
    }

    @Test func `a caller is taken for another only when that is granted`() async throws {
        try await APIHarness.run { api in
            let who = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
            let body = #"{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}"#
            let json = "Content-Type: application/json"
            // Jane has no rights but those of everybody.
            let asJane = try await api.admin("-H", "Impersonate-User: jane", "/metrics")
            #expect(asJane.code == 403)
            #expect(asJane.json?["message"]?.string == #"forbidden: User "jane" cannot get path "/metrics""#)

            let asGroup = try await api.admin(
                "-H",
                json,
                "-H",
                "Impersonate-User: jane",
                "-H",
                "Impersonate-Group: system:masters",
                "-d",
                body,
                who
            )
            #expect(asGroup.code == 201)
            #expect(asGroup.json?["status"]?["userInfo"]?["username"]?.string == "jane")

            let anonymous = try await api.anonymous("-H", "Impersonate-User: kubernetes-admin", "/version")
            #expect(anonymous.code == 403)
            #expect(anonymous.json?["message"]?.string?.contains("cannot impersonate resource") == true)
            let nobody = try await api.admin("-H", "Impersonate-Group: system:masters", "/version")
            #expect(nobody.code == 500)
            let line = try #require(
                api.auditLines.first { $0["impersonatedUser"]?["username"]?.string == "jane" }
            )
            #expect(line["user"]?["username"]?.string == "kubernetes-admin")
        }
    }

    @Test func `reviews answer what the rules say`() async throws {
        try await APIHarness.run { api in
            let json = "Content-Type: application/json"
            let group = "/apis/authorization.k8s.io/v1"
            let own = try await api.admin(
                "-H",
                json,
                "-d",
                #"{"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}"#,
                "\(group)/selfsubjectaccessreviews"
            )
            #expect(own.json?["status"]?["allowed"]?.bool == true)
            let other = try await api.admin(
                "-H",
                json,
                "-d",
                #"{"spec":{"user":"u","resourceAttributes":{"verb":"get","resource":"pods"}}}"#,
                "\(group)/subjectaccessreviews"
            )
            #expect(other.json?["status"]?["allowed"]?.bool == false)
            let token = try await api.admin(
                "-H",
                json,
                "-d",
                #"{"spec":{"token":"nonsense"}}"#,
                "/apis/authentication.k8s.io/v1/tokenreviews"
            )
            #expect(token.code == 201)
            #expect(token.json?["status"]?["authenticated"] == nil)
            #expect(token.json?["status"]?["error"]?.string == "invalid bearer token")
        }
    }

    @Test(
        "paths that could be read in two ways are refused",
        arguments: [
            "/api/v1/../v1/pods", "/api//v1", "/api/v1/namespaces/a%2Fb", "/api/%zz", "/api/v1/%00",
            "/api/%2e%2e/version",
        ]
    )
    func path(_ path: String) async throws {
        try await APIHarness.run { api in
            let answer = try await api.admin(path)
            #expect(answer.code == 400)
        }
    }

    @Test func `what is too large is refused, and the server lives on`() async throws {
        try await APIHarness.run({ $0.limits.bodyBytes = 1000 }) { api in
            let body = api.directory + "/body"
            try writeFile([UInt8](repeating: UInt8(ascii: "a"), count: 200_000), to: body)
            let who = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
            for fields in [["-H", "A: b"], ["-H", "Transfer-Encoding: chunked"]] {
                let answer = try await api.curl(
                    [
                        "--http1.1", "--cacert", "\(api.directory)/ca.pem", "--cert",
                        "\(api.directory)/client.pem",
                        "--key", "\(api.directory)/client.key", "-X", "POST", "-T", body,
                    ] + fields + [who]
                )
                #expect(answer.code == 413)
            }
            let header = String(repeating: "x", count: 100_000)
            let long = try await api.admin("--http1.1", "-H", "X: \(header)", "/version")
            #expect(long.code != 200)
            let still = try await api.admin("/version")
            #expect(still.code == 200)
        }
    }

    @Test func `a client that sends its request slowly is let go`() async throws {
        try await APIHarness.run({
            $0.limits.handshake = .milliseconds(200)
            $0.limits.idle = .milliseconds(300)
        }) { api in
            // The first never begins with TLS, the second never ends its header.
            let script = """
                import socket, ssl, sys
                port = int(sys.argv[1])
                plain = socket.create_connection(("127.0.0.1", port)); plain.settimeout(20)
                slow = ssl._create_unverified_context().wrap_socket(socket.create_connection(("127.0.0.1", port)))
                slow.settimeout(20); slow.send(b"GET /version HTTP/1.1\\r\\nHost: a\\r\\nX: ")
                def ended(s):
                    try: return s.recv(1) == b""
                    except ConnectionError: return True
                print(ended(plain), ended(slow))
                """
            let port = api.url.split(separator: ":").last.map(String.init) ?? ""
            let done = try await offPool([APIHarness.python, "-c", script, port])
            #expect(done.outputText == "True True\n")
        }
    }

    @Test func `health, discovery and metrics are served to those who may`() async throws {
        try await APIHarness.run { api in
            #expect(try await api.admin("/readyz?verbose").body.hasSuffix("readyz check passed\n"))
            #expect(try await api.admin("/livez").body == "ok")
            #expect(try await api.admin("/apis/apps/v1").json?["kind"]?.string == "APIResourceList")
            #expect(try await api.admin("/openid/v1/jwks").json?["keys"]?[0]?["alg"]?.string == "ES256")
            #expect(try await api.admin("/nothing").code == 404)
            let metrics = try await api.admin("/metrics").body
            #expect(metrics.contains("apiserver_request_total{verb=\"GET\""))
            #expect(!metrics.contains("nothing"))
        }
    }

    @Test func `the audit log holds who asked for what, and no secret`() async throws {
        try await APIHarness.run { api in
            let token = "Zm9v.secret.token"
            _ = try await api.anonymous("-H", "Authorization: Bearer \(token)", "/api")
            _ = try await api.admin(
                "-H",
                "Content-Type: application/json",
                "-d",
                #"{"kind":"Secret","data":{"a":"c2VjcmV0LXZhbHVl"}}"#,
                "/api/v1/namespaces/default/secrets"
            )
            _ = try await api.admin(
                "-H",
                "Content-Type: application/json",
                "-d",
                #"{"spec":{"token":"\#(token)"}}"#,
                "/apis/authentication.k8s.io/v1/tokenreviews"
            )
            // The answer does not wait for its record, which is written within a moment.
            let deadline = ContinuousClock.now + .seconds(30)
            while api.auditLines.count < 3, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            let lines = api.auditLines
            #expect(lines.count == 3)
            let text = lines.map { $0.text() }.joined()
            #expect(!text.contains("secret.token"))
            #expect(!text.contains("c2VjcmV0LXZhbHVl"))
            let write = try #require(lines.first { $0["objectRef"]?["resource"]?.string == "secrets" })
            #expect(write["verb"]?.string == "create")
            #expect(write["level"]?.string == "Metadata")
            #expect(write["annotations"]?["authorization.k8s.io/decision"]?.string == "allow")
        }
    }

    @Test func `a review is answered to those who may create it, and not by another verb`() async throws {
        try await APIHarness.run { api in
            for special in ["watch", "proxy"] {
                let answer = try await api.admin(
                    "-H",
                    "Content-Type: application/json",
                    "-d",
                    #"{"spec":{"token":"x"}}"#,
                    "/apis/authentication.k8s.io/v1/\(special)/tokenreviews"
                )
                #expect(answer.code >= 400)
                #expect(answer.json?["kind"]?.string == "Status")
            }
        }
    }
}
