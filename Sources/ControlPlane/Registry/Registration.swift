import Identity
import KubernetesModel
import LocalPeers
import MeshAPI
import NetworkTypes

/// One running workload, as `nullius run` registered it.
struct Registration: Sendable {
    let id: WorkloadID
    let identity: WorkloadIdentity
    /// The ports its program serves.
    let ports: [Port]
    /// The process whose descendants the workload is; its end is the workload's.
    let process: ProcessIdentity
    /// What the manifests say of it, or what we make up when they say nothing.
    ///
    /// Kept when the manifest goes away while the process runs: a workload that lost its labels would escape the
    /// policies that select it.
    var workload: Workload
    /// Whether ``workload`` comes from a manifest.
    var isDeclared: Bool
    /// Where its proxy takes what is meant for each port.
    var listeners: [Port: SocketEndpoint] = [:]

    var namespace: String { identity.namespace }
}

/// Why a workload was not registered.
enum RegistrationRefusal: Error, Equatable {
    case badIdentity(IdentityError)
    case badName(field: String)
    case badPort(Int)
    case tooManyPorts(Int)
    case tooManyWorkloads(limit: Int)
    case noSuchProcess(Int32)
    case noSuchServiceAccount(String, namespace: String)
    /// Several workloads run as that service account; these.
    case ambiguous([String])
    /// No workload of that name runs as that service account; these do.
    case noSuchWorkload(String, known: [String])
}

extension RegistrationRefusal: CustomStringConvertible {
    var description: String {
        switch self {
        case .badIdentity:
            "namespace and service account must be Kubernetes names: lower-case letters, digits, hyphens"
        case .badName(let field):
            "\(field) is no Kubernetes name: lower-case letters, digits, hyphens"
        case .badPort(let number):
            "\(number) is no port; a port is a number from 1 to 65535"
        case .tooManyPorts(let count):
            "\(count) ports are too many; at most \(WireLimits.portsPerWorkload)"
        case .tooManyWorkloads(let limit):
            "\(limit) workloads are registered already, and more are not served on one machine"
        case .noSuchProcess(let pid):
            "there is no process \(pid)"
        case .noSuchServiceAccount(let name, let namespace):
            "there is no service account \(name) in namespace \(namespace); write a ServiceAccount into the manifests"
        case .ambiguous(let names):
            "several workloads run as this service account (\(names.joined(separator: ", "))); say which with --workload"
        case .noSuchWorkload(let name, let known):
            known.isEmpty
                ? "no workload in the manifests runs as this service account, so --workload \(name) names none"
                : "no workload \(name) runs as this service account; --workload may be \(known.joined(separator: " or "))"
        }
    }
}
