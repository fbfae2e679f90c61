import CanonicalHTTP
import NIOCore
import Testing

@testable import ProxyCore

/// A message and what is wrong with it.
struct RefusedMessage: Sendable, CustomTestStringConvertible {
    var bytes: String
    var error: MessageError
    var testDescription: String { "\(error): \(bytes.debugDescription.prefix(60))" }

    init(_ bytes: String, _ error: MessageError) {
        self.bytes = bytes
        self.error = error
    }

    /// A body in chunks that is wrong somewhere.
    static func chunks(_ body: String, _ error: MessageError) -> RefusedMessage {
        RefusedMessage("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)", error)
    }

    /// A field line that is wrong.
    static func field(_ line: String, _ error: MessageError) -> RefusedMessage {
        RefusedMessage("POST / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n", error)
    }

    static let requestLines: [RefusedMessage] = [
        "GET\r\n", " GET / HTTP/1.1\r\n", "GET  / HTTP/1.1\r\n", "GET /  HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n",
        "GET /a b HTTP/1.1\r\n", "GET\t/ HTTP/1.1\r\n", "GET /\tHTTP/1.1\r\n", "G@T / HTTP/1.1\r\n",
        "GET / x\r\n",
        "GET /\u{1} HTTP/1.1\r\n", "GET /\u{7f} HTTP/1.1\r\n", "GET /é HTTP/1.1\r\n", "G\0T / HTTP/1.1\r\n",
        "GET /\0 HTTP/1.1\r\n", "GET /\rX HTTP/1.1\r\n", "/ HTTP/1.1\r\n", "GET HTTP/1.1\r\n",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n", "\r\n\r\nGET / HTTP/1.1\r\n",
    ].map { RefusedMessage($0 + "\r\n", $0 == "GET / x\r\n" ? .version : .requestLine) }

    static let versions: [RefusedMessage] = [
        "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/1.10", "HTTP/01.1", "http/1.1", "HTTP/1,1", "HTTPS/1.1",
        "HTTP/1.",
        "HTTP/11", "HTTP/1.1.1",
    ].map { RefusedMessage("GET / \($0)\r\nHost: a\r\n\r\n", .version) }

    static let lines: [RefusedMessage] = [
        RefusedMessage("GET / HTTP/1.1\nHost: a\n\n", .bareLineFeed),
        RefusedMessage("GET / HTTP/1.1\r\nHost: a\n\r\n", .bareLineFeed),
        RefusedMessage("GET / HTTP/1.1\r\nHost: a\r\n\n", .bareLineFeed),
        RefusedMessage("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .bareLineFeed),
        .field("X: a\rb", .field(.valueByte(0x0d))),
        .field("X: a\r", .field(.valueByte(0x0d))),
        .field("X: a\0b", .field(.valueByte(0))),
        .field("X: a\u{b}b", .field(.valueByte(0x0b))),
        .field("X: a\u{7f}", .field(.valueByte(0x7f))),
        .field("X\r: a", .field(.nameByte(0x0d))),
        .field(" folded", .foldedField),
        .field("\tfolded", .foldedField),
        .field("X: a\r\n b", .foldedField),
        .field("X : a", .fieldLine),
        .field("X\t: a", .fieldLine),
        .field("no colon", .fieldLine),
        .field("Transfer-Encoding : chunked", .fieldLine),
        .field("Content-Length\t: 5", .fieldLine),
        .field(": a", .field(.emptyName)),
        .field("X Y: a", .field(.nameByte(0x20))),
        .field("X(Y): a", .field(.nameByte(UInt8(ascii: "(")))),
        .field("X\0: a", .field(.nameByte(0))),
        .field("Xé: a", .field(.nameByte(0xc3))),
        .field("\"X\": a", .field(.nameByte(UInt8(ascii: "\"")))),
    ]

    static let framing: [RefusedMessage] = [
        .field("Content-Length: 5\r\nTransfer-Encoding: chunked", .lengthAndCoding),
        .field("Transfer-Encoding: chunked\r\nContent-Length: 5", .lengthAndCoding),
        .field("Content-Length: 0\r\nTransfer-Encoding: chunked", .lengthAndCoding),
        .field("Content-Length: 5\r\nContent-Length: 5", .repeatedLength),
        .field("Content-Length: 5\r\nContent-Length: 6", .repeatedLength),
        .field("Content-Length: 5\r\ncontent-length: 5", .repeatedLength),
        .field("Content-Length: 5, 5", .badLength),
        .field("Content-Length: +5", .badLength),
        .field("Content-Length: -5", .badLength),
        .field("Content-Length: 0x5", .badLength),
        .field("Content-Length: 5 5", .badLength),
        .field("Content-Length: 5.0", .badLength),
        .field("Content-Length: 5;", .badLength),
        .field("Content-Length: 1e1", .badLength),
        .field("Content-Length:", .badLength),
        .field("Content-Length: ٥", .badLength),
        .field("Content-Length: 9999999999999999999", .badLength),
        .field("Content-Length: 18446744073709551616", .badLength),
        .field("Content-Length: 184467440737095516160000000000000000000000000000000", .badLength),
        .field("Transfer-Encoding: gzip", .coding),
        .field("Transfer-Encoding: gzip, chunked", .coding),
        .field("Transfer-Encoding: chunked, gzip", .coding),
        .field("Transfer-Encoding: chunked, chunked", .coding),
        .field("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .coding),
        .field("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", .coding),
        .field("Transfer-Encoding: identity", .coding),
        .field("Transfer-Encoding: xchunked", .coding),
        .field("Transfer-Encoding: chunkedx", .coding),
        .field("Transfer-Encoding: chunked;q=1", .coding),
        .field("Transfer-Encoding: \"chunked\"", .coding),
        .field("Transfer-Encoding: ,chunked", .coding),
        .field("Transfer-Encoding:", .coding),
        .field("Transfer-Encoding: cow", .coding),
        .field("Transfer-Encoding: \u{b}chunked", .field(.valueByte(0x0b))),
        RefusedMessage("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .codingInHTTP10),
    ]

    static let chunking: [RefusedMessage] = [
        .chunks("5\nhello\r\n", .bareLineFeed),
        .chunks("\n", .bareLineFeed),
        .chunks("\r\n", .chunkSize),
        .chunks("g\r\n", .chunkSize),
        .chunks("-5\r\n", .chunkSize),
        .chunks("+5\r\n", .chunkSize),
        .chunks("0x5\r\nhello\r\n", .chunkSize),
        .chunks(" 5\r\nhello\r\n", .chunkSize),
        .chunks("5 \r\nhello\r\n", .chunkSize),
        .chunks("5\t;x\r\nhello\r\n", .chunkSize),
        .chunks("5 ;x\r\nhello\r\n", .chunkSize),
        .chunks("5,x\r\nhello\r\n", .chunkSize),
        .chunks("5;a\rb\r\nhello\r\n", .chunkSize),
        .chunks("5;a\0b\r\nhello\r\n", .chunkSize),
        .chunks("FFFFFFFFFFFFFFFF\r\n", .chunkSize),
        .chunks("10000000000000005\r\n", .chunkSize),
        .chunks("00000000000000005\r\nhello\r\n", .chunkSize),
        .chunks("5\r\nhelloX\r\n", .chunkEnd),
        .chunks("5\r\nhello\n\r", .chunkEnd),
        .chunks("5\r\nhello\r\r", .chunkEnd),
        .chunks("4\r\nhello\r\n", .chunkEnd),
        .chunks("0\r\nX : y\r\n\r\n", .fieldLine),
        .chunks("0\r\n folded\r\n\r\n", .foldedField),
        .chunks("0\r\nX: y\n\r\n", .bareLineFeed),
        .chunks("0\r\nX: \0\r\n\r\n", .field(.valueByte(0))),
        .chunks("0;" + String(repeating: "x", count: 5000) + "\r\n", .chunkExtensionsTooLong(limit: 4096)),
        .chunks(
            String(repeating: "1;\(String(repeating: "y", count: 99))\r\nz\r\n", count: 42),
            .chunkExtensionsTooLong(limit: 4096)
        ),
        .chunks("0\r\nX: \(String(repeating: "y", count: 9000))\r\n\r\n", .trailersTooLong(limit: 8192)),
        .chunks("0\r\n" + String(repeating: "X: y\r\n", count: 129) + "\r\n", .tooManyFields(limit: 128)),
    ]

    static let lengths: [RefusedMessage] = [
        RefusedMessage(
            "GET /\(String(repeating: "a", count: 8192)) HTTP/1.1\r\n\r\n",
            .targetTooLong(limit: 8192)
        ),
        RefusedMessage("GET /\(String(repeating: "a", count: 20_000))", .targetTooLong(limit: 8192)),
        .field("X: \(String(repeating: "y", count: 70_000))", .headTooLong(limit: 65_536)),
        .field(String(repeating: "X: y\r\n", count: 127) + "X: y", .tooManyFields(limit: 128)),
    ]

    static let all = requestLines + versions + lines + framing + chunking + lengths
}

@Suite("Reading HTTP/1.1 requests")
struct HTTP1RequestDecoderTests {
    @Test("what two parsers could read differently is refused", arguments: RefusedMessage.all)
    func refuses(sample: RefusedMessage) {
        let events = Decoding.requests(sample.bytes)
        #expect(events.last == "refused: \(sample.error)")
    }

    static let accepted: [(String, [String])] = [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / [\"a\"] http1_1 none ", "end "]),
        ("GET / HTTP/1.0\r\n\r\n", ["GET / [] http1_0 none ", "end "]),
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / [\"a\"] http1_1 none ", "end "]),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
            ["GET / [\"a\", \"b\"] http1_1 none ", "end "]
        ),
        (
            "POST /x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            ["POST /x?y [\"a\"] http1_1 bytes(5) content-length=5", "body hello", "end "]
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello",
            ["POST / [\"a\"] http1_1 bytes(5) content-length=005", "body hello", "end "]
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n06;a=\"b c\"\r\n world\r\n0\r\n\r\n",
            ["POST / [\"a\"] http1_1 open ", "body hello world", "end "]
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:  chunked \t\r\n\r\n0\r\nX-A: 1\r\nContent-Length: 3\r\n"
                + "Nullius-Caller: x\r\nAuthorization: y\r\n\r\n",
            ["POST / [\"a\"] http1_1 open ", "end x-a=1"]
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY: \t a b \t\r\n\r\n",
            ["GET / [\"a\"] http1_1 none x=,y=a b", "end "]
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: b\r\n\r\n",
            ["GET / [\"a\"] http1_1 none ", "end ", "GET /2 [\"b\"] http1_1 none ", "end "]
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Drop, Authorization\r\nX-Drop: 1\r\n"
                + "Authorization: z\r\nKeep-Alive: 5\r\nTE: trailers, gzip\r\nProxy-Connection: x\r\n\r\n",
            ["GET / [\"a\"] http1_1 none authorization=z,te=trailers", "end "]
        ),
    ]

    @Test("well-formed messages are read", arguments: accepted)
    func accepts(text: String, expected: [String]) {
        let events = Decoding.requests(text)
        #expect(events == expected)
    }

    @Test func `what was read does not pile up when no read ends where a request does`() throws {
        var decoder = HTTP1RequestDecoder()
        decoder.feed(ByteBuffer(string: "G"))
        for _ in 0..<2_000 {
            decoder.feed(ByteBuffer(string: "ET / HTTP/1.1\r\nHost: a\r\n\r\nG"))
            while try decoder.next() != nil {}
        }
        // 54 kB went through; what is kept is the beginning of one head.
        #expect(decoder.storageCapacity <= 4_096)
    }

    @Test("cut anywhere, a message reads the same", arguments: accepted)
    func cutAnywhere(text: String, expected: [String]) {
        for offset in 0...text.utf8.count {
            let events = Decoding.requests(text, pieces: [offset])
            #expect(events == expected, "cut at \(offset)")
        }
        let byByte = Decoding.requests(text, pieces: Array(0..<text.utf8.count))
        #expect(byByte == expected)
    }

    @Test("cut anywhere, a malformed message is refused for the same reason", arguments: RefusedMessage.all)
    func cutAnywhereRefused(sample: RefusedMessage) {
        let count = sample.bytes.utf8.count
        // Long ones at some places only; the interesting ones are short.
        let step = count > 500 ? 997 : 1
        for offset in stride(from: 0, through: count, by: step) {
            let events = Decoding.requests(sample.bytes, pieces: [offset])
            #expect(events.last == "refused: \(sample.error)", "cut at \(offset)")
        }
    }

    @Test(
        "an upgrade to WebSocket is recognized only when it is whole and alone",
        arguments: [
            (
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
                    + "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
                true
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n",
                true
            ),
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n", false),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n",
                false
            ),
            ("POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false),
            ("GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\n",
                false
            ),
        ]
    )
    func upgrade(text: String, isUpgrade: Bool) throws {
        var decoder = HTTP1RequestDecoder()
        decoder.feed(ByteBuffer(string: text))
        _ = try decoder.next()
        let wish = decoder.wishes.upgradesToWebSocket
        #expect(wish == isUpgrade)
    }

    @Test func `bytes behind an upgrade are handed out, not read as a request`() throws {
        var decoder = HTTP1RequestDecoder()
        decoder.feed(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /admin HTTP/1.1\r\n"))
        _ = try decoder.next()
        _ = try decoder.next()
        let rest = decoder.takeRemainder()
        #expect(String(buffer: rest) == "GET /admin HTTP/1.1\r\n")
        #expect(decoder.bufferedBytes == 0)
    }

    @Test("noise is refused or waited for, and never crashes", arguments: UInt64(0)..<40)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let samples = RefusedMessage.all.map(\.bytes) + Self.accepted.map(\.0)
        for _ in 0..<50 {
            var bytes = Array((samples.randomElement(using: &generator) ?? "").utf8.prefix(600))
            for _ in 0..<Int.random(in: 0...6, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch UInt8.random(in: 0...2, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                }
            }
            let pieces = (0..<3).map { _ in Int.random(in: 0...600, using: &generator) }
            let whole = Decoding.requests(bytes)
            let cut = Decoding.requests(bytes, pieces: pieces)
            #expect(whole == cut, "seed \(seed)")
        }
    }
}
