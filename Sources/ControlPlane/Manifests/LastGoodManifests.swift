import Authorization
import Identity
import KubernetesModel
import Manifests

/// Decides what is in force after each reading of the manifests: all that is good in it, and for what is broken
/// the last version that was not.
///
/// An object is kept when its file has a mistake and the new reading does not hold it. What was taken out of a
/// file, or went with its file, is gone: that was somebody's wish. Pure; readings come in, states go out.
struct LastGoodManifests {
    /// What is in force, and what to tell people.
    struct Outcome: Sendable, Equatable {
        var state: MeshState
        var diagnostics: [Diagnostic]
        /// Where an earlier version stands in for a broken one.
        var standIns: [SourceLocation]
    }

    fileprivate struct ObjectKey: Hashable {
        var kind: String
        var name: ObjectName
    }

    let trustDomain: TrustDomain
    private var objects: [KubernetesObject] = []
    private var policies: [AccessPolicy] = []
    /// Files of which every document was readable once.
    private var onceGood: Set<String> = []

    init(trustDomain: TrustDomain) {
        self.trustDomain = trustDomain
    }

    /// Takes a reading.
    mutating func take(_ reading: ManifestReading) -> Outcome {
        let mistaken = Set(
            reading.diagnostics.filter { $0.severity == .error }.compactMap { $0.location?.file }
                + reading.unreadable.map(\.location.file)
        )
        let isMistaken = { (file: String) in
            // An unreadable directory is a mistake in every file of it.
            mistaken.contains(file) || mistaken.contains { file.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
        }
        var standIns: [SourceLocation] = []

        let readObjects = Set(reading.objects.map { ObjectKey($0) })
        let keptObjects = objects.filter { object in
            isMistaken(object.meta.location.file) && !readObjects.contains(ObjectKey(object))
        }
        standIns += keptObjects.map(\.meta.location)

        // A policy that is written twice, once of them unreadably, goes back to what it was.
        let doubtful = Set(reading.unreadable.compactMap(Self.id))
        let known = Set(policies.map(\.id))
        let readPolicies = reading.policies.filter { !doubtful.contains($0.id) || !known.contains($0.id) }
        let readIDs = Set(readPolicies.map(\.id))
        let keptPolicies = policies.filter { policy in
            !readIDs.contains(policy.id)
                && (isMistaken(policy.meta.location.file) || doubtful.contains(policy.id))
        }
        standIns += keptPolicies.map(\.meta.location)

        let unreadable = reading.unreadable.filter { policy in
            if let id = Self.id(policy) { return !known.contains(id) }
            // Nothing is known of it but its file: what that file said before goes on.
            return !onceGood.contains(policy.location.file) && !isDirectoryOfGood(policy.location.file)
        }

        objects = reading.objects + keptObjects
        policies = readPolicies + keptPolicies
        let files = Set(reading.files)
        onceGood = onceGood.filter { files.contains($0) || isMistaken($0) }
            .union(files.filter { !isMistaken($0) })
        let state = MeshState(
            trustDomain: trustDomain,
            objects: objects,
            policies: policies,
            unreadable: unreadable
        )
        return Outcome(state: state, diagnostics: reading.diagnostics, standIns: standIns.sorted())
    }

    private func isDirectoryOfGood(_ path: String) -> Bool {
        let prefix = path.hasSuffix("/") ? path : path + "/"
        return onceGood.contains { $0.hasPrefix(prefix) }
    }

    private static func id(_ policy: UnreadablePolicy) -> PolicyID? {
        guard let namespace = policy.namespace, let name = policy.name else { return nil }
        return PolicyID(namespace: namespace, name: name)
    }
}

extension LastGoodManifests.ObjectKey {
    fileprivate init(_ object: KubernetesObject) {
        self.init(kind: object.kind, name: object.meta.objectName)
    }
}
