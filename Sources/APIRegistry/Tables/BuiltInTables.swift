import JSONText
import KubernetesModel

/// The columns and cells of the built-in kinds, as `kubectl get` shows them.
///
/// A kind without a table of its own shows its name and when it was created, as in Kubernetes.
struct BuiltInTable: Sendable {
    let columns: [ResourceDefinition.PrinterColumn]
    let cells: @Sendable (_ object: JSONValue, _ now: Timestamp) -> [JSONValue]

    /// Columns by their names: `*` follows those that only `-o wide` shows, `#` those of integers.
    init(
        _ names: [String],
        cells: @escaping @Sendable (_ object: JSONValue, _ now: Timestamp) -> [JSONValue]
    ) {
        columns = names.map { name in
            if name == "Name" { return BuiltInTables.nameColumn }
            let bare = String(name.prefix { $0 != "*" && $0 != "#" })
            return ResourceDefinition.PrinterColumn(
                name: bare,
                type: name.hasSuffix("#") ? "integer" : "string",
                documentation: bare == "Age" ? "How long ago the object was created." : "",
                priority: name.contains("*") ? 1 : 0
            )
        }
        self.cells = cells
    }
}

enum BuiltInTables {
    static let nameColumn = ResourceDefinition.PrinterColumn(
        name: "Name",
        type: "string",
        format: "name",
        documentation: "The object's name, unique in its namespace."
    )
    static let createdColumn = ResourceDefinition.PrinterColumn(
        name: "Created At",
        type: "date",
        documentation: "When the object was created."
    )

    static func table(of kind: GroupVersionKind) -> BuiltInTable? { tables[kind] }

    static func columns(of kind: GroupVersionKind) -> [ResourceDefinition.PrinterColumn] {
        table(of: kind)?.columns ?? [nameColumn, createdColumn]
    }

    private static let tables: [GroupVersionKind: BuiltInTable] = {
        var result: [GroupVersionKind: BuiltInTable] = [:]
        let all: [(String, [String: BuiltInTable])] = [
            ("", PodTables.tables), ("", CoreTables.tables), ("apps", WorkloadTables.apps),
            ("", WorkloadTables.core), ("batch", WorkloadTables.batch),
            ("events.k8s.io", ["Event": CoreTables.event]),
            ("networking.k8s.io", NetworkTables.networking), ("discovery.k8s.io", NetworkTables.discovery),
            ("", NetworkTables.core), (AccessRules.group, PolicyTables.access),
            ("policy", PolicyTables.policy),
            ("autoscaling", PolicyTables.autoscaling), ("coordination.k8s.io", PolicyTables.coordination),
            ("scheduling.k8s.io", PolicyTables.scheduling), ("", StorageTables.core),
            ("storage.k8s.io", StorageTables.storage),
            ("admissionregistration.k8s.io", PolicyTables.admission),
        ]
        for (group, kinds) in all {
            for (kind, table) in kinds {
                result[GroupVersionKind(group: group, version: "v1", kind: kind)] = table
            }
        }
        return result
    }()
}
