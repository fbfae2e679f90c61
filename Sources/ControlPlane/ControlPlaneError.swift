public import Identity
public import SystemPackage

/// Why the control plane cannot run, or cannot do what it was asked.
public enum ControlPlaneError: Error, Equatable, Sendable {
    /// Another control plane works on this data directory.
    case alreadyRunning(FilePath)
    case otherTrustDomain(stored: TrustDomain, asked: TrustDomain)
    /// The path of a Unix socket has 107 bytes at most.
    case socketPathTooLong(FilePath)
    case notADirectory(String)
    case cannotRead(FilePath)
    case cannotListen(String)
    case shuttingDown
}

extension ControlPlaneError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .alreadyRunning(let path):
            "another control plane runs on \(path); stop it, or choose another directory with --data"
        case .otherTrustDomain(let stored, let asked):
            """
            the certificate authority there is that of trust domain \(stored), not of \(asked); \
            choose another directory with --data
            """
        case .socketPathTooLong(let path):
            "\(path) is too long for a Unix socket; choose a shorter directory with --data"
        case .notADirectory(let path):
            "\(path) is no directory that can be read; name the one with your manifests"
        case .cannotRead(let path):
            "\(path) cannot be read"
        case .cannotListen(let reason):
            "cannot listen: \(reason)"
        case .shuttingDown:
            "the control plane is shutting down"
        }
    }
}
