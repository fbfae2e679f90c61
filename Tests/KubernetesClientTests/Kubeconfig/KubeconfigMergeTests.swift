import JSONText
import Secrets
import TestSupport
import Testing

@testable import KubernetesClient

@Suite("Kubeconfig files together")
struct KubeconfigMergeTests {
    /// The parts that both of us show, in one order.
    private struct Shown: Equatable {
        var current: String
        var clusters: [String: [String]]
        var users: [String: [String]]
        var contexts: [String: [String]]

        init(_ config: Kubeconfig) {
            current = config.currentContext
            clusters = config.clusters.mapValues {
                [
                    $0.server, $0.tlsServerName, $0.certificateAuthority, $0.proxyURL,
                    "\($0.skipsVerification)",
                ]
            }
            users = config.users.mapValues { user in
                [
                    user.token?.reveal { $0 } ?? "", user.tokenFile, user.username,
                    user.password?.reveal { $0 } ?? "", user.clientCertificate, user.clientKey,
                    user.impersonation?.user ?? "", user.impersonation?.groups.joined(separator: ",") ?? "",
                    user.exec?.command ?? "", user.exec?.arguments.joined(separator: ",") ?? "",
                ]
            }
            contexts = config.contexts.mapValues { [$0.cluster, $0.user, $0.namespace] }
        }

        /// What kubectl says.
        init(_ json: JSONValue) {
            func texts(_ value: JSONValue?, _ names: [String]) -> [String] {
                names.map { value?[$0]?.string ?? "" }
            }
            func entries(_ list: String, _ read: (JSONValue) -> [String]) -> [String: [String]] {
                var result: [String: [String]] = [:]
                for entry in json[list]?.array ?? [] {
                    guard let name = entry["name"]?.string else { continue }
                    result[name] = read(entry)
                }
                return result
            }
            func joined(_ value: JSONValue?) -> String {
                (value?.array ?? []).compactMap(\.string).joined(separator: ",")
            }
            current = json["current-context"]?.string ?? ""
            clusters = entries("clusters") { entry in
                let cluster = entry["cluster"]
                return texts(cluster, ["server", "tls-server-name", "certificate-authority", "proxy-url"])
                    + ["\(cluster?["insecure-skip-tls-verify"]?.bool ?? false)"]
            }
            users = entries("users") { entry in
                let user = entry["user"]
                return texts(
                    user,
                    ["token", "tokenFile", "username", "password", "client-certificate", "client-key", "as"]
                ) + [
                    joined(user?["as-groups"]), user?["exec"]?["command"]?.string ?? "",
                    joined(user?["exec"]?["args"]),
                ]
            }
            contexts = entries("contexts") { texts($0["context"], ["cluster", "user", "namespace"]) }
        }
    }

    @Test(.tags(.walk), arguments: 0..<UInt64(12))
    func `kubectl merges random files the same way`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory()
        var paths: [String] = []
        for index in 0..<Int.random(in: 1...4, using: &random) {
            let path = "\(directory.path)/config\(index)"
            paths.append(path)
            // Some are missing, some are empty.
            switch Int.random(in: 0..<8, using: &random) {
            case 0: break
            case 1: try writeFile([], to: path)
            case let kind:
                let config = Self.config(using: &random)
                try writeFile(kind < 5 ? config.bytes(.pretty) : Self.yaml(config).utf8.map { $0 }, to: path)
            }
        }
        paths.append(paths[0])
        let list = paths.joined(separator: ":")
        let ours = Shown(try Kubeconfig.load(environment: ["KUBECONFIG": list]))
        let completed = try run([
            "env", "KUBECONFIG=\(list)", "kubectl", "config", "view", "--raw", "-o", "json",
        ])
        try #require(completed.status == 0, "seed \(seed): \(completed.errorText)")
        let theirs = Shown(try JSONValue(parsing: completed.output))
        #expect(ours == theirs, "seed \(seed)")
    }

    private static func config(using random: inout SeededGenerator) -> JSONValue {
        func maybe(_ value: JSONValue, using random: inout SeededGenerator) -> JSONValue? {
            Bool.random(using: &random) ? value : nil
        }
        func text(_ stem: String, using random: inout SeededGenerator) -> JSONValue {
            .string("\(stem)-\(Int.random(in: 0..<4, using: &random))")
        }
        func object(
            _ fields: [(String, JSONValue)],
            using random: inout SeededGenerator
        ) -> JSONValue {
            var result = JSONObject()
            for (name, value) in fields { result[name] = maybe(value, using: &random) }
            return .object(result)
        }
        func list(
            _ member: String,
            using random: inout SeededGenerator,
            _ make: (inout SeededGenerator) -> JSONValue
        ) -> JSONValue {
            .array(
                (0..<4).filter { _ in Bool.random(using: &random) }.map { index in
                    .object(["name": .string("entry-\(index)"), member: make(&random)])
                }
            )
        }
        var config: JSONObject = ["apiVersion": "v1", "kind": "Config"]
        config["current-context"] = maybe(text("entry", using: &random), using: &random)
        config["clusters"] = list("cluster", using: &random) { random in
            object(
                [
                    ("server", text("https://server", using: &random)),
                    ("tls-server-name", text("name", using: &random)),
                    ("certificate-authority", text("ca/file", using: &random)),
                    ("proxy-url", text("http://proxy", using: &random)),
                    ("insecure-skip-tls-verify", true),
                    ("unknown-field", ["a": 1]),
                ],
                using: &random
            )
        }
        config["users"] = list("user", using: &random) { random in
            object(
                [
                    ("token", text("token", using: &random)),
                    ("tokenFile", text("file", using: &random)),
                    ("username", text("user", using: &random)),
                    ("password", text("pass", using: &random)),
                    ("client-certificate", text("../cert", using: &random)),
                    ("client-key", text("key", using: &random)),
                    ("as", text("other", using: &random)),
                    ("as-groups", [text("group", using: &random), "more"]),
                    (
                        "exec",
                        [
                            "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
                            "command": text("./plugin", using: &random), "args": ["a", "b"],
                        ]
                    ),
                ],
                using: &random
            )
        }
        config["contexts"] = list("context", using: &random) { random in
            object(
                [
                    ("cluster", text("entry", using: &random)), ("user", text("entry", using: &random)),
                    ("namespace", text("space", using: &random)),
                ],
                using: &random
            )
        }
        return .object(config)
    }

    /// As YAML that is not JSON: blocks and plain text.
    private static func yaml(_ value: JSONValue, indent: Int = 0) -> String {
        let space = String(repeating: " ", count: indent)
        switch value {
        case .object(let object) where !object.isEmpty:
            return object.members.map { member in
                let isNested =
                    switch member.value {
                    case .object(let inner): !inner.isEmpty
                    case .array(let inner): !inner.isEmpty
                    default: false
                    }
                let text = yaml(member.value, indent: indent + 2)
                return isNested ? "\(space)\(member.name):\n\(text)" : "\(space)\(member.name): \(text)\n"
            }.joined()
        case .array(let elements) where !elements.isEmpty:
            return elements.map { "\(space)- \(yaml($0, indent: indent + 2).drop { $0 == " " })" }
                .map { $0.hasSuffix("\n") ? $0 : "\($0)\n" }.joined()
        case .string(let text): return text
        default: return value.text()
        }
    }
}
