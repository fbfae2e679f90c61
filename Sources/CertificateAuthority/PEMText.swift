import FoundationEssentials

/// Why a text could not be read as PEM (RFC 7468).
///
/// Carries line numbers (from 1) and counts, never the text: it may be a key.
public enum PEMError: Error, Equatable, Sendable {
    case tooLarge(bytes: Int)
    case tooManyBlocks
    /// Nothing between `-----BEGIN` and `-----END` in the whole text.
    case noBlocks
    /// A line that begins like a boundary and is none, or an end without a beginning.
    case strayBoundary(line: Int)
    case unterminated(line: Int)
    case labelMismatch(line: Int)
    case notBase64(line: Int)
    /// A block that needs a passphrase, which nobody is there to type.
    case encrypted(line: Int)
    /// A block of another kind than is wanted here.
    case unexpectedLabel(line: Int)
}

/// The blocks of a PEM text, in order.
///
/// Text around the blocks (comments, `openssl x509 -text` output, blank lines) is skipped; what is inside them
/// is taken strictly. A damaged boundary is an error rather than a comment: a bundle whose second root was
/// silently dropped would be discovered on the day of the rotation.
struct PEMText {
    struct Block: Equatable {
        var label: String
        var bytes: [UInt8]
        /// Of the `BEGIN` boundary, from 1.
        var line: Int
    }

    static let maximumBytes = 1 << 20
    static let maximumBlocks = 256

    let blocks: [Block]

    init(parsing text: String) throws(PEMError) {
        guard text.utf8.count <= Self.maximumBytes else { throw .tooLarge(bytes: text.utf8.count) }
        var blocks: [Block] = []
        var open: (label: Substring, base64: String, line: Int)?
        var number = 0
        // By unicode scalars: "\r\n" is one Character and would hide the "\n".
        for rawLine in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            let line = Self.trimmingTrailingBlanks(Substring(rawLine))
            guard let (label, base64, begin) = open else {
                guard line.hasPrefix("-----") else { continue }
                guard let label = Self.label(of: line, after: "-----BEGIN ") else {
                    throw .strayBoundary(line: number)
                }
                open = (label, "", number)
                continue
            }
            if line.hasPrefix("-----") {
                guard let endLabel = Self.label(of: line, after: "-----END ") else {
                    throw .strayBoundary(line: number)
                }
                guard endLabel == label else { throw .labelMismatch(line: number) }
                guard let data = Data(base64Encoded: base64), !data.isEmpty else {
                    throw .notBase64(line: begin)
                }
                guard blocks.count < Self.maximumBlocks else { throw .tooManyBlocks }
                blocks.append(Block(label: String(label), bytes: Array(data), line: begin))
                open = nil
            } else {
                // RFC 1421 headers; of those only the one that announces encryption is still in use.
                guard !line.hasPrefix("Proc-Type:") else { throw .encrypted(line: number) }
                guard line.utf8.allSatisfy(Self.isBase64) else { throw .notBase64(line: number) }
                open?.base64 += line
            }
        }
        if let open { throw .unterminated(line: open.line) }
        guard !blocks.isEmpty else { throw .noBlocks }
        self.blocks = blocks
    }

    private static func label(of line: Substring, after prefix: String) -> Substring? {
        guard line.hasPrefix(prefix), line.hasSuffix("-----") else { return nil }
        let label = line.dropFirst(prefix.count)
        guard label.count > 5 else { return nil }
        return label.dropLast(5)
    }

    private static func trimmingTrailingBlanks(_ line: Substring) -> Substring {
        var line = line
        while let last = line.unicodeScalars.last, last == "\r" || last == " " || last == "\t" {
            line.unicodeScalars.removeLast()
        }
        return line
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
        default: false
        }
    }
}
