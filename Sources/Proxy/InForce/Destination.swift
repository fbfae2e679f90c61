public import Authorization
public import Identity
public import NetworkTypes

/// Where the requests for a name go, and who must be there.
public struct Destination: Equatable, Sendable {
    /// As the workload names it: `orders.shop:8080`.
    public var name: String
    /// The proxies in front of its workloads.
    public var endpoints: [SocketEndpoint]
    /// The identities that a server may prove; another one is not connected to.
    public var identities: Set<SPIFFEID>
    /// What is spoken there: told by the first bytes, or declared.
    public var serves: ServedProtocol

    public init(
        name: String,
        endpoints: [SocketEndpoint],
        identities: Set<SPIFFEID>,
        serves: ServedProtocol = .detected
    ) {
        self.name = name
        self.endpoints = endpoints
        self.identities = identities
        self.serves = serves
    }
}
