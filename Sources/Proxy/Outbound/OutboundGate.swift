import CanonicalHTTP
import NIOCore
import ProxyCore

/// Leads one request of the program to the proxy of another workload.
///
/// Makes it canonical, leniently: which spellings are refused is the receiver's to say, and it judges again. What no
/// receiver takes is refused here already.
final class OutboundGate: Gate {
    private let services: OutboundServices
    private let pool: UpstreamPool
    private let loop: any EventLoop

    init(services: OutboundServices, pool: UpstreamPool, loop: any EventLoop) {
        self.services = services
        self.pool = pool
        self.loop = loop
    }

    /// The other side is a proxy: its word about decisions is passed on to the program.
    func complete(_ response: inout ResponseHead) {}

    func becameBytes(_ channel: any Channel) {}

    func admit(_ head: RequestHead) -> Admission {
        do throws(RequestRefusal) {
            var request = try CanonicalRequest(canonicalizing: head, relaxing: Set(Relaxation.allCases))
            _ = services.environment.continueTrace(in: &request.fields)
            return .forward(request)
        } catch {
            return .refuse(Refusal(error))
        }
    }

    func connect(
        version: HTTPVersion,
        fresh: Bool,
        then: @escaping (Result<any Upstream, UpstreamError>) -> Void
    ) {
        let services = services
        services.destinations.destination(named: services.destination, on: loop).assumeIsolated()
            .whenComplete { [pool] result in
                guard case .success(let found?) = result else {
                    services.observer.upstreamFailed(destination: services.destination)
                    return then(.failure(.unknownDestination))
                }
                pool.http(to: .mesh(found), version: version, fresh: fresh) { result in
                    if case .failure = result {
                        services.observer.upstreamFailed(destination: services.destination)
                    }
                    then(result)
                }
            }
    }

    func finished(_ outcome: ExchangeOutcome) {
        services.observer.finished(
            RequestEvent(direction: .outbound, destination: services.destination, outcome: outcome)
        )
    }
}
