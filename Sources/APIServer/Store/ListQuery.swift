public import KubernetesModel

/// What to list, and from when.
public struct ListQuery: Sendable {
    public enum Revision: Equatable, Sendable {
        case latest
        /// The latest, which must have reached this one.
        case atLeast(UInt64)
        case exactly(UInt64)
    }

    public var resource: GroupResource
    /// `nil` for all.
    public var namespace: String?
    /// Only the object of this name, in each namespace asked for.
    public var name: String?
    /// `nil` for all; more than a few thousand are better asked for page by page, for the memory.
    public var limit: Int?
    /// From the page before; it knows its revision, so ``revision`` is not looked at then.
    public var continueToken: String?
    public var revision: Revision
    /// Which objects count; a page is filled with those.
    ///
    /// Runs on a reader's thread.
    public var matching: (@Sendable (StoredObject) -> Bool)?

    public init(
        resource: GroupResource,
        namespace: String? = nil,
        name: String? = nil,
        limit: Int? = nil,
        continueToken: String? = nil,
        revision: Revision = .latest,
        matching: (@Sendable (StoredObject) -> Bool)? = nil
    ) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.limit = limit
        self.continueToken = continueToken
        self.revision = revision
        self.matching = matching
    }
}

/// Part of a list, or all of it.
public struct ListPage: Sendable {
    /// Ordered by the bytes of `namespace/name`.
    public var items: [StoredObject]
    /// The revision the list shows, the same on every page.
    public var revision: UInt64
    /// `nil` on the last page.
    public var continueToken: String?
    /// How many come after this page; `nil` on the last page, and where a filter decides.
    public var remainingItemCount: Int?

    public init(
        items: [StoredObject],
        revision: UInt64,
        continueToken: String? = nil,
        remainingItemCount: Int? = nil
    ) {
        self.items = items
        self.revision = revision
        self.continueToken = continueToken
        self.remainingItemCount = remainingItemCount
    }
}
