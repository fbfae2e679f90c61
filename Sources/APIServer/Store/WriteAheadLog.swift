import SystemPackage

/// Looks for damage in SQLite's write-ahead log that SQLite itself takes for its end.
///
/// SQLite reads the log up to the first frame whose checksum is wrong, and forgets the rest: right for a commit that
/// the loss of power cut short, but with damage in the middle acknowledged writes would be gone without a word. The
/// two can be told apart. Each commit is flushed before the next one begins, so what a cut leaves behind the wrong
/// frame is at most the rest of one commit. A whole commit and more of the same log behind it is damage.
///
/// | Offset | Size | Log header | Frame header |
/// |---|---|---|---|
/// | 0 | 4 | magic; its lowest bit says big-endian checksums | page |
/// | 4 | 4 | version | pages after a commit, else 0 |
/// | 8 | 8 | page size, checkpoints | salts |
/// | 16 | 8 | salts | checksum, going on from the frame before |
/// | 24 | 8 | checksum | the page |
///
/// Numbers are big-endian (<https://www.sqlite.org/fileformat2.html#walformat>). What is damaged in the last commit
/// looks as if it had been cut, and is not noticed.
struct WriteAheadLog {
    /// Says what is wrong; `nil` for a log that is fine, or empty, or not there.
    static func damage(in path: FilePath) throws -> String? {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
        } catch Errno.noSuchFileOrDirectory {
            return nil
        }
        defer { try? file.close() }
        var header = [UInt8](repeating: 0, count: 32)
        guard try read(file, at: 0, into: &header) else { return nil }
        let pageSize = Int(number(header, 8))
        var sum = ChecksumPair(isBigEndian: header[3] & 1 == 1)
        sum.add(header[..<24])
        guard number(header, 0) & ~1 == 0x377F_0682, sum.matches(header[24..<32]),
            pageSize.nonzeroBitCount == 1, (512...65536).contains(pageSize)
        else {
            // A header is written before any frame, so one that was cut has none behind it.
            var frame = [UInt8](repeating: 0, count: 24)
            guard try read(file, at: 32, into: &frame), number(frame, 0) != 0 else { return nil }
            return "the header of its log is damaged"
        }
        return try damage(in: file, salts: header[16..<24], sum: sum, pageSize: pageSize)
    }

    private static func damage(
        in file: FileDescriptor,
        salts: ArraySlice<UInt8>,
        sum: ChecksumPair,
        pageSize: Int
    ) throws -> String? {
        var sum = sum
        var frame = [UInt8](repeating: 0, count: 24 + pageSize)
        var offset: Int64 = 32
        var firstWrong: Int64?
        var hasCommitBehind = false
        while try read(file, at: offset, into: &frame) {
            let isOfThisLog = frame[8..<16] == salts
            if firstWrong == nil {
                sum.add(frame[..<8])
                sum.add(frame[24...])
                if !isOfThisLog || !sum.matches(frame[16..<24]) { firstWrong = offset }
            } else if hasCommitBehind, isOfThisLog {
                return "its log is damaged at byte \(firstWrong ?? offset)"
            }
            if firstWrong != nil, isOfThisLog, number(frame, 4) != 0 { hasCommitBehind = true }
            offset += Int64(frame.count)
        }
        return nil
    }

    /// Returns whether there were enough bytes.
    private static func read(_ file: FileDescriptor, at offset: Int64, into buffer: inout [UInt8]) throws
        -> Bool
    {
        var filled = 0
        while filled < buffer.count {
            let count = try buffer.withUnsafeMutableBytes { bytes in
                try file.read(
                    fromAbsoluteOffset: offset + Int64(filled),
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
                )
            }
            if count == 0 { return false }
            filled += count
        }
        return true
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// The log's running checksum.
private struct ChecksumPair {
    let isBigEndian: Bool
    private var first: UInt32 = 0
    private var second: UInt32 = 0

    init(isBigEndian: Bool) {
        self.isBigEndian = isBigEndian
    }

    /// Takes a multiple of eight bytes.
    mutating func add(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
                first = first &+ word(bytes, offset) &+ second
                second = second &+ word(bytes, offset + 4) &+ first
            }
        }
    }

    func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.elementsEqual(
            [first, second].flatMap { number in (0..<4).map { UInt8(number >> (24 - 8 * $0) & 0xFF) } }
        )
    }

    private func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
    }
}
