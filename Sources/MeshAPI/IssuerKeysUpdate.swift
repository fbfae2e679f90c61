internal import FoundationEssentials

/// The keys that verify an issuer's tokens, or the knowledge that they cannot be had.
public struct IssuerKeysUpdate: Equatable, Sendable {
    public enum State: Equatable, Sendable {
        /// A JSON Web Key Set (RFC 7517, section 5), only bounded here.
        case keys([UInt8])
        /// Why there are none; nothing that asks for this issuer matches.
        case unavailable(String)
    }

    public var issuer: String
    public var state: State

    public init(issuer: String, state: State) {
        self.issuer = issuer
        self.state = state
    }
}

extension IssuerKeysUpdate {
    public init(_ wire: WireIssuerKeys) throws(WireError) {
        issuer = try WireCheck.text(wire.issuer, "issuer")
        switch wire.state {
        case .jwks(let bytes):
            guard bytes.count <= WireLimits.keySet else {
                throw .tooLong("jwks", bytes: bytes.count, limit: WireLimits.keySet)
            }
            state = .keys([UInt8](bytes))
        case .unavailable(let reason):
            state = .unavailable(WireCheck.cut(reason, to: WireLimits.reason))
        case nil:
            throw .missing("issuer_keys.state")
        }
    }

    public var wire: WireIssuerKeys {
        var wire = WireIssuerKeys()
        wire.issuer = issuer
        switch state {
        case .keys(let bytes): wire.jwks = Data(bytes)
        case .unavailable(let reason): wire.unavailable = WireCheck.cut(reason, to: WireLimits.reason)
        }
        return wire
    }
}
