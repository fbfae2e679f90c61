public import JSONText
import KubernetesModel

/// In which form a client takes `/api` and `/apis`.
public enum DiscoveryFormat: Hashable, Sendable {
    /// One document per group and version.
    case separate
    /// Everything in one document, of `apidiscovery.k8s.io` in that version: `v2` or `v2beta1`.
    case aggregated(String)

    /// The first form in an Accept header that is served; `nil` when none is.
    public init?(accept: String) {
        let ranges = accept.split(separator: ",").map { MediaRange($0) }
        if ranges.isEmpty {
            self = .separate
            return
        }
        for range in ranges where range.isJSON {
            let group = range.parameters["g"]
            if group == nil, range.parameters["as"] == nil {
                self = .separate
                return
            }
            if group == "apidiscovery.k8s.io", range.parameters["as"] == "APIGroupDiscoveryList",
                let version = range.parameters["v"], ["v2", "v2beta1"].contains(version)
            {
                self = .aggregated(version)
                return
            }
        }
        return nil
    }

    public var contentType: String {
        switch self {
        case .separate: "application/json"
        case .aggregated(let version):
            "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
        }
    }
}

/// One alternative of an Accept header.
struct MediaRange {
    let type: String
    /// By their names in lower case; values as written, without quotes.
    let parameters: [String: String]

    init(_ text: Substring) {
        let parts = text.split(separator: ";")
        type = Self.trimmed(parts.first ?? "").lowercased()
        var parameters: [String: String] = [:]
        for part in parts.dropFirst().prefix(16) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { continue }
            let value = Self.trimmed(sides[1])
            let unquoted = value.hasPrefix("\"") && value.hasSuffix("\"") && value.utf8.count > 1
            parameters[Self.trimmed(sides[0]).lowercased()] =
                unquoted ? String(value.dropFirst().dropLast()) : value
        }
        self.parameters = parameters
    }

    var isJSON: Bool { ["application/json", "application/*", "*/*"].contains(type) }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}

extension DiscoveryDocuments {
    /// `/api` or `/apis` in one document, of `apidiscovery.k8s.io` in that version.
    public func aggregated(isCore: Bool, version: String = "v2") -> JSONValue {
        let groups = catalogue.groups.filter { $0.name.isEmpty == isCore }
        return [
            "kind": "APIGroupDiscoveryList",
            "apiVersion": .string("apidiscovery.k8s.io/\(version)"),
            "metadata": [:],
            "items": .array(groups.map(item)),
        ]
    }

    private func item(_ group: ResourceCatalogue.Group) -> JSONValue {
        var metadata = JSONObject()
        if !group.name.isEmpty { metadata["name"] = .string(group.name) }
        metadata["creationTimestamp"] = .null
        let versions = group.versions.map { version -> JSONValue in
            let definitions = catalogue.definitions(in: GroupVersion(group: group.name, version: version))
            return [
                "version": .string(version),
                "resources": .array(definitions.sorted { $0.plural < $1.plural }.map(resource)),
                "freshness": "Current",
            ]
        }
        return ["metadata": .object(metadata), "versions": .array(versions)]
    }

    private func resource(_ definition: ResourceDefinition) -> JSONValue {
        var members: JSONObject = [
            "resource": .string(definition.plural),
            "responseKind": kind(definition.groupVersionKind),
            "scope": definition.isNamespaced ? "Namespaced" : "Cluster",
            "singularResource": .string(definition.singular),
            "verbs": ResourceDefinition.sorted(definition.verbs),
        ]
        if !definition.shortNames.isEmpty { members["shortNames"] = .strings(definition.shortNames) }
        if !definition.categories.isEmpty { members["categories"] = .strings(definition.categories) }
        let offered = definition.subresources.filter(\.isOffered)
        if !offered.isEmpty {
            members["subresources"] = .array(
                offered.map { subresource in
                    [
                        "subresource": .string(subresource.name),
                        "responseKind": kind(subresource.kind),
                        "verbs": ResourceDefinition.sorted(subresource.verbs),
                    ]
                }
            )
        }
        return .object(members)
    }

    private func kind(_ kind: GroupVersionKind) -> JSONValue {
        ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)]
    }
}
