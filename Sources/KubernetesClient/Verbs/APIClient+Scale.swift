import JSONText
public import KubernetesModel

extension APIClient {
    /// How many replicas are wanted, and how many there are (`autoscaling/v1` Scale).
    public func scale(
        of type: ResourceType,
        name: String,
        in namespace: String? = nil
    ) async throws(ClientError) -> (wanted: Int, current: Int) {
        try Self.replicas(try await get(type, name: name, in: namespace, subresource: "scale"))
    }

    /// Asks for so many replicas, whatever was asked for before.
    @discardableResult
    public func setScale(
        of type: ResourceType,
        name: String,
        in namespace: String? = nil,
        to replicas: Int,
        _ options: WriteOptions = WriteOptions()
    ) async throws(ClientError) -> (wanted: Int, current: Int) {
        let scale = try await patch(
            type,
            name: name,
            in: namespace,
            subresource: "scale",
            .merge(["spec": ["replicas": .int(replicas)]]),
            options
        )
        return try Self.replicas(scale)
    }

    private static func replicas(
        _ scale: UnstructuredObject
    ) throws(ClientError) -> (wanted: Int, current: Int) {
        try reading("Scale") { () throws(ObjectError) in
            let fields = ObjectFields(scale)
            return (
                try fields.optionalFields("spec").int("replicas") ?? 0,
                try fields.optionalFields("status").int("replicas") ?? 0
            )
        }
    }
}
