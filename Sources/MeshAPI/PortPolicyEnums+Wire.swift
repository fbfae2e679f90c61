internal import Authorization
internal import CanonicalHTTP

// Zero and numbers we do not know are refused, never read as a default: a default would be a guess about access.

extension DefaultInbound {
    init(_ wire: WireDefaultInbound) throws(WireError) {
        switch wire {
        case .deny: self = .deny
        case .audit: self = .audit
        case .authenticated: self = .authenticated
        case .allow: self = .allow
        case .unspecified, .UNRECOGNIZED: throw .unknownCase("fallback", number: wire.rawValue)
        }
    }

    var wire: WireDefaultInbound {
        switch self {
        case .deny: .deny
        case .audit: .audit
        case .authenticated: .authenticated
        case .allow: .allow
        }
    }
}

extension ServedProtocol {
    init(_ wire: WireServedProtocol) throws(WireError) {
        switch wire {
        case .detected: self = .detected
        case .http: self = .http
        case .opaque: self = .opaque
        case .unspecified, .UNRECOGNIZED: throw .unknownCase("serves", number: wire.rawValue)
        }
    }

    var wire: WireServedProtocol {
        switch self {
        case .detected: .detected
        case .http: .http
        case .opaque: .opaque
        }
    }
}

extension Relaxation {
    init(_ wire: WireRelaxation) throws(WireError) {
        switch wire {
        case .encodedSlash: self = .encodedSlash
        case .encodedBackslash: self = .encodedBackslash
        case .encodedNull: self = .encodedNull
        case .pathParameters: self = .pathParameters
        case .encodedControl: self = .encodedControl
        case .invalidUtf8: self = .invalidUTF8
        case .unspecified, .UNRECOGNIZED: throw .unknownCase("relaxations", number: wire.rawValue)
        }
    }

    var wire: WireRelaxation {
        switch self {
        case .encodedSlash: .encodedSlash
        case .encodedBackslash: .encodedBackslash
        case .encodedNull: .encodedNull
        case .pathParameters: .pathParameters
        case .encodedControl: .encodedControl
        case .invalidUTF8: .invalidUtf8
        }
    }
}
