public import NIOCore

/// Tells from the first bytes of a connection what is spoken on it.
///
/// Looks at no more than ``longest`` bytes and decides as soon as one answer is left; a peer that stops in the middle
/// is the caller's time limit to handle. Ports whose server speaks first are declared and never come here.
public enum ProtocolDetector {
    public enum Answer: Equatable, Sendable {
        case tls
        case http1
        case http2
        case opaque
        case needsMore
    }

    /// The client's connection preface (RFC 9113, section 3.4).
    public static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    /// Bytes after which there is always an answer: a method name of that length and its space.
    public static let longest = 33

    public static func detect(_ buffer: ByteBuffer, tlsPossible: Bool) -> Answer {
        let bytes = buffer.readableBytesView.prefix(longest)
        guard let first = bytes.first else { return .needsMore }
        // A TLS record: handshake (22), then the legacy version's major number 3 (RFC 8446, section 5.1).
        if tlsPossible, first == 0x16 {
            guard let second = bytes.dropFirst().first else { return .needsMore }
            return second == 0x03 ? .tls : .opaque
        }
        if let answer = http2(bytes) { return answer }
        return http1(bytes)
    }

    private static func http2(_ bytes: ByteBufferView.SubSequence) -> Answer? {
        preface.withUTF8Buffer { preface in
            guard bytes.elementsEqual(preface.prefix(bytes.count)) || bytes.starts(with: preface) else {
                return nil
            }
            // `PRI` alone could still become something else.
            return bytes.count >= preface.count ? .http2 : .needsMore
        }
    }

    /// An upper-case method and a space; lower-case methods are legal and nobody's, so they are not taken for HTTP.
    private static func http1(_ bytes: ByteBufferView.SubSequence) -> Answer {
        var bytes = bytes
        // One empty line may come first (RFC 9112, section 2.2).
        if bytes.first == ASCII.carriageReturn {
            guard bytes.count > 1 else { return .needsMore }
            guard bytes.dropFirst().first == ASCII.lineFeed else { return .opaque }
            bytes = bytes.dropFirst(2)
            guard !bytes.isEmpty else { return .needsMore }
        }
        let method = bytes.prefix {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard method.endIndex < bytes.endIndex else {
            return bytes.count < 20 ? .needsMore : .opaque
        }
        guard bytes[method.endIndex] == ASCII.space else { return .opaque }
        return method.count >= 3 ? .http1 : .opaque
    }
}
