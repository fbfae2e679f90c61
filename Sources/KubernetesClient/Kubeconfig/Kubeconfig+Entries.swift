import KubernetesModel
import Secrets

extension Kubeconfig.Cluster {
    init(_ fields: inout FieldReader, _ report: inout [Diagnostic]) {
        location = fields.location
        server = fields.string("server", &report) ?? ""
        tlsServerName = fields.string("tls-server-name", &report) ?? ""
        skipsVerification = fields.bool("insecure-skip-tls-verify", &report) ?? false
        certificateAuthority = fields.string("certificate-authority", &report) ?? ""
        certificateAuthorityData = fields.base64("certificate-authority-data", &report)
        proxyURL = fields.string("proxy-url", &report) ?? ""
        for (index, value) in (fields.list("extensions", &report) ?? []).enumerated() {
            guard var entry = FieldReader(value, "\(fields.path).extensions[\(index)]", &report),
                entry.string("name", &report) == "client.authentication.k8s.io/exec"
            else { continue }
            pluginConfiguration = entry.value("extension")
        }
    }
}

extension Kubeconfig.Context {
    init(_ fields: inout FieldReader, _ report: inout [Diagnostic]) {
        location = fields.location
        cluster = fields.string("cluster", &report) ?? ""
        user = fields.string("user", &report) ?? ""
        namespace = fields.string("namespace", &report) ?? ""
    }
}

extension Kubeconfig.User {
    init(_ fields: inout FieldReader, _ report: inout [Diagnostic]) {
        location = fields.location
        clientCertificate = fields.string("client-certificate", &report) ?? ""
        clientCertificateData = fields.base64("client-certificate-data", &report)
        clientKey = fields.string("client-key", &report) ?? ""
        clientKeyData = fields.base64("client-key-data", &report).map { Secret($0) }
        token = fields.secret("token", &report)
        tokenFile = fields.string("tokenFile", &report) ?? ""
        username = fields.string("username", &report) ?? ""
        password = fields.secret("password", &report)
        impersonation = Self.impersonation(&fields, &report)
        if var plugin = fields.fields("exec", &report) {
            exec = ExecPluginConfiguration(&plugin, &report)
        }
        if var provider = fields.fields("auth-provider", &report) {
            authProvider = provider.string("name", &report) ?? ""
        }
    }

    private static func impersonation(
        _ fields: inout FieldReader,
        _ report: inout [Diagnostic]
    ) -> ImpersonatedUser? {
        var wanted = ImpersonatedUser(
            user: fields.string("as", &report) ?? "",
            uid: fields.string("as-uid", &report) ?? "",
            groups: fields.strings("as-groups", &report)?.map(\.0) ?? []
        )
        if var extra = fields.fields("as-user-extra", &report) {
            for name in extra.names { wanted.extra[name] = extra.strings(name, &report)?.map(\.0) ?? [] }
        }
        return wanted == ImpersonatedUser(user: "") ? nil : wanted
    }
}

extension ExecPluginConfiguration {
    init?(_ fields: inout FieldReader, _ report: inout [Diagnostic]) {
        let before = report.count
        apiVersion = fields.requiredString("apiVersion", &report) ?? ""
        command = fields.requiredString("command", &report) ?? ""
        arguments = fields.strings("args", &report)?.map(\.0) ?? []
        environment = []
        for (index, value) in (fields.list("env", &report) ?? []).enumerated() {
            guard var entry = FieldReader(value, "\(fields.path).env[\(index)]", &report),
                let name = entry.requiredString("name", &report)
            else { continue }
            let value = entry.secret("value", &report) ?? Secret("")
            environment.append(Variable(name: name, value: value))
        }
        installHint = fields.string("installHint", &report) ?? ""
        wantsCluster = fields.bool("provideClusterInfo", &report) ?? false
        interaction = .ifAvailable
        let known = Self.apiVersions
        if !apiVersion.isEmpty, !known.contains(apiVersion) {
            report.append(
                .error(
                    "unknown-value",
                    "\(fields.path(of: "apiVersion")) is \(Spelling.quoted(apiVersion))",
                    hint: "one of \(known.joined(separator: ", "))",
                    at: fields.place(of: "apiVersion")
                )
            )
        }
        switch fields.string("interactiveMode", &report) {
        case let text? where !text.isEmpty:
            if let mode = Interaction(rawValue: text) {
                interaction = mode
            } else {
                report.append(
                    .error(
                        "unknown-value",
                        "\(fields.path(of: "interactiveMode")) is \(Spelling.quoted(text))",
                        hint: "one of \(Interaction.allCases.map(\.rawValue).joined(separator: ", "))",
                        at: fields.place(of: "interactiveMode")
                    )
                )
            }
        // Only the beta knows a default.
        case _ where apiVersion == known[0]: fields.missing("interactiveMode", &report)
        default: break
        }
        guard report.count == before else { return nil }
    }
}

extension FieldReader {
    fileprivate mutating func secret(_ name: String, _ report: inout [Diagnostic]) -> Secret<String>? {
        string(name, &report).flatMap { $0.isEmpty ? nil : Secret($0) }
    }

    fileprivate mutating func base64(_ name: String, _ report: inout [Diagnostic]) -> [UInt8]? {
        guard let text = string(name, &report), !text.isEmpty else { return nil }
        guard let bytes = Base64.decode(text) else {
            report.append(
                .error("wrong-value", "\(path(of: name)) is not base64", at: place(of: name))
            )
            return nil
        }
        return bytes
    }
}
