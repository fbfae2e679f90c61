import Synchronization

/// Where a proxy finds the certificate it shows now and the roots it trusts now.
public protocol CredentialSource: Sendable {
    /// `nil` before the first were received: no TLS then, in or out.
    func credentials() -> Credentials?
}

/// The credentials in force, replaced as a whole.
///
/// A connection takes one generation for its handshake. What is installed reaches connections that are made from
/// then on; the pool of connections between proxies retires those of older generations as they become idle.
public final class CredentialsInForce: CredentialSource {
    private let current: Mutex<Credentials?>

    public init(_ credentials: Credentials? = nil) {
        current = Mutex(credentials)
    }

    public func credentials() -> Credentials? {
        current.withLock { $0 }
    }

    public func install(_ credentials: Credentials) {
        current.withLock { held in
            if let held, held.generation >= credentials.generation { return }
            held = credentials
        }
    }
}
