/// Something that a person should know about a manifest, and what to do about it.
public struct Diagnostic: Hashable, Error, Sendable {
    public enum Severity: String, CaseIterable, Sendable {
        case error
        case warning
    }

    public var severity: Severity
    /// A stable name in kebab case.
    public var code: String
    /// One sentence without a full stop.
    public var message: String
    public var hint: String?
    public var location: SourceLocation?

    public init(
        _ severity: Severity,
        code: String,
        _ message: String,
        hint: String? = nil,
        at location: SourceLocation? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.hint = hint
        self.location = location
    }

    public static func error(
        _ code: String,
        _ message: String,
        hint: String? = nil,
        at location: SourceLocation? = nil
    ) -> Diagnostic {
        Diagnostic(.error, code: code, message, hint: hint, at: location)
    }

    public static func warning(
        _ code: String,
        _ message: String,
        hint: String? = nil,
        at location: SourceLocation? = nil
    ) -> Diagnostic {
        Diagnostic(.warning, code: code, message, hint: hint, at: location)
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:column: error: message [code]`, and the hint on a line of its own.
    public var description: String {
        let place = location.map { "\($0): " } ?? ""
        let advice = hint.map { "\n    hint: \($0)" } ?? ""
        return "\(place)\(severity.rawValue): \(message) [\(code)]\(advice)"
    }
}

extension [Diagnostic] {
    public var hasErrors: Bool { contains { $0.severity == .error } }
}
