public import Crypto
import Secrets
public import X509

/// The P-256 key behind one X509-SVID: made fresh for each, never stored.
///
/// It refuses to be printed. What needs the bytes (a TLS stack, the Workload API) goes through ``reveal(to:)``
/// and takes there what it wants: `pemRepresentation`, or `derRepresentation`, which is PKCS #8.
public struct SVIDKey: Sendable {
    private let key: Secret<P256.Signing.PrivateKey>
    public let publicKey: Certificate.PublicKey

    /// Makes a fresh key.
    public init() {
        self.init(P256.Signing.PrivateKey())
    }

    public init(_ key: P256.Signing.PrivateKey) {
        self.key = Secret(key)
        publicKey = Certificate.PublicKey(key.publicKey)
    }

    /// Hands the key to the code that really needs it.
    public func reveal<Result, Failure: Error>(
        to body: (P256.Signing.PrivateKey) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.reveal(to: body)
    }
}

extension SVIDKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
