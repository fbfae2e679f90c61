import NIOCore
import NIOEmbedded

/// HTTP/2 as a peer writes it that holds to no rule but the test's (RFC 9113, section 4.1).
enum HTTP2Bytes {
    static let preface = ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    static let settings = frame(type: 4, flags: 0, stream: 0, [])
    static let settingsAcknowledgement = frame(type: 4, flags: 1, stream: 0, [])

    /// `GET http://a/`, all of it.
    static func request(stream: UInt8) -> ByteBuffer {
        frame(type: 1, flags: 0x5, stream: stream, [0x82, 0x86, 0x84, 0x41, 0x01, UInt8(ascii: "a")])
    }

    /// The head of a 200.
    static func responseHead(stream: UInt8) -> ByteBuffer {
        frame(type: 1, flags: 0x4, stream: stream, [0x88])
    }

    /// The last bytes of a body.
    static func lastData(stream: UInt8, _ text: String) -> ByteBuffer {
        frame(type: 0, flags: 0x1, stream: stream, Array(text.utf8))
    }

    /// Says that the rest of a request is not wanted: no error.
    static func reset(stream: UInt8) -> ByteBuffer {
        frame(type: 3, flags: 0, stream: stream, [0, 0, 0, 0])
    }

    static func answer(toPing payload: [UInt8]) -> ByteBuffer {
        frame(type: 6, flags: 1, stream: 0, payload)
    }

    /// What the PINGs say among all that was written since the last look.
    static func pings(in channel: EmbeddedChannel) throws -> [[UInt8]] {
        var bytes = ByteBuffer()
        while let written = try channel.readOutbound(as: ByteBuffer.self) {
            bytes.writeImmutableBuffer(written)
        }
        var result: [[UInt8]] = []
        while let head = bytes.readBytes(length: 9) {
            let length = head.prefix(3).reduce(0) { $0 << 8 | Int($1) }
            guard let payload = bytes.readBytes(length: length) else { break }
            if head[3] == 6, head[4] & 1 == 0 { result.append(payload) }
        }
        return result
    }

    static func joined(_ parts: ByteBuffer...) -> ByteBuffer {
        var result = ByteBuffer()
        for part in parts { result.writeImmutableBuffer(part) }
        return result
    }

    private static func frame(type: UInt8, flags: UInt8, stream: UInt8, _ payload: [UInt8]) -> ByteBuffer {
        ByteBuffer(bytes: [0, 0, UInt8(payload.count), type, flags, 0, 0, 0, stream] + payload)
    }
}
