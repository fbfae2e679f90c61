public import KubernetesModel
public import RBAC

/// What a request wants, as its method, path and query say it.
///
/// The rules are those of kube-apiserver's request info resolver, so that authorization and audit see the same verb,
/// namespace and name for a path that they see there. One thing is stricter: a path with an empty segment inside names
/// no resource, where Kubernetes would read `/namespaces//pods` as pods of all namespaces.
public struct RequestInfo: Hashable, Sendable {
    public let attributes: RequestAttributes
    /// The path's segments from the resource on, after the namespace, such as `["pods", "web-0", "log"]`.
    ///
    /// More than three name nothing that is served.
    public let segments: [String]
    /// A path of the form `/api/v1/watch/pods`, which asks to watch without saying so in its query.
    public let isLegacyWatch: Bool

    /// Reads a path that is already percent-decoded; one that stops after `watch` or `proxy` is refused.
    public init(method: String, path: String, query: [(name: String, value: String)]) throws(APIStatus) {
        var parts = Self.segments(of: path)[...]
        let method = method.uppercased()
        let other = RequestAttributes.path(path.isEmpty ? "/" : path, verb: method.lowercased())
        let isCore = parts.first == "api"
        guard isCore || parts.first == "apis", parts.count >= (isCore ? 3 : 4), !parts.contains("") else {
            self.init(attributes: other)
            return
        }
        parts.removeFirst()
        let group = isCore ? "" : parts.removeFirst()
        var attributes = ResourceAttributes(
            verb: Self.verb(of: method),
            group: group,
            version: parts.removeFirst(),
            resource: ""
        )

        let special = parts.first.flatMap { ["watch", "proxy"].contains($0) ? $0 : nil }
        if let special {
            guard parts.count >= 2 else {
                throw APIStatus(
                    code: 500,
                    reason: .internalError,
                    message:
                        "Internal error occurred: unable to determine kind and namespace from url: \(path)"
                )
            }
            attributes.verb = special
            parts.removeFirst()
        }

        if parts.first == "namespaces", parts.count > 1 {
            attributes.namespace = parts[parts.startIndex + 1]
            if parts.count > 2, !["status", "finalize"].contains(parts[parts.startIndex + 2]) {
                parts.removeFirst(2)
            }
        }
        let rest = Array(parts)
        attributes.resource = rest.first ?? ""
        attributes.name = rest.count > 1 ? rest[1] : ""
        attributes.subresource = rest.count > 2 && special != "proxy" ? rest[2] : ""

        Self.refine(&attributes, query, isLegacyWatch: special == "watch")
        self.init(attributes: .resource(attributes), segments: rest, isLegacyWatch: special == "watch")
    }

    private init(attributes: RequestAttributes, segments: [String] = [], isLegacyWatch: Bool = false) {
        self.attributes = attributes
        self.segments = segments
        self.isLegacyWatch = isLegacyWatch
    }

    /// `nil` when the request names no resource.
    public var resource: ResourceAttributes? {
        if case .resource(let attributes) = attributes { attributes } else { nil }
    }

    /// Without a name, get means list or watch, and delete means deletecollection.
    private static func refine(
        _ attributes: inout ResourceAttributes,
        _ query: [(name: String, value: String)],
        isLegacyWatch: Bool
    ) {
        guard attributes.name.isEmpty else { return }
        switch attributes.verb {
        case "get": attributes.verb = isWatch(query) ? "watch" : "list"
        case "delete": attributes.verb = "deletecollection"
        default: break
        }
        guard attributes.verb == "list" || attributes.verb == "watch", !isLegacyWatch else { return }
        // A list of one object is that object, so that a role for one name may list and watch it.
        if let selector = query.first(where: { $0.name == "fieldSelector" })?.value,
            let name = exactName(in: selector), PathSegmentName.isValid(name)
        {
            attributes.name = name
        }
    }

    private static func verb(of method: String) -> String {
        switch method {
        case "POST": "create"
        case "GET", "HEAD": "get"
        case "PUT": "update"
        case "PATCH": "patch"
        case "DELETE": "delete"
        default: ""
        }
    }

    private static func isWatch(_ query: [(name: String, value: String)]) -> Bool {
        guard let value = query.first(where: { $0.name == "watch" })?.value else { return false }
        return !["false", "0"].contains(value.lowercased())
    }

    /// The value that a field selector asks `metadata.name` to equal; `nil` also for a selector with escapes, in which a
    /// comma need not end a term: to take a value's part for a term would authorize another list than is served.
    private static func exactName(in selector: String) -> String? {
        guard !selector.utf8.contains(UInt8(ascii: "\\")) else { return nil }
        for term in selector.split(separator: ",") {
            guard let sign = term.firstIndex(of: "="), term[..<sign] == "metadata.name" else { continue }
            let value = term[term.index(after: sign)...]
            return String(value.hasPrefix("=") ? value.dropFirst() : value)
        }
        return nil
    }

    private static func segments(of path: String) -> [String] {
        var text = path[...]
        while text.hasPrefix("/") { text = text.dropFirst() }
        while text.hasSuffix("/") { text = text.dropLast() }
        guard !text.isEmpty else { return [] }
        return text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }
}

/// A name that may stand in a path: of any letters, but no `.`, `..`, `/` or `%`.
public enum PathSegmentName {
    public static func isValid(_ name: String) -> Bool { problem(with: name) == nil }

    static func problem(with name: String) -> String? {
        if name == "." || name == ".." { return "may not be '\(name)'" }
        if name.utf8.contains(UInt8(ascii: "/")) { return "may not contain '/'" }
        if name.utf8.contains(UInt8(ascii: "%")) { return "may not contain '%'" }
        return nil
    }
}
