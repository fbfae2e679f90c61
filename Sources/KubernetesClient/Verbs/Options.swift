/// Which objects, and how much of them at once.
public struct ListOptions: Hashable, Sendable {
    /// How ``resourceVersion`` is meant (`resourceVersionMatch`).
    public enum Match: String, Sendable {
        case exact = "Exact"
        case notOlderThan = "NotOlderThan"
    }

    /// As text, such as `app=web,tier!=cache`; empty for all.
    public var labelSelector = ""
    /// Such as `metadata.name=web`; empty for all.
    public var fieldSelector = ""
    /// Objects in a page; `nil` for all at once.
    public var limit: Int?
    /// From the page before.
    public var continuation: String?
    public var resourceVersion: String?
    public var match: Match?

    public init(labelSelector: String = "", fieldSelector: String = "", limit: Int? = nil) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.limit = limit
    }

    var query: [(name: String, value: String)] {
        var query = selectors(labelSelector, fieldSelector)
        if let limit { query.append(("limit", String(limit))) }
        if let continuation, !continuation.isEmpty { query.append(("continue", continuation)) }
        if let resourceVersion { query.append(("resourceVersion", resourceVersion)) }
        if let match { query.append(("resourceVersionMatch", match.rawValue)) }
        return query
    }
}

/// Which objects to watch, and from when.
public struct WatchOptions: Hashable, Sendable {
    public var labelSelector = ""
    public var fieldSelector = ""
    /// `nil` for now, with an `ADDED` for everything that is there.
    public var resourceVersion: String?
    public var allowsBookmarks = true
    /// When the server shall end it.
    public var timeout: Duration?
    /// Begin with all objects and a bookmark that says so.
    public var sendsInitialEvents: Bool?

    public init(labelSelector: String = "", fieldSelector: String = "", resourceVersion: String? = nil) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
    }

    var query: [(name: String, value: String)] {
        var query = selectors(labelSelector, fieldSelector)
        query.append(("watch", "true"))
        if allowsBookmarks { query.append(("allowWatchBookmarks", "true")) }
        if let resourceVersion { query.append(("resourceVersion", resourceVersion)) }
        if let timeout { query.append(("timeoutSeconds", String(max(timeout.components.seconds, 1)))) }
        if let sendsInitialEvents {
            query.append(("sendInitialEvents", String(sendsInitialEvents)))
            query.append(("resourceVersionMatch", "NotOlderThan"))
        }
        return query
    }
}

private func selectors(_ label: String, _ field: String) -> [(name: String, value: String)] {
    var query: [(name: String, value: String)] = []
    if !label.isEmpty { query.append(("labelSelector", label)) }
    if !field.isEmpty { query.append(("fieldSelector", field)) }
    return query
}

/// How an object is written.
public struct WriteOptions: Hashable, Sendable {
    /// What the server does about fields that it does not know.
    public enum FieldValidation: String, Sendable {
        case ignore = "Ignore"
        case warn = "Warn"
        case strict = "Strict"
    }

    /// Do everything but keep it.
    public var isDryRun = false
    /// Who says that it owns the fields; empty lets the server take the user agent's first word.
    public var fieldManager = ""
    public var fieldValidation: FieldValidation?

    public init(isDryRun: Bool = false, fieldManager: String = "") {
        self.isDryRun = isDryRun
        self.fieldManager = fieldManager
    }

    var query: [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if isDryRun { query.append(("dryRun", "All")) }
        if !fieldManager.isEmpty { query.append(("fieldManager", fieldManager)) }
        if let fieldValidation { query.append(("fieldValidation", fieldValidation.rawValue)) }
        return query
    }
}
