public import Identity
public import NetworkTypes
public import SystemPackage

/// Everything the control plane can be told: read once at start, passed down by value.
public struct ControlPlaneConfiguration: Sendable {
    /// A certificate authority that exists already: PEM files.
    public struct BroughtAuthority: Sendable, Equatable {
        /// The signer's certificate, then those that lead to the root.
        public var chain: FilePath
        public var key: FilePath

        public init(chain: FilePath, key: FilePath) {
            self.chain = chain
            self.key = key
        }
    }

    /// The directory of manifests; `nil` for none, and then nothing is declared.
    public var manifests: String?
    /// Keys, sockets and records; nobody else may look into it.
    public var data: FilePath
    public var trustDomain: TrustDomain
    /// The life of a leaf certificate.
    public var leafLifetime: Duration
    /// The life of a root that we make ourselves.
    public var authorityLifetime: Duration
    public var broughtAuthority: BroughtAuthority?
    /// Where proxies connect; port 0 takes the one of the last run, or any.
    public var listenAddress: IPAddress
    public var listenPort: UInt16
    public var adminAddress: IPAddress
    /// 0 takes any.
    public var adminPort: UInt16
    public var issuers: [IssuerSource]
    /// From where keys of issuers may be fetched.
    public var allowedKeyHosts: [String]
    /// Whether keys may be fetched without TLS, from loopback addresses.
    public var allowsLoopbackHTTP: Bool

    public init(manifests: String?, data: FilePath) {
        self.manifests = manifests
        self.data = data
        trustDomain = .default
        leafLifetime = .seconds(3600)
        authorityLifetime = .seconds(10 * 365 * 86_400)
        listenAddress = .loopback
        listenPort = 0
        adminAddress = .loopback
        adminPort = 0
        issuers = []
        allowedKeyHosts = []
        allowsLoopbackHTTP = false
    }
}
