public import KubernetesModel

/// Why a call to an API server came to nothing.
///
/// Never holds a credential, and never what a server sent that is no status.
public enum ClientError: Error, Sendable {
    /// The server answered, and said no.
    case status(APIStatus)
    /// The server could not be reached, or went away within the answer.
    case connection(String)
    /// What came back is no answer of an API server.
    case malformed(String)
    /// The configuration cannot be used; the text names the file and the field.
    case configuration(String)
    /// The request cannot be made, such as for an object without a name; nothing was sent.
    case request(String)
    /// No credential could be had, such as when a plugin failed.
    case credentials(String)
    /// The answer was not whole when the request's time was over.
    case deadline(Duration)
    /// The task that asked was cancelled.
    case cancelled
}

extension ClientError {
    /// The status, when it is one.
    public var status: APIStatus? {
        if case .status(let status) = self { status } else { nil }
    }

    public var isNotFound: Bool { status?.reason == .notFound }
    public var isConflict: Bool { status?.reason == .conflict }
    public var isAlreadyExists: Bool { status?.reason == .alreadyExists }
}

extension ClientError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .status(let status): "the API server answered \(status)"
        case .connection(let text): "the API server cannot be reached: \(text)"
        case .malformed(let text): "the API server's answer makes no sense: \(text)"
        case .configuration(let text): text
        case .request(let text): "no such request can be made: \(text)"
        case .credentials(let text): "no credentials for the API server: \(text)"
        case .deadline(let duration): "the API server took longer than \(duration)"
        case .cancelled: "the call was cancelled"
        }
    }
}
