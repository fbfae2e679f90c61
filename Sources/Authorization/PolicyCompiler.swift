import CanonicalHTTP
import Identity
public import KubernetesModel
public import NetworkTypes

/// Turns manifests into what is judged with: for each declared port of a workload, one ``PortPolicy``.
///
/// Pure: the same state gives the same policies, whatever the order of files.
public struct PolicyCompiler: Sendable {
    public let state: MeshState
    /// Where the kubelet's probes come from; on one machine, and in a cluster for a sidecar, the node itself.
    public let probeSources: [CIDR]

    public init(_ state: MeshState, probeSources: [CIDR] = PolicyCompiler.loopback) {
        self.state = state
        self.probeSources = probeSources
    }

    /// `127.0.0.0/8` and `::1/128`.
    public static let loopback: [CIDR] = ["127.0.0.0/8", "::1/128"].compactMap { try? CIDR(parsing: $0) }

    /// Compiles all declared ports of a workload, in order of their numbers.
    public func policies(for workload: Workload, revision: PolicyRevision) -> [PortPolicy] {
        var ignored: [Diagnostic] = []
        return policies(for: workload, revision: revision, &ignored)
    }

    /// Compiles one port; one that the workload does not declare is not known about, and denies.
    public func policy(for port: Port, of workload: Workload, revision: PolicyRevision) -> PortPolicy {
        policies(for: workload, revision: revision).first { $0.port == port }
            ?? PortPolicy(port: port, revision: revision, coverage: .unknown(.unknownPort))
    }

    /// Compiles every workload and reports what a person should know.
    public func diagnostics() -> [Diagnostic] {
        var report: [Diagnostic] = []
        for workload in state.workloads {
            _ = policies(for: workload, revision: PolicyRevision(0), &report)
        }
        for policy in state.policies { check(policy, &report) }
        var seen: Set<Diagnostic> = []
        return report.filter { seen.insert($0).inserted }
    }

    private func policies(
        for workload: Workload,
        revision: PolicyRevision,
        _ report: inout [Diagnostic]
    ) -> [PortPolicy] {
        let annotations = WorkloadAnnotations(
            of: workload,
            in: state.namespaces[workload.meta.namespace],
            &report
        )
        let opaque = Set(annotations.opaquePorts.flatMap(workload.resolve))
        return workload.declaredPorts.map { port in
            let declared = ServedProtocol.declared(for: port, of: workload, by: state.services)
            let policy = PortPolicy(
                port: port,
                revision: revision,
                coverage: coverage(of: port, of: workload),
                fallback: annotations.fallback,
                serves: opaque.contains(port) ? .opaque : declared,
                probes: probes(of: port, of: workload, relaxing: annotations.relaxations, &report),
                relaxations: annotations.relaxations
            )
            if policy.serves == .opaque, policy.hasHTTPRules {
                report.append(
                    .warning(
                        "opaque-with-http-rules",
                        "port \(port) of \(workload.meta.objectName) is declared opaque and has rules about HTTP",
                        hint: "nothing can match such rules there, so everything is denied",
                        at: workload.meta.location
                    )
                )
            }
            return policy
        }
    }

    private func coverage(of port: Port, of workload: Workload) -> Coverage {
        if let unreadable = state.unreadable.filter({ $0.maySelect(workload) }).map(\.label).min() {
            return .unknown(.unreadablePolicy(unreadable))
        }
        let selecting = state.policies.filter { $0.selects(workload) }.compactMap { policy in
            compile(policy, for: port, of: workload)
        }
        guard !selecting.isEmpty else { return .unselected }
        return .selected(selecting.sorted { $0.id < $1.id })
    }

    /// The policy as far as it concerns the port; `nil` when it does not.
    private func compile(_ policy: AccessPolicy, for port: Port, of workload: Workload) -> CompiledPolicy? {
        let lost = unresolvedPorts(of: policy)
        let isNamed = policy.target.ports.map { $0.contains { workload.resolve($0).contains(port) } } ?? true
        if isNamed {
            return CompiledPolicy(
                id: policy.id,
                mode: policy.mode,
                rules: policy.rules.map { rule($0, of: policy) }
            )
        }
        // No workload knows the port by that name, so which one it denies cannot be told: it denies all.
        guard let name = lost.first else { return nil }
        let denials = policy.rules.filter { $0.action == .deny }.map { spec in
            var rule = rule(spec, of: policy)
            rule.unresolved = "no selected workload declares a port \(name)"
            return rule
        }
        guard !denials.isEmpty else { return nil }
        return CompiledPolicy(id: policy.id, mode: policy.mode, rules: denials)
    }

    /// Ports that a policy names and none of the workloads it selects declares.
    private func unresolvedPorts(of policy: AccessPolicy) -> [String] {
        guard let ports = policy.target.ports else { return [] }
        let selected = state.workloads.filter(policy.selects)
        return ports.compactMap { reference in
            guard case .name(let name) = reference else { return nil }
            return selected.contains { !$0.resolve(reference).isEmpty } ? nil : name
        }
    }

    private func rule(_ spec: AccessPolicy.RuleSpec, of policy: AccessPolicy) -> Rule {
        let id = RuleID(namespace: policy.meta.namespace, policy: policy.meta.name, rule: spec.name)
        var peers: [Peer] = []
        var unresolved: String?
        for source in spec.from {
            do throws(IdentityError) {
                peers.append(try peer(source))
            } catch {
                unresolved = "an entry of from is no identity of \(state.trustDomain)"
            }
        }
        return Rule(
            id: id,
            action: spec.action,
            peers: peers,
            operations: spec.to,
            token: spec.token,
            unresolved: unresolved
        )
    }

    private func peer(_ source: AccessPolicy.Source) throws(IdentityError) -> Peer {
        switch source {
        case .serviceAccount(let name):
            .serviceAccount(
                try WorkloadIdentity(
                    trustDomain: state.trustDomain,
                    namespace: name.namespace,
                    serviceAccount: name.name
                )
            )
        case .namespace(let name): .namespace(state.trustDomain, name)
        case .identity(let pattern): .identity(pattern)
        case .network(let range, let exceptions): .network(range, except: exceptions)
        case .authenticated: .authenticated
        case .anyone: .anyone
        }
    }

    private func probes(
        of port: Port,
        of workload: Workload,
        relaxing: Set<Relaxation>,
        _ report: inout [Diagnostic]
    ) -> [ProbeExemption] {
        let paths = workload.probes.filter { workload.resolve($0.port).contains(port) }.compactMap {
            probe -> String? in
            let written = probe.path.hasPrefix("/") ? probe.path : "/\(probe.path)"
            let head = RequestHead(
                method: "GET",
                target: Array(written.utf8),
                authorities: [],
                fields: HeaderFields(),
                version: .http1_0
            )
            do throws(RequestRefusal) {
                return try CanonicalRequest(canonicalizing: head, relaxing: relaxing).path
            } catch {
                report.append(
                    .warning(
                        "refused-probe",
                        "a probe of \(workload.meta.objectName) will be refused: \(error)",
                        at: workload.meta.location
                    )
                )
                return nil
            }
        }
        return Set(paths).sorted().map { ProbeExemption(path: $0, sources: probeSources) }
    }

    private func check(_ policy: AccessPolicy, _ report: inout [Diagnostic]) {
        for rule in policy.rules {
            for case .serviceAccount(let name) in rule.from where !isKnown(name) {
                let known = state.serviceAccounts.filter { $0.namespace == name.namespace }.map(\.name)
                report.append(
                    .warning(
                        "unknown-service-account",
                        "rule \(rule.name) of \(policy.id) is for service account \(name), which does not exist",
                        hint: Spelling.nearest(to: name.name, among: known).map { "did you mean \($0)?" },
                        at: rule.location
                    )
                )
            }
        }
        let selected = state.workloads.filter(policy.selects)
        if selected.isEmpty {
            report.append(
                .warning("selects-nothing", "\(policy.id) selects no workload", at: policy.meta.location)
            )
        }
        for reference in policy.target.ports ?? [] where !selected.isEmpty {
            guard selected.allSatisfy({ $0.resolve(reference).isEmpty }) else { continue }
            report.append(
                .warning(
                    "unknown-port",
                    "\(policy.id) is about port \(reference), which no selected workload declares",
                    at: policy.meta.location
                )
            )
        }
    }

    private func isKnown(_ name: ObjectName) -> Bool {
        name.name == "default" || state.serviceAccounts.contains(name)
    }
}

extension PortPolicy {
    /// Whether a rule of any mode looks into requests.
    fileprivate var hasHTTPRules: Bool {
        guard case .selected(let policies) = coverage else { return false }
        return policies.contains { $0.rules.contains(where: \.requiresHTTP) }
    }
}
