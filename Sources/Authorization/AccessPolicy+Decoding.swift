public import KubernetesModel

extension AccessPolicy {
    /// Whether a document claims to be an AccessPolicy, of whatever version.
    public static func claims(_ document: ManifestValue) -> Bool {
        document["kind"]?.string == kind
    }

    /// Reads a policy whole or not at all; every mistake in it leaves a diagnostic.
    public init?(_ document: ManifestValue, _ report: inout [Diagnostic]) {
        var problems: [Diagnostic] = []
        defer { report += problems }

        guard var root = FieldReader(document, "", &problems) else { return nil }
        let version = root.requiredString("apiVersion", &problems)
        if let version, version != Self.apiVersion {
            problems.append(
                .error(
                    "unknown-version",
                    "apiVersion is \(Spelling.quoted(version))",
                    hint: "this version of Nullius reads \(Self.apiVersion)",
                    at: root.place(of: "apiVersion")
                )
            )
        }
        _ = root.value("kind")
        _ = root.value("metadata")
        _ = root.value("status")
        let meta = ObjectMeta(of: document, &problems)
        guard var spec = root.fields("spec", &problems) else {
            if document["spec"] == nil { root.missing("spec", &problems) }
            root.finish(&problems)
            return nil
        }
        root.finish(&problems)

        let target = Target(&spec, &problems)
        let mode = spec.choice("mode", Rule.Mode.allCases, &problems) ?? .enforce
        var rules: [RuleSpec] = []
        if spec.value("rules") == nil { spec.missing("rules", &problems) }
        for (index, entry) in (spec.list("rules", &problems) ?? []).enumerated() {
            let path = "spec.rules[\(index)]"
            guard let rule = RuleSpec(entry, path, namespace: meta?.namespace ?? "default", &problems) else {
                continue
            }
            if rules.contains(where: { $0.name == rule.name }) {
                problems.append(
                    .error(
                        "duplicate-name",
                        "\(path).name \(Spelling.quoted(rule.name)) is taken by another rule of this policy",
                        hint: "a decision names the rule, so each rule needs a name of its own",
                        at: rule.location
                    )
                )
            }
            rules.append(rule)
        }
        spec.finish(&problems)
        guard let meta, let target, !problems.hasErrors else { return nil }
        self.init(meta: meta, target: target, mode: mode, rules: rules)
        problems += lint()
    }
}

extension UnreadablePolicy {
    /// What can still be told about a policy with mistakes: where it is, and perhaps whom it selects.
    public init(_ document: ManifestValue) {
        var ignored: [Diagnostic] = []
        let meta = ObjectMeta(of: document, &ignored)
        let target = document["spec"]?["target"]
        // Only a selector that is read whole narrows; a mistake anywhere near it selects everything.
        var selector: LabelSelector?
        if var fields = target.flatMap({ FieldReader($0, "", &ignored) }),
            let value = fields.value("podSelector")
        {
            selector = LabelSelector(value, "", &ignored)
        }
        self.init(
            namespace: meta?.namespace,
            name: meta?.name,
            selector: selector,
            location: document.location
        )
    }
}

extension AccessPolicy.Target {
    fileprivate init?(_ spec: inout FieldReader, _ report: inout [Diagnostic]) {
        guard spec.value("target") != nil else {
            self.init()
            return
        }
        guard var fields = spec.fields("target", &report) else { return nil }
        let before = report.count
        let selector = fields.value("podSelector").flatMap { value in
            LabelSelector(value, fields.path(of: "podSelector"), &report)
        }
        var ports: [PortReference]?
        if let values = fields.list("ports", &report) {
            ports = values.enumerated().compactMap { index, value in
                PortReference(value, "\(fields.path(of: "ports"))[\(index)]", &report)
            }
            if values.isEmpty {
                report.append(
                    .error(
                        "empty",
                        "\(fields.path(of: "ports")) is empty: the policy would select nothing",
                        hint: "leave ports out to mean every port",
                        at: fields.place(of: "ports")
                    )
                )
            }
        }
        fields.finish(&report)
        guard report.count == before else { return nil }
        self.init(selector: selector, ports: ports)
    }
}

extension FieldReader {
    /// One of a few words, written exactly so.
    mutating func choice<Value: RawRepresentable<String>>(
        _ name: String,
        _ values: [Value],
        _ report: inout [Diagnostic]
    ) -> Value? {
        guard let text = string(name, &report) else { return nil }
        if let value = Value(rawValue: text) { return value }
        let words = values.map(\.rawValue)
        report.append(
            .error(
                "unknown-value",
                "\(path(of: name)) is \(Spelling.quoted(text))",
                hint: Spelling.nearest(to: text, among: words).map { "did you mean \($0)?" }
                    ?? "one of \(words.joined(separator: ", "))",
                at: place(of: name)
            )
        )
        return nil
    }
}
