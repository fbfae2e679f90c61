/// Why a text or an object is no selector; the words are those of kube-apiserver.
public struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }

    /// What the server answers to a query with such a selector.
    public var status: APIStatus { APIStatus(code: 400, reason: .badRequest, message: description) }

    static func invalid(_ path: String, _ value: String, _ reasons: [String]) -> SelectorError {
        SelectorError(
            "\(path): Invalid value: \(Spelling.quoted(value)): \(reasons.joined(separator: "; "))"
        )
    }
}
