public import JSONText

/// What the value of one field may be: the structural schema of a CustomResourceDefinition, and, from the same type,
/// that of the kinds which are built in.
///
/// Validation, defaulting, pruning, strategic merge, server-side apply and OpenAPI all read it, so that a kind of a
/// user's and a kind of Kubernetes' own are treated by the same code. Immutable; types may contain themselves
/// (`JSONSchemaProps`), so a child may be a name that the library resolves.
public final class Schema: Sendable {
    /// The JSON types a schema may ask for.
    public enum ValueType: String, Hashable, Sendable {
        case object, array, string, integer, number, boolean
    }

    /// How server-side apply merges a list (`x-kubernetes-list-type`).
    public enum ListType: Hashable, Sendable {
        case atomic
        case set
        /// Elements are objects, known by these fields.
        case map(keys: [String])
    }

    /// How strategic merge patch merges (`x-kubernetes-patch-strategy`, `x-kubernetes-patch-merge-key`).
    public struct PatchStrategy: Hashable, Sendable {
        public var merges: Bool
        public var retainsKeys: Bool
        /// For lists of objects; `nil` for lists of scalars.
        public var mergeKey: String?

        public init(merges: Bool, retainsKeys: Bool = false, mergeKey: String? = nil) {
            self.merges = merges
            self.retainsKeys = retainsKeys
            self.mergeKey = mergeKey
        }
    }

    /// A schema, or the name of one in a library.
    public enum Child: Sendable {
        case schema(Schema)
        case reference(String, any SchemaLibrary)

        public var resolved: Schema? {
            switch self {
            case .schema(let schema): schema
            case .reference(let name, let library): library.schema(named: name)
            }
        }
    }

    /// `nil` for a value of any type (and for int-or-string).
    public let type: ValueType?
    public let isIntOrString: Bool
    public let isNullable: Bool
    /// Keep fields that nothing declares (`x-kubernetes-preserve-unknown-fields`).
    public let preservesUnknownFields: Bool
    /// Holds a whole object with `apiVersion`, `kind` and `metadata` (`x-kubernetes-embedded-resource`).
    public let isEmbeddedResource: Bool
    public let properties: [(name: String, child: Child)]
    /// The places of the properties by the bytes of their names, when they are too many to walk.
    private let order: [Int32]
    /// The values of names that `properties` does not list; `nil` when there may be none.
    public let additionalProperties: Child?
    public let items: Child?
    public let required: [String]
    public let defaultValue: JSONValue?
    public let listType: ListType?
    /// `x-kubernetes-map-type: atomic`: server-side apply owns the object as a whole.
    public let isAtomicMap: Bool
    public let patchStrategy: PatchStrategy?
    /// Most schemas have none, and there are many schemas: hence the box.
    private let boxedConstraints: Box<Constraints>?
    /// For `kubectl explain`; of users' own kinds only.
    public let documentation: String

    public init(
        type: ValueType?,
        isIntOrString: Bool = false,
        isNullable: Bool = false,
        preservesUnknownFields: Bool = false,
        isEmbeddedResource: Bool = false,
        properties: [(name: String, child: Child)] = [],
        additionalProperties: Child? = nil,
        items: Child? = nil,
        required: [String] = [],
        defaultValue: JSONValue? = nil,
        listType: ListType? = nil,
        isAtomicMap: Bool = false,
        patchStrategy: PatchStrategy? = nil,
        constraints: Constraints = Constraints(),
        documentation: String = ""
    ) {
        self.type = type
        self.isIntOrString = isIntOrString
        self.isNullable = isNullable
        self.preservesUnknownFields = preservesUnknownFields
        self.isEmbeddedResource = isEmbeddedResource
        self.properties = properties
        order = Self.order(of: properties)
        self.additionalProperties = additionalProperties
        self.items = items
        self.required = required
        self.defaultValue = defaultValue
        self.listType = listType
        self.isAtomicMap = isAtomicMap
        self.patchStrategy = patchStrategy
        boxedConstraints = constraints.isEmpty ? nil : Box(constraints)
        self.documentation = documentation
    }

    /// The schema of a member of that name: declared, or that of additional properties; `nil` when it may not be.
    public func property(_ name: String) -> Schema? {
        (declared(name) ?? additionalProperties)?.resolved
    }

    /// The member that is declared by that name.
    public func declared(_ name: String) -> Child? {
        if order.isEmpty {
            // `==` is quick to say no, but it takes canonically equivalent names for one.
            return properties.first { $0.name == name && $0.name.utf8.elementsEqual(name.utf8) }?.child
        }
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            let candidate = properties[Int(order[middle])].name
            if candidate.utf8.lexicographicallyPrecedes(name.utf8) { low = middle + 1 } else { high = middle }
        }
        guard low < order.count else { return nil }
        let found = properties[Int(order[low])]
        return found.name.utf8.elementsEqual(name.utf8) ? found.child : nil
    }

    /// What values must satisfy beyond their type.
    public var constraints: Constraints { boxedConstraints?.value ?? Constraints() }

    private static func order(of properties: [(name: String, child: Child)]) -> [Int32] {
        guard properties.count > 24 else { return [] }
        return properties.indices.map(Int32.init).sorted {
            properties[Int($0)].name.utf8.lexicographicallyPrecedes(properties[Int($1)].name.utf8)
        }
    }

    /// The schema of a list's elements.
    public var element: Schema? { items?.resolved }

    /// A value of any type, of which every field is kept.
    public static let anything = Schema(type: nil, preservesUnknownFields: true)
}

final class Box<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

/// Schemas by name, such as `io.k8s.api.core.v1.PodSpec`.
public protocol SchemaLibrary: AnyObject, Sendable {
    /// `nil` when there is none of that name.
    func schema(named name: String) -> Schema?
}
