import JSONText
import KubernetesModel

/// Makes sense of what a server answers.
enum ResponseReading {
    static func json(_ body: some Collection<UInt8>, limit: Int) throws(ClientError) -> JSONValue {
        do {
            return try JSONValue(parsing: body, limits: JSONLimits(bytes: limit, depth: 256))
        } catch {
            throw .malformed("\(body.count) bytes that are no JSON: \(error)")
        }
    }

    /// The refusal in an answer that is none of 2xx; what stands in its way may not speak Kubernetes.
    static func status(code: Int, body: [UInt8], retryAfter: Duration?) -> APIStatus {
        let value = try? JSONValue(parsing: body, limits: JSONLimits(depth: 256))
        var status: APIStatus
        if let value, let given = APIStatus(value), !given.isSuccess {
            status = given
            // Who decides by the code must not be told another one than the one that was sent.
            status.code = code
        } else {
            status = APIStatus(
                code: code,
                reason: reason(for: code),
                message: "the server answered HTTP \(code) and \(body.count) bytes that are no Status"
            )
        }
        if status.details.retryAfter == nil { status.details.retryAfter = retryAfter }
        return status
    }

    private static func reason(for code: Int) -> APIStatus.Reason {
        switch code {
        case 400: .badRequest
        case 401: .unauthorized
        case 403: .forbidden
        case 404: .notFound
        case 405: .methodNotAllowed
        case 406: .notAcceptable
        case 409: .conflict
        case 410: .gone
        case 413: .requestEntityTooLarge
        case 415: .unsupportedMediaType
        case 422: .invalid
        case 429: .tooManyRequests
        case 500: .internalError
        case 503: .serviceUnavailable
        case 504: .timeout
        default: .unknown
        }
    }

    /// The texts of `Warning: 299 - "…"` headers (RFC 7234, section 5.5); others are passed over.
    static func warnings(_ headers: [String]) -> [String] {
        headers.prefix(64).compactMap { header in
            guard header.hasPrefix("299 "), let start = header.firstIndex(of: "\"") else { return nil }
            var text = ""
            var isEscaped = false
            for character in header[header.index(after: start)...].unicodeScalars.prefix(4096) {
                switch character {
                case "\\" where !isEscaped: isEscaped = true
                case "\"" where !isEscaped: return text
                default:
                    isEscaped = false
                    text.unicodeScalars.append(
                        character.properties.generalCategory == .control ? "\u{fffd}" : character
                    )
                }
            }
            return nil
        }
    }
}
