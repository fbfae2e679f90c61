import JSONText

/// One request, before credentials and addresses.
public struct ClientRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public var method: Method
    /// Begins with `/`, percent-encoded.
    public var path: String
    public var query: [(name: String, value: String)]
    public var body: [UInt8]?
    public var contentType: String
    public var accept: String
    /// With retries; `nil` for the client's own.
    public var timeout: Duration?

    public init(
        _ method: Method,
        _ path: String,
        query: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        contentType: String = "application/json",
        accept: String = "application/json"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.contentType = contentType
        self.accept = accept
    }

    /// Whether it changes nothing.
    public var isReading: Bool { method == .get }

    /// Whether doing it twice is as good as once (RFC 9110, section 9.2.2).
    public var isRepeatable: Bool {
        switch method {
        case .get, .put, .delete: true
        case .post, .patch: false
        }
    }

    /// The path and the query as they go over the wire.
    var target: String {
        guard !query.isEmpty else { return path }
        let pairs = query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
        return "\(path)?\(pairs.joined(separator: "&"))"
    }

    /// Leaves what RFC 3986, section 2.3, calls unreserved, and encodes all else.
    static func encoded(_ text: some StringProtocol) -> String {
        var result: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.append(byte)
            default:
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// A whole answer of 2xx.
public struct ClientResponse: Sendable {
    public var code: Int
    /// What the server wants a person to know (`Warning: 299`).
    public var warnings: [String]
    public var body: [UInt8]

    /// The body as JSON.
    func json(limit: Int) throws(ClientError) -> JSONValue {
        try ResponseReading.json(body, limit: limit)
    }
}
