public import Crypto
import FoundationEssentials
import Secrets

/// The P-256 key that a slot of the authority signs JWT-SVIDs with (ES256), and what verifiers need of it.
public struct TokenSigningKey: Sendable {
    /// The key's thumbprint (RFC 7638), so that the same key has the same name everywhere.
    public let keyID: String
    /// The coordinates of the public key, base64url without padding, as a JWK has them (RFC 7518, section 6.2.1).
    public let x: String
    public let y: String
    private let key: Secret<P256.Signing.PrivateKey>

    /// Makes a fresh key.
    public init() {
        self.init(P256.Signing.PrivateKey())
    }

    public init(_ key: P256.Signing.PrivateKey) {
        self.key = Secret(key)
        let point = Array(key.publicKey.rawRepresentation)
        x = Self.base64URL(point.prefix(32))
        y = Self.base64URL(point.dropFirst(32))
        let canonical = #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
        keyID = Self.base64URL(SHA256.hash(data: Array(canonical.utf8)))
    }

    /// Hands the key to the code that signs or stores.
    public func reveal<Result, Failure: Error>(
        to body: (P256.Signing.PrivateKey) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.reveal(to: body)
    }

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for scalar in Data(bytes).base64EncodedString().unicodeScalars {
            switch scalar {
            case "+": text.unicodeScalars.append("-")
            case "/": text.unicodeScalars.append("_")
            case "=": continue
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension TokenSigningKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "TokenSigningKey(\(keyID))" }
    public var customMirror: Mirror { Mirror(self, children: ["keyID": keyID]) }
}
