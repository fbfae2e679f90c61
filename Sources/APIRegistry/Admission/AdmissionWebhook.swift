import JSONText
public import KubernetesModel

/// One webhook of a configuration (`admissionregistration.k8s.io/v1`).
public struct AdmissionWebhook: Hashable, Sendable {
    /// Where it is called.
    public enum Endpoint: Hashable, Sendable {
        case url(String)
        case service(namespace: String, name: String, path: String, port: Int)
    }

    public enum SideEffects: String, Hashable, Sendable {
        case none = "None"
        case noneOnDryRun = "NoneOnDryRun"
    }

    /// A kind of write that it wants to see.
    public struct Rule: Hashable, Sendable {
        public var operations: [String]
        public var apiGroups: [String]
        public var apiVersions: [String]
        /// `pods`, `pods/status`, `*`, `*/*`, `*/scale`, `pods/*`.
        public var resources: [String]
        /// `*`, `Cluster`, `Namespaced`.
        public var scope: String
    }

    /// The name of the configuration that it stands in.
    public var configuration: String
    public var name: String
    public var endpoint: Endpoint
    /// PEM; empty for the system's own roots.
    public var authorities: String
    public var rules: [Rule]
    /// Whether a write is refused when the webhook cannot be asked.
    public var failsClosed: Bool
    /// Whether a rule for another version of the same resource counts.
    public var matchesEquivalent: Bool
    public var namespaceSelector: LabelSelector
    public var objectSelector: LabelSelector
    public var sideEffects: SideEffects
    public var timeout: Duration
    /// Whether it wants to see the object again when a later webhook changed it.
    public var reinvokesIfNeeded: Bool
}

extension AdmissionWebhook {
    /// The webhooks of a configuration, in its order.
    ///
    /// Configurations were validated and given their defaults when they were written. One that cannot be read all the
    /// same throws: a webhook that is overlooked lets everything pass.
    public static func all(in configuration: UnstructuredObject) throws(APIStatus) -> [AdmissionWebhook] {
        var result: [AdmissionWebhook] = []
        for entry in configuration["webhooks"]?.array ?? [] {
            guard let webhook = AdmissionWebhook(entry, configuration: configuration.name) else {
                throw .internalError(
                    "the webhook \(GoText.quoted(entry["name"]?.string ?? "")) of \(configuration.kind) \(GoText.quoted(configuration.name)) cannot be read"
                )
            }
            result.append(webhook)
        }
        return result
    }

    init?(_ value: JSONValue, configuration: String) {
        guard let name = value["name"]?.string, let client = value["clientConfig"],
            let endpoint = Self.endpoint(client),
            let namespaceSelector = Self.selector(value["namespaceSelector"]),
            let objectSelector = Self.selector(value["objectSelector"])
        else { return nil }
        let seconds = value["timeoutSeconds"]?.int ?? 10
        guard (1...30).contains(seconds), (value["matchConditions"]?.array ?? []).isEmpty else { return nil }
        var authorities = ""
        if let bundle = client["caBundle"]?.string, !bundle.isEmpty {
            guard let bytes = Base64Text.decode(bundle) else { return nil }
            authorities = String(decoding: bytes, as: UTF8.self)
        }
        self.configuration = configuration
        self.name = name
        self.endpoint = endpoint
        self.authorities = authorities
        rules = (value["rules"]?.array ?? []).map(Rule.init)
        failsClosed = value["failurePolicy"]?.string != "Ignore"
        matchesEquivalent = value["matchPolicy"]?.string != "Exact"
        self.namespaceSelector = namespaceSelector
        self.objectSelector = objectSelector
        sideEffects = value["sideEffects"]?.string == "NoneOnDryRun" ? .noneOnDryRun : .none
        timeout = .seconds(seconds)
        reinvokesIfNeeded = value["reinvocationPolicy"]?.string == "IfNeeded"
    }

    /// Absent selects everything; a mistake is `nil`.
    private static func selector(_ value: JSONValue?) -> LabelSelector? {
        guard let value, !value.isNull else { return .everything }
        return try? LabelSelector(value)
    }

    private static func endpoint(_ client: JSONValue) -> Endpoint? {
        if let url = client["url"]?.string { return url.hasPrefix("https://") ? .url(url) : nil }
        guard let service = client["service"], let namespace = service["namespace"]?.string,
            let name = service["name"]?.string
        else { return nil }
        let port = service["port"]?.int ?? 443
        guard (1...65_535).contains(port) else { return nil }
        return .service(
            namespace: namespace,
            name: name,
            path: service["path"]?.string ?? "",
            port: port
        )
    }
}

extension AdmissionWebhook.Rule {
    init(_ value: JSONValue) {
        func strings(_ name: String) -> [String] { value[name]?.array?.compactMap(\.string) ?? [] }
        operations = strings("operations")
        apiGroups = strings("apiGroups")
        apiVersions = strings("apiVersions")
        resources = strings("resources")
        scope = value["scope"]?.string ?? "*"
    }
}

// MARK: - Which writes it sees

extension AdmissionWebhook {
    /// Under which resource it wants to see a write; `nil` when it does not.
    ///
    /// The versions are all resources that serve the same objects, for those that match what is equivalent; the labels
    /// are those of the namespace, `nil` for an object of the cluster.
    public func resource(
        for attributes: AdmissionAttributes,
        versions: [ResourceDefinition],
        namespaceLabels: [String: String]?
    ) -> ResourceDefinition? {
        guard !attributes.isWebhookConfiguration,
            let resource = resource(for: attributes, versions: versions)
        else { return nil }
        if let namespaceLabels, !namespaceSelector.matches(namespaceLabels) { return nil }
        let labels = [attributes.object, attributes.oldObject].compactMap { $0?.labels }
        if objectSelector != .everything, !labels.contains(where: objectSelector.matches) { return nil }
        return resource
    }

    private func resource(for attributes: AdmissionAttributes, versions: [ResourceDefinition])
        -> ResourceDefinition?
    {
        func wants(_ resource: ResourceDefinition) -> Bool {
            rules.contains { $0.matches(attributes, as: resource) }
        }
        if wants(attributes.resource) { return attributes.resource }
        return matchesEquivalent ? versions.first(where: wants) : nil
    }
}

extension AdmissionWebhook.Rule {
    func matches(_ attributes: AdmissionAttributes, as resource: ResourceDefinition) -> Bool {
        func has(_ values: [String], _ value: String) -> Bool {
            values.contains("*") || values.contains(value)
        }
        return has(operations, attributes.operation.rawValue)
            && has(apiGroups, resource.groupVersion.group)
            && has(apiVersions, resource.groupVersion.version)
            && resources.contains { Self.names($0, resource.plural, attributes.subresource) }
            && (scope == "*" || (scope == "Cluster") == attributes.isClusterScoped)
    }

    /// Whether `pods`, `pods/*`, `*/status`, `*` or `*/*` names a resource and its subresource.
    static func names(_ pattern: String, _ resource: String, _ subresource: String) -> Bool {
        let parts = pattern.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let wantedResource = parts[0]
        let wantedSubresource = parts.count > 1 ? parts[1] : ""
        return (wantedResource == "*" || wantedResource == resource)
            && (parts.count > 1 && wantedSubresource == "*" || wantedSubresource == subresource)
    }
}
