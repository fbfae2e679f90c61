import Authorization
import Identity
import KubernetesModel
import Logging
import Manifests
import Telemetry

/// One state of the manifests, in force.
struct ManifestState: Sendable {
    var revision: PolicyRevision
    var mesh: MeshState
    var problems: [ManifestProblem]
}

/// Something in the manifests that a person should mend.
struct ManifestProblem: Hashable, Sendable {
    var diagnostic: Diagnostic
    /// Whether the last good version of what is in that file goes on.
    var hasStandIn: Bool
}

/// Follows a directory of manifests: reads it when it changes, and publishes what is in force.
///
/// Looks every 100 ms, and reads when two looks in a row agree, so that a file that is being written is not read
/// half-way; a change is in force well within a second.
struct ManifestFollower {
    static let interval = Duration.milliseconds(100)

    /// `nil` for nothing to follow.
    let path: String?
    let published: Watch<ManifestState>
    private let logger: Logger
    private let metrics: ControlPlaneMetrics
    private var manifests: LastGoodManifests
    private var counter: RevisionCounter
    private var signature: DirectorySignature?

    /// Reads the manifests for the first time.
    init(
        path: String?,
        trustDomain: TrustDomain,
        counter: RevisionCounter,
        metrics: ControlPlaneMetrics,
        logger: Logger
    ) {
        self.path = path
        self.logger = logger
        self.metrics = metrics
        self.counter = counter
        manifests = LastGoodManifests(trustDomain: trustDomain)
        signature = path.map { DirectorySignature(of: $0) }
        let outcome = manifests.take(path.map { ManifestDirectory.read($0) } ?? ManifestReading())
        let state = Self.state(outcome, revision: self.counter.advance())
        published = Watch(state)
        report(state, before: [])
    }

    /// Runs until cancelled.
    @concurrent
    mutating func run() async {
        guard let path else { return }
        var seen = signature
        while (try? await Task.sleep(for: Self.interval)) != nil {
            let now = DirectorySignature(of: path)
            defer { seen = now }
            guard now != signature, now == seen else { continue }
            signature = now
            read(path)
        }
    }

    private mutating func read(_ path: String) {
        metrics.manifestReloads.increment()
        let before = published.value
        let outcome = manifests.take(ManifestDirectory.read(path))
        var state = Self.state(outcome, revision: before.revision)
        guard state.mesh != before.mesh || state.problems != before.problems else { return }
        if state.mesh != before.mesh { state.revision = counter.advance() }
        published.set(state)
        report(state, before: before.problems)
    }

    private static func state(_ outcome: LastGoodManifests.Outcome, revision: PolicyRevision) -> ManifestState
    {
        let kept = Set(outcome.standIns.map(\.file))
        let diagnostics = outcome.diagnostics + PolicyCompiler(outcome.state).diagnostics()
        var seen: Set<Diagnostic> = []
        let problems = diagnostics.filter { seen.insert($0).inserted }.map { diagnostic in
            ManifestProblem(
                diagnostic: diagnostic,
                hasStandIn: diagnostic.severity == .error
                    && (diagnostic.location.map { location in
                        kept.contains { $0 == location.file || $0.hasPrefix(location.file + "/") }
                    } ?? false)
            )
        }
        return ManifestState(revision: revision, mesh: outcome.state, problems: problems)
    }

    private func report(_ state: ManifestState, before: [ManifestProblem]) {
        metrics.policyRevision.set(Double(state.revision.number))
        metrics.policiesAccepted.set(state.mesh.policies.count)
        metrics.manifestsRefused.set(
            Set(
                state.problems.filter { $0.diagnostic.severity == .error }
                    .map { $0.diagnostic.location?.file ?? "" }
            ).count
        )
        logger.info(
            "manifests read",
            metadata: [
                "revision": "\(state.revision.number)",
                "policies": "\(state.mesh.policies.count)",
                "workloads": "\(state.mesh.workloads.count)",
                "problems": "\(state.problems.count)",
            ]
        )
        let known = Set(before)
        for problem in state.problems where !known.contains(problem) {
            let level: Logger.Level = problem.diagnostic.severity == .error ? .error : .warning
            logger.log(
                level: level,
                "\(problem.diagnostic.message)",
                metadata: [
                    "code": "\(problem.diagnostic.code)",
                    "at": "\(problem.diagnostic.location?.description ?? path ?? "")",
                    "last_good_in_force": "\(problem.hasStandIn)",
                ]
            )
        }
    }
}
