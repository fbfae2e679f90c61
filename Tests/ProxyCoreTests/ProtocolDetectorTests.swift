import NIOCore
import Testing

@testable import ProxyCore

@Suite("Telling protocols by their first bytes")
struct ProtocolDetectorTests {
    private static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    static let samples: [([UInt8], ProtocolDetector.Answer)] = [
        ([], .needsMore),
        ([0x16], .needsMore),
        ([0x16, 0x03, 0x01], .tls),
        ([0x16, 0x02], .opaque),
        ([0x80, 0x2e], .opaque),
        (Array(preface.utf8), .http2),
        (Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0".utf8), .http2),
        (Array("PRI * HT".utf8), .needsMore),
        (Array("PRI * HTTP/1.1\r\n".utf8), .http1),
        (Array("PRI".utf8), .needsMore),
        (Array("PRIX".utf8), .needsMore),
        (Array("PRIX /".utf8), .http1),
        (Array("GET / HTTP/1.1\r\n".utf8), .http1),
        (Array("G".utf8), .needsMore),
        (Array("GET".utf8), .needsMore),
        (Array("GET ".utf8), .http1),
        (Array("M-SEARCH * ".utf8), .http1),
        (Array("\r\nGET /".utf8), .http1),
        (Array("\r".utf8), .needsMore),
        (Array("\rX".utf8), .opaque),
        (Array("get / HTTP/1.1".utf8), .opaque),
        (Array("*1\r\n$4\r\nPING\r\n".utf8), .opaque),
        (Array("SSH-2.0-x\r\n".utf8), .opaque),
        (Array("AB c".utf8), .opaque),
        (Array("ABCDEFGHIJKLMNOPQRSTUVW".utf8), .opaque),
        (Array("EHLO\r\n".utf8), .opaque),
        ([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f], .opaque),
    ]

    @Test("each beginning has one answer", arguments: samples)
    func answers(bytes: [UInt8], expected: ProtocolDetector.Answer) {
        let answer = ProtocolDetector.detect(ByteBuffer(bytes: bytes), tlsPossible: true)
        #expect(answer == expected)
    }

    @Test func `inside TLS a handshake record is just bytes`() {
        let answer = ProtocolDetector.detect(ByteBuffer(bytes: [0x16, 0x03, 0x01]), tlsPossible: false)
        #expect(answer == .opaque)
    }

    @Test("an answer once given stays, and comes within the limit", arguments: UInt64(0)..<200)
    func stays(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let start =
            [Self.preface, "GET / HTTP", "ABC", "\r\nPOST /", ""].randomElement(using: &generator) ?? ""
        let noise = (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let bytes = Array(start.utf8.prefix(Int.random(in: 0...24, using: &generator))) + noise
        var decided: ProtocolDetector.Answer?
        for count in 0...bytes.count {
            let answer = ProtocolDetector.detect(ByteBuffer(bytes: bytes.prefix(count)), tlsPossible: true)
            if let decided { #expect(answer == decided, "seed \(seed)") }
            if answer != .needsMore { decided = answer }
            if count >= ProtocolDetector.longest { #expect(answer != .needsMore, "seed \(seed)") }
        }
    }
}
