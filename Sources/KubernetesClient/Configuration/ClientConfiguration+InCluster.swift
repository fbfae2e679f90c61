public import FoundationEssentials
import KubernetesModel
import NetworkTypes

extension ClientConfiguration {
    /// Where a pod finds its service account.
    public static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// What a pod knows about the API server of its cluster.
    ///
    /// Token and authority are read again when they change: a token lives an hour or so.
    public static func inCluster(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: String = serviceAccountDirectory
    ) throws(ClientError) -> ClientConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let text = environment["KUBERNETES_SERVICE_PORT"], !text.isEmpty
        else {
            throw .configuration(
                "this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set"
            )
        }
        guard let port = Int(text), (1...65_535).contains(port) else {
            throw .configuration("KUBERNETES_SERVICE_PORT is \(Spelling.quoted(text))")
        }
        guard (try? IPAddress(parsing: host)) != nil || DNSName.isSubdomain(host) else {
            throw .configuration("KUBERNETES_SERVICE_HOST is \(Spelling.quoted(host))")
        }
        let credentials = FileCredentials(token: .file("\(directory)/token"))
        _ = try credentials.current()
        var configuration = ClientConfiguration(
            server: ServerAddress(host: host, port: port),
            trust: .file("\(directory)/ca.crt"),
            credentials: credentials
        )
        if let bytes = try? BoundedFile.read("\(directory)/namespace") {
            let name =
                String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first ?? ""
            guard DNSName.isLabel(name) else {
                throw .configuration("\(directory)/namespace holds no name of a namespace")
            }
            configuration.namespace = String(name)
        }
        return configuration
    }

    /// What a program takes that was told nothing: kubeconfig files if there are any, else a pod's surroundings.
    public static func standard(
        context: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ClientError) -> ClientConfiguration {
        let kubeconfig = try Kubeconfig.load(environment: environment)
        let isPod = environment["KUBERNETES_SERVICE_HOST"]?.isEmpty == false
        let saysNothing = kubeconfig.contexts.isEmpty && kubeconfig.clusters.isEmpty
        guard saysNothing, context == nil else {
            return try kubeconfig.configuration(context: context, environment: environment)
        }
        guard isPod else {
            let looked = Kubeconfig.paths(environment: environment).joined(separator: ", ")
            throw .configuration(
                "no cluster is configured: there is nothing in \(looked.isEmpty ? "KUBECONFIG" : looked), "
                    + "and this is no pod"
            )
        }
        return try inCluster(environment: environment)
    }
}
