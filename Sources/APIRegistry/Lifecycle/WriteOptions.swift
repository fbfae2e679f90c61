import JSONText
public import KubernetesModel

/// How a create, an update or a patch is to be done (`meta/v1` CreateOptions, UpdateOptions, PatchOptions).
public struct WriteOptions: Hashable, Sendable {
    /// Which of the three; their words differ by name alone.
    public enum Kind: String, Hashable, Sendable {
        case create = "CreateOptions"
        case update = "UpdateOptions"
        case patch = "PatchOptions"
    }

    /// What happens to a field that the schema does not know, or that comes twice.
    public enum FieldValidation: String, Hashable, Sendable {
        case ignore = "Ignore"
        case warn = "Warn"
        case strict = "Strict"
    }

    /// Empty when the caller gave none; see ``manager(userAgent:)``.
    public var fieldManager: String
    public var fieldValidation: FieldValidation
    public var isDryRun: Bool
    /// Server-side apply takes fields from other managers.
    public var isForced: Bool

    /// Reads the query of a request; a patch says whether it is a server-side apply.
    public init(_ kind: Kind, query: [(name: String, value: String)], isApply: Bool = false) throws(APIStatus)
    {
        func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
        var errors = FieldErrors()
        let dryRun = query.filter { $0.name == "dryRun" }.map(\.value).filter { !$0.isEmpty }
        isDryRun = !dryRun.isEmpty
        fieldManager = value("fieldManager") ?? ""
        isForced = value("force").map { !["false", "0"].contains($0.lowercased()) } ?? false
        if isApply {
            if fieldManager.isEmpty {
                errors.required(FieldPath("fieldManager"), "is required for apply patch")
            }
        } else if kind == .patch, value("force") != nil {
            errors.forbidden(FieldPath("force"), "may not be specified for non-apply patch")
        }
        if fieldManager.utf8.count > 128 {
            errors.tooLong(FieldPath("fieldManager"), bytes: 128)
        } else if fieldManager.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            errors.invalid(
                FieldPath("fieldManager"),
                .string(fieldManager),
                "should only contain printable characters"
            )
        }
        DryRun.validate(dryRun, &errors)
        let validation = value("fieldValidation") ?? ""
        fieldValidation = FieldValidation(rawValue: validation) ?? .warn
        if !validation.isEmpty, FieldValidation(rawValue: validation) == nil {
            errors.notSupported(
                FieldPath("fieldValidation"),
                .string(validation),
                ["", "Ignore", "Strict", "Warn"]
            )
        }
        try errors.check(GroupVersionKind(group: "meta.k8s.io", version: "v1", kind: kind.rawValue), name: "")
    }

    /// Who is written down as the manager of fields: who the caller says it is, or the first word of its user agent.
    public func manager(userAgent: String) -> String {
        guard fieldManager.isEmpty else { return fieldManager }
        let word = userAgent.prefix { $0 != "/" }.unicodeScalars.filter {
            $0.value >= 0x20 && $0.value != 0x7f
        }
        let name = String(String.UnicodeScalarView(word.prefix(128)))
        return name.isEmpty ? "unknown" : name
    }
}

enum DryRun {
    static func validate(_ values: [String], _ errors: inout FieldErrors) {
        for value in values where value != "All" {
            errors.notSupported(FieldPath("dryRun"), .string(value), ["All"])
            return
        }
    }
}
