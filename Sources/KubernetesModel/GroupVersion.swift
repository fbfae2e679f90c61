/// An API group and one of its versions, such as `apps/v1`; the core group's name is empty.
public struct GroupVersion: Hashable, Sendable {
    public var group: String
    public var version: String

    public init(group: String, version: String) {
        self.group = group
        self.version = version
    }

    /// Reads what objects write as `apiVersion`: `v1`, or `apps/v1`; `nil` for any other shape.
    public init?(apiVersion: String) {
        let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1 where !parts[0].isEmpty: self.init(group: "", version: apiVersion)
        case 2 where !parts[0].isEmpty && !parts[1].isEmpty:
            self.init(group: String(parts[0]), version: String(parts[1]))
        default: return nil
        }
    }

    /// As objects write it.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// Where the group is served: `/api/v1`, or `/apis/apps/v1`.
    public var path: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
}

extension GroupVersion: CustomStringConvertible {
    public var description: String { apiVersion }
}

/// What an object says it is: `apps/v1` and `Deployment`.
public struct GroupVersionKind: Hashable, Sendable {
    public var groupVersion: GroupVersion
    public var kind: String

    public init(_ groupVersion: GroupVersion, kind: String) {
        self.groupVersion = groupVersion
        self.kind = kind
    }

    public init(group: String, version: String, kind: String) {
        self.init(GroupVersion(group: group, version: version), kind: kind)
    }

    public var group: String { groupVersion.group }
    public var version: String { groupVersion.version }
}

extension GroupVersionKind: CustomStringConvertible {
    /// As messages of Kubernetes say it: `apps/v1, Kind=Deployment`.
    public var description: String { "\(groupVersion), Kind=\(kind)" }
}

/// A group and the plural that stands in its paths, such as `deployments.apps`.
public struct GroupResource: Hashable, Sendable {
    public var group: String
    public var resource: String

    public init(group: String, resource: String) {
        self.group = group
        self.resource = resource
    }
}

extension GroupResource: CustomStringConvertible {
    public var description: String { group.isEmpty ? resource : "\(resource).\(group)" }
}
