public import NetworkTypes

/// A port by its number or by a name that a container gives it (IntOrString).
public enum PortReference: Hashable, Sendable {
    case number(Port)
    case name(String)

    /// Reads `8080`, `"8080"` or `http`.
    public init?(_ value: ManifestValue, _ path: String, _ report: inout [Diagnostic]) {
        switch value.content {
        case .integer(let number):
            if let port = Port(number) {
                self = .number(port)
                return
            }
        case .string(let text):
            if let port = try? Port(parsing: text) {
                self = .number(port)
                return
            }
            if Self.isName(text) {
                self = .name(text)
                return
            }
        default:
            break
        }
        report.append(
            .error(
                "bad-port",
                "\(path) is neither a port number (1 to 65535) nor a port name",
                hint: "a name has at most 15 lower-case letters, digits and hyphens, one letter at least",
                at: value.location
            )
        )
        return nil
    }

    /// `IANA_SVC_NAME` (RFC 6335, section 5.1).
    public static func isName(_ text: String) -> Bool {
        text.utf8.count <= 15 && DNSName.isLabel(text)
            && text.utf8.contains { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }
}

extension PortReference: CustomStringConvertible {
    public var description: String {
        switch self {
        case .number(let port): port.description
        case .name(let name): name
        }
    }
}
