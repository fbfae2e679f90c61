import Glibc
import JSONText
import NetworkTypes
import Synchronization
import SystemPackage

/// A control plane and the workloads of one test, on directories of their own.
final class Mesh: Sendable {
    let directory: FilePath
    let manifests: FilePath
    let data: FilePath
    let logs: FilePath
    private let options: [String]
    private let children = Mutex<[Child]>([])

    private init(directory: FilePath, options: [String]) throws {
        self.directory = directory
        self.options = options
        manifests = directory.appending("shop")
        data = directory.appending("data")
        logs = directory.appending("logs")
        try makeDirectory(manifests)
        try makeDirectory(logs)
        for name in try list(Place.shop) where name.hasSuffix(".yaml") {
            try replace(manifests.appending(name), with: read(Place.shop.appending(name)))
        }
    }

    /// Runs the body with the shop's mesh, and ends whatever it started.
    static func with(
        _ options: String...,
        body: (Mesh) async throws -> Void
    ) async throws {
        let directory = try makeTemporaryDirectory()
        let mesh = try Mesh(directory: directory, options: options)
        do {
            try await mesh.startControlPlane()
            try await body(mesh)
        } catch {
            let said = mesh.children.withLock { $0 }.map { "--- \($0.name)\n\($0.said())" }
            try? await mesh.close()
            throw Trouble("\(error)\n\(said.joined(separator: "\n"))")
        }
        try await mesh.close()
    }

    @discardableResult
    func startControlPlane() async throws -> Child {
        let nullius = try Place.build().appending("nullius").string
        let words = [nullius, "up", manifests.string, "--data", data.string] + options
        let child = try await start("up", words)
        try await eventually("the control plane") {
            guard child.isRunning else { throw Trouble("nullius up ended: \(child.said())") }
            // 1 means that something needs mending, which is an answer too.
            return try await self.nullius("status").code < 2 ? true : nil
        }
        return child
    }

    /// The control plane's process that runs now.
    func startedControlPlane() throws -> Child {
        guard let child = children.withLock({ $0.last { $0.name == "up" } }) else {
            throw Trouble("no control plane")
        }
        return child
    }

    func start(_ name: String, _ words: [String], environment: [String: String] = [:]) async throws -> Child {
        let child = try await Child.start(name, words, environment: environment, logs: logs)
        children.withLock { $0.append(child) }
        return child
    }

    /// Runs one command of `nullius` against this mesh.
    func nullius(_ words: String...) async throws -> Outcome {
        try await run(
            [Place.build().appending("nullius").string] + words,
            environment: ["NULLIUS_DATA": data.string]
        )
    }

    /// Replaces text in the policies on disk.
    func changePolicies(_ old: String, to new: String) throws {
        let file = manifests.appending("policies.yaml")
        let before = try read(file)
        let after = before.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        guard after != before else { throw Trouble("nothing to change: \(old)") }
        try replace(file, with: after)
    }

    /// The decision records of every proxy, in the order of their files.
    func records() throws -> [JSONValue] {
        let folder = data.appending("records")
        return try list(folder).flatMap { name in
            try read(folder.appending(name)).split(separator: "\n").compactMap {
                try? JSONValue(parsing: String($0))
            }
        }
    }

    /// The record with an id, once its proxy has written it.
    func record(_ id: String) async throws -> JSONValue {
        try await eventually("the record of \(id)") {
            try self.records().first { $0["id"]?.string == id }
        }
    }

    private func close() async throws {
        for child in children.withLock({ $0 }).reversed() { _ = try? await child.stop() }
        try await remove(directory)
    }
}
