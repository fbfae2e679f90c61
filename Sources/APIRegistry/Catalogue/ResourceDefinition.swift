public import KubernetesModel

/// One resource that is served in one version: its names, its verbs, its shape.
///
/// The kinds that are built in and those of CustomResourceDefinitions are the same type; whoever serves requests
/// cannot tell them apart.
public struct ResourceDefinition: Sendable {
    public enum Verb: String, CaseIterable, Hashable, Sendable {
        case create, delete, deletecollection, get, list, patch, update, watch
    }

    /// What stands behind an object's name in a path, such as `status`.
    public struct Subresource: Hashable, Sendable {
        public var name: String
        /// What goes over the wire, such as `autoscaling/v1` Scale; the object's own kind for `status`.
        public var kind: GroupVersionKind
        public var verbs: Set<Verb>
        /// Whether it works here.
        ///
        /// What needs a kubelet is known, so that it is refused in words, and is not discovered.
        public var isOffered: Bool

        public init(name: String, kind: GroupVersionKind, verbs: Set<Verb>, isOffered: Bool = true) {
            self.name = name
            self.kind = kind
            self.verbs = verbs
            self.isOffered = isOffered
        }
    }

    /// A column of a table (`meta/v1` TableColumnDefinition), and where its cell comes from.
    public struct PrinterColumn: Hashable, Sendable {
        public var name: String
        /// `string`, `integer`, `number`, `boolean`, `date`.
        public var type: String
        public var format: String
        public var documentation: String
        /// Shown with `-o wide` only when above zero.
        public var priority: Int
        /// The path to the cell, for kinds of CustomResourceDefinitions; built-in kinds compute theirs.
        public var jsonPath: String

        public init(
            name: String,
            type: String,
            format: String = "",
            documentation: String = "",
            priority: Int = 0,
            jsonPath: String = ""
        ) {
            self.name = name
            self.type = type
            self.format = format
            self.documentation = documentation
            self.priority = priority
            self.jsonPath = jsonPath
        }
    }

    /// Where a user's kind keeps what `autoscaling/v1` Scale shows: paths without the first dot.
    public struct ScalePaths: Hashable, Sendable {
        public var specReplicas: [String]
        public var statusReplicas: [String]
        /// A selector as text; `nil` when the kind has none.
        public var labelSelector: [String]?

        public init(specReplicas: [String], statusReplicas: [String], labelSelector: [String]? = nil) {
            self.specReplicas = specReplicas
            self.statusReplicas = statusReplicas
            self.labelSelector = labelSelector
        }
    }

    public var groupVersion: GroupVersion
    public var kind: String
    public var listKind: String
    public var plural: String
    public var singular: String
    public var shortNames: [String]
    public var categories: [String]
    public var isNamespaced: Bool
    /// What is only asked and never stored, such as a TokenReview, has `create` alone.
    public var verbs: Set<Verb>
    public var subresources: [Subresource]
    public var schema: Schema
    public var columns: [PrinterColumn]
    /// Whether objects are kept; reviews are not.
    public var isStored: Bool
    /// Comes from a CustomResourceDefinition.
    public var isCustom: Bool
    /// `spec.x` and the like that field selectors may name, besides `metadata.name` and `metadata.namespace`.
    public var selectableFields: [String]
    /// The resource under which objects are kept, where two groups serve the same objects (events).
    public var storage: GroupResource
    /// Whether objects are kept in this version.
    public var isStorageVersion: Bool
    /// `nil` for built-in kinds, whose Scale is computed, and for those without one.
    public var scalePaths: ScalePaths?

    public init(
        groupVersion: GroupVersion,
        kind: String,
        plural: String,
        singular: String? = nil,
        listKind: String? = nil,
        shortNames: [String] = [],
        categories: [String] = [],
        isNamespaced: Bool,
        verbs: Set<Verb> = Set(Verb.allCases),
        subresources: [Subresource] = [],
        schema: Schema,
        columns: [PrinterColumn] = [],
        isStored: Bool = true,
        isCustom: Bool = false,
        selectableFields: [String] = [],
        storage: GroupResource? = nil,
        isStorageVersion: Bool = true,
        scalePaths: ScalePaths? = nil
    ) {
        self.groupVersion = groupVersion
        self.kind = kind
        self.listKind = listKind ?? "\(kind)List"
        self.plural = plural
        self.singular = singular ?? kind.lowercased()
        self.shortNames = shortNames
        self.categories = categories
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.subresources = subresources
        self.schema = schema
        self.columns = columns
        self.isStored = isStored
        self.isCustom = isCustom
        self.selectableFields = selectableFields
        self.storage = storage ?? GroupResource(group: groupVersion.group, resource: plural)
        self.isStorageVersion = isStorageVersion
        self.scalePaths = scalePaths
    }

    public var groupResource: GroupResource { GroupResource(group: groupVersion.group, resource: plural) }
    public var groupVersionKind: GroupVersionKind { GroupVersionKind(groupVersion, kind: kind) }

    public var hasStatus: Bool { subresource("status") != nil }

    public func subresource(_ name: String) -> Subresource? { subresources.first { $0.name == name } }
}
