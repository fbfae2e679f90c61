public import FoundationEssentials
public import Identity
public import X509

/// A certificate chain that names one workload: what an issuer hands out and a TLS stack presents.
///
/// Holding one is proof that the leaf keeps to the profile of an SVID, not that anybody trusts its root.
public struct X509SVID: Equatable, Sendable {
    public let spiffeID: SPIFFEID
    /// The leaf first; the root is not among them unless somebody put it there.
    public let chain: CertificateChain

    public init(chain: CertificateChain) throws(SVIDViolation) {
        spiffeID = try CertificateFacts(chain.leaf, at: .leaf).checkLeafProfile()
        self.chain = chain
    }

    /// Certificates as the wire carries them.
    public init(der: [[UInt8]]) throws(SVIDViolation) {
        let chain: CertificateChain
        do {
            chain = try CertificateChain(der: der)
        } catch {
            throw SVIDViolation(error)
        }
        try self.init(chain: chain)
    }

    public var leaf: Certificate { chain.leaf }
    public var notBefore: Date { leaf.notValidBefore }
    public var notAfter: Date { leaf.notValidAfter }
}
