public import Storage
public import SystemPackage

/// How an API server is started.
public struct EmbeddedAPIConfiguration: Sendable {
    /// Where everything is kept: objects, keys, the audit log; nobody else may look into it.
    public var directory: FilePath
    /// An address of this machine; loopback unless somebody wants others to come in.
    public var host = "127.0.0.1"
    /// `nil` for the one of the last start, or any that is free.
    public var port: Int?
    /// Where a kubeconfig of an administrator is written, for its owner alone.
    public var kubeconfig: FilePath?
    public var limits = FrontLimits()
    public var resourceLimits = APIServerLimits()
    public var store = StoreOptions()
    public var audit = AuditLimits()
    public var clock = WallClock.system
    /// Where the addresses of Services come from; nobody routes them here.
    ///
    /// IPv4, and a power of two of at least four addresses.
    public var serviceRange = "10.96.0.0/16"

    public init(directory: FilePath) {
        self.directory = directory
    }
}

/// Why an API server did not start.
public enum EmbeddedAPIError: Error, Sendable {
    case storage(StorageError)
    case store(StoreError)
    case authority(APIAuthorityError)
    /// The address cannot be listened on; what the system said.
    case address(String, reason: String)
    /// TLS could not be set up.
    case tls(String)
    /// What every cluster holds could not be made.
    case preparation(String)
}

extension EmbeddedAPIError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storage(let error): error.description
        case .store(let error): error.description
        case .authority(let error): error.description
        case .address(let address, let reason): "cannot listen on \(address): \(reason)"
        case .tls(let reason): "TLS could not be set up: \(reason)"
        case .preparation(let reason): "the API could not be prepared: \(reason)"
        }
    }
}
