import CanonicalHTTP
import NIOCore

/// Takes a body out of a byte stream, without its framing.
///
///     length(n) ──n bytes──▶ ended
///     chunkSize ──▶ chunkData ──▶ chunkEnd ──▶ chunkSize … ──0──▶ trailers ──▶ ended
///     untilClose ──connection ends──▶ ended
struct HTTP1Body: Equatable, Sendable {
    enum Part: Equatable {
        case bytes(ByteBuffer)
        case end(HeaderFields)
    }

    private enum State: Equatable {
        case length(UInt64)
        case chunkSize
        case chunkData(UInt64)
        case chunkEnd
        case trailers(LineScanner)
        case untilClose
    }

    private var state: State
    private var extensionBytes = 0
    private let limits: MessageLimits

    init(_ length: BodyLength, endsWithConnection: Bool = false, limits: MessageLimits) {
        self.limits = limits
        switch length {
        case .none: state = .length(0)
        case .bytes(let count): state = .length(count)
        case .open: state = endsWithConnection ? .untilClose : .chunkSize
        }
    }

    var endsWithConnection: Bool { state == .untilClose }

    /// The next part, or `nil` when more bytes are needed.
    mutating func next(from buffer: inout ByteBuffer) throws(MessageError) -> Part? {
        while true {
            switch state {
            case .length(0):
                return .end(HeaderFields())
            case .length(let left):
                guard let slice = Self.take(left, from: &buffer) else { return nil }
                state = .length(left - UInt64(slice.readableBytes))
                return .bytes(slice)
            case .chunkSize:
                guard let size = try readChunkSize(from: &buffer) else { return nil }
                state = size == 0 ? .trailers(LineScanner()) : .chunkData(size)
            case .chunkData(let left):
                guard let slice = Self.take(left, from: &buffer) else { return nil }
                let rest = left - UInt64(slice.readableBytes)
                state = rest == 0 ? .chunkEnd : .chunkData(rest)
                return .bytes(slice)
            case .chunkEnd:
                guard let end = buffer.readInteger(as: UInt16.self) else { return nil }
                guard end == 0x0d0a else { throw .chunkEnd }
                state = .chunkSize
            case .trailers(var scanner):
                guard let trailers = try Self.readTrailers(&scanner, from: &buffer, limits: limits) else {
                    state = .trailers(scanner)
                    return nil
                }
                state = .length(0)
                return .end(trailers)
            case .untilClose:
                guard let slice = Self.take(.max, from: &buffer) else { return nil }
                return .bytes(slice)
            }
        }
    }

    private static func take(_ limit: UInt64, from buffer: inout ByteBuffer) -> ByteBuffer? {
        let count = buffer.readableBytes
        guard count > 0 else { return nil }
        return buffer.readSlice(length: Int(min(UInt64(count), limit)))
    }

    /// Reads `1*HEXDIG [;extension] CRLF` (RFC 9112, section 7.1); white space before the semicolon is refused.
    private mutating func readChunkSize(from buffer: inout ByteBuffer) throws(MessageError) -> UInt64? {
        let view = buffer.readableBytesView
        let limit = 16 + 2 + limits.chunkExtensions - extensionBytes
        guard let lineFeed = view.prefix(limit).firstIndex(of: ASCII.lineFeed) else {
            guard view.count < limit else {
                throw .chunkExtensionsTooLong(limit: limits.chunkExtensions)
            }
            return nil
        }
        guard lineFeed > view.startIndex, view[lineFeed - 1] == ASCII.carriageReturn else {
            throw .bareLineFeed
        }
        let line = view[..<(lineFeed - 1)]
        let digits = line.prefix { Self.hexadecimal($0) != nil }
        // 15 digits: no sum of what follows can overflow.
        guard (1...15).contains(digits.count) else { throw .chunkSize }
        let rest = line[digits.endIndex...]
        guard rest.isEmpty || rest.first == ASCII.semicolon,
            rest.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == ASCII.tab })
        else { throw .chunkSize }
        extensionBytes += rest.count
        guard extensionBytes <= limits.chunkExtensions else {
            throw .chunkExtensionsTooLong(limit: limits.chunkExtensions)
        }
        let size = digits.reduce(UInt64(0)) { $0 << 4 | UInt64(Self.hexadecimal($1) ?? 0) }
        buffer.moveReaderIndex(forwardBy: lineFeed + 1 - view.startIndex)
        return size
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func readTrailers(
        _ scanner: inout LineScanner,
        from buffer: inout ByteBuffer,
        limits: MessageLimits
    ) throws(MessageError) -> HeaderFields? {
        let length: Int?
        do throws(MessageError) {
            length = try scanner.scan(
                buffer,
                limit: limits.trailers,
                fieldLimit: limits.fields,
                startLines: 0
            )
        } catch .headTooLong {
            throw .trailersTooLong(limit: limits.trailers)
        } catch {
            throw error
        }
        guard let length, let bytes = buffer.readBytes(length: length) else { return nil }
        var fields = try HTTP1Head.fields(bytes, lines: scanner.lines[...], limits: limits).fields
        HopByHop.filterTrailers(&fields)
        return fields
    }
}
