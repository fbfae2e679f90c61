import JSONText
import KubernetesModel

/// The paths of one resource and its subresources, with their operations.
struct OpenAPIPaths {
    private let definition: ResourceDefinition
    private let schemaName: String

    init(_ definition: ResourceDefinition) {
        self.definition = definition
        schemaName = OpenAPINames.schema(of: definition.groupVersionKind)
    }

    func write(to paths: inout JSONObject, _ writer: inout OpenAPISchemaWriter) {
        let root = definition.groupVersion.path
        let isNamespaced = definition.isNamespaced
        let collection =
            isNamespaced
            ? "\(root)/namespaces/{namespace}/\(definition.plural)" : "\(root)/\(definition.plural)"
        let place = isNamespaced ? [Self.namespace] : []

        if isNamespaced, definition.verbs.contains(.list) {
            var all = JSONObject([("get", list(&writer, isAcrossNamespaces: true))])
            all["parameters"] = .array(Self.listParameters + [Self.pretty])
            paths["\(root)/\(definition.plural)"] = .object(all)
        }

        var many = JSONObject()
        if definition.verbs.contains(.list) { many["get"] = list(&writer, isAcrossNamespaces: false) }
        if definition.verbs.contains(.create) {
            many["post"] = write("create", "post", &writer, parameters: Self.writeParameters)
        }
        if definition.verbs.contains(.deletecollection) {
            let parameters =
                Self.deleteParameters + Self.listParameters.filter { !Self.watchOnly.contains($0["name"]) }
            many["delete"] = delete("deletecollection", "deletecollection", &writer, parameters)
        }
        if !many.isEmpty {
            many["parameters"] = .array(place + [Self.pretty])
            paths[collection] = .object(many)
        }

        var one = JSONObject()
        if definition.verbs.contains(.get) {
            one["get"] = operation("read", "get", definition.groupVersionKind, schemaName, &writer)
        }
        if definition.verbs.contains(.update) {
            one["put"] = write("replace", "put", &writer, parameters: Self.writeParameters)
        }
        if definition.verbs.contains(.patch) { one["patch"] = patch(definition.groupVersionKind, &writer) }
        if definition.verbs.contains(.delete) {
            one["delete"] = delete("delete", "delete", &writer, Self.deleteParameters)
        }
        let name = Self.parameter("name", in: "path")
        if !one.isEmpty {
            one["parameters"] = .array([name] + place + [Self.pretty])
            paths["\(collection)/{name}"] = .object(one)
        }
        // Of what is no object of a kind, such as a stream of `exec`, there is nothing to describe.
        for subresource in definition.subresources
        where definition.isCustom || BuiltInSchemas.name(of: subresource.kind) != nil {
            var members = self.members(of: subresource, &writer)
            members["parameters"] = .array([name] + place + [Self.pretty])
            paths["\(collection)/{name}/\(subresource.name)"] = .object(members)
        }
    }

    private func members(
        of subresource: ResourceDefinition.Subresource,
        _ writer: inout OpenAPISchemaWriter
    ) -> JSONObject {
        let kind = subresource.kind
        let schema = OpenAPINames.schema(of: kind)
        let suffix = Self.capitalized(subresource.name)
        var members = JSONObject()
        if subresource.verbs.contains(.get) {
            members["get"] = operation("read", "get", kind, schema, &writer, suffix: suffix)
        }
        if subresource.verbs.contains(.create) {
            members["post"] = write(
                "create",
                "post",
                &writer,
                parameters: Self.writeParameters,
                kind: kind,
                suffix: suffix
            )
        }
        if subresource.verbs.contains(.update) {
            members["put"] = write(
                "replace",
                "put",
                &writer,
                parameters: Self.writeParameters,
                kind: kind,
                suffix: suffix
            )
        }
        if subresource.verbs.contains(.patch) { members["patch"] = patch(kind, &writer, suffix: suffix) }
        return members
    }

    // MARK: - Operations

    private func operation(
        _ verb: String,
        _ action: String,
        _ kind: GroupVersionKind,
        _ answer: String,
        _ writer: inout OpenAPISchemaWriter,
        parameters: [JSONValue] = [],
        body: JSONValue? = nil,
        codes: [String] = ["200"],
        suffix: String = "",
        isAcrossNamespaces: Bool = false
    ) -> JSONValue {
        let content: JSONValue = ["application/json": ["schema": writer.reference(answer)]]
        var responses = JSONObject()
        for code in codes {
            let words = code == "201" ? "Created" : code == "202" ? "Accepted" : "OK"
            responses[code] = ["description": .string(words), "content": content]
        }
        responses["401"] = ["description": "Unauthorized"]
        let group = Self.camel(definition.groupVersion.group)
        let version = Self.capitalized(definition.groupVersion.version)
        let scope = definition.isNamespaced && !isAcrossNamespaces ? "Namespaced" : ""
        let end = isAcrossNamespaces ? "ForAllNamespaces" : suffix
        var result: JSONObject = [
            "operationId": .string("\(verb)\(group)\(version)\(scope)\(definition.kind)\(end)"),
            "tags": [.string(Self.tag(definition.groupVersion))],
        ]
        if !parameters.isEmpty { result["parameters"] = .array(parameters) }
        if let body { result["requestBody"] = body }
        result["responses"] = .object(responses)
        result["x-kubernetes-action"] = .string(action)
        result["x-kubernetes-group-version-kind"] = kind.openAPI
        return .object(result)
    }

    private func list(_ writer: inout OpenAPISchemaWriter, isAcrossNamespaces: Bool) -> JSONValue {
        let kind = GroupVersionKind(definition.groupVersion, kind: definition.listKind)
        return operation(
            "list",
            "list",
            definition.groupVersionKind,
            OpenAPINames.schema(of: kind),
            &writer,
            parameters: isAcrossNamespaces ? [] : Self.listParameters,
            isAcrossNamespaces: isAcrossNamespaces
        )
    }

    private func write(
        _ verb: String,
        _ action: String,
        _ writer: inout OpenAPISchemaWriter,
        parameters: [JSONValue],
        kind: GroupVersionKind? = nil,
        suffix: String = ""
    ) -> JSONValue {
        let kind = kind ?? definition.groupVersionKind
        let schema = OpenAPINames.schema(of: kind)
        let media: JSONValue = ["schema": writer.reference(schema)]
        return operation(
            verb,
            action,
            kind,
            schema,
            &writer,
            parameters: parameters,
            body: ["required": true, "content": ["application/json": media, "application/yaml": media]],
            codes: action == "post" ? ["200", "201", "202"] : ["200", "201"],
            suffix: suffix
        )
    }

    private func patch(
        _ kind: GroupVersionKind,
        _ writer: inout OpenAPISchemaWriter,
        suffix: String = ""
    ) -> JSONValue {
        let media: JSONValue = ["schema": ["type": "object"]]
        var content: JSONObject = [
            "application/apply-patch+yaml": media, "application/json-patch+json": media,
            "application/merge-patch+json": media,
        ]
        // Users' own kinds say nothing of how their lists merge.
        if !definition.isCustom { content["application/strategic-merge-patch+json"] = media }
        return operation(
            "patch",
            "patch",
            kind,
            OpenAPINames.schema(of: kind),
            &writer,
            parameters: Self.writeParameters + [Self.parameter("force", type: "boolean")],
            body: ["required": true, "content": .object(content)],
            codes: ["200", "201"],
            suffix: suffix
        )
    }

    private func delete(
        _ verb: String,
        _ action: String,
        _ writer: inout OpenAPISchemaWriter,
        _ parameters: [JSONValue]
    ) -> JSONValue {
        let meta = "io.k8s.apimachinery.pkg.apis.meta.v1."
        let media: JSONValue = ["schema": writer.reference(meta + "DeleteOptions")]
        return operation(
            verb,
            action,
            definition.groupVersionKind,
            meta + "Status",
            &writer,
            parameters: parameters,
            body: ["content": ["application/json": media]],
            codes: action == "delete" ? ["200", "202"] : ["200"]
        )
    }

    // MARK: - Parameters

    private static func parameter(_ name: String, in place: String = "query", type: String = "string")
        -> JSONValue
    {
        var result: JSONObject = ["name": .string(name), "in": .string(place)]
        if place == "path" { result["required"] = true }
        result["schema"] = ["type": .string(type), "uniqueItems": true]
        return .object(result)
    }

    private static let pretty = parameter("pretty")
    private static let namespace = parameter("namespace", in: "path")
    private static let writeParameters = ["dryRun", "fieldManager", "fieldValidation"].map { parameter($0) }
    private static let deleteParameters = [
        parameter("dryRun"), parameter("gracePeriodSeconds", type: "integer"),
        parameter("orphanDependents", type: "boolean"), parameter("propagationPolicy"),
    ]
    private static let listParameters = [
        parameter("allowWatchBookmarks", type: "boolean"), parameter("continue"),
        parameter("fieldSelector"),
        parameter("labelSelector"), parameter("limit", type: "integer"), parameter("resourceVersion"),
        parameter("resourceVersionMatch"), parameter("sendInitialEvents", type: "boolean"),
        parameter("timeoutSeconds", type: "integer"), parameter("watch", type: "boolean"),
    ]
    private static let watchOnly: [JSONValue?] = ["allowWatchBookmarks", "watch"]

    // MARK: - Names

    private static func capitalized(_ text: some StringProtocol) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }

    /// `rbac.authorization.k8s.io` is RbacAuthorization, and `stable.example.com` is StableExampleCom.
    private static func camel(_ group: String) -> String {
        if group.isEmpty { return "Core" }
        let name = group.hasSuffix(".k8s.io") ? group.dropLast(".k8s.io".count) : group[...]
        return name.split { $0 == "." || $0 == "-" }.map { capitalized($0) }.joined()
    }

    private static func tag(_ groupVersion: GroupVersion) -> String {
        let group = groupVersion.group
        if group.isEmpty { return "core_\(groupVersion.version)" }
        let name = group.hasSuffix(".k8s.io") ? group.dropLast(".k8s.io".count) : group[...]
        return String("\(name)_\(groupVersion.version)".map { $0 == "." || $0 == "-" ? "_" : $0 })
    }
}
