/// The name of one running workload, given by the control plane: `web-5f3a91c2`.
///
/// 1...128 bytes of `a-z 0-9 . -`, beginning and ending with a letter or digit, so that it can stand in a path, a metric label
/// and a log line as it is.
public struct WorkloadID: Hashable, Sendable {
    public let text: String

    public init(parsing text: some StringProtocol) throws(WireError) {
        let text = String(text)
        guard (1...128).contains(text.utf8.count) else {
            throw .tooLong("workload id", bytes: text.utf8.count, limit: 128)
        }
        guard
            let first = text.utf8.first, Self.isAlphanumeric(first),
            let last = text.utf8.last, Self.isAlphanumeric(last),
            text.utf8.allSatisfy({
                Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            }),
            !text.contains("..")
        else { throw .malformed("workload id", expected: "lower-case letters, digits, `-` and `.`") }
        self.text = text
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}

extension WorkloadID: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension WorkloadID: CustomStringConvertible {
    public var description: String { text }
}
