import CertificateAuthority
public import FoundationEssentials
public import Identity
public import NIOSSL

extension Credentials {
    /// Makes the TLS handler for one connection to the control plane: HTTP/2, and nobody else may answer.
    public func controlHandler(
        expecting controlPlane: SPIFFEID,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws -> NIOSSLClientHandler {
        guard let context = client(for: .http2) else { throw UpstreamError.noCredentials }
        let verification = PeerVerification(of: .server, bundles: bundles, expected: [controlPlane], now: now)
        return try NIOSSLClientHandler(
            context: context,
            serverHostname: nil,
            customVerificationCallback: { verification.verify($0, $1) }
        )
    }
}
