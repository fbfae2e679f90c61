import FoundationEssentials
import KubernetesModel
import Secrets

extension ClientConfiguration.Proxy {
    /// Reads what kubeconfig files call `proxy-url`.
    ///
    /// - Throws: ``ClientError/configuration(_:)``, without a place and without the URL: it may hold a password.
    init(parsing text: String) throws(ClientError) {
        guard let url = URL(string: text), let given = url.host, !given.isEmpty else {
            throw .configuration("this is no URL of a proxy")
        }
        let host = given.hasPrefix("[") && given.hasSuffix("]") ? String(given.dropFirst().dropLast()) : given
        guard url.path.isEmpty || url.path == "/" else {
            throw .configuration("a proxy's URL has no path")
        }
        let login = url.user.map { Secret("\($0):\(url.password ?? "")") }
        switch url.scheme?.lowercased() {
        case "http":
            self.init(kind: .http, host: host, port: url.port ?? 80, login: login)
        case "socks5":
            guard login == nil else { throw .configuration("a SOCKS proxy with a login is not supported") }
            self.init(kind: .socks5, host: host, port: url.port ?? 1080)
        case "https":
            throw .configuration(
                "a proxy that is itself reached through TLS is not supported; use http or socks5"
            )
        default:
            throw .configuration("a proxy is http or socks5")
        }
        guard (1...65_535).contains(port) else { throw .configuration("a proxy's port is \(port)") }
    }
}
