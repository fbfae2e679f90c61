public import Authorization
public import CanonicalHTTP
public import FoundationEssentials
import NetworkTypes

/// What judging at one port needs.
struct InboundServices: Sendable {
    /// The port that the workload declared; policies speak of it.
    var port: Port
    /// Where the workload's program listens.
    var program: SocketEndpoint
    var policies: any PolicySource
    var tokens: any TokenSource
    var credentials: any CredentialSource
    var observer: any ProxyObserver
    var environment: ProxyEnvironment
}

/// What is not decided by the state of the proxy: time and chance, so that tests can.
public struct ProxyEnvironment: Sendable {
    /// Wall time, for certificates and tokens.
    public var now: @Sendable () -> Date
    /// Makes the id of a decision: unique, and safe in a header field.
    public var makeDecisionID: @Sendable () -> String

    public init(
        now: @escaping @Sendable () -> Date = { Date() },
        makeDecisionID: @escaping @Sendable () -> String = ProxyEnvironment.randomID
    ) {
        self.now = now
        self.makeDecisionID = makeDecisionID
    }

    /// 128 random bits as 32 hexadecimal digits.
    public static let randomID: @Sendable () -> String = {
        var generator = SystemRandomNumberGenerator()
        return [generator.next(), generator.next()].map { (half: UInt64) in
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }.joined()
    }
}

/// Where a proxy finds out what a request's token is worth.
public protocol TokenSource: Sendable {
    /// Never waits: keys that are not there yet make a token unverifiable.
    func evidence(in fields: HeaderFields, at now: Date) -> TokenEvidence
}
