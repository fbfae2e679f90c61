/// Why a request is granted: everything on the way from the subject to the rule.
public struct Grant: Hashable, Sendable {
    public var subject: Subject
    public var binding: RoleBinding
    public var rule: PolicyRule
    /// The rule's place in the role, from 0.
    public var index: Int
    /// The ClusterRole that the rule was aggregated from; `nil` when it is the role's own.
    public var aggregatedFrom: String?

    public init(
        subject: Subject,
        binding: RoleBinding,
        rule: PolicyRule,
        index: Int,
        aggregatedFrom: String? = nil
    ) {
        self.subject = subject
        self.binding = binding
        self.rule = rule
        self.index = index
        self.aggregatedFrom = aggregatedFrom
    }
}

extension Grant: CustomStringConvertible {
    /// In the words that Kubernetes puts into its audit log.
    public var description: String {
        "\(binding) of \(binding.role) to \(subject)"
    }
}

/// What RBAC says of a request.
public enum AccessDecision: Hashable, Sendable {
    case granted(Grant)
    /// Members of `system:masters` may do everything; no object says so and none can take it back.
    case superuser
    /// No rule grants it.
    case ungranted
    /// No rule that could be read grants it, and these bindings refer to roles that do not exist. Not an allow.
    case unresolved([RoleBinding])

    public var isGranted: Bool {
        switch self {
        case .granted, .superuser: true
        case .ungranted, .unresolved: false
        }
    }
}
