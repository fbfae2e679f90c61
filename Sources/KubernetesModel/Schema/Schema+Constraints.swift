public import JSONText

extension Schema {
    /// What a value must satisfy beyond its type.
    public struct Constraints: Sendable {
        /// Such as `date-time`; unknown ones are ignored, as Kubernetes does.
        public var format = ""
        public var enumeration: [JSONValue]?
        public var minimum: JSONNumber?
        public var isMinimumExclusive = false
        public var maximum: JSONNumber?
        public var isMaximumExclusive = false
        public var multipleOf: JSONNumber?
        /// In Unicode scalars, as are all lengths.
        public var minLength: Int?
        public var maxLength: Int?
        public var pattern: RegularExpression?
        public var minItems: Int?
        public var maxItems: Int?
        public var hasUniqueItems = false
        public var minProperties: Int?
        public var maxProperties: Int?
        /// Value validations: they restrict, and declare no fields.
        public var allOf: [Schema] = []
        public var anyOf: [Schema] = []
        public var oneOf: [Schema] = []
        public var not: Schema?

        public init() {}

        public var isEmpty: Bool {
            format.isEmpty && enumeration == nil && minimum == nil && maximum == nil && multipleOf == nil
                && minLength == nil && maxLength == nil && pattern == nil && minItems == nil
                && maxItems == nil
                && !hasUniqueItems && minProperties == nil && maxProperties == nil
                && allOf.isEmpty && anyOf.isEmpty && oneOf.isEmpty && not == nil
        }
    }
}
