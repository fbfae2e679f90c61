internal import FoundationEssentials
public import Identity

/// Which roots may vouch for which trust domain, as DER.
///
/// Certificates are only bounded here; whoever verifies with them parses them.
public struct TrustUpdate: Equatable, Sendable {
    public var roots: [TrustDomain: [[UInt8]]]

    public init(roots: [TrustDomain: [[UInt8]]]) {
        self.roots = roots
    }
}

extension TrustUpdate {
    public init(_ wire: WireTrust) throws(WireError) {
        roots = [:]
        for bundle in try WireCheck.count(wire.bundles, "bundles", limit: WireLimits.trustDomains) {
            try add(bundle.trustDomain, bundle.rootsDer)
        }
        guard !roots.isEmpty else { throw .missing("bundles") }
    }

    /// Reads the bundles that come with a freshly signed certificate.
    public init(_ wire: [WireIssueResponse.Bundle]) throws(WireError) {
        roots = [:]
        for bundle in try WireCheck.count(wire, "bundles", limit: WireLimits.trustDomains) {
            try add(bundle.trustDomain, bundle.rootsDer)
        }
        guard !roots.isEmpty else { throw .missing("bundles") }
    }

    private mutating func add(_ name: String, _ certificates: [Data]) throws(WireError) {
        let domain = try WireCheck.trustDomain(name, "bundles.trust_domain")
        guard !certificates.isEmpty else { throw .missing("bundles.roots_der") }
        let bounded = try WireCheck.count(
            certificates,
            "bundles.roots_der",
            limit: WireLimits.rootsPerTrustDomain
        )
        let read = try bounded.converted { der throws(WireError) in
            guard der.count <= WireLimits.certificate else {
                throw .tooLong("bundles.roots_der", bytes: der.count, limit: WireLimits.certificate)
            }
            return [UInt8](der)
        }
        guard roots.updateValue(read, forKey: domain) == nil else { throw .repeated("bundles.trust_domain") }
    }

    public var wire: WireTrust {
        var wire = WireTrust()
        wire.bundles = roots.sorted { $0.key < $1.key }.map { domain, certificates in
            var bundle = WireTrustBundle()
            bundle.trustDomain = domain.name
            bundle.rootsDer = certificates.map { Data($0) }
            return bundle
        }
        return wire
    }
}
