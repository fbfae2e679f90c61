public import FoundationEssentials
import Glibc
import KubernetesModel
import Secrets

extension Kubeconfig {
    /// What a context says about a server and how to speak with it.
    ///
    /// Only the context, and what it names, has to be usable.
    ///
    /// - Parameters:
    ///   - name: The context; `nil` for the current one.
    ///   - environment: Of this process, for exec plugins.
    /// - Returns: A configuration, with warnings about what is not safe.
    /// - Throws: ``ClientError/configuration(_:)`` with the place.
    public func configuration(
        context name: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ClientError) -> ClientConfiguration {
        let wanted = name ?? currentContext
        guard !wanted.isEmpty else {
            throw .configuration("no context is chosen: current-context is empty in \(fileList)")
        }
        guard let context = contexts[wanted] else {
            throw .configuration("there is no context \(Spelling.quoted(wanted)) in \(fileList)")
        }
        guard let cluster = clusters[context.cluster] else {
            throw Self.problem(
                context.location,
                "the context's cluster \(Spelling.quoted(context.cluster)) is not there"
            )
        }
        // A user named by nobody is nobody; one that is named has to be there.
        guard let user = users[context.user] else {
            throw Self.problem(
                context.location,
                "the context's user \(Spelling.quoted(context.user)) is not there"
            )
        }
        guard context.namespace.isEmpty || DNSName.isLabel(context.namespace) else {
            throw Self.problem(
                context.location,
                "namespace \(Spelling.quoted(context.namespace)) is no Kubernetes name"
            )
        }
        var configuration = try cluster.configuration()
        if !context.namespace.isEmpty { configuration.namespace = context.namespace }
        configuration.impersonation = try user.checkedImpersonation()
        if configuration.server.isTLS {
            configuration.credentials = try user.credentials(for: cluster, configuration, environment)
        } else if user.holdsCredentials {
            configuration.warnings.append(
                "\(cluster.location): the server is plaintext, so the credentials of user "
                    + "\(Spelling.quoted(context.user)) are not sent to it"
            )
        }
        return configuration
    }

    private var fileList: String { files.isEmpty ? "no file" : files.joined(separator: ", ") }

    static func problem(_ location: SourceLocation, _ text: String) -> ClientError {
        .configuration("\(location): \(text)")
    }

    /// A path as the file means it.
    static func resolve(_ path: String, at location: SourceLocation) -> String {
        guard !path.hasPrefix("/"), let slash = location.file.lastIndex(of: "/") else { return path }
        return "\(location.file[..<slash])/\(path)"
    }
}

extension Kubeconfig.Cluster {
    func configuration() throws(ClientError) -> ClientConfiguration {
        guard !server.isEmpty else { throw Kubeconfig.problem(location, "the cluster names no server") }
        var result = ClientConfiguration(
            server: try placed("server") { () throws(ClientError) in
                try ServerAddress(parsing: server)
            }
        )
        guard certificateAuthority.isEmpty || certificateAuthorityData == nil else {
            throw Kubeconfig.problem(
                location,
                "certificate-authority and certificate-authority-data exclude each other"
            )
        }
        if let certificateAuthorityData {
            result.trust = .authorities(certificateAuthorityData)
        } else if !certificateAuthority.isEmpty {
            result.trust = .file(Kubeconfig.resolve(certificateAuthority, at: location))
        }
        if skipsVerification {
            // Go refuses the two together as well: one of them is a mistake.
            guard certificateAuthority.isEmpty, certificateAuthorityData == nil else {
                throw Kubeconfig.problem(
                    location,
                    "insecure-skip-tls-verify stands beside a certificate authority"
                )
            }
            result.trust = .anyone
            result.warnings.append(
                "\(location): insecure-skip-tls-verify: whoever is on the way can read and change everything, "
                    + "credentials included"
            )
        }
        if !tlsServerName.isEmpty { result.tlsServerName = tlsServerName }
        if !proxyURL.isEmpty {
            result.proxy = try placed("proxy-url") { () throws(ClientError) in
                try ClientConfiguration.Proxy(parsing: proxyURL)
            }
        }
        return result
    }

    private func placed<Value>(
        _ field: String,
        _ read: () throws(ClientError) -> Value
    ) throws(ClientError) -> Value {
        do throws(ClientError) {
            return try read()
        } catch {
            throw Kubeconfig.problem(location, "\(field): \(error)")
        }
    }
}

extension Kubeconfig.User {
    fileprivate var holdsCredentials: Bool {
        token != nil || !tokenFile.isEmpty || !username.isEmpty || password != nil || exec != nil
            || !clientCertificate.isEmpty || clientCertificateData != nil
    }

    fileprivate func checkedImpersonation() throws(ClientError) -> ImpersonatedUser? {
        guard impersonation?.user.isEmpty != true else {
            throw Kubeconfig.problem(location, "as-uid, as-groups and as-user-extra need an as")
        }
        return impersonation
    }

    fileprivate func credentials(
        for cluster: Kubeconfig.Cluster,
        _ configuration: ClientConfiguration,
        _ environment: [String: String]
    ) throws(ClientError) -> any CredentialSource {
        if let authProvider {
            throw Kubeconfig.problem(
                location,
                "auth-provider \(Spelling.quoted(authProvider)) is not supported, nor by Kubernetes since 1.26; "
                    + "use an exec plugin"
            )
        }
        let isBasic = !username.isEmpty || password != nil
        let isToken = token != nil || !tokenFile.isEmpty
        let certificate = try certificatePlaces()
        guard !isBasic || !isToken else {
            throw Kubeconfig.problem(location, "a user has a token or a password, not both")
        }
        if let exec {
            guard !isBasic, !isToken, certificate == nil else {
                throw Kubeconfig.problem(location, "an exec plugin stands beside other credentials")
            }
            var exec = exec
            if exec.command.contains("/") { exec.command = Kubeconfig.resolve(exec.command, at: location) }
            return ExecPlugin(
                exec,
                cluster: exec.wantsCluster ? try ExecPlugin.description(of: cluster, configuration) : nil,
                environment: environment,
                hasTerminal: isatty(STDIN_FILENO) == 1
            )
        }
        if isBasic {
            guard certificate == nil else {
                throw Kubeconfig.problem(location, "a password stands beside a client certificate")
            }
            let header = try AuthorizationHeader.basic(user: username, password: password ?? Secret(""))
            return FixedCredentials(Credential(authorization: header))
        }
        var place: FileCredentials.Place<Secret<String>>?
        if let token { place = .value(token) }
        // As in client-go, the file is what counts when there are both.
        if !tokenFile.isEmpty { place = .file(Kubeconfig.resolve(tokenFile, at: location)) }
        guard place != nil || certificate != nil else { return FixedCredentials.none }
        let source = FileCredentials(token: place, certificate: certificate)
        // What is missing is told now and not with the first request.
        _ = try source.current()
        return source
    }

    private typealias Places = (
        chain: FileCredentials.Place<[UInt8]>, key: FileCredentials.Place<Secret<[UInt8]>>
    )

    private func certificatePlaces() throws(ClientError) -> Places? {
        let hasChain = !clientCertificate.isEmpty || clientCertificateData != nil
        let hasKey = !clientKey.isEmpty || clientKeyData != nil
        guard hasChain else { return nil }
        guard hasKey else {
            throw Kubeconfig.problem(location, "a client certificate needs client-key or client-key-data")
        }
        guard clientCertificate.isEmpty || clientCertificateData == nil,
            clientKey.isEmpty || clientKeyData == nil
        else {
            throw Kubeconfig.problem(
                location,
                "a client certificate or its key is given both as a file and as data"
            )
        }
        return (
            clientCertificateData.map { .value($0) }
                ?? .file(Kubeconfig.resolve(clientCertificate, at: location)),
            clientKeyData.map { .value($0) } ?? .file(Kubeconfig.resolve(clientKey, at: location))
        )
    }
}
