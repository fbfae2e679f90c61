internal import KubernetesModel

/// One piece of state that the control plane gives a proxy, with its version.
///
/// It replaces what the proxy held of that resource as a whole, and is answered by
/// ``ProxyReport/acknowledged(_:version:)`` or ``ProxyReport/refused(_:version:reason:)``.
public struct ControlUpdate: Equatable, Sendable {
    public enum Resource: Equatable, Sendable {
        case policies(WorkloadPolicies)
        case trust(TrustUpdate)
        case destination(DestinationUpdate)
        case issuerKeys(IssuerKeysUpdate)
    }

    public var version: UInt64
    public var resource: Resource

    public init(version: UInt64, resource: Resource) {
        self.version = version
        self.resource = resource
    }

    public var key: ResourceKey {
        switch resource {
        case .policies: .policies
        case .trust: .trust
        case .destination(let destination): .destination(destination.name)
        case .issuerKeys(let keys): .issuerKeys(keys.issuer)
        }
    }
}

extension ControlUpdate {
    public init(_ wire: WireControlMessage) throws(WireError) {
        guard wire.version > 0 else { throw .missing("version") }
        version = wire.version
        switch wire.resource {
        case .policies(let policies): resource = .policies(try WorkloadPolicies(policies))
        case .trust(let trust): resource = .trust(try TrustUpdate(trust))
        case .destination(let destination): resource = .destination(try DestinationUpdate(destination))
        case .issuerKeys(let keys): resource = .issuerKeys(try IssuerKeysUpdate(keys))
        case nil: throw .missing("resource")
        }
    }

    public var wire: WireControlMessage {
        var wire = WireControlMessage()
        wire.version = version
        switch resource {
        case .policies(let policies): wire.policies = policies.wire
        case .trust(let trust): wire.trust = trust.wire
        case .destination(let destination): wire.destination = destination.wire
        case .issuerKeys(let keys): wire.issuerKeys = keys.wire
        }
        return wire
    }

    /// Which resource a message is about, as far as can be told of one that cannot be read.
    ///
    /// A refusal must name what it refuses, also when the refused message is malformed inside.
    public static func key(of wire: WireControlMessage) -> ResourceKey? {
        switch wire.resource {
        case .policies: .policies
        case .trust: .trust
        case .destination(let destination):
            (try? WireCheck.service(destination.name, "destination")).map { .destination($0) }
        case .issuerKeys(let keys):
            (try? WireCheck.text(keys.issuer, "issuer")).map { .issuerKeys($0) }
        case nil: nil
        }
    }
}
