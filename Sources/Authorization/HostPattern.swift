public import CanonicalHTTP

/// A condition on the host of a request: a name, or `*.` and what follows at least one label.
///
/// Without a port it matches whatever port the request names.
public struct HostPattern: Hashable, Sendable {
    /// Canonical: lower case, without `*.` and port.
    private let name: String
    private let port: String?
    private let hasWildcard: Bool

    /// `nil` when the text is no host.
    public init?(_ text: String) {
        hasWildcard = text.hasPrefix("*.")
        let head = RequestHead(
            method: "GET",
            target: [UInt8(ascii: "/")],
            authorities: [Array(text.utf8.dropFirst(hasWildcard ? 2 : 0))],
            fields: HeaderFields(),
            version: .http1_1
        )
        guard let request = try? CanonicalRequest(canonicalizing: head) else { return nil }
        name = String(request.hostName)
        port =
            request.host.utf8.count > name.utf8.count
            ? String(request.host.dropFirst(name.count + 1)) : (text.hasSuffix(":80") ? "80" : nil)
    }

    public func matches(_ request: CanonicalRequest) -> Bool {
        let asked = request.hostName
        if let port,
            port
                != (asked.endIndex == request.host.endIndex
                    ? "80" : request.host[asked.endIndex...].dropFirst())
        {
            return false
        }
        guard hasWildcard else { return asked.utf8.elementsEqual(name.utf8) }
        return asked.utf8.count > name.utf8.count + 1 && asked.hasSuffix(".\(name)")
    }
}

extension HostPattern: CustomStringConvertible {
    public var description: String { (hasWildcard ? "*." : "") + name + (port.map { ":\($0)" } ?? "") }
}
