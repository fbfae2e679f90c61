public import Authorization
public import Identity
public import KubernetesModel
public import NetworkTypes

/// Where a destination can be reached, and who must answer there.
public struct DestinationUpdate: Equatable, Sendable {
    /// One proxy in front of one workload.
    public struct Endpoint: Hashable, Sendable {
        public var address: SocketEndpoint
        /// The only identity whose certificate will do at this address.
        public var identity: SPIFFEID
        public var workload: WorkloadID

        public init(address: SocketEndpoint, identity: SPIFFEID, workload: WorkloadID) {
            self.address = address
            self.identity = identity
            self.workload = workload
        }
    }

    public enum State: Equatable, Sendable {
        case reachable([Endpoint], serves: ServedProtocol)
        /// It is known that there is nothing to connect to.
        case unreachable(Absence)
    }

    /// Why there is nothing to connect to.
    public enum Absence: String, CaseIterable, Sendable {
        case noSuchService = "no-such-service"
        case noSuchPort = "no-such-port"
        case noEndpoints = "no-endpoints"
    }

    public var name: ServiceAddress
    public var state: State

    public init(name: ServiceAddress, state: State) {
        self.name = name
        self.state = state
    }
}

extension DestinationUpdate {
    public init(_ wire: WireDestination) throws(WireError) {
        name = try WireCheck.service(wire.name, "destination")
        switch wire.state {
        case .reachable(let reachable):
            let entries = try WireCheck.count(reachable.endpoints, "endpoints", limit: WireLimits.endpoints)
            guard !entries.isEmpty else { throw .missing("endpoints") }
            let endpoints = try entries.converted { entry throws(WireError) in
                Endpoint(
                    address: try WireCheck.endpoint(entry.address, "endpoints.address"),
                    identity: try WireCheck.identity(entry.identity, "endpoints.identity"),
                    workload: try WorkloadID(parsing: entry.workloadID)
                )
            }
            state = .reachable(endpoints, serves: try ServedProtocol(reachable.serves))
        case .unreachable(let unreachable):
            state = .unreachable(try Absence(unreachable.reason))
        case nil:
            throw .missing("destination.state")
        }
    }

    public var wire: WireDestination {
        var wire = WireDestination()
        wire.name = name.description
        switch state {
        case .reachable(let endpoints, let serves):
            wire.reachable.serves = serves.wire
            wire.reachable.endpoints = endpoints.map { endpoint in
                var entry = WireDestination.Endpoint()
                entry.address = endpoint.address.description
                entry.identity = endpoint.identity.description
                entry.workloadID = endpoint.workload.text
                return entry
            }
        case .unreachable(let absence):
            wire.unreachable.reason = absence.wire
        }
        return wire
    }
}

extension DestinationUpdate.Absence {
    init(_ wire: WireDestination.Unreachable.Reason) throws(WireError) {
        switch wire {
        case .noSuchService: self = .noSuchService
        case .noSuchPort: self = .noSuchPort
        case .noEndpoints: self = .noEndpoints
        case .unspecified, .UNRECOGNIZED:
            throw .unknownCase("unreachable.reason", number: wire.rawValue)
        }
    }

    var wire: WireDestination.Unreachable.Reason {
        switch self {
        case .noSuchService: .noSuchService
        case .noSuchPort: .noSuchPort
        case .noEndpoints: .noEndpoints
        }
    }
}
