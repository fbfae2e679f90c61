public import KubernetesModel
public import Secrets

/// What kubeconfig files say (`v1` Config): clusters, users, and contexts that bring them together.
///
/// Paths are as written; they are relative to the directory of the file that they stand in.
public struct Kubeconfig: Sendable {
    public struct Cluster: Sendable {
        public var location: SourceLocation
        public var server = ""
        public var tlsServerName = ""
        public var skipsVerification = false
        public var certificateAuthority = ""
        public var certificateAuthorityData: [UInt8]?
        public var proxyURL = ""
        /// What an exec plugin is told besides (extension `client.authentication.k8s.io/exec`).
        public var pluginConfiguration: ManifestValue?
    }

    public struct User: Sendable {
        public var location: SourceLocation
        public var clientCertificate = ""
        public var clientCertificateData: [UInt8]?
        public var clientKey = ""
        public var clientKeyData: Secret<[UInt8]>?
        public var token: Secret<String>?
        public var tokenFile = ""
        public var username = ""
        public var password: Secret<String>?
        public var impersonation: ImpersonatedUser?
        public var exec: ExecPluginConfiguration?
        /// A way to log in that Kubernetes gave up in 1.26.
        public var authProvider: String?
    }

    public struct Context: Sendable {
        public var location: SourceLocation
        public var cluster = ""
        public var user = ""
        public var namespace = ""
    }

    public var clusters: [String: Cluster] = [:]
    public var users: [String: User] = [:]
    public var contexts: [String: Context] = [:]
    public var currentContext = ""
    /// The files that were there, in the order in which they count.
    public var files: [String] = []

    public init() {}

    /// Adds what the files before did not say: the first to name an entry has it whole, as kubectl does it.
    public mutating func merge(_ later: Kubeconfig) {
        clusters.merge(later.clusters) { first, _ in first }
        users.merge(later.users) { first, _ in first }
        contexts.merge(later.contexts) { first, _ in first }
        if currentContext.isEmpty { currentContext = later.currentContext }
        files += later.files
    }
}

/// A program that gives credentials out (`client.authentication.k8s.io`, ExecCredential).
public struct ExecPluginConfiguration: Sendable {
    /// Whether it may ask a person.
    public enum Interaction: String, CaseIterable, Sendable {
        case never = "Never"
        case ifAvailable = "IfAvailable"
        case always = "Always"
    }

    public struct Variable: Sendable {
        public var name: String
        /// May be a secret.
        public var value: Secret<String>
    }

    public var apiVersion: String
    /// Looked up in `PATH`, or a path.
    public var command: String
    public var arguments: [String]
    public var environment: [Variable]
    public var installHint: String
    public var wantsCluster: Bool
    public var interaction: Interaction

    public static let apiVersions = [
        "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1",
    ]
}
