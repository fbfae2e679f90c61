internal import Authorization
internal import Identity
internal import NetworkTypes

extension Peer {
    init(_ wire: WirePeer) throws(WireError) {
        switch wire.peer {
        case .serviceAccount(let text):
            let id = try WireCheck.identity(text, "peer.service_account")
            guard let workload = try? WorkloadIdentity(id) else {
                throw .malformed("peer.service_account", expected: "a workload's SPIFFE ID")
            }
            self = .serviceAccount(workload)
        case .namespace(let namespace):
            self = .namespace(
                try WireCheck.trustDomain(namespace.trustDomain, "peer.namespace.trust_domain"),
                try WireCheck.text(namespace.name, "peer.namespace.name", limit: WireLimits.name)
            )
        case .identity(let text):
            self = .identity(try WireCheck.pattern(text, "peer.identity"))
        case .network(let network):
            let exceptions = try WireCheck.count(
                network.except,
                "peer.network.except",
                limit: WireLimits.listInRule
            )
            self = .network(
                try WireCheck.network(network.cidr, "peer.network.cidr"),
                except: try exceptions.converted { block throws(WireError) in
                    try WireCheck.network(block, "peer.network.except")
                }
            )
        case .authenticated: self = .authenticated
        case .anyone: self = .anyone
        case nil: throw .missing("peer")
        }
    }

    var wire: WirePeer {
        var wire = WirePeer()
        switch self {
        case .serviceAccount(let workload):
            wire.serviceAccount = workload.spiffeID.description
        case .namespace(let trustDomain, let name):
            wire.namespace.trustDomain = trustDomain.name
            wire.namespace.name = name
        case .identity(let pattern):
            wire.identity = pattern.description
        case .network(let range, let exceptions):
            wire.network.cidr = range.description
            wire.network.except = exceptions.map(\.description)
        case .authenticated:
            wire.authenticated = WirePeer.Authenticated()
        case .anyone:
            wire.anyone = WirePeer.Anyone()
        }
        return wire
    }
}
