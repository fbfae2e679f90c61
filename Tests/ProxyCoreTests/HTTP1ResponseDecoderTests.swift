import NIOCore
import Testing

@testable import ProxyCore

@Suite("Reading HTTP/1.1 responses")
struct HTTP1ResponseDecoderTests {
    static let accepted: [(method: String, text: String, expected: [String])] = [
        (
            "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            ["200 bytes(2) content-length=2", "body hi", "end "]
        ),
        ("GET", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", ["200 bytes(0) content-length=0", "end "]),
        ("GET", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", ["200 bytes(0) content-length=0", "end "]),
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", ["200 none content-length=2", "end "]),
        ("GET", "HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n", ["204 none ", "end "]),
        ("GET", "HTTP/1.1 304 No\r\nContent-Length: 2\r\n\r\n", ["304 none content-length=2", "end "]),
        ("GET", "HTTP/1.1 200 OK\r\n\r\nuntil the end", ["200 open ", "body until the end", "end "]),
        ("GET", "HTTP/1.0 200 OK\r\n\r\nold", ["200 open ", "body old", "end "]),
        (
            "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: 1\r\n\r\n",
            ["200 open ", "body hi", "end x=1"]
        ),
        (
            "POST",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            ["informational 100", "informational 103", "200 bytes(0) content-length=0", "end "]
        ),
        (
            "GET",
            "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n",
            ["switching"]
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close, X\r\nX: 1\r\nKeep-Alive: 5\r\n\r\n",
            ["200 bytes(0) content-length=0", "end "]
        ),
    ]

    @Test("well-formed responses are read, cut anywhere", arguments: accepted)
    func accepts(method: String, text: String, expected: [String]) {
        for offset in 0...text.utf8.count {
            let events = Decoding.response(text, toMethod: method, pieces: [offset])
            #expect(events == expected, "cut at \(offset)")
        }
    }

    @Test(
        "what is not a response is refused",
        arguments: [
            ("SSH-2.0-OpenSSH\r\n\r\n", MessageError.statusLine),
            ("HTTP/1.1 20 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1 2000 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1 099 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1 2x0 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1200 OK\r\n\r\n", .statusLine),
            ("HTTP/2.0 200 OK\r\n\r\n", .version),
            ("HTTP/1.1 200 O\u{1}K\r\n\r\n", .statusLine),
            ("HTTP/1.1 200 OK\nContent-Length: 0\n\n", .bareLineFeed),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", .lengthAndCoding),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", .repeatedLength),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .coding),
            ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .codingInHTTP10),
            ("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", .foldedField),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", .truncated),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", .truncated),
            ("HTTP/1.1 200 OK\r\nContent-Le", .truncated),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n", .statusLine),
            (String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 17), .tooManyFields(limit: 16)),
        ]
    )
    func refuses(text: String, error: MessageError) {
        let events = Decoding.response(text)
        #expect(events.last == "refused: \(error)")
    }

    @Test func `a response nobody asked for is refused`() {
        var decoder = HTTP1ResponseDecoder()
        decoder.feed(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n"))
        #expect(throws: MessageError.statusLine) { try decoder.next() }
    }

    @Test(
        "whether the connection can carry another request",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false),
            ("HTTP/1.1 200 OK\r\n\r\n", false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", true),
        ]
    )
    func persists(text: String, expected: Bool) throws {
        var decoder = HTTP1ResponseDecoder()
        decoder.expect(method: "GET")
        decoder.feed(ByteBuffer(string: text))
        _ = try decoder.next()
        let persists = decoder.persists
        #expect(persists == expected)
    }
}
