/// One compiled rule of one policy: who, what, and which person behind it.
///
/// It matches when its three parts do: any of ``peers``, any of ``operations``, all of ``token``.
public struct Rule: Equatable, Sendable {
    public enum Action: String, CaseIterable, Sendable {
        case allow = "Allow"
        case deny = "Deny"
    }

    public enum Mode: String, CaseIterable, Sendable {
        case enforce = "Enforce"
        /// Judged and recorded, never blocking.
        case audit = "Audit"
    }

    public var id: RuleID
    public var action: Action
    /// Any of these; empty matches nobody.
    public var peers: [Peer]
    /// Any of these; empty matches everything on the port.
    public var operations: [OperationMatch]
    public var token: TokenCondition?
    /// Why the rule cannot be resolved, if so.
    ///
    /// Such a rule matches everything when it denies and nothing when it allows, whatever its other parts say.
    public var unresolved: String?

    public init(
        id: RuleID,
        action: Action,
        peers: [Peer],
        operations: [OperationMatch] = [],
        token: TokenCondition? = nil,
        unresolved: String? = nil
    ) {
        self.id = id
        self.action = action
        self.peers = peers
        self.operations = operations
        self.token = token
        self.unresolved = unresolved
    }

    /// Whether the rule can only be judged request by request, so that its port serves HTTP and nothing else.
    ///
    /// A token travels in a header field: a rule about one is a rule about HTTP.
    public var requiresHTTP: Bool { !operations.isEmpty || token != nil }
}

/// One policy as far as it concerns one port.
public struct CompiledPolicy: Equatable, Sendable {
    public var id: PolicyID
    public var mode: Rule.Mode
    /// May be empty: the policy then selects the port and allows nothing on it.
    public var rules: [Rule]

    public init(id: PolicyID, mode: Rule.Mode = .enforce, rules: [Rule]) {
        self.id = id
        self.mode = mode
        self.rules = rules
    }
}

/// A policy's full name: `namespace/policy`.
public struct PolicyID: Hashable, Sendable {
    public let namespace: String
    public let name: String

    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }
}

extension PolicyID: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

extension PolicyID: CustomStringConvertible {
    public var description: String { "\(namespace)/\(name)" }
}
