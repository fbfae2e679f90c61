import KubernetesModel

/// The path and query of a request, taken apart once and refused when they could be read in two ways.
///
/// Authorization judges the decoded path, and the service acts on the same one: a path that a proxy in front, or a rule
/// with a prefix, could read differently is refused rather than repaired.
struct RequestTarget: Sendable {
    /// Begins with `/`; decoded, and no segment was changed in its meaning by decoding.
    let path: String
    let query: [(name: String, value: String)]
    /// As it came, for the audit log.
    let text: String

    /// Longer than any selector that makes sense; a server's request line is bounded by something.
    static let longest = 32 << 10

    init(parsing text: String) throws(APIStatus) {
        guard text.utf8.count <= Self.longest else {
            throw Self.refusal("is longer than \(Self.longest) bytes")
        }
        guard text.utf8.first == UInt8(ascii: "/") else { throw Self.refusal("does not begin with a slash") }
        let parts = text.utf8.split(
            separator: UInt8(ascii: "?"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        self.text = text
        path = try Self.path(Array(parts[0]))
        query = parts.count > 1 ? try Self.query(parts[1]) : []
    }

    private static func path(_ bytes: [UInt8]) throws(APIStatus) -> String {
        var segments: [String] = []
        let raw = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, segment) in raw.enumerated() {
            // Before the first slash, and after the last one.
            let mayBeEmpty = index == 0 || index == raw.count - 1
            guard !segment.isEmpty || mayBeEmpty else { throw refusal("has an empty segment") }
            guard let decoded = decode(segment, plusIsSpace: false) else {
                throw refusal("has a malformed escape, or is not UTF-8")
            }
            guard decoded != ".", decoded != ".." else { throw refusal("has a segment \(decoded)") }
            guard !decoded.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 < 0x20 || $0 == 0x7F }) else {
                throw refusal("has an escaped slash or control character")
            }
            segments.append(decoded)
        }
        return segments.joined(separator: "/")
    }

    private static func query(_ bytes: Substring.UTF8View.SubSequence) throws(APIStatus) -> [(
        name: String, value: String
    )] {
        var result: [(name: String, value: String)] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let name = decode(parts[0], plusIsSpace: true),
                let value = parts.count > 1 ? decode(parts[1], plusIsSpace: true) : ""
            else { throw refusal("has a malformed escape in its query, or is not UTF-8") }
            result.append((name, value))
        }
        return result
    }

    /// `nil` for an escape without two digits, and for what is not UTF-8.
    private static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexadecimal),
                    let low = iterator.next().flatMap(hexadecimal)
                else { return nil }
                result.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: result.append(UInt8(ascii: " "))
            default: result.append(byte)
            }
        }
        return String(validating: result, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func refusal(_ what: String) -> APIStatus {
        APIStatus(code: 400, reason: .badRequest, message: "the request's path \(what)")
    }
}
