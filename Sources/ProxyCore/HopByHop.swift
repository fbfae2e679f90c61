public import CanonicalHTTP

/// The fields that concern one connection and are never forwarded (RFC 9110, section 7.6.1), in one place.
public enum HopByHop {
    /// What a head said about the connection it came on.
    public struct Wishes: Equatable, Sendable {
        /// `Connection: close`.
        public var closes = false
        /// `Connection: keep-alive`, which matters to HTTP/1.0 only.
        public var keepsAlive = false
        /// A whole and valid wish to switch to WebSocket (RFC 6455, section 4.1).
        public var upgradesToWebSocket = false
    }

    /// Takes the fields of the connection out of a head and says what they were.
    ///
    /// What `Connection` names goes too, except what the message is framed, judged or routed by: a client must not
    /// be able to have `authorization` or `content-length` dropped after the judgement. `te: trailers` stays, since
    /// gRPC servers insist on it.
    public static func strip(_ fields: inout HeaderFields) -> Wishes {
        var wishes = Wishes()
        var named: [[UInt8]] = []
        var upgrades = false
        for value in fields.values(of: "connection") {
            for option in ASCII.list(value) {
                let name = option.map(ASCII.lowercase)
                if name.elementsEqual("close".utf8) {
                    wishes.closes = true
                } else if name.elementsEqual("keep-alive".utf8) {
                    wishes.keepsAlive = true
                } else if name.elementsEqual("upgrade".utf8) {
                    upgrades = true
                } else if named.count < 32, isDroppable(name) {
                    named.append(name)
                }
            }
        }
        if upgrades, let protocolName = fields.onlyValue(of: "upgrade"),
            ASCII.matches(protocolName, "websocket")
        {
            wishes.upgradesToWebSocket = true
        }
        let acceptsTrailers = fields.values(of: "te").contains { value in
            ASCII.list(value).contains { ASCII.matches($0, "trailers") }
        }
        fields.removeAll { name in
            connectionFields.contains { name.elementsEqual($0.utf8) }
                || named.contains { name.elementsEqual($0) }
        }
        if acceptsTrailers { append(&fields, "te", "trailers") }
        return wishes
    }

    /// Puts the wish to switch to WebSocket back, on the connection to the other side.
    public static func addWebSocketUpgrade(_ fields: inout HeaderFields) {
        append(&fields, "connection", "Upgrade")
        append(&fields, "upgrade", "websocket")
    }

    /// Takes out of trailers what must not come late (RFC 9110, section 6.5.1): what frames or routes a message,
    /// or says who sent it.
    public static func filterTrailers(_ fields: inout HeaderFields) {
        guard !fields.isEmpty else { return }
        fields.removeAll { name in
            connectionFields.contains { name.elementsEqual($0.utf8) }
                || lateFields.contains { name.elementsEqual($0.utf8) }
                || ReservedFields.contains(name)
        }
    }

    private static let connectionFields = [
        "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade",
        "http2-settings",
    ]

    private static let lateFields = [
        "content-length", "host", "trailer", "authorization", "proxy-authorization", "proxy-authenticate",
        "www-authenticate", "content-encoding", "content-type", "content-range", "cookie", "set-cookie",
        "expect",
        "range", "max-forwards", "cache-control", "te", "traceparent", "tracestate",
    ]

    /// Whether a client may name this field in `Connection` and so have it dropped.
    private static func isDroppable(_ name: [UInt8]) -> Bool {
        name.allSatisfy(HeaderFields.isTokenByte)
            && !lateFields.contains { name.elementsEqual($0.utf8) }
            && !ReservedFields.contains(name[...])
    }

    private static func append(_ fields: inout HeaderFields, _ name: StaticString, _ value: String) {
        // Cannot fail: both are constants of this file, checked by the tests.
        try? fields.append(name, value)
    }
}

/// The fields that a proxy writes; all begin with ``ReservedFields/prefix`` and are taken out of what clients send.
public enum ProxyFields {
    /// To the application: the caller's SPIFFE ID as the handshake proved it; absent for one who proved none.
    public static let caller: StaticString = "nullius-caller"
    /// To the caller: the id of the decision record.
    public static let decision: StaticString = "nullius-decision"
}
