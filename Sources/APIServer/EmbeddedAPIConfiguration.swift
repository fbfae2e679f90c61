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
}

extension EmbeddedAPIError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storage(let error): error.description
        case .store(let error): error.description
        case .authority(let error): error.description
        case .address(let address, let reason): "cannot listen on \(address): \(reason)"
        case .tls(let reason): "TLS could not be set up: \(reason)"
        }
    }
}
