/// A request as it came over the network, before anybody knows who asks.
struct IncomingRequest: Sendable {
    /// Upper case.
    var method: String
    var target: RequestTarget
    var fields: [(name: String, value: String)]
    var connection: ClientConnection

    /// The values of a header field, whose name has no case.
    func values(of name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// Several fields of one name mean a list (RFC 9110, section 5.3).
    func list(_ name: String) -> String { values(of: name).joined(separator: ", ") }
}
