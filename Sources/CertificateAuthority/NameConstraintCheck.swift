import Identity
import X509

/// Whether the names of one certificate respect the name constraints of an authority above it.
///
/// RFC 5280, section 4.2.1.10. URI and DNS constraints are evaluated; one of another kind refuses a certificate
/// that has a name of that kind, since to ignore it would widen what the authority may vouch for.
enum NameConstraintCheck {
    enum Outcome: Equatable {
        case permitted
        case notPermitted
        case notUnderstood
    }

    static func judge(_ facts: CertificateFacts, by constraints: NameConstraints) -> Outcome {
        for name in facts.alternativeNames {
            let outcome = judge(name, by: constraints)
            guard outcome == .permitted else { return outcome }
        }
        let subjectIsConstrained = (constraints.permittedSubtrees + constraints.excludedSubtrees).contains {
            if case .directoryName = $0 { true } else { false }
        }
        return subjectIsConstrained && !facts.certificate.subject.isEmpty ? .notUnderstood : .permitted
    }

    private static func judge(_ name: GeneralName, by constraints: NameConstraints) -> Outcome {
        let permitted = constraints.permittedSubtrees.filter { sameKind($0, name) }
        let excluded = constraints.excludedSubtrees.filter { sameKind($0, name) }
        guard !permitted.isEmpty || !excluded.isEmpty else { return .permitted }

        let matches: (GeneralName) -> Bool
        switch name {
        case .uniformResourceIdentifier(let uri):
            // A host that is not a plain name cannot be held to a constraint: refused, as the RFC asks.
            guard let id = try? SPIFFEID(parsing: uri) else { return .notPermitted }
            matches = { subtree in
                guard case .uniformResourceIdentifier(let constraint) = subtree else { return false }
                return host(id.trustDomain.name, isWithinURI: constraint)
            }
        case .dnsName(let host):
            matches = { subtree in
                guard case .dnsName(let constraint) = subtree else { return false }
                return self.host(host, isWithinDNS: constraint)
            }
        default:
            return .notUnderstood
        }
        guard !excluded.contains(where: matches) else { return .notPermitted }
        return permitted.isEmpty || permitted.contains(where: matches) ? .permitted : .notPermitted
    }

    /// `.example.com` is every host below; `example.com` is that host only.
    private static func host(_ host: String, isWithinURI constraint: String) -> Bool {
        let host = host.lowercased().utf8
        let constraint = constraint.lowercased().utf8
        guard constraint.first == UInt8(ascii: ".") else { return host.elementsEqual(constraint) }
        return host.count > constraint.count && host.suffix(constraint.count).elementsEqual(constraint)
    }

    /// `example.com` is that host and every one below; the empty constraint is every host.
    private static func host(_ host: String, isWithinDNS constraint: String) -> Bool {
        let host = host.lowercased().utf8
        let constraint = constraint.lowercased().utf8
        guard !constraint.isEmpty, !host.elementsEqual(constraint) else { return true }
        let suffix =
            constraint.first == UInt8(ascii: ".") ? Array(constraint) : [UInt8(ascii: ".")] + constraint
        return host.count > suffix.count && host.suffix(suffix.count).elementsEqual(suffix)
    }

    private static func sameKind(_ left: GeneralName, _ right: GeneralName) -> Bool {
        switch (left, right) {
        case (.otherName, .otherName), (.rfc822Name, .rfc822Name), (.dnsName, .dnsName): true
        case (.x400Address, .x400Address), (.directoryName, .directoryName): true
        case (.ediPartyName, .ediPartyName), (.ipAddress, .ipAddress), (.registeredID, .registeredID): true
        case (.uniformResourceIdentifier, .uniformResourceIdentifier): true
        default: false
        }
    }
}
