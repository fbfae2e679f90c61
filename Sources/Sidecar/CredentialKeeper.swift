import CertificateAuthority
import FoundationEssentials
import Identity
import Logging
import ServiceLifecycle
import Telemetry

/// Keeps this workload's certificate fresh for as long as it runs: a fresh key each time.
///
/// ``RenewalMachine`` decides when; a certificate that is still valid stays in use while renewal fails.
struct CredentialKeeper: ServiceLifecycle.Service {
    let identity: SPIFFEID
    let agent: AgentClient
    let store: CredentialStore
    let metrics: ProxyMetrics
    let logger: Logger

    /// Ends only by cancellation or graceful shutdown, which leave through the sleep.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var machine = RenewalMachine()
            var effect = machine.renew()
            while !Task.isCancelled {
                switch effect {
                case .request:
                    effect = await request(&machine)
                case .wake(let time):
                    let wait = max(0, time.timeIntervalSince(Date()))
                    guard (try? await Task.sleep(for: .seconds(wait))) != nil else { return }
                    effect = machine.timerFired(at: Date())
                case nil:
                    return
                }
            }
        }
    }

    private func request(_ machine: inout RenewalMachine) async -> RenewalMachine.Effect {
        do {
            let key = SVIDKey()
            let issued = try await agent.issue(csr: try CertificateRequest.make(for: identity, key: key))
            guard issued.svid.spiffeID == identity else {
                throw UnexpectedIdentity(given: issued.svid.spiffeID)
            }
            try store.install(issued, key: key)
            metrics.certificatesIssued.increment()
            metrics.certificateExpiry.set(issued.svid.notAfter.timeIntervalSince1970)
            logger.debug("certificate issued", metadata: ["expires": "\(issued.svid.notAfter)"])
            return machine.issued(until: issued.svid.notAfter, at: Date(), random: .random(in: 0..<1))
        } catch {
            metrics.certificateRenewalFailures.increment()
            logger.warning(
                "no certificate was issued; the present one stays in use",
                metadata: ["error": "\(error)", "standing": "\(machine.standing(at: Date()))"]
            )
            return machine.failed(at: Date(), random: .random(in: 0..<1))
        }
    }

    private struct UnexpectedIdentity: Error, CustomStringConvertible {
        let given: SPIFFEID
        var description: String { "the certificate is for \(given)" }
    }
}
