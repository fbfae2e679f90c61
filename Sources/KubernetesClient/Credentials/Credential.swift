import Reconciliation
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

extension Credential {
    /// Whether both prove the same, whatever their serials.
    func isSame(as other: Credential) -> Bool {
        let header = authorization?.reveal { Array($0.utf8) }
        let key = certificate?.key.reveal { $0 }
        return header == other.authorization?.reveal { Array($0.utf8) }
            && certificate?.chain == other.certificate?.chain
            && key == other.certificate?.key.reveal { $0 }
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

/// Credentials that lie in files, and are read again when those change, after a minute, and when they are refused.
public final class FileCredentials: CredentialSource {
    /// What is known at once, or where it lies.
    public enum Place<Value: Sendable>: Sendable {
        case value(Value)
        case file(String)

        var path: String? {
            if case .file(let path) = self { path } else { nil }
        }
    }

    private let files: FileBacked<Credential>

    /// A token, a client certificate with its key, or both.
    public convenience init(
        token: Place<Secret<String>>? = nil,
        certificate: (chain: Place<[UInt8]>, key: Place<Secret<[UInt8]>>)? = nil
    ) {
        self.init(token: token, certificate: certificate, now: { .now })
    }

    init(
        token: Place<Secret<String>>?,
        certificate: (chain: Place<[UInt8]>, key: Place<Secret<[UInt8]>>)?,
        now: @escaping @Sendable () -> Moment
    ) {
        let paths = [token?.path, certificate?.chain.path, certificate?.key.path].compactMap { $0 }
        files = FileBacked(paths, now: now, isSame: { $0.isSame(as: $1) }) { () throws(ClientError) in
            var credential = Credential()
            switch token {
            case nil: break
            case .value(let token): credential.authorization = try AuthorizationHeader.bearer(token)
            case .file(let path): credential.authorization = try AuthorizationHeader.bearer(inFile: path)
            }
            guard let (chain, key) = certificate else { return credential }
            credential.certificate = ClientCertificate(
                chain: try Self.bytes(chain) { $0 },
                key: try Self.bytes(key) { Secret($0) }
            )
            return credential
        }
    }

    private static func bytes<Value>(
        _ place: Place<Value>,
        _ make: ([UInt8]) -> Value
    ) throws(ClientError) -> Value {
        switch place {
        case .value(let value): value
        case .file(let path): make(try BoundedFile.read(path))
        }
    }

    public func current() throws(ClientError) -> Credential {
        var (credential, serial) = try files.current()
        credential.serial = serial
        return credential
    }

    public func refused(_ credential: Credential) -> Bool {
        files.expire()
        guard let next = try? current() else { return false }
        return !next.isSame(as: credential)
    }
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

    static func bearer(inFile path: String) throws(ClientError) -> Secret<String> {
        let bytes = try BoundedFile.read(path)
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let token = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        do throws(ClientError) {
            return try bearer(Secret(String(decoding: token, as: UTF8.self)))
        } catch {
            throw .credentials("\(path) holds no token that can be sent")
        }
    }

    static func basic(user: String, password: Secret<String>) throws(ClientError) -> Secret<String> {
        guard !user.utf8.contains(UInt8(ascii: ":")) else {
            throw .credentials("a user name for basic authentication holds a colon")
        }
        return password.reveal { Secret("Basic \(Base64.encode("\(user):\($0)".utf8))") }
    }
}
