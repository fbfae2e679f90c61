import Secrets
import TestSupport
import Testing

@testable import KubernetesClient

@Suite("Reading kubeconfig files")
struct KubeconfigReadingTests {
    private func configuration(
        cluster: String = "server: https://api.example",
        user: String = "token: swordfish",
        file: String = "/etc/nullius/config"
    ) throws(ClientError) -> ClientConfiguration {
        let text = """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u, namespace: shop}}]
            clusters: [{name: k, cluster: {\(cluster)}}]
            users: [{name: u, user: {\(user)}}]
            """
        return try Kubeconfig(parsing: text, file: file).configuration(environment: [:])
    }

    private func problem(_ work: () throws(ClientError) -> Void) -> String {
        do {
            try work()
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a server, its name, a proxy and a namespace`() throws {
        let read = try configuration(
            cluster:
                "server: 'https://[fd00::1]:6443/k8s/', tls-server-name: api, proxy-url: 'http://me:pw@proxy:3128', "
                + "disable-compression: true, extensions: []"
        )
        #expect(read.server.description == "https://[fd00::1]:6443/k8s")
        #expect(read.tlsServerName == "api")
        #expect(read.proxy?.host == "proxy" && read.proxy?.port == 3128 && read.proxy?.login != nil)
        #expect(read.namespace == "shop")
        #expect(read.warnings.isEmpty)
    }

    @Test(arguments: [
        // What is wrong, and the words that help.
        ("server: ''", "token: x", "/etc/nullius/config:5:31: the cluster names no server"),
        (
            "server: 'ftp://x'", "token: x",
            "/etc/nullius/config:5:31: server: \"ftp://x\" is neither https nor http"
        ),
        ("server: 'https://u:p@x'", "token: x", "a server's URL must not hold a user or a password"),
        ("server: 7", "token: x", "clusters[0].cluster.server is a number, not a string"),
        ("server: 'https://x', proxy-url: 'https://proxy'", "token: x", "itself reached through TLS"),
        (
            "server: 'https://x', certificate-authority-data: '!'", "token: x",
            "certificate-authority-data is not base64"
        ),
        (
            "server: 'https://x', certificate-authority-data: YQ==, insecure-skip-tls-verify: true",
            "token: x", "stands beside"
        ),
        ("server: 'https://x'", "token: x, username: y", "a token or a password, not both"),
        ("server: 'https://x'", "auth-provider: {name: gcp}", "auth-provider \"gcp\" is not supported"),
        ("server: 'https://x'", "client-certificate: a.pem", "needs client-key"),
        ("server: 'https://x'", "as-groups: [a]", "need an as"),
        (
            "server: 'https://x'", "exec: {command: x, apiVersion: v9}",
            "users[0].user.exec.apiVersion is \"v9\""
        ),
        (
            "server: 'https://x'", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1}",
            "users[0].user.exec.interactiveMode is missing"
        ),
        ("server: 'https://x'", "tokenFile: gone", "cannot read /etc/nullius/gone"),
    ])
    func `a mistake is named with its place`(cluster: String, user: String, expected: String) {
        let text = problem { () throws(ClientError) in _ = try configuration(cluster: cluster, user: user) }
        #expect(text.contains(expected), "\(text)")
    }

    @Test(arguments: [
        ("current-context: x", "there is no context \"x\" in f"),
        ("{}", "no context is chosen"),
        ("contexts: [{name: c, context: {cluster: k}}]\ncurrent-context: c", "cluster \"k\" is not there"),
        ("clusters: [{name: a}, {name: a}]", "f:1:30: error: clusters names \"a\" twice"),
        ("kind: Pod", "kind is \"Pod\", not Config"),
        ("a: 1\n---\nb: 2", "one document"),
        ("a: 1\na: 2", "written twice"),
        ("clusters: {a: b}", "clusters is a mapping, not a list"),
        ("clusters: [", "f:"),
    ])
    func `so is a file that does not hold together`(text: String, expected: String) {
        let found = problem { () throws(ClientError) in
            _ = try Kubeconfig(parsing: text, file: "f").configuration(environment: [:])
        }
        #expect(found.contains(expected), "\(found)")
    }

    @Test func `no text of a configuration shows a secret`() throws {
        let config = try Kubeconfig(
            parsing: """
                users:
                - {name: a, user: {token: swordfish}}
                - {name: b, user: {username: me, password: swordfish}}
                - {name: c, user: {client-key-data: c3dvcmRmaXNo}}
                - name: d
                  user:
                    exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1, env: [{name: A, value: swordfish}]}
                """,
            file: "f"
        )
        var dumped = ""
        dump(config, to: &dumped)
        #expect(!dumped.contains("swordfish") && !"\(config)".contains("swordfish"))
        #expect(config.users.count == 4)
    }

    @Test func `files are looked for next to the one that names them`() async throws {
        let directory = try TemporaryDirectory()
        try writeFile("swordfish\n".utf8, to: directory.path + "/token")
        let read = try configuration(user: "tokenFile: ./token", file: directory.path + "/config")
        let header = try await read.credentials.current().authorization?.reveal { $0 }
        #expect(header == "Bearer swordfish")
    }

    @Test func `a plaintext server is sent no credentials, and one without proof is warned about`()
        async throws
    {
        let plain = try configuration(cluster: "server: 'http://x'")
        let credential = try await plain.credentials.current()
        #expect(credential.authorization == nil)
        #expect(plain.warnings.count == 1)
        let careless = try configuration(cluster: "server: 'https://x', insecure-skip-tls-verify: true")
        #expect(careless.warnings.first?.contains("insecure-skip-tls-verify") == true)
    }

    @Test func `a password is sent as basic authentication`() async throws {
        let read = try configuration(user: "username: me, password: secret")
        let header = try await read.credentials.current().authorization?.reveal { $0 }
        #expect(header == "Basic bWU6c2VjcmV0")
    }

    @Test(
        arguments: [
            (["KUBECONFIG": "a::b:a", "HOME": "/h"], ["a", "b"]),
            (["KUBECONFIG": "", "HOME": "/h"], ["/h/.kube/config"]),
            (["HOME": "/h"], ["/h/.kube/config"]),
            ([:], []),
        ] as [([String: String], [String])]
    )
    func `where files are looked for`(environment: [String: String], expected: [String]) {
        let paths = Kubeconfig.paths(environment: environment)
        #expect(paths == expected)
    }
}
