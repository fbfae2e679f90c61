public import CanonicalHTTP
public import Identity
public import NetworkTypes

/// The question that the engine answers, whether this caller may do this here.
public struct AccessRequest: Equatable, Sendable {
    public var caller: Caller
    public var operation: Operation
    public var token: TokenEvidence

    public init(caller: Caller, operation: Operation, token: TokenEvidence = .absent) {
        self.caller = caller
        self.operation = operation
        self.token = token
    }

    /// What the caller wants to do on the port.
    public enum Operation: Equatable, Sendable {
        /// Send and receive bytes whose meaning we do not know.
        case connection
        case http(CanonicalRequest)
    }
}

/// Who asks: what was proved about the other end of the connection.
public struct Caller: Hashable, Sendable {
    /// The SPIFFE ID of a certificate that was verified; `nil` when none was presented.
    public var identity: SPIFFEID?
    public var address: IPAddress

    public init(identity: SPIFFEID?, address: IPAddress) {
        self.identity = identity
        self.address = address
    }
}
