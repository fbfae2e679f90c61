public import NetworkTypes

/// A port of a Service as one writes it in an address: `orders.shop:8080`.
///
/// The long forms `orders.shop.svc` and `orders.shop.svc.cluster.local` name the same Service; the value keeps only
/// the two names, so that one destination has one key.
public struct ServiceAddress: Hashable, Sendable {
    public let service: String
    public let namespace: String
    public let port: Port

    public init(parsing text: some StringProtocol) throws(ServiceAddressError) {
        guard text.utf8.count <= 300 else { throw .tooLong(text.utf8.count) }
        let text = String(text)
        guard let colon = text.lastIndex(of: ":") else { throw .noPort(text) }
        do {
            port = try Port(parsing: text[text.index(after: colon)...])
        } catch {
            throw .noPort(text)
        }
        let labels = text[..<colon].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard labels.count >= 2 else { throw .noNamespace(text) }
        let suffix = labels[2...]
        guard suffix.isEmpty || suffix == ["svc"] || suffix.starts(with: ["svc", "cluster", "local"]),
            suffix.count <= 3
        else { throw .notAService(text) }
        for label in labels[..<2] where !Self.isDNSLabel(label) { throw .badLabel(label) }
        service = labels[0]
        namespace = labels[1]
    }

    public init(service: String, namespace: String, port: Port) throws(ServiceAddressError) {
        for label in [service, namespace] where !Self.isDNSLabel(label) { throw .badLabel(label) }
        self.service = service
        self.namespace = namespace
        self.port = port
    }

    /// Whether a text is a label by RFC 1123: 1...63 bytes of `a-z 0-9 -`, no dash at either end.
    static func isDNSLabel(_ text: String) -> Bool {
        let dash = UInt8(ascii: "-")
        return (1...63).contains(text.utf8.count) && text.utf8.first != dash && text.utf8.last != dash
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), dash: true
                default: false
                }
            }
    }
}

extension ServiceAddress: CustomStringConvertible {
    public var description: String { "\(service).\(namespace):\(port)" }
}

/// Why a text is not the address of a Service's port.
public enum ServiceAddressError: Error, Equatable, Sendable {
    case tooLong(Int)
    case noPort(String)
    case noNamespace(String)
    case badLabel(String)
    /// Something else than `.svc` or `.svc.cluster.local` follows the namespace.
    case notAService(String)
}

extension ServiceAddressError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLong(let count): "an address of \(count) bytes is too long"
        case .noPort(let text): "'\(text)' names no port; write it as orders.shop:8080"
        case .noNamespace(let text): "'\(text)' names no namespace; write it as orders.shop:8080"
        case .badLabel(let label): "'\(label)' is not a name: lower-case letters, digits and dashes only"
        case .notAService(let text): "'\(text)' is not a Service; write it as orders.shop:8080"
        }
    }
}
