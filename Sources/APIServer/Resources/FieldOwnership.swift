import APIRegistry
import KubernetesModel

/// Who set which fields of the objects at one place (`metadata.managedFields`).
struct FieldOwnership: Sendable {
    private let place: ResourcePlace
    private let account: ServerSideApply

    init(_ place: ResourcePlace) {
        self.place = place
        let definition = place.definition
        var reset: [[PathElement]] = []
        if place.subresource == "status" {
            reset = definition.schema.properties.map(\.name).filter {
                !["status", "metadata", "kind", "apiVersion"].contains($0)
            }.map { [.field($0)] }
            if definition.isCustom { reset.append([.field("metadata")]) }
        } else if definition.hasStatus {
            reset = [[.field("status")]]
        }
        account = ServerSideApply(
            schema: definition.schema,
            resetFields: FieldSet(reset),
            isBuiltIn: !definition.isCustom
        )
    }

    private func manager(_ name: String) -> ServerSideApply.Manager {
        ServerSideApply.Manager(
            name,
            apiVersion: place.definition.groupVersion.apiVersion,
            subresource: place.subresource
        )
    }

    func created(_ object: inout UnstructuredObject, by name: String, now: Timestamp) {
        object = account.update(from: nil, to: object, manager: manager(name), time: now.description)
    }

    func updated(
        _ object: inout UnstructuredObject,
        from old: UnstructuredObject,
        by name: String,
        now: Timestamp
    ) {
        object = account.update(from: old, to: object, manager: manager(name), time: now.description)
    }

    func applied(
        _ configuration: UnstructuredObject,
        to live: UnstructuredObject?,
        by name: String,
        force: Bool,
        now: Timestamp
    ) throws(APIStatus) -> UnstructuredObject {
        try account.apply(
            configuration,
            to: live,
            manager: manager(name),
            force: force,
            time: now.description
        )
    }
}
