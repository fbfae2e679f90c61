/// The engine's answer.
public enum Decision: Equatable, Sendable {
    case allow(Permit)
    case deny(Denial)
}

/// Evidence that a request was judged and allowed.
///
/// Only the engine can make one, so a function that takes a `Permit` cannot be reached by a request nobody judged.
public struct Permit: Equatable, Sendable {
    public enum Ground: Equatable, Sendable {
        case rule(RuleID)
        /// The kubelet's probe of a declared path.
        case probe
        /// The default of the port, relaxed by a namespace or workload.
        case fallback(DefaultInbound)
    }

    public let ground: Ground
    public let revision: PolicyRevision

    internal init(ground: Ground, revision: PolicyRevision) {
        self.ground = ground
        self.revision = revision
    }
}

/// Why the answer is no.
public enum Denial: Equatable, Sendable {
    /// A rule says no.
    case forbidden(by: RuleID)
    /// Rules apply to this port and none of them says yes.
    case unmatched(considered: Int)
    /// No policy selects this port, and its default is to deny.
    case uncovered
    /// A rule on this port asks for a token, and the one presented cannot be verified: HTTP 401.
    case badToken(TokenProblem)
    /// We could not find out which rules apply. Never treated as "none apply".
    case undecidable(LookupFailure)
    /// The port serves HTTP only and this is something else.
    case notHTTP
}

/// What is decided about one request, and what would have been if every policy were enforced.
public struct Judgement: Equatable, Sendable {
    /// By the policies in `Enforce` mode: this is carried out.
    public let enforced: Decision
    /// By all policies, those in `Audit` mode included: this is recorded.
    public let wouldBe: Decision
    /// The entry of `to` that decided, as the policy writes it: `/orders/{id}`.
    ///
    /// `nil` when no rule decided or the rule has no `to`. Text of the policy, hence fit for a metric's label.
    public let route: String?

    internal init(enforced: Decision, wouldBe: Decision, route: String?) {
        self.enforced = enforced
        self.wouldBe = wouldBe
        self.route = route
    }
}

/// A rule's full name: `namespace/policy/rule`.
public struct RuleID: Hashable, Sendable {
    public let namespace: String
    public let policy: String
    public let rule: String

    public init(namespace: String, policy: String, rule: String) {
        self.namespace = namespace
        self.policy = policy
        self.rule = rule
    }
}

extension RuleID: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.policy, left.rule) < (right.namespace, right.policy, right.rule)
    }
}

extension RuleID: CustomStringConvertible {
    public var description: String { "\(namespace)/\(policy)/\(rule)" }
}

/// Which state of the policies was in force; grows with every change, per control plane.
public struct PolicyRevision: Hashable, Comparable, Sendable {
    public let number: UInt64

    public init(_ number: UInt64) {
        self.number = number
    }

    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// Why it is not known which rules apply.
public enum LookupFailure: Equatable, Sendable {
    /// Nothing was received yet.
    case notReceived
    /// A policy that would select this workload could not be read.
    case unreadablePolicy(String)
    /// The port is not one the workload declared.
    case unknownPort
}

/// What a port does with requests when no policy selects it (`nullius.dev/default-inbound`).
public enum DefaultInbound: String, CaseIterable, Sendable {
    case deny
    /// Let pass, recorded as "would deny".
    case audit
    case authenticated
    case allow
}
