public import Secrets

/// Everything a client can be told.
///
/// A kubeconfig file, a pod's own surroundings or a program makes one.
public struct ClientConfiguration: Sendable {
    /// Whom to believe that it is the server.
    public enum Trust: Sendable {
        /// The authorities of the machine.
        case system
        /// PEM.
        case authorities([UInt8])
        /// A file with PEM; read again when it changes.
        case file(String)
        /// Nobody is asked for proof: whoever stands between reads and changes everything.
        case anyone

        var asksForProof: Bool {
            if case .anyone = self { false } else { true }
        }
    }

    /// A way to the server through somebody else.
    public struct Proxy: Sendable {
        public enum Kind: String, Sendable {
            /// Asked to connect through (RFC 9110, section 9.3.6); TLS goes from end to end.
            case http
            case socks5
        }

        public var kind: Kind
        public var host: String
        public var port: Int
        /// `user:password`, for HTTP.
        public var login: Secret<String>?

        public init(kind: Kind, host: String, port: Int, login: Secret<String>? = nil) {
            self.kind = kind
            self.host = host
            self.port = port
            self.login = login
        }
    }

    public var server: ServerAddress
    public var trust: Trust
    /// The name that the server's certificate must have, if not the server's own.
    public var tlsServerName: String?
    public var proxy: Proxy?
    public var credentials: any CredentialSource
    public var impersonation: ImpersonatedUser?
    /// For objects that name none.
    public var namespace: String
    public var userAgent: String
    public var limits: ClientLimits
    /// What a person should know about this configuration.
    public var warnings: [String]

    public init(
        server: ServerAddress,
        trust: Trust = .system,
        credentials: any CredentialSource = FixedCredentials.none,
        namespace: String = "default"
    ) {
        self.server = server
        self.trust = trust
        self.credentials = credentials
        self.namespace = namespace
        // What stands before the slash is the field manager of those who name none.
        userAgent = "nullius/1 (linux)"
        limits = ClientLimits()
        warnings = []
    }
}

/// What a client asks for at most, and how long it waits.
public struct ClientLimits: Hashable, Sendable {
    /// A whole answer, in bytes.
    public var responseBytes = 128 << 20
    /// One frame of a watch, in bytes.
    public var frameBytes = 16 << 20
    /// A request with its retries, unless it says otherwise.
    public var requestTimeout = Duration.seconds(60)
    public var connectTimeout = Duration.seconds(10)
    /// How often one request is sent, the first time included.
    public var attempts = 5
    /// The longest that a server may send a request away for; beyond it the refusal is told to the caller.
    public var retryAfterLimit = Duration.seconds(30)
    /// With HTTP/1.1 every watch takes one.
    public var connections = 256
    /// Requests per second, and how many may come at once; `nil` leaves it to the server's own fairness.
    public var rate: RequestRate?

    public init() {}
}

/// Who a request shall be for, if the caller may (`Impersonate-User` and the like).
public struct ImpersonatedUser: Hashable, Sendable {
    public var user: String
    public var uid: String
    public var groups: [String]
    public var extra: [String: [String]]

    public init(user: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]) {
        self.user = user
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }
}
