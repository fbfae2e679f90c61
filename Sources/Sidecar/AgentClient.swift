import CertificateAuthority
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import Identity
import MeshAPI
import SystemPackage

/// What the control plane gave in answer to a certificate request.
struct IssuedIdentity: Sendable {
    var svid: X509SVID
    var trust: TrustUpdate
    var trustVersion: UInt64
}

/// Asks for certificates on the workload's own Unix socket, where the control plane sees which process asks.
struct AgentClient: Sendable {
    let socket: FilePath

    /// Sends one request for one fresh key.
    func issue(csr: [UInt8]) async throws -> IssuedIdentity {
        let transport = try HTTP2ClientTransport.Posix(
            target: .unixDomainSocket(path: socket.string),
            transportSecurity: .plaintext
        )
        var options = CallOptions.defaults
        options.timeout = .seconds(10)
        options.waitForReady = false
        var request = WireIssueRequest()
        request.csrDer = Data(csr)
        let response = try await withGRPCClient(transport: transport) { client in
            try await WireAgent.Client(wrapping: client).issue(request, options: options)
        }
        return IssuedIdentity(
            svid: try X509SVID(der: response.chainDer.map { [UInt8]($0) }),
            trust: try TrustUpdate(response.bundles),
            trustVersion: response.trustVersion
        )
    }
}
