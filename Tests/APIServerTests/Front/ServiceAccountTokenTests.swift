import Authorization
import CertificateAuthority
import Crypto
import FoundationEssentials
import JSONText
import KubernetesModel
import RBAC
import Synchronization
import Testing
import TokenVerification

@testable import APIServer

@Suite("Tokens of service accounts")
struct ServiceAccountTokenTests {
    /// What tokens are bound to, and a clock, both in the test's hand.
    final class World: BoundObjects {
        struct State {
            var uids: [String: String] = ["serviceaccounts/a/sa": "1", "pods/a/p": "2"]
            var deleted: [String: String] = [:]
            var now = Timestamp(clampingSeconds: 1_800_000_000)
            var isBroken = false
        }
        let state = Mutex(State())

        func boundObject(_ key: ObjectKey) async throws -> UnstructuredObject? {
            try state.withLock { state in
                if state.isBroken { throw StoreError.closed }
                let path = "\(key.resource.resource)/\(key.namespace)/\(key.name)"
                guard let uid = state.uids[path] else { return nil }
                var object = UnstructuredObject()
                object.uid = uid
                object.deletionTimestamp = state.deleted[path]
                return object
            }
        }

        func pass(_ seconds: Int64) {
            state.withLock { $0.now = Timestamp(clampingSeconds: $0.now.seconds + seconds) }
        }
    }

    let world = World()
    let key = TokenSigningKey()

    func tokens(_ key: TokenSigningKey? = nil) throws -> ServiceAccountTokens {
        let world = world
        let clock = WallClock { world.state.withLock { $0.now } }
        return try ServiceAccountTokens(key: key ?? self.key, objects: world, clock: clock)
    }

    func issue(
        audiences: [String] = [],
        pod: String? = nil,
        key: TokenSigningKey? = nil
    ) async throws -> String {
        try await tokens(key).issue(
            TokenOrder(
                namespace: "a",
                serviceAccount: "sa",
                serviceAccountUID: "1",
                audiences: audiences,
                lifetime: .seconds(600),
                boundTo: pod.map { .init(apiVersion: "v1", kind: "Pod", name: "p", uid: $0) }
            )
        ).token
    }

    func refusal(_ token: String, audiences: [String]? = nil) async throws -> TokenRefusal? {
        let tokens = try tokens()
        do throws(TokenRefusal) {
            _ = try await tokens.user(token, audiences: audiences ?? tokens.ownAudiences)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a token says who its bearer is, and the pod it came from`() async throws {
        let token = try await issue(pod: "2")
        let user = try await tokens().user(token, audiences: [ServiceAccountTokens.issuer]).user
        #expect(user.name == "system:serviceaccount:a:sa")
        #expect(user.uid == "1")
        #expect(
            user.groups == ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"]
        )
        #expect(user.extra["authentication.kubernetes.io/pod-name"] == ["p"])
        #expect(user.extra["authentication.kubernetes.io/pod-uid"] == ["2"])
        #expect(user.extra["authentication.kubernetes.io/credential-id"]?.first?.hasPrefix("JTI=") == true)
    }

    @Test func `a token is good for its audiences only`() async throws {
        let token = try await issue(audiences: ["vault"])
        #expect(try await refusal(token) == .audience)
        #expect(try await refusal(token, audiences: ["other"]) == .audience)
        #expect(try await tokens().user(token, audiences: ["other", "vault"]).audiences == ["vault"])
    }

    @Test func `a token dies with its time, its pod and its service account`() async throws {
        let token = try await issue(pod: "2")
        #expect(try await refusal(token) == nil)

        world.state.withLock { $0.uids["pods/a/p"] = "3" }
        #expect(try await refusal(token) == .bound(kind: "pods"))
        world.state.withLock { $0.uids["pods/a/p"] = nil }
        #expect(try await refusal(token) == .bound(kind: "pods"))

        // Not knowing is not a yes.
        world.state.withLock { $0.isBroken = true }
        #expect(try await refusal(token) == .unavailable)
        world.state.withLock { $0.isBroken = false }

        world.state.withLock {
            $0.uids["pods/a/p"] = "2"
            $0.deleted["pods/a/p"] = $0.now.description
        }
        world.pass(60)
        #expect(try await refusal(token) == nil)
        world.pass(1)
        #expect(try await refusal(token) == .bound(kind: "pods"))

        world.state.withLock { $0.uids["serviceaccounts/a/sa"] = "9" }
        #expect(try await refusal(token) == .bound(kind: "serviceaccounts"))
        world.pass(700)
        #expect(try await refusal(token) == .token(.expired))
    }

    @Test func `a token that was changed, or signed by another key, is none`() async throws {
        let token = try await issue()
        let parts = token.split(separator: ".").map(String.init)
        #expect(try await refusal(try await issue(key: TokenSigningKey())) == .token(.unknownKey))

        let none = Data(#"{"alg":"none"}"#.utf8).base64EncodedString().replacing("=", with: "")
        #expect(try await refusal("\(none).\(parts[1]).") == .token(.unsupportedAlgorithm))

        // The same key, and the right name: but another payload under the old signature.
        let other = try await issue(audiences: ["x"]).split(separator: ".").map(String.init)
        #expect(try await refusal("\(parts[0]).\(other[1]).\(parts[2])") == .token(.badSignature))
        #expect(try await refusal("") == .token(.malformed))
        #expect(try await refusal("a.b") == .token(.malformed))
    }

    @Test func `a token with our signature that lacks our claims says nothing`() async throws {
        let now = world.state.withLock { $0.now.seconds }
        let claims: JSONObject = [
            "iss": .string(ServiceAccountTokens.issuer), "aud": [.string(ServiceAccountTokens.issuer)],
            "exp": .int(now + 600), "sub": "system:serviceaccount:a:sa",
        ]
        let bare = try key.reveal { try CompactToken.sign(claims, key: $0, keyID: key.keyID) }
        #expect(try await refusal(bare) == .claim("kubernetes.io"))
        var contradicting = claims
        contradicting["sub"] = "system:serviceaccount:kube-system:admin"
        contradicting["kubernetes.io"] = ["namespace": "a", "serviceaccount": ["name": "sa", "uid": "1"]]
        let lying = try key.reveal { try CompactToken.sign(contradicting, key: $0, keyID: key.keyID) }
        #expect(try await refusal(lying) == .claim("sub"))
    }
}
