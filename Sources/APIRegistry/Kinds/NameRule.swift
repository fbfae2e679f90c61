import JSONText

/// Which names an object of a kind may have.
enum NameRule: Sendable {
    /// Up to 253 bytes of labels and dots (RFC 1123).
    case subdomain
    /// Up to 63 bytes (RFC 1123).
    case label
    /// Up to 63 bytes, beginning with a letter (RFC 1035).
    case label1035
    /// Anything that may stand in a path.
    case pathSegment

    /// What is wrong with a name; `nil` for nothing.
    func problem(with name: String) -> String? {
        switch self {
        case .subdomain: Names.subdomainProblem(name)
        case .label: Names.labelProblem(name)
        case .label1035: Names.label1035Problem(name)
        case .pathSegment: PathSegmentName.problem(with: name)
        }
    }

    /// What is wrong with the beginning of a name, to which letters and digits will be added.
    func problem(withPrefix prefix: String) -> String? {
        guard self.isHostName, prefix.utf8.count > 1, prefix.hasSuffix("-") else {
            return problem(with: prefix)
        }
        return problem(with: "\(prefix.dropLast())a")
    }

    private var isHostName: Bool {
        if case .pathSegment = self { false } else { true }
    }
}

/// The forms that names, labels and keys have in Kubernetes, and its words for what breaks them.
enum Names {
    static func subdomainProblem(_ text: String) -> String? {
        guard text.utf8.count <= 253 else { return tooLong(253) }
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(isLabel) else {
            return
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        }
        return nil
    }

    static func labelProblem(_ text: String) -> String? {
        guard text.utf8.count <= 63 else { return tooLong(63) }
        guard isLabel(text.utf8[...]) else {
            return
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
        }
        return nil
    }

    static func label1035Problem(_ text: String) -> String? {
        guard text.utf8.count <= 63 else { return tooLong(63) }
        guard let first = text.utf8.first, isLower(first), isLabel(text.utf8[...]) else {
            return
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
        }
        return nil
    }

    /// A label's or annotation's key: an optional subdomain, a slash, and a name.
    static func qualifiedNameProblem(_ text: String) -> String? {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        let words =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        guard parts.count <= 2, let name = parts.last else {
            return
                "a qualified name \(words) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        }
        if parts.count == 2 {
            if parts[0].isEmpty { return "prefix part must be non-empty" }
            if let problem = subdomainProblem(String(parts[0])) { return "prefix part \(problem)" }
        }
        if name.isEmpty { return "name part must be non-empty" }
        if name.utf8.count > 63 { return "name part \(tooLong(63))" }
        return isWord(name.utf8) ? nil : "name part \(words)"
    }

    static func labelValueProblem(_ text: String) -> String? {
        guard text.utf8.count <= 63 else { return tooLong(63) }
        guard text.isEmpty || isWord(text.utf8[...]) else {
            return
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        }
        return nil
    }

    /// A key of a ConfigMap or Secret.
    static func dataKeyProblem(_ text: String) -> String? {
        guard text.utf8.count <= 253 else { return tooLong(253) }
        guard !text.isEmpty,
            text.utf8.allSatisfy({
                isWordByte($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
                    || $0 == UInt8(ascii: "-")
            })
        else {
            return
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
        }
        if text == "." { return "must not be '.'" }
        if text == ".." { return "must not be '..'" }
        return text.hasPrefix("..") ? "must not start with '..'" : nil
    }

    static func tooLong(_ limit: Int) -> String { "must be no more than \(limit) bytes" }

    private static func isLabel(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isLowerOrDigit(first) && isLowerOrDigit(last)
            && bytes.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isWord(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isWordByte(first) && isWordByte(last)
            && bytes.allSatisfy {
                isWordByte($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    || $0 == UInt8(ascii: ".")
            }
    }

    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        isLower(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
