import FoundationEssentials
import KubernetesModel
import NetworkTypes

/// Where an API server is: `https://10.0.0.1:6443`, perhaps with a path that stands before all others.
public struct ServerAddress: Hashable, Sendable {
    public let isTLS: Bool
    /// A name or an address, without brackets.
    public let host: String
    public let port: Int
    /// Begins with a slash and does not end in one, or is empty.
    public let pathPrefix: String

    public init(isTLS: Bool = true, host: String, port: Int, pathPrefix: String = "") {
        self.isTLS = isTLS
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
    }

    /// Reads a URL; as in kubectl, what names no scheme is taken for plaintext.
    ///
    /// - Throws: ``ClientError/configuration(_:)``, without a place: the caller knows the file.
    public init(parsing text: String) throws(ClientError) {
        let hasScheme = text.utf8.count > 3 && text.contains("://")
        guard let url = URL(string: hasScheme ? text : "http://\(text)"), let host = url.host, !host.isEmpty
        else {
            throw .configuration("\(Spelling.quoted(text)) is no URL of a server")
        }
        switch url.scheme?.lowercased() {
        case "https": isTLS = true
        case "http": isTLS = false
        default: throw .configuration("\(Spelling.quoted(text)) is neither https nor http")
        }
        guard url.user == nil, url.password == nil else {
            throw .configuration("a server's URL must not hold a user or a password")
        }
        guard url.query == nil, url.fragment == nil else {
            throw .configuration("\(Spelling.quoted(text)) has a query or a fragment")
        }
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        port = url.port ?? (isTLS ? 443 : 80)
        guard (1...65_535).contains(port) else {
            throw .configuration("\(Spelling.quoted(text)) names port \(port)")
        }
        var path = url.path(percentEncoded: true)
        while path.hasSuffix("/") { path.removeLast() }
        pathPrefix = path
    }

    public var isAddress: Bool { (try? IPAddress(parsing: host)) != nil }

    var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

extension ServerAddress: CustomStringConvertible {
    public var description: String { "\(isTLS ? "https" : "http")://\(authority)\(pathPrefix)" }
}
