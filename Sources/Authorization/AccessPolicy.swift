public import Identity
public import KubernetesModel
public import NetworkTypes

/// Who may do what to the workloads it targets: `nullius.dev/v1alpha1`, `AccessPolicy`, as written.
///
/// What it means on one port of one workload is a ``CompiledPolicy``.
public struct AccessPolicy: Hashable, Sendable {
    public static let apiVersion = "nullius.dev/v1alpha1"
    public static let kind = "AccessPolicy"

    public struct Target: Hashable, Sendable {
        /// `nil`: every workload of the namespace.
        public var selector: LabelSelector?
        /// `nil`: every port.
        public var ports: [PortReference]?

        public init(selector: LabelSelector? = nil, ports: [PortReference]? = nil) {
            self.selector = selector
            self.ports = ports
        }
    }

    /// One entry of `from`, before it is known which trust domain is ours.
    public enum Source: Hashable, Sendable {
        case serviceAccount(ObjectName)
        case namespace(String)
        case identity(IdentityPattern)
        case network(CIDR, except: [CIDR])
        case authenticated
        case anyone
    }

    public struct RuleSpec: Hashable, Sendable {
        public var name: String
        public var action: Rule.Action
        public var from: [Source]
        public var to: [OperationMatch]
        public var token: TokenCondition?
        public var location: SourceLocation

        public init(
            name: String,
            action: Rule.Action,
            from: [Source],
            to: [OperationMatch] = [],
            token: TokenCondition? = nil,
            location: SourceLocation
        ) {
            self.name = name
            self.action = action
            self.from = from
            self.to = to
            self.token = token
            self.location = location
        }
    }

    public var meta: ObjectMeta
    public var target: Target
    public var mode: Rule.Mode
    public var rules: [RuleSpec]

    public init(meta: ObjectMeta, target: Target = Target(), mode: Rule.Mode = .enforce, rules: [RuleSpec]) {
        self.meta = meta
        self.target = target
        self.mode = mode
        self.rules = rules
    }

    public var id: PolicyID { PolicyID(namespace: meta.namespace, name: meta.name) }

    /// Whether it may say something about some port of the workload.
    public func selects(_ workload: Workload) -> Bool {
        workload.meta.namespace == meta.namespace && (target.selector?.matches(workload.labels) ?? true)
    }
}

/// A policy that is there and could not be read, so that what it says is not known.
public struct UnreadablePolicy: Hashable, Sendable {
    /// `nil` when not even that could be read: it may then select any workload.
    public var namespace: String?
    public var name: String?
    /// `nil`: it may select every workload of the namespace.
    public var selector: LabelSelector?
    public var location: SourceLocation

    public init(namespace: String?, name: String?, selector: LabelSelector?, location: SourceLocation) {
        self.namespace = namespace
        self.name = name
        self.selector = selector
        self.location = location
    }

    public func maySelect(_ workload: Workload) -> Bool {
        guard let namespace else { return true }
        return workload.meta.namespace == namespace && (selector?.matches(workload.labels) ?? true)
    }

    /// What it is called in a denial: its name, or where it is written.
    public var label: String {
        guard let namespace, let name else { return "\(location.file):\(location.line)" }
        return "\(namespace)/\(name)"
    }
}
