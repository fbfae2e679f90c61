/// What Kubernetes lets labels' and annotations' keys and labels' values be, and its words for what they are not.
///
/// Each function gives the reasons why the text is refused; none when it is fine.
public enum LabelRule {
    /// A key of a label or an annotation: a name, and before it a DNS subdomain and a slash if one likes.
    public static func qualifiedName(_ text: String) -> [String] {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let pattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
        let rule = mismatch(
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                + "alphanumeric character",
            pattern,
            ["MyName", "my.name", "123-abc"]
        )
        guard parts.count <= 2, let name = parts.last else {
            return [
                "a qualified name \(rule) with an optional DNS subdomain prefix and '/' "
                    + "(e.g. 'example.com/MyName')"
            ]
        }
        var reasons: [String] = []
        if parts.count == 2 {
            let prefix = String(Substring(parts[0]))
            reasons +=
                prefix.isEmpty
                ? ["prefix part must be non-empty"]
                : subdomain(prefix).map { "prefix part \($0)" }
        }
        if name.isEmpty {
            reasons.append("name part must be non-empty")
        } else if name.count > 63 {
            reasons.append("name part \(tooLong(63))")
        }
        if !isName(name) { reasons.append("name part \(rule)") }
        return reasons
    }

    /// A label's value.
    public static func labelValue(_ text: String) -> [String] {
        var reasons: [String] = []
        if text.utf8.count > 63 { reasons.append(tooLong(63)) }
        if !text.isEmpty, !isName(text.utf8[...]) {
            reasons.append(
                mismatch(
                    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
                        + "and must start and end with an alphanumeric character",
                    "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
                    ["MyValue", "my_value", "12345"]
                )
            )
        }
        return reasons
    }

    /// What may stand before the slash of a key: labels of DNS with dots between them (RFC 1123).
    static func subdomain(_ text: String) -> [String] {
        var reasons: [String] = []
        if text.utf8.count > 253 { reasons.append(tooLong(253)) }
        if !isSubdomain(text) {
            reasons.append(
                mismatch(
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                        + "and must start and end with an alphanumeric character",
                    "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
                    ["example.com"]
                )
            )
        }
        return reasons
    }

    // MARK: Words

    private static func tooLong(_ limit: Int) -> String { "must be no more than \(limit) characters" }

    private static func mismatch(_ rule: String, _ pattern: String, _ examples: [String]) -> String {
        let given = examples.map { "'\($0)', " }.joined(separator: " or ")
        return "\(rule) (e.g. \(given)regex used for validation is '\(pattern)')"
    }

    // MARK: Shapes

    private static func isName(_ text: Substring.UTF8View) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.allSatisfy { isAlphanumeric($0) || [0x2D, 0x5F, 0x2E].contains($0) }
    }

    private static func isSubdomain(_ text: String) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy(isLabel)
    }

    private static func isLabel(_ text: Substring.UTF8View) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return (letters.contains(first) || digits.contains(first))
            && (letters.contains(last) || digits.contains(last))
            && text.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
