import NetworkTypes

/// What judging at one port needs.
struct InboundServices: Sendable {
    /// The port that the workload declared; policies speak of it.
    var port: Port
    /// Where the workload's program listens.
    var program: SocketEndpoint
    var policies: any PolicySource
    var tokens: any TokenSource
    var credentials: any CredentialSource
    var observer: any ProxyObserver
    var environment: ProxyEnvironment
}
