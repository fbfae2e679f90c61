public import Identity
public import X509

/// Why certificates do not make a trust bundle.
public enum TrustBundleError: Error, Equatable, Sendable {
    case noRoots
    case tooManyRoots(Int)
    case format(CertificateFormatError)
    /// Not marked as an authority that may sign certificates; `index` counts from 0.
    case notAnAuthority(index: Int)
    /// A root that names another trust domain than the bundle's.
    case ofAnotherTrustDomain(TrustDomain, index: Int)
    case malformedExtension(index: Int)
    case twoBundlesForOneTrustDomain(TrustDomain)
}

/// The roots that may vouch for the identities of one trust domain, and for no other's.
public struct TrustBundle: Sendable {
    /// Slots of a rotation, with room for a federation that keeps many.
    public static let maximumRoots = 64

    public let trustDomain: TrustDomain
    public let roots: [Certificate]
    /// The roots, byte for byte as they came.
    public let der: [[UInt8]]
    let facts: [CertificateFacts]

    public init(trustDomain: TrustDomain, der: [[UInt8]]) throws(TrustBundleError) {
        guard !der.isEmpty else { throw .noRoots }
        guard der.count <= Self.maximumRoots else { throw .tooManyRoots(der.count) }
        var facts: [CertificateFacts] = []
        for (index, bytes) in der.enumerated() {
            facts.append(try Self.root(from: bytes, index: index, of: trustDomain))
        }
        self.trustDomain = trustDomain
        self.roots = facts.map(\.certificate)
        self.der = der
        self.facts = facts
    }

    /// `CERTIFICATE` blocks, in any order.
    public init(trustDomain: TrustDomain, pem text: String) throws(TrustBundleError) {
        let der: [[UInt8]]
        do {
            der = try CertificateChain.certificateBlocks(in: text)
        } catch {
            throw .format(error)
        }
        try self.init(trustDomain: trustDomain, der: der)
    }

    public init(trustDomain: TrustDomain, roots: [Certificate]) throws(TrustBundleError) {
        var der: [[UInt8]] = []
        for (index, root) in roots.enumerated() {
            guard let bytes = try? root.derBytes() else { throw .format(.malformed(index: index)) }
            der.append(bytes)
        }
        try self.init(trustDomain: trustDomain, der: der)
    }

    private static func root(
        from bytes: [UInt8],
        index: Int,
        of trustDomain: TrustDomain
    ) throws(TrustBundleError) -> CertificateFacts {
        let certificate: Certificate
        do throws(CertificateFormatError) {
            guard bytes.count <= CertificateChain.maximumCertificateBytes else {
                throw .tooLarge(bytes: bytes.count)
            }
            certificate = try CertificateChain.parse(bytes, index: index)
        } catch {
            throw .format(error)
        }
        guard let facts = try? CertificateFacts(certificate, at: .root) else {
            throw .malformedExtension(index: index)
        }
        guard facts.isAuthority, facts.keyUsage?.keyCertSign == true else {
            throw .notAnAuthority(index: index)
        }
        // A root that is no SVID itself (a corporate one, say) names no trust domain, and may serve any.
        if let id = try? facts.spiffeID(), id.trustDomain != trustDomain {
            throw .ofAnotherTrustDomain(id.trustDomain, index: index)
        }
        return facts
    }
}

extension TrustBundle: Equatable {
    public static func == (left: Self, right: Self) -> Bool {
        left.trustDomain == right.trustDomain && left.der == right.der
    }
}

/// The trust bundles in force, by trust domain.
///
/// There is no way to get at the roots of all domains at once: merged once, every partner's authority could
/// vouch for everyone.
public struct TrustBundles: Equatable, Sendable {
    private var bundles: [TrustDomain: TrustBundle]

    /// No domain at all: nobody is trusted.
    public init() {
        bundles = [:]
    }

    public init(_ bundles: [TrustBundle]) throws(TrustBundleError) {
        self.init()
        for bundle in bundles {
            guard self[bundle.trustDomain] == nil else {
                throw .twoBundlesForOneTrustDomain(bundle.trustDomain)
            }
            replace(with: bundle)
        }
    }

    public subscript(trustDomain: TrustDomain) -> TrustBundle? {
        bundles[trustDomain]
    }

    /// Sorted, so that logs and messages are the same each time.
    public var trustDomains: [TrustDomain] { bundles.keys.sorted() }

    /// Takes the bundle in the place of the one its trust domain had.
    public mutating func replace(with bundle: TrustBundle) {
        bundles[bundle.trustDomain] = bundle
    }
}
