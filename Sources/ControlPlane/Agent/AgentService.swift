import CertificateAuthority
import FoundationEssentials
import GRPCCore
import Identity
import MeshAPI
import SwiftProtobuf

/// Signs certificates for the proxy of one workload, on that workload's socket.
struct AgentService: WireAgent.SimpleServiceProtocol {
    /// What the socket proves of whoever can open it.
    let identity: SPIFFEID
    let authority: AuthorityKeeper

    func issue(request: WireIssueRequest, context: ServerContext) async throws -> WireIssueResponse {
        let svid: X509SVID
        do {
            svid = try await authority.issue(for: identity, request: [UInt8](request.csrDer))
        } catch {
            throw RPCError(error)
        }
        // Read after signing: it holds the root of the slot that signed.
        let trust = authority.trust.value
        var response = WireIssueResponse()
        response.spiffeID = svid.spiffeID.description
        response.chainDer = svid.chain.der.map { Data($0) }
        response.notBefore = Int64(svid.notBefore.timeIntervalSince1970)
        response.notAfter = Int64(svid.notAfter.timeIntervalSince1970)
        response.trustVersion = trust.version
        response.bundles = [
            .with {
                $0.trustDomain = trust.trustDomain.name
                $0.rootsDer = trust.bundle.der.map { Data($0) }
            }
        ]
        return response
    }
}

extension RPCError {
    /// What a caller is told; what only we can mend is in the log.
    init(_ refusal: AuthorityRefusal) {
        switch refusal {
        case .request(.notTheAttestedIdentity):
            self.init(
                code: .permissionDenied,
                message: "the request asks for an identity that is not the caller's"
            )
        case .request(let violation):
            self.init(code: .invalidArgument, message: "the certificate request is refused: \(violation)")
        case .unavailable(let reason):
            self.init(code: .unavailable, message: reason)
        case .rotationUnderWay(let slot):
            self.init(
                code: .failedPrecondition,
                message:
                    "a rotation is under way: slot \(slot) waits to become active; see `nullius ca status`"
            )
        case .nothingNewBroughtAlong:
            self.init(
                code: .failedPrecondition,
                message: """
                    the authority was brought along, and its files hold nothing new: put the next certificate and key \
                    in their place, then rotate again
                    """
            )
        }
    }
}
