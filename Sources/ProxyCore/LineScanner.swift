import NIOCore

/// Finds the lines of a head in what has arrived so far, looking at each byte once.
///
/// Lines end with CRLF and nothing else; the head ends with an empty one. Offsets count from the buffer's
/// reader index, which must not move until the head is complete.
struct LineScanner: Equatable, Sendable {
    /// Lines without their CRLF.
    private(set) var lines: [Range<Int>] = []
    private var lineStart = 0
    private var scanned = 0

    /// The length of the head with its final empty line, once that has arrived.
    ///
    /// `limit` is the longest head in bytes, `fieldLimit` how many fields it may have, `startLines` 1 for a head
    /// and 0 for trailers.
    mutating func scan(
        _ buffer: ByteBuffer,
        limit: Int,
        fieldLimit: Int,
        startLines: Int
    ) throws(MessageError) -> Int? {
        let bytes = buffer.readableBytesView
        let start = bytes.startIndex
        let end = min(bytes.count, limit)
        while scanned < end {
            guard let found = bytes[(start + scanned)..<(start + end)].firstIndex(of: ASCII.lineFeed) else {
                scanned = end
                break
            }
            let offset = found - start
            guard offset > lineStart, bytes[found - 1] == ASCII.carriageReturn else { throw .bareLineFeed }
            scanned = offset + 1
            let line = lineStart..<(offset - 1)
            lineStart = scanned
            if line.isEmpty { return scanned }
            guard lines.count < fieldLimit + startLines else { throw .tooManyFields(limit: fieldLimit) }
            lines.append(line)
        }
        guard bytes.count < limit else { throw .headTooLong(limit: limit) }
        return nil
    }

    /// How much of the line that is not complete yet has arrived.
    var openLineLength: Int { scanned - lineStart }
}

/// The few bytes that HTTP's grammar gives a meaning.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0a
    static let carriageReturn: UInt8 = 0x0d
    static let space: UInt8 = 0x20
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Compares without regard to the case of ASCII letters; `lower` is lower case.
    static func matches(_ bytes: some Sequence<UInt8>, _ lower: StaticString) -> Bool {
        lower.withUTF8Buffer { expected in bytes.lazy.map(lowercase).elementsEqual(expected) }
    }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == space || byte == tab }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return bytes.prefix(0) }
        return bytes[first...last]
    }

    /// The elements of a comma-separated list, blanks around and empty ones dropped (RFC 9110, section 5.6.1).
    static func list(_ value: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        value.split(separator: comma).map(trimmed).filter { !$0.isEmpty }
    }
}
