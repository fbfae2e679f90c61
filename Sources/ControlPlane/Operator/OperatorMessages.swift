import CertificateAuthority
import FoundationEssentials
import Identity
import KubernetesModel
import LocalPeers
import MeshAPI
import NetworkTypes

extension WireWorkloadStatus {
    init(_ status: MemberStatus) {
        self.init()
        let registration = status.registration
        workloadID = registration.id.text
        namespace = registration.namespace
        workloadName = registration.isDeclared ? registration.workload.meta.name : ""
        spiffeID = registration.identity.description
        pid = registration.process.processID
        connected = status.isConnected
        ports = registration.ports.map { UInt32($0.number) }
        listeners = registration.listeners.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        policySent = status.policiesWanted
        policyAcknowledged = status.policiesAcknowledged
        trustAcknowledged = status.trustAcknowledged
        refusal = status.refusal ?? ""
    }
}

extension WireProblem {
    init(_ problem: ManifestProblem) {
        self.init()
        file = problem.diagnostic.location?.file ?? ""
        line = UInt32(clamping: problem.diagnostic.location?.line ?? 0)
        message = problem.diagnostic.message
        hint = problem.diagnostic.hint ?? ""
        severity =
            switch problem.diagnostic.severity {
            case .error: .error
            case .warning: .warning
            }
        earlierVersionInForce = problem.hasStandIn
    }
}

extension WireProblem {
    init(_ problem: IssuerKeyFollower.Problem) {
        self.init()
        file =
            switch problem.source.origin {
            case .file(let path): path
            case .url(let url): url
            }
        message = "the keys of issuer \(problem.source.issuer) cannot be had: \(problem.reason)"
        severity = .error
        earlierVersionInForce = problem.usesEarlierKeys
    }
}

extension WireCAStatusResponse.Slot {
    init(_ slot: AuthorityKeeper.SlotStatus) {
        self.init()
        id = slot.id.description
        state =
            switch slot.phase {
            case .prepared: .prepared
            case .active: .active
            case .retired: .retired
            }
        notBefore = Int64(slot.notBefore.timeIntervalSince1970)
        notAfter = Int64(slot.notAfter.timeIntervalSince1970)
        fingerprint = slot.fingerprint
        isExternal = slot.isExternal
        droppableAt = slot.droppableAt.map { Int64($0.timeIntervalSince1970.rounded(.up)) } ?? 0
    }
}
