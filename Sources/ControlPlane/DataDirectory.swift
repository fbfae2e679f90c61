import Glibc
import JSONText
import NetworkTypes
import Storage
import SystemPackage

/// The files of one control plane.
///
///     lock               held while it runs
///     control.sock       0600  the operator's socket
///     control.json       0600  {"pid":…, "meshAddress":"127.0.0.1:PORT", "trustDomain":…}
///     revision           0600  the last policy revision
///     ca/                0700  the certificate authority
///     workloads/<id>/    0700  a workload's socket and registration
///     records/           0700  decision records, written by the proxies
struct DataDirectory: ~Copyable, Sendable {
    static let description = "control.json"

    let root: PrivateDirectory
    let authority: PrivateDirectory
    let workloads: PrivateDirectory
    let records: PrivateDirectory
    private let lock: DirectoryLock

    private init(root: PrivateDirectory, lock: consuming DirectoryLock) throws {
        let path = root.path
        let authority = try PrivateDirectory(at: path.appending("ca"))
        let workloads = try PrivateDirectory(at: path.appending("workloads"))
        let records = try PrivateDirectory(at: path.appending("records"))
        self.root = root
        self.authority = authority
        self.workloads = workloads
        self.records = records
        self.lock = lock
    }

    /// Takes the directory for this process alone.
    static func open(at path: FilePath) throws -> DataDirectory {
        let longest = path.appending("workloads").appending(String(repeating: "x", count: 33))
            .appending(AgentSockets.socketName)
        guard longest.string.utf8.count <= AgentSockets.longestSocketPath else {
            throw ControlPlaneError.socketPathTooLong(longest)
        }
        let root = try PrivateDirectory(at: path)
        do {
            return try DataDirectory(root: root, lock: DirectoryLock(root))
        } catch StorageError.inUse {
            throw ControlPlaneError.alreadyRunning(path)
        }
    }

    var controlSocket: FilePath { root.path.appending("control.sock") }

    /// Where the last run served proxies: those that still run know no other address.
    var lastMeshAddress: SocketEndpoint? {
        guard
            let bytes = try? root.read(Self.description, limit: 4096),
            let text = (try? JSONValue(parsing: bytes))?["meshAddress"]?.string
        else { return nil }
        return try? SocketEndpoint(parsing: text)
    }

    func describe(meshAddress: SocketEndpoint, admin: SocketEndpoint, trustDomain: String) throws {
        let value: JSONValue = [
            "pid": .int(getpid()),
            "meshAddress": .string(meshAddress.description),
            "adminAddress": .string(admin.description),
            "trustDomain": .string(trustDomain),
        ]
        try root.write(Self.description, value.bytes(.pretty) + [UInt8(ascii: "\n")])
    }
}
