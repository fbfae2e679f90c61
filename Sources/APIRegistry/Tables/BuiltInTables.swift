import KubernetesModel

/// The columns and cells of the built-in kinds, as `kubectl get` shows them.
enum BuiltInTables {
    static func columns(of kind: GroupVersionKind) -> [ResourceDefinition.PrinterColumn] { [] }
}
