public import Authorization
public import Identity
public import KubernetesModel

/// What was read from manifests: all that is good, and what to say about the rest.
public struct ManifestReading: Sendable {
    public var objects: [KubernetesObject] = []
    public var policies: [AccessPolicy] = []
    /// Policies that are there and cannot be read; their last good versions, if any, are the caller's to know.
    public var unreadable: [UnreadablePolicy] = []
    public var diagnostics: [Diagnostic] = []
    /// The files that were looked at, in the order of their names.
    public var files: [String] = []

    public init() {}

    /// The state that policies are compiled from, if there is no earlier reading to fall back to.
    public func state(trustDomain: TrustDomain = .default) -> MeshState {
        MeshState(trustDomain: trustDomain, objects: objects, policies: policies, unreadable: unreadable)
    }
}

extension ManifestReading {
    /// Adds the documents of one file.
    public mutating func add(_ text: String, file: String, limits: YAMLReader.Limits = YAMLReader.Limits()) {
        files.append(file)
        let read = YAMLReader(limits: limits).read(text, file: file)
        diagnostics += read.diagnostics
        for document in read.documents { add(document, depth: 0) }
        if read.isTruncated {
            // Policies may follow the mistake, about any workload.
            let place = read.diagnostics.last?.location ?? SourceLocation(file: file, line: 1, column: 1)
            unreadable.append(UnreadablePolicy(namespace: nil, name: nil, selector: nil, location: place))
        }
    }

    private mutating func add(_ document: ManifestValue, depth: Int) {
        if document["kind"]?.string == "List", depth == 0,
            case .sequence(let items)? = document["items"]?.content
        {
            for item in items { add(item, depth: 1) }
            return
        }
        guard case .mapping = document.content else {
            diagnostics.append(
                .error("wrong-type", "a document is \(document.kind), not an object", at: document.location)
            )
            return
        }
        if AccessPolicy.claims(document) {
            addPolicy(document)
            return
        }
        guard let object = KubernetesObject(document, &diagnostics) else {
            noteUnknown(document)
            return
        }
        if let first = objects.first(where: { $0.isNamedLike(object) }) {
            diagnostics.append(
                .error(
                    "duplicate-object",
                    "\(object.kind) \(object.meta.objectName) is written twice; the first is used",
                    hint: "the first is at \(first.meta.location)",
                    at: object.meta.location
                )
            )
            return
        }
        objects.append(object)
    }

    private mutating func addPolicy(_ document: ManifestValue) {
        guard let policy = AccessPolicy(document, &diagnostics) else {
            unreadable.append(UnreadablePolicy(document))
            return
        }
        if let first = policies.first(where: { $0.id == policy.id }) {
            diagnostics.append(
                .error(
                    "duplicate-object",
                    "AccessPolicy \(policy.id) is written twice, and which one counts cannot be told",
                    hint: "the first is at \(first.meta.location)",
                    at: policy.meta.location
                )
            )
            unreadable.append(UnreadablePolicy(document))
            return
        }
        policies.append(policy)
    }

    /// A misspelt kind would silently say nothing.
    private mutating func noteUnknown(_ document: ManifestValue) {
        // A user's tests may lie beside the policies that they test.
        guard document["kind"]?.string != "PolicyTest" else { return }
        guard let kind = document["kind"]?.string else {
            if document["kind"] == nil {
                diagnostics.append(.error("missing-field", "kind is missing", at: document.location))
            }
            return
        }
        let isOurs = document["apiVersion"]?.string?.hasPrefix("nullius.dev/") ?? false
        let meant = Spelling.nearest(to: kind, among: [AccessPolicy.kind])
        guard isOurs || meant != nil else { return }
        diagnostics.append(
            .error(
                "unknown-kind",
                "kind \(Spelling.quoted(kind)) is not known",
                hint: "did you mean \(AccessPolicy.kind)?",
                at: document.location
            )
        )
        unreadable.append(UnreadablePolicy(document))
    }
}

extension KubernetesObject {
    fileprivate func isNamedLike(_ other: KubernetesObject) -> Bool {
        kind == other.kind && meta.objectName == other.meta.objectName
    }
}
