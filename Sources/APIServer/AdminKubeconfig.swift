import Crypto
import FoundationEssentials
import KubernetesModel
import Secrets
import Storage
import SystemPackage

/// The file by which an administrator reaches the server: its address, the authority, and a certificate with its key.
enum AdminKubeconfig {
    static let user = "kubernetes-admin"
    static let group = "system:masters"
    /// A new one is written at each start.
    static let lifetime: Double = 365 * 86_400

    static func text(
        for authority: APICertificateAuthority,
        address: String,
        at now: Timestamp
    ) throws(APIAuthorityError) -> String {
        let issued = try authority.issueClient(user: user, groups: [group], seconds: lifetime, at: now)
        let key = issued.key.reveal { $0.pemRepresentation }
        let name = "nullius"
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: \(name)
              cluster:
                server: https://\(address)
                certificate-authority-data: \(base64(authority.certificatePEM))
            users:
            - name: \(user)
              user:
                client-certificate-data: \(base64(APICertificateAuthority.pem(issued.certificate)))
                client-key-data: \(base64(key))
            contexts:
            - name: \(user)@\(name)
              context:
                cluster: \(name)
                user: \(user)
            current-context: \(user)@\(name)

            """
    }

    private static func base64(_ text: String) -> String {
        Data((text.hasSuffix("\n") ? text : text + "\n").utf8).base64EncodedString()
    }
}
