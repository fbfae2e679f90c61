import JSONText
import KubernetesModel
import SystemPackage
import TestSupport

@testable import APIServer

let pods = GroupResource(group: "", resource: "pods")
let deployments = GroupResource(group: "apps", resource: "deployments")

func podKey(_ name: String, in namespace: String = "default") -> ObjectKey {
    ObjectKey(resource: pods, namespace: namespace, name: name)
}

/// A pod with a value that tells one write from another.
func pod(_ name: String, in namespace: String = "default", value: String = "", padding: Int = 0)
    -> UnstructuredObject
{
    var object = UnstructuredObject()
    object.apiVersion = "v1"
    object.kind = "Pod"
    object.name = name
    object.namespace = namespace
    object["spec", "value"] = .string(value)
    if padding > 0 { object["spec", "padding"] = .string(String(repeating: "x", count: padding)) }
    return object
}

/// Opens a store in a directory of its own, and closes it.
func withStore<Result>(
    _ options: StoreOptions = StoreOptions(),
    _ body: (ObjectStore) async throws -> Result
) async throws -> Result {
    let directory = try TemporaryDirectory()
    let store = try await ObjectStore.open(at: FilePath(directory.path), options: options)
    do {
        let result = try await body(store)
        await store.close()
        return result
    } catch {
        await store.close()
        throw error
    }
}

extension ObjectStore {
    /// Creates or replaces a pod.
    @discardableResult
    func put(_ name: String, in namespace: String = "default", value: String = "", padding: Int = 0)
        async throws(StoreError) -> StoredObject
    {
        try await write(
            podKey(name, in: namespace),
            pod(name, in: namespace, value: value, padding: padding),
            expecting: .any
        )
    }

    @discardableResult
    func delete(_ name: String, in namespace: String = "default") async throws(StoreError) -> StoredObject {
        try await write(podKey(name, in: namespace), nil, expecting: .any)
    }

    /// Returns when history up to a revision was dropped, or never, if the options keep it.
    func historyDropped(beyond revision: UInt64) async {
        while oldestRevision <= revision { await Task.yield() }
    }
}

/// The error of a refusal, to compare.
func failure<Value>(of body: () async throws(StoreError) -> Value) async -> StoreError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}
