import Identity
import NetworkTypes

/// Where a connection goes, and how it is secured.
enum UpstreamTarget {
    /// The workload's own program, in plaintext over loopback.
    case program(SocketEndpoint)
    /// Another workload's proxy.
    case mesh(Destination)

    var name: String {
        switch self {
        case .program(let endpoint): endpoint.description
        case .mesh(let destination): destination.name
        }
    }

    var endpoints: [SocketEndpoint] {
        switch self {
        case .program(let endpoint): [endpoint]
        case .mesh(let destination): destination.endpoints
        }
    }
}

/// What makes two connections the same for a request.
struct UpstreamKey: Hashable, Sendable {
    var endpoint: SocketEndpoint
    /// `nil` for plaintext.
    var security: Security?

    struct Security: Hashable {
        /// The credentials of the handshake.
        var generation: UInt64
        /// Whose proof was asked for.
        var identities: Set<SPIFFEID>
    }
}
