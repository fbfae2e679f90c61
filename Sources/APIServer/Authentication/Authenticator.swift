import KubernetesModel
import RBAC

/// Tells who asks: by a client certificate, by a token, or as nobody.
///
/// A credential that is bad is never taken for none: who shows one that does not hold is refused, not anonymous.
struct Authenticator: Sendable {
    let certificates: ClientCertificates
    let tokens: ServiceAccountTokens
    let clock: WallClock

    enum Outcome: Sendable {
        case user(UserInfo)
        /// The reason is for the log; callers are told nothing but that they are not known.
        case refused(String)
    }

    func authenticate(_ credentials: Credentials, over connection: ClientConnection) async -> Outcome {
        var problem: String?
        // A certificate that does not hold may come with a token that does: Kubernetes then takes the token.
        switch connection.certificate {
        case .none: break
        case .unreadable: problem = "unreadable client certificate"
        case .certificate(let certificate):
            do throws(ClientCertificateProblem) {
                return .user(try certificates.user(certificate, at: clock.now()))
            } catch {
                problem = "client certificate: \(error)"
            }
        }
        if let token = credentials.bearer {
            do throws(TokenRefusal) {
                return .user(try await tokens.user(token, audiences: tokens.ownAudiences).user)
            } catch {
                return .refused("token: \(error)")
            }
        }
        if credentials.isUnusable { return .refused("unusable authorization field") }
        if let problem { return .refused(problem) }
        return .user(.anonymous)
    }
}
