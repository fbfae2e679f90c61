import Authorization
import CertificateAuthority
import Crypto
import FoundationEssentials
import JSONText
import KubernetesModel
import RBAC
import Storage
import TokenVerification

/// Why a token says nothing about who shows it.
enum TokenRefusal: Error, Equatable, Sendable {
    case token(TokenProblem)
    /// A claim that ours have is absent or contradicts another; its name.
    case claim(String)
    /// It is for others.
    case audience
    /// What it is bound to is gone, or is another one of the same name by now.
    case bound(kind: String)
    /// It could not be looked up what it is bound to. Not an acceptance.
    case unavailable
}

/// Looks up what tokens are bound to.
protocol BoundObjects: Sendable {
    /// `nil` when there is no such object; throws when that is not known.
    func boundObject(_ key: ObjectKey) async throws -> UnstructuredObject?
}

/// Signs and verifies the tokens of service accounts.
///
/// Claims are those of Kubernetes. A token is only as good as what it is bound to: the service account, and a pod, secret
/// or node if there is one, must still be there with the same uid.
struct ServiceAccountTokens: Sendable {
    static let issuer = "https://kubernetes.default.svc.cluster.local"
    private static let fileName = "sa.key"
    /// How long what is being deleted still vouches.
    private static let deletionLeeway = Duration.seconds(60)

    /// The API server's own, for tokens that name none.
    let ownAudiences = [issuer]
    private let key: TokenSigningKey
    private let verifier: TokenVerifier
    private let objects: any BoundObjects
    private let clock: WallClock

    init(key: TokenSigningKey, objects: any BoundObjects, clock: WallClock) throws {
        self.key = key
        self.objects = objects
        self.clock = clock
        let keys = try KeySet(parsing: Self.keyDocument(of: key).bytes())
        verifier = TokenVerifier(issuers: [Self.issuer: .keys(keys)])
    }

    /// Reads the signing key that is kept in the directory, or makes one when there is none.
    static func key(in directory: PrivateDirectory) throws(APIAuthorityError) -> TokenSigningKey {
        do throws(StorageError) {
            guard let bytes = try directory.read(fileName) else {
                let key = TokenSigningKey()
                try directory.write(fileName, (key.reveal { $0.pemRepresentation } + "\n").utf8)
                return key
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let key = try? P256.Signing.PrivateKey(pemRepresentation: text) { return TokenSigningKey(key) }
        } catch {
            throw .storage(error)
        }
        throw .damaged(fileName)
    }

    /// What others verify our tokens with, as `/openid/v1/jwks` serves it.
    var keyDocument: JSONValue { Self.keyDocument(of: key) }

    private static func keyDocument(of key: TokenSigningKey) -> JSONValue {
        let jwk: JSONValue = [
            "use": "sig", "kty": "EC", "kid": .string(key.keyID), "crv": "P-256", "alg": "ES256",
            "x": .string(key.x), "y": .string(key.y),
        ]
        return ["keys": [jwk]]
    }

    // MARK: Verifying

    /// Who a token says its bearer is, and for which of the wanted audiences it is meant.
    func user(_ token: String, audiences wanted: [String]) async throws(TokenRefusal) -> (
        user: UserInfo, audiences: [String]
    ) {
        let claims: TokenClaims
        do throws(TokenProblem) {
            claims = try verifier.verify(Array(token.utf8)[...], at: clock.now().seconds)
        } catch {
            throw .token(error)
        }
        let audiences = wanted.filter { one in claims.audiences.contains { $0.utf8.elementsEqual(one.utf8) } }
        guard !audiences.isEmpty else { throw .audience }

        func claim(_ name: String) -> String? {
            guard let values = claims.values["kubernetes.io.\(name)"], values.count == 1 else { return nil }
            return values[0]
        }
        guard let namespace = claim("namespace"), let name = claim("serviceaccount.name"),
            let uid = claim("serviceaccount.uid"), !namespace.isEmpty, !name.isEmpty, !uid.isEmpty
        else { throw .claim("kubernetes.io") }
        var user = UserInfo.serviceAccount(namespace: namespace, name: name, uid: uid)
        guard claims.subject == user.name else { throw .claim("sub") }

        try await check("serviceaccounts", namespace, name, uid)
        if let name = claim("secret.name") {
            try await check("secrets", namespace, name, claim("secret.uid"))
        }
        if let name = claim("pod.name") {
            try await check("pods", namespace, name, claim("pod.uid"))
            user.extra["authentication.kubernetes.io/pod-name"] = [name]
            user.extra["authentication.kubernetes.io/pod-uid"] = claim("pod.uid").map { [$0] }
        }
        if let name = claim("node.name") {
            // A pod's token tells of its node; only a token of the node alone is bound to it.
            if claim("pod.name") == nil { try await check("nodes", "", name, claim("node.uid")) }
            user.extra["authentication.kubernetes.io/node-name"] = [name]
            user.extra["authentication.kubernetes.io/node-uid"] = claim("node.uid").map { [$0] }
        }
        if let id = claims.values["jti"]?.first {
            user.extra[ClientCertificates.credentialIDKey] = ["JTI=\(id)"]
        }
        return (user, audiences)
    }

    private func check(_ plural: String, _ namespace: String, _ name: String, _ uid: String?)
        async throws(TokenRefusal)
    {
        let resource = GroupResource(group: "", resource: plural)
        let found: UnstructuredObject?
        do {
            found = try await objects.boundObject(
                ObjectKey(resource: resource, namespace: namespace, name: name)
            )
        } catch {
            throw .unavailable
        }
        guard let found, let uid, found.uid.utf8.elementsEqual(uid.utf8) else { throw .bound(kind: plural) }
        guard let text = found.deletionTimestamp else { return }
        guard let deletion = Timestamp(text), let end = deletion.adding(Self.deletionLeeway),
            clock.now() <= end
        else { throw .bound(kind: plural) }
    }
}

// MARK: - Signing

extension ServiceAccountTokens: TokenIssuer {
    func issue(_ order: TokenOrder) async throws(APIStatus) -> IssuedToken {
        let now = clock.now()
        guard let expires = now.adding(order.lifetime) else {
            throw APIStatus(code: 400, reason: .badRequest, message: "the token would live too long")
        }
        let audiences = order.audiences.isEmpty ? ownAudiences : order.audiences
        var own: JSONObject = ["namespace": .string(order.namespace)]
        if let bound = order.boundTo {
            own[bound.kind.lowercased()] = ["name": .string(bound.name), "uid": .string(bound.uid)]
        }
        own["serviceaccount"] = [
            "name": .string(order.serviceAccount), "uid": .string(order.serviceAccountUID),
        ]
        let subject = UserInfo.serviceAccount(namespace: order.namespace, name: order.serviceAccount).name
        let claims: JSONObject = [
            "aud": .strings(audiences),
            "exp": .int(expires.seconds),
            "iat": .int(now.seconds),
            "iss": .string(Self.issuer),
            "jti": .string(UUID().uuidString.lowercased()),
            "kubernetes.io": .object(own),
            "nbf": .int(now.seconds),
            "sub": .string(subject),
        ]
        do {
            let token = try key.reveal { try CompactToken.sign(claims, key: $0, keyID: key.keyID) }
            return IssuedToken(
                token: token,
                audiences: audiences,
                expires: Timestamp(clampingSeconds: expires.seconds)
            )
        } catch {
            throw APIStatus(
                code: 500,
                reason: .internalError,
                message: "Internal error occurred: a token could not be signed"
            )
        }
    }
}
