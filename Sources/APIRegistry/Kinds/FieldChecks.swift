import JSONText
import KubernetesModel
import NetworkTypes

/// Checks that many kinds share, in Kubernetes' words.
///
/// A value of a wrong type is passed over: the schema names it.
extension FieldErrors {
    mutating func checkNotNegative(_ value: JSONValue?, _ path: FieldPath) {
        guard let number = value?.int, number < 0 else { return }
        invalid(path, value, "must be greater than or equal to 0")
    }

    mutating func checkPositive(_ value: JSONValue?, _ path: FieldPath) {
        guard let number = value?.int, number <= 0 else { return }
        invalid(path, value, "must be greater than 0")
    }

    /// A text that must be one of a few; empty or absent when something is to be there.
    mutating func checkOneOf(
        _ value: JSONValue?,
        _ supported: [String],
        _ path: FieldPath,
        isRequired: Bool = false
    ) {
        guard let text = value?.string, !text.isEmpty else {
            if isRequired { required(path) }
            return
        }
        if !supported.contains(text) { notSupported(path, value, supported) }
    }

    mutating func checkPort(_ value: JSONValue?, _ path: FieldPath) {
        guard let number = value?.int, !(1...65535).contains(number) else { return }
        invalid(path, value, "must be between 1 and 65535, inclusive")
    }

    mutating func checkLabelName(_ value: JSONValue?, _ path: FieldPath) {
        guard let text = value?.string, !text.isEmpty else { return required(path) }
        if let problem = Names.labelProblem(text) { invalid(path, value, problem) }
    }

    /// A port's number or name.
    mutating func checkPortOrName(_ value: JSONValue?, _ path: FieldPath) {
        if value?.int != nil { return checkPort(value, path) }
        guard let text = value?.string else { return }
        checkPortName(text, path)
    }

    /// A name of a service as RFC 6335 has them.
    mutating func checkPortName(_ text: String, _ path: FieldPath) {
        let bytes = text.utf8
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        let dash = UInt8(ascii: "-")
        if bytes.count > 15 { return invalid(path, .string(text), "must be no more than 15 characters") }
        if !bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == dash }) {
            invalid(
                path,
                .string(text),
                "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
            )
        }
        if !bytes.contains(where: isLetter) {
            invalid(path, .string(text), "must contain at least one letter (a-z)")
        }
        if text.contains("--") { invalid(path, .string(text), "must not contain consecutive hyphens") }
        if bytes.first == dash || bytes.last == dash {
            invalid(path, .string(text), "must not begin or end with a hyphen")
        }
    }

    mutating func checkCIDR(_ text: String, _ path: FieldPath) {
        if (try? CIDR(parsing: text)) == nil {
            invalid(path, .string(text), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")
        }
    }

    /// A field that an update may not change.
    mutating func checkUnchanged(_ name: String, _ new: JSONValue?, _ old: JSONValue?, _ parent: FieldPath) {
        guard !(new?[name]).isEquivalent(to: old?[name]) else { return }
        invalid(
            parent.description.isEmpty ? FieldPath(name) : parent.child(name),
            new?[name],
            "field is immutable"
        )
    }
}

/// Label selectors in objects.
enum SelectorRules {
    /// The selector, or what is wrong with it.
    static func validate(_ value: JSONValue?, _ path: FieldPath, _ errors: inout FieldErrors) {
        MetadataValidation.labels(value?["matchLabels"], path.child("matchLabels"), &errors)
        for (index, expression) in (value?["matchExpressions"]?.array ?? []).enumerated() {
            let place = path.child("matchExpressions")[index]
            let values = expression["values"]?.array ?? []
            switch expression["operator"]?.string {
            case "In", "NotIn":
                if values.isEmpty {
                    errors.required(
                        place.child("values"),
                        "must be specified when `operator` is 'In' or 'NotIn'"
                    )
                }
            case "Exists", "DoesNotExist":
                if !values.isEmpty {
                    errors.forbidden(
                        place.child("values"),
                        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                    )
                }
            case let other:
                errors.invalid(place.child("operator"), .string(other ?? ""), "not a valid selector operator")
            }
            let key = expression["key"]?.string ?? ""
            if let problem = Names.qualifiedNameProblem(key) {
                errors.invalid(place.child("key"), .string(key), problem)
            }
        }
    }

    /// Reads a selector; `nil` for one that cannot be read.
    static func selector(_ value: JSONValue?) -> LabelSelector? {
        value.flatMap { try? LabelSelector($0) }
    }

    static func isEmpty(_ value: JSONValue?) -> Bool {
        (value?["matchLabels"]?.isEmptyValue ?? true) && (value?["matchExpressions"]?.isEmptyValue ?? true)
    }
}
