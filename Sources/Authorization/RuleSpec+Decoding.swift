import Identity
import KubernetesModel
import NetworkTypes

extension AccessPolicy.RuleSpec {
    /// Reads one rule; what is wrong in it leaves diagnostics, and the policy is then not used.
    init?(_ value: ManifestValue, _ path: String, namespace: String, _ report: inout [Diagnostic]) {
        guard var fields = FieldReader(value, path, &report) else { return nil }
        let name = fields.requiredString("name", &report)
        if let name, !DNSName.isSubdomain(name) {
            report.append(.badName("\(path).name", name, at: fields.place(of: "name")))
        }
        let action = fields.choice("action", Rule.Action.allCases, &report)
        if fields.value("action") == nil { fields.missing("action", &report) }

        var sources: [AccessPolicy.Source] = []
        let from = fields.list("from", &report)
        for (index, entry) in (from ?? []).enumerated() {
            let place = "\(path).from[\(index)]"
            if let source = AccessPolicy.Source(entry, place, namespace: namespace, &report) {
                sources.append(source)
            }
        }
        if from?.isEmpty ?? (fields.value("from") == nil) {
            report.append(
                .error(
                    "missing-field",
                    "\(path).from is missing: the rule would be for nobody",
                    hint: "write [anyone: true] for everybody",
                    at: fields.place(of: "from")
                )
            )
        }

        var operations: [OperationMatch] = []
        if let to = fields.list("to", &report) {
            for (index, entry) in to.enumerated() {
                if let operation = OperationMatch(entry, "\(path).to[\(index)]", &report) {
                    operations.append(operation)
                }
            }
            if to.isEmpty {
                report.append(
                    .error(
                        "empty",
                        "\(path).to is empty",
                        hint: "leave to out to mean everything on the port",
                        at: fields.place(of: "to")
                    )
                )
            }
        }
        let token = Self.token(&fields, &report)
        fields.finish(&report)
        guard let name, let action else { return nil }
        self.init(
            name: name,
            action: action,
            from: sources,
            to: operations,
            token: token,
            location: value.location
        )
    }

    private static func token(_ fields: inout FieldReader, _ report: inout [Diagnostic]) -> TokenCondition? {
        guard fields.value("when") != nil, var when = fields.fields("when", &report) else { return nil }
        defer { when.finish(&report) }
        guard when.value("jwt") != nil else {
            when.missing("jwt", &report)
            return nil
        }
        guard var jwt = when.fields("jwt", &report) else { return nil }
        let issuer = jwt.requiredString("issuer", &report)
        let audiences = jwt.strings("audiences", &report)?.map(\.0) ?? []
        var claims: [TokenCondition.Claim] = []
        if jwt.value("claims") != nil, var named = jwt.fields("claims", &report) {
            for name in named.names {
                guard let values = named.strings(name, &report)?.map(\.0) else { continue }
                if values.isEmpty {
                    report.append(
                        .error(
                            "empty",
                            "\(named.path(of: name)) is empty: no token has it",
                            at: named.place(of: name)
                        )
                    )
                }
                claims.append(TokenCondition.Claim(name: name, values: values))
            }
        }
        jwt.finish(&report)
        return issuer.map { TokenCondition(issuer: $0, audiences: audiences, claims: claims) }
    }
}

extension AccessPolicy.Source {
    private static let kinds = [
        "serviceAccount", "namespace", "identity", "network", "authenticated", "anyone",
    ]

    init?(_ value: ManifestValue, _ path: String, namespace: String, _ report: inout [Diagnostic]) {
        guard var fields = FieldReader(value, path, &report) else { return nil }
        for kind in Self.kinds { _ = fields.value(kind) }
        let before = report.count
        fields.finish(&report)
        let given = fields.names.filter(Self.kinds.contains)
        guard given.count == 1, report.count == before else {
            if report.count == before {
                report.append(
                    .error(
                        "one-of",
                        "\(path) holds \(given.isEmpty ? "none" : given.joined(separator: " and "))",
                        hint: "each entry holds exactly one of \(Self.kinds.joined(separator: ", "))",
                        at: value.location
                    )
                )
            }
            return nil
        }
        switch given[0] {
        case "serviceAccount":
            self.init(serviceAccountOf: &fields, namespace: namespace, &report)
        case "namespace":
            guard var inner = fields.fields("namespace", &report) else { return nil }
            let name = inner.requiredString("name", &report)
            inner.finish(&report)
            guard let name else { return nil }
            guard DNSName.isLabel(name) else {
                report.append(.badName("\(inner.path).name", name, at: inner.place(of: "name")))
                return nil
            }
            self = .namespace(name)
        case "identity":
            self.init(identityOf: &fields, &report)
        case "network":
            self.init(networkOf: &fields, &report)
        default:
            guard let flag = fields.bool(given[0], &report) else { return nil }
            guard flag else {
                report.append(
                    .error(
                        "unknown-value",
                        "\(path).\(given[0]) is false, which says nothing",
                        hint: "leave the entry out",
                        at: fields.place(of: given[0])
                    )
                )
                return nil
            }
            self = given[0] == "anyone" ? .anyone : .authenticated
        }
    }

    private init?(serviceAccountOf fields: inout FieldReader, namespace: String, _ report: inout [Diagnostic])
    {
        guard var inner = fields.fields("serviceAccount", &report) else { return nil }
        let name = inner.requiredString("name", &report)
        let space = inner.string("namespace", &report) ?? namespace
        inner.finish(&report)
        guard let name else { return nil }
        guard DNSName.isSubdomain(name) else {
            report.append(.badName("\(inner.path).name", name, at: inner.place(of: "name")))
            return nil
        }
        guard DNSName.isLabel(space) else {
            report.append(.badName("\(inner.path).namespace", space, at: inner.place(of: "namespace")))
            return nil
        }
        self = .serviceAccount(ObjectName(namespace: space, name: name))
    }

    private init?(identityOf fields: inout FieldReader, _ report: inout [Diagnostic]) {
        guard let text = fields.requiredString("identity", &report) else { return nil }
        do throws(IdentityError) {
            self = .identity(try IdentityPattern(parsing: text))
        } catch {
            report.append(
                .error(
                    "bad-identity",
                    "\(fields.path(of: "identity")) is no SPIFFE ID: \(error)",
                    hint: "spiffe://<trust-domain>/<path>, or * as the whole last segment",
                    at: fields.place(of: "identity")
                )
            )
            return nil
        }
    }

    private init?(networkOf fields: inout FieldReader, _ report: inout [Diagnostic]) {
        guard var inner = fields.fields("network", &report) else { return nil }
        let before = report.count
        let range = inner.requiredString("cidr", &report).flatMap { text in
            CIDR(text, inner.path(of: "cidr"), at: inner.place(of: "cidr"), &report)
        }
        let exceptions = (inner.strings("except", &report) ?? []).enumerated().compactMap { index, entry in
            CIDR(entry.0, "\(inner.path(of: "except"))[\(index)]", at: entry.1, &report)
        }
        if let range {
            for exception in exceptions where !range.contains(exception) {
                report.append(
                    .error(
                        "outside-range",
                        "\(inner.path(of: "except")): \(exception) is not inside \(range)",
                        at: inner.place(of: "except")
                    )
                )
            }
        }
        inner.finish(&report)
        guard let range, report.count == before else { return nil }
        self = .network(range, except: exceptions)
    }
}

extension CIDR {
    fileprivate init?(
        _ text: String,
        _ path: String,
        at location: SourceLocation,
        _ report: inout [Diagnostic]
    ) {
        do throws(NetworkTypesError) {
            self = try CIDR(parsing: text)
        } catch {
            let hint: String
            switch error {
            case .hostBitsSet(_, let meant): hint = "did you mean \(meant)?"
            default: hint = "an address and a prefix length, such as 10.0.0.0/8"
            }
            report.append(
                .error(
                    "bad-network",
                    "\(path) \(Spelling.quoted(text)) is no range of addresses",
                    hint: hint,
                    at: location
                )
            )
            return nil
        }
    }
}
