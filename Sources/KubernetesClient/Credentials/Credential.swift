public import Secrets

/// What a request proves itself with.
public struct Credential: Sendable {
    /// The value of `Authorization`.
    public var authorization: Secret<String>?
    public var certificate: ClientCertificate?
    /// Tells one from the next of the same source, so that a refusal is not counted against a successor.
    public var serial: UInt64

    public init(
        authorization: Secret<String>? = nil,
        certificate: ClientCertificate? = nil,
        serial: UInt64 = 0
    ) {
        self.authorization = authorization
        self.certificate = certificate
        self.serial = serial
    }
}

/// A certificate for the client's side of TLS, and its key; both PEM.
public struct ClientCertificate: Sendable {
    public var chain: [UInt8]
    public var key: Secret<[UInt8]>

    public init(chain: [UInt8], key: Secret<[UInt8]>) {
        self.chain = chain
        self.key = key
    }
}

/// Where credentials come from, and come from again.
public protocol CredentialSource: Sendable {
    func current() async throws(ClientError) -> Credential

    /// The server answered 401; says whether it is worth asking again with the ``current()`` one.
    func refused(_ credential: Credential) async -> Bool
}

/// Credentials that never change.
public struct FixedCredentials: CredentialSource {
    private let credential: Credential

    public init(_ credential: Credential) {
        self.credential = credential
    }

    /// Asks as nobody in particular.
    public static let none = FixedCredentials(Credential())

    public static func token(_ token: Secret<String>) throws(ClientError) -> FixedCredentials {
        FixedCredentials(Credential(authorization: try AuthorizationHeader.bearer(token)))
    }

    public func current() -> Credential { credential }

    public func refused(_ credential: Credential) -> Bool { false }
}

/// Makes values of `Authorization` that can stand in a header.
enum AuthorizationHeader {
    /// Tokens come from files and programs: what would end the line, or not reach it, is refused here, where no
    /// message repeats it.
    static func bearer(_ token: Secret<String>) throws(ClientError) -> Secret<String> {
        try token.reveal { text throws(ClientError) in
            guard !text.isEmpty else { throw .credentials("the token is empty") }
            guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw .credentials("the token holds bytes that no token has")
            }
            return Secret("Bearer \(text)")
        }
    }
}
