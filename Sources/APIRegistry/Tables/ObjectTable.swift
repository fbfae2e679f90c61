public import JSONText
public import KubernetesModel

/// Objects as a table (`meta.k8s.io/v1` Table), which is how `kubectl get` asks for them.
public struct ObjectTable: Sendable {
    /// What of an object goes with its row.
    public enum Inclusion: String, Hashable, Sendable {
        case none = "None"
        case metadata = "Metadata"
        case object = "Object"

        /// Reads the query's `includeObject`; absent means the metadata.
        public init(query: [(name: String, value: String)]) throws(APIStatus) {
            let text = query.first { $0.name == "includeObject" }?.value ?? ""
            guard let inclusion = text.isEmpty ? .metadata : Inclusion(rawValue: text) else {
                throw .badRequest("unrecognized includeObject value: \(GoText.quoted(text))")
            }
            self = inclusion
        }
    }

    public let definition: ResourceDefinition
    public let inclusion: Inclusion
    /// `v1`, or `v1beta1` for clients that ask for that.
    public let version: String
    private let cells: CellMaker

    public init(_ definition: ResourceDefinition, inclusion: Inclusion = .metadata, version: String = "v1") {
        self.definition = definition
        self.inclusion = inclusion
        self.version = version
        cells = CellMaker(definition)
    }

    /// A table of objects.
    ///
    /// The metadata is that of the list, or of the one object.
    ///
    /// Only the first table of a watch says what its columns are.
    public func json(
        _ objects: some Sequence<UnstructuredObject>,
        metadata: JSONObject = JSONObject(),
        now: Timestamp,
        saysColumns: Bool = true
    ) -> JSONValue {
        [
            "kind": "Table",
            "apiVersion": .string("meta.k8s.io/\(version)"),
            "metadata": .object(metadata),
            "columnDefinitions": saysColumns ? .array(cells.columns.map(\.json)) : .null,
            "rows": .array(objects.map { row($0, now) }),
        ]
    }

    private func row(_ object: UnstructuredObject, _ now: Timestamp) -> JSONValue {
        var row: JSONObject = ["cells": .array(cells.cells(object, now: now))]
        switch inclusion {
        case .none: row["object"] = .null
        case .metadata: row["object"] = PartialMetadata.json(object, version: version)
        case .object: row["object"] = object.json
        }
        return .object(row)
    }
}

/// An object's metadata alone (`meta.k8s.io/v1` PartialObjectMetadata), for those who need no more.
public enum PartialMetadata {
    public static func json(_ object: UnstructuredObject, version: String = "v1") -> JSONValue {
        [
            "kind": "PartialObjectMetadata",
            "apiVersion": .string("meta.k8s.io/\(version)"),
            "metadata": object["metadata"] ?? .object(JSONObject()),
        ]
    }

    /// A list of them; the metadata is that of the list.
    public static func list(
        _ objects: some Sequence<UnstructuredObject>,
        metadata: JSONObject,
        version: String = "v1"
    ) -> JSONValue {
        [
            "kind": "PartialObjectMetadataList",
            "apiVersion": .string("meta.k8s.io/\(version)"),
            "metadata": .object(metadata),
            "items": .array(objects.map { json($0, version: version) }),
        ]
    }
}

extension ResourceDefinition.PrinterColumn {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "type": .string(type), "format": .string(format),
            "description": .string(documentation), "priority": .int(priority),
        ]
    }
}

/// The columns of a resource, and the cells of one of its objects.
struct CellMaker: Sendable {
    let columns: [ResourceDefinition.PrinterColumn]
    private let make: @Sendable (UnstructuredObject, Timestamp) -> [JSONValue]

    init(_ definition: ResourceDefinition) {
        if !definition.isCustom, let table = BuiltInTables.table(of: definition.groupVersionKind) {
            columns = table.columns
            make = { object, now in table.cells(object.json, now) }
        } else if definition.isCustom {
            let paths = definition.columns.map { ($0.type, JSONPath(parsing: $0.jsonPath)) }
            columns = [BuiltInTables.nameColumn] + definition.columns
            make = { object, now in
                [.string(object.name)] + paths.map { CellMaker.cell(object.json, type: $0, $1, now) }
            }
        } else {
            columns = [BuiltInTables.nameColumn, BuiltInTables.createdColumn]
            make = { object, _ in
                [.string(object.name), object["metadata", "creationTimestamp"] ?? "<unknown>"]
            }
        }
    }

    /// As many as there are columns.
    func cells(_ object: UnstructuredObject, now: Timestamp) -> [JSONValue] { make(object, now) }

    private static func cell(_ object: JSONValue, type: String, _ path: JSONPath?, _ now: Timestamp)
        -> JSONValue
    {
        guard let value = path?.values(in: object).first, !value.isNull else { return .null }
        switch type {
        case "integer":
            if let number = value.int { return .int(number) }
            guard let number = value.double, let whole = Int(exactly: number.rounded(.towardZero)) else {
                return .null
            }
            return .int(whole)
        case "number": return value.number == nil ? .null : value
        case "boolean": return value.bool == nil ? .null : value
        case "date":
            return value.string.map { .string(CellText.age($0, now, unreadable: "<invalid>")) } ?? .null
        default: return .string(value.string ?? value.text())
        }
    }
}
