import Authorization
import FoundationEssentials
import Identity
import KubernetesModel
import LocalPeers
import Logging
import MeshAPI
import NetworkTypes
import Telemetry

/// Why a proxy's stream was not accepted, or was ended.
enum SessionRefusal: Error, Equatable {
    case unknownWorkload
    /// The certificate names somebody else than the one registered for the workload.
    case otherIdentity
    case tooManyDestinations(limit: Int)
    /// Another stream of the same workload took its place, or the workload is gone.
    case superseded
}

/// Knows who runs, what the manifests say and who is connected, and tells each proxy what concerns it.
///
/// Events come in (a registration, a reading of the manifests, a proxy's word); for each, what changed for whom is
/// worked out and put into that proxy's ``Mailbox``. It waits for nobody: a slow proxy reads its mailbox later.
actor MeshCoordinator {
    /// More than one machine runs.
    static let mostWorkloads = 256
    /// How long a proxy's listeners are believed in after its stream ended.
    static let listenerGrace: TimeInterval = 15

    struct Member {
        var registration: Registration
        var compiled: CompiledWorkload
        var session: ProxySession?
        /// When the last stream ended; `nil` while one is open.
        var lostAt: Date?
    }

    private let authority: AuthorityKeeper
    private let metrics: ControlPlaneMetrics
    private let logger: Logger
    private let versions = VersionClock()
    private let save: @Sendable (Registration) -> Void
    private var manifests: ManifestState
    private var issuerKeys: [String: IssuerKeysUpdate.State] = [:]
    private var members: [WorkloadID: Member] = [:]
    private var sessions: UInt64 = 0
    private var isClosed = false

    /// Knows nobody yet; `save` writes a registration down, so that a control plane that is started again finds it.
    init(
        manifests: ManifestState,
        authority: AuthorityKeeper,
        metrics: ControlPlaneMetrics,
        logger: Logger,
        save: @Sendable @escaping (Registration) -> Void
    ) {
        self.manifests = manifests
        self.authority = authority
        self.metrics = metrics
        self.logger = logger
        self.save = save
    }

    var trustDomain: TrustDomain { manifests.mesh.trustDomain }
    var currentManifests: ManifestState { manifests }
    var statuses: [MemberStatus] {
        members.values.map { MemberStatus($0) }.sorted { $0.registration.id < $1.registration.id }
    }

    func registration(of id: WorkloadID) -> Registration? { members[id]?.registration }

    // MARK: Workloads

    /// Takes a workload in.
    func register(_ identity: WorkloadIdentity, named name: String?, ports: [Port], process: ProcessIdentity)
        throws(RegistrationRefusal) -> Registration
    {
        guard members.count < Self.mostWorkloads else { throw .tooManyWorkloads(limit: Self.mostWorkloads) }
        let found = try WorkloadResolver(mesh: manifests.mesh).workload(of: identity, named: name)
        let registration = Registration(
            id: freshID(for: found?.meta.name ?? identity.serviceAccount),
            identity: identity,
            ports: ports,
            process: process,
            workload: found ?? WorkloadResolver.undeclared(identity, ports: ports),
            isDeclared: found != nil
        )
        add(registration)
        save(registration)
        logger.info("workload registered", metadata: Self.metadata(registration))
        return registration
    }

    /// Takes back what an earlier run of the control plane wrote down.
    func restore(_ id: WorkloadID, _ file: RegistrationFile) -> Registration? {
        guard
            members[id] == nil, members.count < Self.mostWorkloads, file.process.isRunning,
            let identity = try? WorkloadIdentity(
                trustDomain: trustDomain,
                namespace: file.namespace,
                serviceAccount: file.serviceAccount
            )
        else { return nil }
        let name = file.workload.isEmpty ? nil : file.workload
        let found = name.flatMap {
            try? WorkloadResolver(mesh: manifests.mesh).workload(of: identity, named: $0)
        }
        // A workload whose manifest is gone cannot be judged by its labels: it stays out, and says so.
        if name != nil, found == nil { return nil }
        var registration = Registration(
            id: id,
            identity: identity,
            ports: file.ports,
            process: file.process,
            workload: found ?? WorkloadResolver.undeclared(identity, ports: file.ports),
            isDeclared: found != nil
        )
        registration.listeners = file.listeners
        add(registration)
        members[id]?.lostAt = Date()
        logger.info("workload found again", metadata: Self.metadata(registration))
        return registration
    }

    private func add(_ registration: Registration) {
        members[registration.id] = Member(
            registration: registration,
            compiled: CompiledWorkload(registration, in: manifests.mesh, revision: manifests.revision)
        )
        count()
        sendDestinations()
    }

    /// Removes a workload; its proxy's stream ends.
    func deregister(_ id: WorkloadID) async {
        guard let member = members.removeValue(forKey: id) else { return }
        member.session?.mailbox.finish()
        count()
        sendDestinations()
        logger.info("workload removed", metadata: Self.metadata(member.registration))
        await authority.proxyLeft(id)
    }

    /// Workloads whose process ended without a word.
    func ended() -> [WorkloadID] {
        members.values.map(\.registration).filter { !$0.process.isRunning }.map(\.id)
    }

    private func freshID(for name: String) -> WorkloadID {
        while true {
            let suffix = String(UInt32.random(in: 0 ... .max), radix: 16)
            let padded = String(repeating: "0", count: 8 - suffix.count) + suffix
            // Short, for it becomes part of the path of a socket, and that may have 107 bytes.
            let stem = name.prefix(24).reversed().drop { $0 == "-" || $0 == "." }.reversed()
            guard let id = try? WorkloadID(parsing: "\(String(stem))-\(padded)"), members[id] == nil else {
                continue
            }
            return id
        }
    }

    // MARK: Streams

    /// A proxy's stream opened, with a certificate that names `peer`.
    func connect(
        _ id: WorkloadID,
        peer: SPIFFEID,
        certificateEnd: Date,
        mailbox: Mailbox
    ) async throws(SessionRefusal) -> UInt64 {
        guard !isClosed, let member = members[id] else { throw .unknownWorkload }
        guard member.registration.identity.spiffeID == peer else { throw .otherIdentity }
        member.session?.mailbox.finish()
        sessions += 1
        let number = sessions
        var session = ProxySession(number: number, mailbox: mailbox, certificateEnd: certificateEnd)
        // Trust goes first: with it the proxy can talk to those that the rest tells it about.
        session.send(authority.trust.value.update)
        session.send(member.compiled.update(for: id))
        metrics.updateSent(.trust)
        metrics.updateSent(.policies)
        members[id]?.session = session
        members[id]?.lostAt = nil
        sendKeys(to: id)
        count()
        logger.info("proxy connected", metadata: Self.metadata(member.registration))
        await authority.proxyArrived(id)
        return number
    }

    /// A proxy said something on its stream.
    func received(_ report: ProxyReport, from id: WorkloadID, session number: UInt64)
        async throws(SessionRefusal)
    {
        guard let session = members[id]?.session, session.number == number else { throw .superseded }
        switch report {
        case .hello:
            break
        case .listening(let listeners):
            guard let member = members[id], member.registration.listeners != listeners else { return }
            let declared = Set(member.registration.ports)
            members[id]?.registration.listeners = listeners.filter { declared.contains($0.key) }
            if let registration = members[id]?.registration { save(registration) }
            sendDestinations()
        case .want(let name):
            guard members[id]?.session?.want(name) == true else {
                throw .tooManyDestinations(limit: WireLimits.destinationsPerProxy)
            }
            sendDestinations(to: id, resolver())
        case .unwant(let name):
            members[id]?.session?.unwant(name)
        case .acknowledged(let key, let version):
            guard members[id]?.session?.acknowledge(key, version: version) == true else { return }
            metrics.updateAnswered(key.metric, .accepted)
            if key == .trust { await authority.acknowledged(version, by: id) }
        case .refused(let key, let version, let reason):
            guard members[id]?.session?.refuse(key, version: version, reason: reason) == true else { return }
            metrics.updateAnswered(key.metric, .refused)
            logger.error(
                "a proxy refused an update",
                metadata: ["workload": "\(id)", "resource": "\(key)", "reason": "\(reason)"]
            )
        }
    }

    /// A proxy's stream ended.
    func disconnected(_ id: WorkloadID, session number: UInt64) async {
        guard let session = members[id]?.session, session.number == number else { return }
        members[id]?.session = nil
        members[id]?.lostAt = Date()
        count()
        logger.notice("proxy disconnected", metadata: ["workload": "\(id)"])
        await authority.proxyLost(id, until: session.certificateEnd)
    }

    /// Ends all streams, and takes no new ones.
    func close() {
        isClosed = true
        for member in members.values { member.session?.mailbox.finish() }
    }

    /// Forgets the listeners of proxies that have been away for long.
    func sweep(at now: Date) {
        var changed = false
        for (id, member) in members {
            guard
                let lostAt = member.lostAt, now.timeIntervalSince(lostAt) > Self.listenerGrace,
                !member.registration.listeners.isEmpty
            else { continue }
            members[id]?.registration.listeners = [:]
            if let registration = members[id]?.registration { save(registration) }
            changed = true
        }
        if changed { sendDestinations() }
    }

    // MARK: Changes

    func manifestsChanged(to state: ManifestState) {
        manifests = state
        let resolver = WorkloadResolver(mesh: state.mesh)
        for (id, member) in members {
            var member = member
            if let workload = resolver.current(of: member.registration) {
                member.registration.workload = workload
                member.registration.isDeclared = true
            }
            let isChanged = member.compiled.update(
                member.registration,
                in: state.mesh,
                revision: state.revision
            )
            if isChanged, member.session != nil {
                member.session?.send(member.compiled.update(for: id))
                metrics.updateSent(.policies)
            }
            members[id] = member
            if isChanged { sendKeys(to: id) }
        }
        sendDestinations()
    }

    /// Sends the newest trust to all who do not have it.
    func trustChanged() {
        let update = authority.trust.value.update
        for (id, member) in members where member.session.map({ $0.sent[.trust] != update.version }) ?? false {
            members[id]?.session?.send(update)
            metrics.updateSent(.trust)
        }
    }

    func keysChanged(to keys: [String: IssuerKeysUpdate.State]) {
        issuerKeys = keys
        for id in members.keys { sendKeys(to: id) }
    }

    private func sendKeys(to id: WorkloadID) {
        guard let member = members[id], member.session != nil else { return }
        for issuer in member.compiled.issuers {
            let state = issuerKeys[issuer] ?? .unavailable("no --jwks option names this issuer")
            if members[id]?.session?.send(state, of: issuer, version: nextVersion) == true {
                metrics.updateSent(.issuerKeys)
            }
        }
    }

    private func resolver() -> DestinationResolver {
        DestinationResolver(mesh: manifests.mesh, registrations: members.values.map(\.registration))
    }

    private func sendDestinations() {
        let resolver = resolver()
        for id in members.keys { sendDestinations(to: id, resolver) }
    }

    private func sendDestinations(to id: WorkloadID, _ resolver: DestinationResolver) {
        guard let session = members[id]?.session else { return }
        for name in session.wanted.keys
        where members[id]?.session?.send(resolver.state(of: name), of: name, version: nextVersion) == true {
            metrics.updateSent(.destination)
        }
    }

    private func nextVersion() -> UInt64 {
        versions.next(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    private func count() {
        metrics.workloadsRegistered.set(members.count)
        metrics.proxiesConnected.set(members.values.filter { $0.session != nil }.count)
    }

    private static func metadata(_ registration: Registration) -> Logger.Metadata {
        [
            "workload": "\(registration.id)",
            "identity": "\(registration.identity)",
            "pid": "\(registration.process.processID)",
        ]
    }
}

/// What an operator sees of a workload.
struct MemberStatus: Sendable {
    var registration: Registration
    var isConnected: Bool
    var policiesWanted: UInt64
    var policiesAcknowledged: UInt64
    var trustAcknowledged: UInt64
    var refusal: String?

    init(_ member: MeshCoordinator.Member) {
        registration = member.registration
        isConnected = member.session != nil
        policiesWanted = member.compiled.revision.number
        policiesAcknowledged = member.session?.acknowledged[.policies] ?? 0
        trustAcknowledged = member.session?.acknowledged[.trust] ?? 0
        refusal = member.session?.refusal
    }
}

extension ResourceKey {
    var metric: ControlPlaneMetrics.Update {
        switch self {
        case .policies: .policies
        case .trust: .trust
        case .destination: .destination
        case .issuerKeys: .issuerKeys
        }
    }
}
