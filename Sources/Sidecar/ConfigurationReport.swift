import Authorization
import CertificateAuthority
import FoundationEssentials
import Identity
import JSONText
import NetworkTypes
import Proxy

/// What `/config` tells an operator: who we are, what is in force, where it came from; no key, no token.
struct ConfigurationReport: Sendable {
    let configuration: SidecarConfiguration
    let policies: PolicyInForce
    let destinations: DestinationsInForce
    let credentials: CredentialsInForce

    func json() -> JSONValue {
        let held = credentials.credentials()
        return [
            "workload": .string(configuration.workloadID),
            "identity": .string(configuration.identity.description),
            "certificate": held.map {
                [
                    "identity": .string($0.identity.description),
                    "notAfter": .int(Int($0.notAfter.timeIntervalSince1970)),
                    "generation": .int($0.generation),
                ]
            } ?? .null,
            "trustDomains": .strings(held?.bundles.trustDomains.map(\.name) ?? []),
            "policies": .array(policies.all.map(Self.describe)),
            "destinations": .array(destinations.all.map(Self.describe)),
        ]
    }

    private static func describe(_ policy: PortPolicy) -> JSONValue {
        let rules: [JSONValue]
        let coverage: String
        switch policy.coverage {
        case .unselected:
            (coverage, rules) = ("unselected", [])
        case .selected(let policies):
            coverage = "selected"
            rules = policies.flatMap { policy in
                policy.rules.map { rule in
                    [
                        "rule": .string(rule.id.description),
                        "action": .string(rule.action.rawValue),
                        "mode": .string(policy.mode.rawValue),
                    ] as JSONValue
                }
            }
        case .unknown:
            (coverage, rules) = ("unknown", [])
        }
        return [
            "port": .int(policy.port.number),
            "revision": .int(policy.revision.number),
            "coverage": .string(coverage),
            "default": .string(policy.fallback.rawValue),
            "serves": .string(policy.serves.rawValue),
            "rules": .array(rules),
        ]
    }

    private static func describe(_ destination: Destination) -> JSONValue {
        [
            "name": .string(destination.name),
            "serves": .string(destination.serves.rawValue),
            "endpoints": .strings(destination.endpoints.map(\.description)),
            "identities": .strings(destination.identities.map(\.description).sorted()),
        ]
    }
}
