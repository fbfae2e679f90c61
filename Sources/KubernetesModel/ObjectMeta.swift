/// A namespaced object's name.
public struct ObjectName: Hashable, Sendable {
    public var namespace: String
    public var name: String

    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }
}

extension ObjectName: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

extension ObjectName: CustomStringConvertible {
    public var description: String { "\(namespace)/\(name)" }
}

/// The part of `metadata` that decisions need.
public struct ObjectMeta: Hashable, Sendable {
    public var name: String
    /// Empty for an object of the cluster; `default` when a namespaced one does not say.
    public var namespace: String
    public var labels: [String: String]
    public var annotations: [String: String]
    public var location: SourceLocation

    public init(
        name: String,
        namespace: String,
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        location: SourceLocation
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
        self.location = location
    }

    public var objectName: ObjectName { ObjectName(namespace: namespace, name: name) }

    /// Reads `metadata` of a document; `nil`, and a diagnostic, without a usable name and namespace.
    public init?(of document: ManifestValue, isNamespaced: Bool = true, _ report: inout [Diagnostic]) {
        guard let metadata = document["metadata"] else {
            report.append(.error("missing-field", "metadata is missing", at: document.location))
            return nil
        }
        guard var fields = FieldReader(metadata, "metadata", &report) else { return nil }
        let name = fields.requiredString("name", &report)
        let namespace = fields.string("namespace", &report)
        labels = fields.dictionary("labels", &report)
        annotations = fields.dictionary("annotations", &report)
        location = metadata.location
        guard let name else { return nil }
        guard DNSName.isSubdomain(name) else {
            report.append(.badName("metadata.name", name, at: fields.place(of: "name")))
            return nil
        }
        self.name = name
        self.namespace = isNamespaced ? namespace ?? "default" : ""
        guard !isNamespaced || DNSName.isLabel(self.namespace) else {
            report.append(.badName("metadata.namespace", self.namespace, at: fields.place(of: "namespace")))
            return nil
        }
    }
}

/// What Kubernetes lets objects be called (RFC 1123).
public enum DNSName {
    /// Whether it is 1 to 63 of `a-z 0-9 -`, no hyphen at the ends.
    public static func isLabel(_ text: some StringProtocol) -> Bool {
        (1...63).contains(text.utf8.count) && text.utf8.allSatisfy(isLabelByte)
            && !text.hasPrefix("-") && !text.hasSuffix("-")
    }

    /// Whether it is labels with dots between, 253 bytes at most.
    public static func isSubdomain(_ text: some StringProtocol) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy(isLabelByte) && !part.hasPrefix("-")
                    && !part.hasSuffix("-")
            }
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension Diagnostic {
    /// A name that Kubernetes would refuse.
    public static func badName(_ path: String, _ name: String, at location: SourceLocation) -> Diagnostic {
        .error(
            "bad-name",
            "\(path) \(Spelling.quoted(name)) is no Kubernetes name",
            hint: "lower-case letters, digits and hyphens, a letter or digit at both ends",
            at: location
        )
    }
}
