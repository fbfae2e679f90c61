/// How much a message may hold: far above what a real mesh needs, far below what would hurt.
///
/// gRPC bounds a message as a whole (4 MiB by default); these bound what each part makes us do.
public enum WireLimits {
    public static let listeners = 256
    public static let portsPerWorkload = 256
    public static let policiesPerPort = 1_000
    /// Of all policies together.
    public static let rulesPerPort = 10_000
    /// Entries of any list inside a rule: peers, matches, methods, values.
    public static let listInRule = 1_000
    public static let probesPerPort = 64
    public static let sourcesPerProbe = 64
    public static let trustDomains = 64
    public static let rootsPerTrustDomain = 32
    public static let certificatesPerChain = 8
    public static let endpoints = 10_000
    /// Destinations that one proxy may ask for at a time.
    public static let destinationsPerProxy = 1_000
    /// Bytes of one certificate.
    public static let certificate = 16 * 1024
    /// Bytes of one certificate request.
    public static let certificateRequest = 16 * 1024
    /// Bytes of a key set.
    public static let keySet = 256 * 1024
    /// Bytes of a name: of an object, rule, host, header.
    public static let name = 512
    /// Bytes of a longer text: a path, a claim's value, an issuer.
    public static let text = 4096
    /// Bytes of a reason, which is cut to this rather than refused.
    public static let reason = 1024
}
