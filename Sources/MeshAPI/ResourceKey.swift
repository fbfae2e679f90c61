public import KubernetesModel

/// Which piece of state a version belongs to.
public enum ResourceKey: Hashable, Sendable {
    case policies
    case trust
    case destination(ServiceAddress)
    case issuerKeys(String)
}

extension ResourceKey {
    public init(_ wire: WireResourceKey) throws(WireError) {
        switch wire.kind {
        case .policies: self = .policies
        case .trust: self = .trust
        case .destination: self = .destination(try WireCheck.service(wire.name, "destination"))
        case .issuerKeys: self = .issuerKeys(try WireCheck.text(wire.name, "resource.name"))
        case .unspecified, .UNRECOGNIZED:
            throw .unknownCase("resource.kind", number: wire.kind.rawValue)
        }
    }

    public var wire: WireResourceKey {
        var wire = WireResourceKey()
        switch self {
        case .policies: wire.kind = .policies
        case .trust: wire.kind = .trust
        case .destination(let name):
            wire.kind = .destination
            wire.name = name.description
        case .issuerKeys(let issuer):
            wire.kind = .issuerKeys
            wire.name = issuer
        }
        return wire
    }
}

extension ResourceKey: CustomStringConvertible {
    public var description: String {
        switch self {
        case .policies: "policies"
        case .trust: "trust"
        case .destination(let name): "destination \(name)"
        case .issuerKeys(let issuer): "keys of \(issuer)"
        }
    }
}
