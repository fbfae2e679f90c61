import APIRegistry
import JSONText
import KubernetesModel

/// Objects in the form that a caller asked for.
struct ObjectAnswer: Sendable {
    let definition: ResourceDefinition
    let format: AnswerFormat
    /// What rows of a table carry besides their cells.
    let inclusion: ObjectTable.Inclusion
    let now: Timestamp

    /// The whole answer for one object.
    func response(_ object: UnstructuredObject, code: Int = 200) -> APIResponse {
        Self.response(value(object), format, code: code)
    }

    func value(_ object: UnstructuredObject) -> JSONValue {
        switch format.shape {
        case .object: object.json
        case .metadata(let version): PartialMetadata.json(object, version: version)
        case .table(let version):
            table([object], metadata: listMetadata(object.resourceVersion), version: version)
        }
    }

    func list(_ objects: [UnstructuredObject], metadata: JSONObject) -> APIResponse {
        let value: JSONValue
        switch format.shape {
        case .object:
            value = [
                "kind": .string(definition.listKind),
                "apiVersion": .string(definition.groupVersion.apiVersion),
                "metadata": .object(metadata),
                "items": .array(objects.map { item($0) }),
            ]
        case .metadata(let version):
            value = PartialMetadata.list(objects, metadata: metadata, version: version)
        case .table(let version): value = table(objects, metadata: metadata, version: version)
        }
        return Self.response(value, format, code: 200)
    }

    /// In lists of built-in kinds the items do not say what they are; the list does.
    private func item(_ object: UnstructuredObject) -> JSONValue {
        guard !definition.isCustom else { return object.json }
        var content = object.content
        content["kind"] = nil
        content["apiVersion"] = nil
        return .object(content)
    }

    private func listMetadata(_ version: String) -> JSONObject {
        version.isEmpty ? JSONObject() : ["resourceVersion": .string(version)]
    }

    private func table(_ objects: [UnstructuredObject], metadata: JSONObject, version: String) -> JSONValue {
        ObjectTable(definition, inclusion: inclusion, version: version)
            .json(objects, metadata: metadata, now: now)
    }

    static func response(_ value: JSONValue, _ format: AnswerFormat, code: Int) -> APIResponse {
        switch format.spelling {
        case .json:
            var bytes = value.bytes(format.isPretty ? .pretty : .compact)
            bytes.append(UInt8(ascii: "\n"))
            return APIResponse(code: code, body: .bytes(bytes))
        // JSON is YAML: whoever asks for the one can read the other.
        case .yaml:
            var bytes = value.bytes(.pretty)
            bytes.append(UInt8(ascii: "\n"))
            return APIResponse(code: code, contentType: "application/yaml", body: .bytes(bytes))
        }
    }
}
