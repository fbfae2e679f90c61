/// What leading the program's connections to one destination needs.
struct OutboundServices: Sendable {
    /// As the workload names it: `orders.shop:8080`.
    var destination: String
    var destinations: any DestinationSource
    var observer: any ProxyObserver
    var environment: ProxyEnvironment
}
