public import JSONText

extension Schema {
    /// How much a validation may find and do.
    public struct ValidationLimits: Sendable {
        public var causes = 100
        /// Visits of a value by a schema, plus what patterns read.
        public var steps = 2_000_000

        public init() {}
    }

    /// What is wrong with a value, in the words of Kubernetes; nothing when it is valid.
    ///
    /// Fields that nothing declares are not looked for: prune first, or ask ``unknownFields(in:)``.
    public func validate(
        _ value: JSONValue,
        at path: String = "",
        limits: ValidationLimits = ValidationLimits()
    ) -> [APIStatus.Cause] {
        var validator = SchemaValidator(limits: limits)
        validator.validate(value, self, path, depth: 0)
        return validator.problems.causes
    }
}

/// Walks a value along its schema.
struct SchemaValidator {
    var problems: FieldProblems
    private var steps: Int
    private let limits: Schema.ValidationLimits

    init(limits: Schema.ValidationLimits) {
        self.limits = limits
        problems = FieldProblems(limit: limits.causes)
        steps = limits.steps
    }

    /// Pays for work; once there is nothing left, the value is refused rather than believed.
    private mutating func spend(_ cost: Int, _ path: String) -> Bool {
        guard steps > 0 else { return false }
        steps -= min(cost, steps)
        if steps == 0 { problems.add("FieldValueInvalid", "Invalid value: too costly to validate", path) }
        return steps > 0
    }

    mutating func validate(_ value: JSONValue, _ schema: Schema, _ path: String, depth: Int) {
        guard !problems.isFull, spend(1, path) else { return }
        guard depth < Schema.depthLimit else {
            problems.add("FieldValueInvalid", "Invalid value: nests too deeply", path)
            return
        }
        if value.isNull, schema.isNullable { return }
        guard checkType(value, schema, path) else { return }
        let constraints = schema.constraints
        if let allowed = constraints.enumeration, !allowed.contains(where: { Self.isEqual($0, value) }) {
            problems.notSupported(path, value, allowed)
        }
        switch value {
        case .object(let members):
            check(members, constraints, path)
            checkRequired(members, schema, path)
            for member in members {
                guard let inner = schema.property(member.name) else { continue }
                let place = path.isEmpty ? member.name : "\(path).\(member.name)"
                validate(member.value, inner, place, depth: depth + 1)
            }
        case .array(let elements):
            check(elements, schema, constraints, path)
            guard let inner = schema.element else { break }
            for (index, element) in elements.enumerated() {
                validate(element, inner, "\(path)[\(index)]", depth: depth + 1)
            }
        case .string(let text): check(text, constraints, path)
        case .number(let number): check(number, constraints, schema, path)
        case .bool, .null: break
        }
        checkJunctors(value, constraints, path, depth: depth)
    }

    // MARK: - Types

    private mutating func checkType(_ value: JSONValue, _ schema: Schema, _ path: String) -> Bool {
        let actual = Self.type(of: value)
        let wanted: String
        if schema.isIntOrString {
            if actual == "integer" || actual == "string" { return true }
            wanted = "integer,string"
        } else if let type = schema.type {
            if type.rawValue == actual || type == .number && actual == "integer" { return true }
            if type == .integer, actual == "number", Self.isWhole(value) { return true }
            wanted = type.rawValue
        } else {
            return true
        }
        problems.add(
            "FieldValueTypeInvalid",
            "Invalid value: \"\(actual)\": \(path) in body must be of type \(wanted): \"\(actual)\"",
            path
        )
        return false
    }

    private static func type(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number(let number): number.isInteger ? "integer" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// `1.0` and `1e3` are integers too.
    private static func isWhole(_ value: JSONValue) -> Bool {
        guard let double = value.double else { return false }
        return double.rounded() == double
    }

    /// Numbers are equal by value here, whatever their spelling.
    private static func isEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if left == right { return true }
        guard let first = left.double, let second = right.double else { return false }
        return first == second
    }

    // MARK: - Objects

    private mutating func checkRequired(_ members: JSONObject, _ schema: Schema, _ path: String) {
        for name in schema.required where members[name] == nil {
            problems.required(path.isEmpty ? name : "\(path).\(name)")
        }
        guard schema.isEmbeddedResource else { return }
        for name in ["apiVersion", "kind"] where (members[name]?.string ?? "").isEmpty {
            problems.required(path.isEmpty ? name : "\(path).\(name)", "must not be empty")
        }
    }

    private mutating func check(_ members: JSONObject, _ constraints: Schema.Constraints, _ path: String) {
        if let most = constraints.maxProperties, members.count > most {
            tooMany(members.count, most, path)
        }
        if let least = constraints.minProperties, members.count < least {
            inBody(.object(members), path, "should have at least \(least) properties")
        }
    }

    // MARK: - Lists

    private mutating func check(
        _ elements: [JSONValue],
        _ schema: Schema,
        _ constraints: Schema.Constraints,
        _ path: String
    ) {
        if let most = constraints.maxItems, elements.count > most { tooMany(elements.count, most, path) }
        if let least = constraints.minItems, elements.count < least {
            problems.invalid(
                path,
                .int(elements.count),
                "\(path) in body should have at least \(least) items"
            )
        }
        if constraints.hasUniqueItems, Set(elements).count != elements.count {
            inBody(.array(elements), path, "shouldn't contain duplicates")
        }
        switch schema.listType {
        case .set: checkDuplicates(elements, path)
        case .map(let keys):
            let element = schema.element
            let identities = elements.map { value -> JSONValue in
                guard value.object != nil else { return .null }
                return .object(
                    JSONObject(
                        keys.compactMap { key in
                            (value[key] ?? element?.property(key)?.defaultValue).map { (key, $0) }
                        }
                    )
                )
            }
            checkDuplicates(identities, path)
        case .atomic, nil: break
        }
    }

    private mutating func checkDuplicates(_ identities: [JSONValue], _ path: String) {
        var seen: Set<JSONValue> = []
        for (index, identity) in identities.enumerated()
        where !identity.isNull && !seen.insert(identity).inserted {
            problems.add(
                "FieldValueDuplicate",
                "Duplicate value: \(FieldProblems.shown(identity))",
                "\(path)[\(index)]"
            )
        }
    }

    private mutating func tooMany(_ count: Int, _ most: Int, _ path: String) {
        problems.add("FieldValueTooMany", "Too many: \(count): must have at most \(most) items", path)
    }

    // MARK: - Scalars

    private mutating func check(_ text: String, _ constraints: Schema.Constraints, _ path: String) {
        if constraints.minLength != nil || constraints.maxLength != nil {
            let length = text.unicodeScalars.count
            if let most = constraints.maxLength, length > most {
                problems.add("FieldValueTooLong", "Too long: may not be more than \(most) bytes", path)
            }
            if let least = constraints.minLength, length < least {
                inBody(.string(text), path, "should be at least \(least) chars long")
            }
        }
        if let pattern = constraints.pattern {
            // A scalar may visit every instruction, but in all but hostile cases visits few.
            let (cost, overflow) = text.utf8.count.multipliedReportingOverflow(by: pattern.instructionCount)
            guard spend(overflow ? Int.max : cost / 64, path) else { return }
            if !pattern.matches(text) {
                inBody(.string(text), path, "should match '\(pattern.pattern)'")
            }
        }
        if !constraints.format.isEmpty, !StringFormat.accepts(text, constraints.format) {
            let shown = FieldProblems.shown(.string(text))
            problems.add(
                "FieldValueInvalid",
                "Invalid value: \(shown): \(path) in body must be of type \(constraints.format): \(shown)",
                path
            )
        }
    }

    private mutating func check(
        _ number: JSONNumber,
        _ constraints: Schema.Constraints,
        _ schema: Schema,
        _ path: String
    ) {
        let value = JSONValue.number(number)
        if let most = constraints.maximum,
            let isBelow = Self.isLess(number, most, orEqual: !constraints.isMaximumExclusive), !isBelow
        {
            inBody(
                value,
                path,
                "should be less than \(constraints.isMaximumExclusive ? "" : "or equal to ")\(most)"
            )
        }
        if let least = constraints.minimum,
            let isAbove = Self.isLess(least, number, orEqual: !constraints.isMinimumExclusive), !isAbove
        {
            inBody(
                value,
                path,
                "should be greater than \(constraints.isMinimumExclusive ? "" : "or equal to ")\(least)"
            )
        }
        if let step = constraints.multipleOf, !Self.isMultiple(number, of: step) {
            inBody(value, path, "should be a multiple of \(step)")
        }
        let isInRange =
            switch constraints.format {
            case "int32":
                (number.double ?? .infinity).magnitude <= 2_147_483_648 && number.int != 2_147_483_648
            case "int64":
                number.int != nil || (number.double ?? .infinity).magnitude < 0x1p63 && !number.isInteger
            default: true
            }
        if !isInRange {
            let type = schema.type?.rawValue ?? "number"
            let detail = "Checked value must be of type \(type) with format \(constraints.format) in \(path)"
            problems.invalid(path, value, detail)
        }
    }

    /// Integers are compared exactly, as doubles have not all of them; `nil` when they cannot be compared.
    private static func isLess(_ left: JSONNumber, _ right: JSONNumber, orEqual: Bool) -> Bool? {
        if let left = left.int, let right = right.int { return orEqual ? left <= right : left < right }
        // What no double can hold is beyond every limit on its side.
        let first = left.double ?? (left.text.hasPrefix("-") ? -.infinity : .infinity)
        let second = right.double ?? (right.text.hasPrefix("-") ? -.infinity : .infinity)
        return orEqual ? first <= second : first < second
    }

    private static func isMultiple(_ number: JSONNumber, of step: JSONNumber) -> Bool {
        if let number = number.int, let step = step.int {
            return step > 0 && number.quotientAndRemainder(dividingBy: step).remainder == 0
        }
        guard let number = number.double, let step = step.double, step > 0 else { return false }
        let quotient = number / step
        return quotient.rounded() == quotient
    }

    private mutating func inBody(_ value: JSONValue, _ path: String, _ detail: String) {
        problems.invalid(path, value, "\(path) in body \(detail)")
    }

    // MARK: - Junctors

    private mutating func checkJunctors(
        _ value: JSONValue,
        _ constraints: Schema.Constraints,
        _ path: String,
        depth: Int
    ) {
        var failed = false
        for schema in constraints.allOf {
            let before = problems.causes.count
            validate(value, schema, path, depth: depth + 1)
            failed = failed || problems.causes.count > before
        }
        if failed { junctor("must validate all the schemas (allOf)", path) }
        if !constraints.anyOf.isEmpty, count(constraints.anyOf, value, path, depth: depth) == 0 {
            junctor("must validate at least one schema (anyOf)", path)
        }
        if !constraints.oneOf.isEmpty {
            let valid = count(constraints.oneOf, value, path, depth: depth, stopsAtFirst: false)
            if valid != 1 {
                let found = valid == 0 ? "Found none valid" : "Found \(valid) valid alternatives"
                junctor("must validate one and only one schema (oneOf). \(found)", path)
            }
        }
        if let not = constraints.not, count([not], value, path, depth: depth) > 0 {
            junctor("must not validate the schema (not)", path)
        }
    }

    private mutating func junctor(_ detail: String, _ path: String) {
        problems.add("FieldValueInvalid", "Invalid value: \"\": \"\(path)\" \(detail)", path)
    }

    /// How many of the schemas the value satisfies.
    private mutating func count(
        _ schemas: [Schema],
        _ value: JSONValue,
        _ path: String,
        depth: Int,
        stopsAtFirst: Bool = true
    ) -> Int {
        var valid = 0
        for schema in schemas {
            var inner = SchemaValidator(limits: limits)
            inner.steps = steps
            inner.problems = FieldProblems(limit: 1)
            inner.validate(value, schema, path, depth: depth + 1)
            steps = inner.steps
            if steps == 0 {
                problems.add("FieldValueInvalid", "Invalid value: too costly to validate", path)
                return valid
            }
            if inner.problems.causes.isEmpty { valid += 1 }
            if stopsAtFirst, valid > 0 { break }
        }
        return valid
    }
}
