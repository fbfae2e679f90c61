/// Which way a connection goes, seen from the workload.
public enum TrafficDirection: String, CaseIterable, Sendable {
    /// From the mesh to the program.
    case inbound
    /// From the program to the mesh.
    case outbound
}

/// What the bytes of a connection are.
public enum TrafficProtocol: String, CaseIterable, Sendable {
    case http1
    case http2
    case grpc
    case opaque
}

/// What came of a request or an opaque connection; the first three as its decision record says it.
public enum Outcome: String, CaseIterable, Sendable {
    case allowed = "allow"
    case denied = "deny"
    /// It had no canonical form and was never judged.
    case refused = "refuse"
    /// Let pass although a policy in audit mode says no.
    case wouldDeny = "would-deny"
    /// It was allowed and could not be carried out, or ended before it was judged.
    case failed
}

/// Why a TLS handshake came to nothing.
public enum HandshakeFailure: String, CaseIterable, Sendable {
    case noCertificate = "no-certificate"
    case expired
    case notYetValid = "not-yet-valid"
    case foreignTrustDomain = "foreign-trust-domain"
    case untrustedChain = "untrusted-chain"
    /// The certificate breaks a rule of the X509-SVID specification.
    case notSVID = "not-svid"
    /// The server is somebody else than was asked for.
    case wrongIdentity = "wrong-identity"
    /// Its version, key exchange or application protocol.
    case protocolMismatch = "protocol-mismatch"
    case timeout
    case peerClosed = "peer-closed"
    case other
}
