import Authorization
import FoundationEssentials
import KubernetesModel
import Logging
import MeshAPI
import Proxy
import Telemetry

/// Puts what the control plane sends in force, and answers for it.
///
/// An update is acknowledged after it is in force, never before: the certificate authority signs with a new key only
/// when every proxy has said that it trusts it.
struct UpdateApplier: Sendable {
    let workload: WorkloadID
    let policies: PolicyInForce
    let destinations: DestinationsInForce
    let credentials: CredentialStore
    let tokens: IssuerKeysInForce
    let metrics: ProxyMetrics
    let logger: Logger

    /// Takes one message; the answer goes back over the stream.
    func apply(_ wire: WireControlMessage) -> ProxyReport? {
        do {
            let update = try ControlUpdate(wire)
            try install(update)
            logger.debug(
                "update in force",
                metadata: ["resource": "\(update.key)", "version": "\(update.version)"]
            )
            return .acknowledged(update.key, version: update.version)
        } catch {
            metrics.updatesRefused.increment()
            logger.error(
                "update refused; the last good state stays in force",
                metadata: ["error": "\(error)"]
            )
            guard let key = ControlUpdate.key(of: wire) else { return nil }
            return .refused(key, version: wire.version, reason: "\(error)")
        }
    }

    private func install(_ update: ControlUpdate) throws {
        switch update.resource {
        case .policies(let received):
            guard received.workload == workload else { throw NotOurs(workload: received.workload) }
            policies.install(received.ports)
            metrics.policyRevision.set(Double(received.revision.number))
            metrics.policyReceived.set(Date().timeIntervalSince1970)
        case .trust(let trust):
            try credentials.install(trust, version: update.version)
        case .destination(let received):
            destinations.install(Destination(received), named: received.name.description)
        case .issuerKeys(let received):
            try tokens.install(received)
        }
    }

    private struct NotOurs: Error, CustomStringConvertible {
        let workload: WorkloadID
        var description: String { "policies of \(workload), which is another workload" }
    }
}

extension Destination {
    /// `nil` when it is known that there is nothing to connect to.
    init?(_ update: DestinationUpdate) {
        guard case .reachable(let endpoints, let serves) = update.state else { return nil }
        self.init(
            name: update.name.description,
            endpoints: endpoints.map(\.address),
            identities: Set(endpoints.map(\.identity)),
            serves: serves
        )
    }
}
