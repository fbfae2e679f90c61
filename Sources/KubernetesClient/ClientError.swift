public import KubernetesModel

/// Why a call to an API server came to nothing.
public enum ClientError: Error, Sendable {
    /// The server answered, and said no.
    case status(APIStatus)
    /// The server could not be reached, or went away within the answer.
    case connection(String)
    /// What came back is no answer of an API server.
    case malformed(String)
    /// The configuration cannot be used; the text names the file and the field.
    case configuration(String)
}

extension ClientError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .status(let status): "the API server answered \(status)"
        case .connection(let text): "the API server cannot be reached: \(text)"
        case .malformed(let text): "the API server's answer makes no sense: \(text)"
        case .configuration(let text): text
        }
    }
}
