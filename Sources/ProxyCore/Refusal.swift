public import CanonicalHTTP
import JSONText
import NIOCore

/// An answer that the proxy gives itself, with everything the caller may know about it.
///
/// HTTP callers get problem details (RFC 9457), gRPC callers a status in trailers-only form; both get the decision's
/// id, with which `nullius explain` tells the rest.
public struct Refusal: Equatable, Sendable {
    public var status: UInt16
    /// A stable name in kebab case, of a bounded set.
    public var code: String
    /// A sentence for people, without anything that the client sent.
    public var detail: String
    public var decision: String?
    /// Whether the answer must carry `WWW-Authenticate` (RFC 6750, section 3).
    public var asksForToken = false

    public init(status: UInt16, code: String, detail: String, decision: String? = nil) {
        self.status = status
        self.code = code
        self.detail = detail
        self.decision = decision
    }

    public init(_ error: MessageError) {
        self.init(
            status: error.status,
            code: "malformed-message",
            detail: "The request is refused: \(error)."
        )
    }

    public init(_ refusal: RequestRefusal) {
        self.init(status: refusal.status, code: refusal.code, detail: refusal.description)
    }
}

extension Refusal {
    public static let unavailable = Refusal(
        status: 503,
        code: "no-endpoint",
        detail: "No endpoint of the destination could be reached."
    )
    public static let badGateway = Refusal(
        status: 502,
        code: "bad-gateway",
        detail: "The other side closed the connection or did not answer in HTTP."
    )
    public static let timeout = Refusal(
        status: 504,
        code: "gateway-timeout",
        detail: "The other side did not answer in time."
    )

    public init(_ answer: ExchangeMachine.Answer) {
        switch answer {
        case .badGateway: self = .badGateway
        case .unavailable: self = .unavailable
        case .timeout: self = .timeout
        }
    }
}

extension Refusal {
    /// The answer as parts of a response.
    public func parts(toGRPC isGRPC: Bool) -> [ResponsePart] {
        isGRPC ? trailersOnly : problem
    }

    private var problem: [ResponsePart] {
        var members: [(String, JSONValue)] = [
            ("title", .string(ReasonPhrase.of(status))),
            ("status", .number(JSONNumber(status))),
            ("detail", .string(detail)),
            ("reason", .string(code)),
        ]
        if let decision { members.append(("decision", .string(decision))) }
        let body = JSONValue.object(JSONObject(members)).bytes() + [UInt8(ascii: "\n")]
        var fields = HeaderFields()
        Self.append(&fields, "content-type", "application/problem+json")
        Self.append(&fields, "content-length", String(body.count))
        appendCommon(to: &fields)
        return [
            .head(ResponseHead(status: status, fields: fields), .bytes(UInt64(body.count))),
            .body(ByteBuffer(bytes: body)),
            .end(HeaderFields()),
        ]
    }

    /// One block of fields that is head and trailers in one (gRPC over HTTP/2, "Responses").
    private var trailersOnly: [ResponsePart] {
        var fields = HeaderFields()
        Self.append(&fields, "content-type", "application/grpc")
        Self.append(&fields, "grpc-status", String(grpcStatus))
        Self.append(&fields, "grpc-message", Self.percentEncoded(detail))
        appendCommon(to: &fields)
        return [.head(ResponseHead(status: 200, fields: fields), .none), .end(HeaderFields())]
    }

    private func appendCommon(to fields: inout HeaderFields) {
        if let decision { Self.append(&fields, ProxyFields.decision, decision) }
        if asksForToken { Self.append(&fields, "www-authenticate", "Bearer error=\"invalid_token\"") }
    }

    /// The gRPC status for an HTTP status, as gRPC's clients map them.
    var grpcStatus: Int {
        switch status {
        case 400: 13
        case 401: 16
        case 403: 7
        case 404, 405: 12
        case 429, 502, 503: 14
        case 504: 4
        default: 2
        }
    }

    /// `grpc-message` is percent-encoded outside printable ASCII, and so is the percent sign.
    private static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "%") {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += byte < 16 ? "%0" : "%"
                result += String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    private static func append(_ fields: inout HeaderFields, _ name: StaticString, _ value: String) {
        // What is written here is ours and printable; should it ever not be, the field is left out.
        try? fields.append(name, value)
    }
}
