import GRPCCore
import Glibc
import Identity
import MeshAPI
import NetworkTypes
import SystemPackage
import Telemetry
import TestSupport
import Testing

@testable import ControlPlane

/// A process that does nothing, and ends with the test.
final class Bystander: Sendable {
    let processID: pid_t

    init() throws {
        var pointers: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("600"), nil]
        defer { for pointer in pointers { free(pointer) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, "sleep", nil, nil, &pointers, environ)
        guard failure == 0 else { throw SystemFailure(operation: "spawn sleep", errno: failure) }
        processID = child
    }

    func end() {
        kill(processID, SIGKILL)
        var status: Int32 = 0
        waitpid(processID, &status, 0)
    }

    deinit { end() }
}

@Suite("Registering workloads", .timeLimit(.minutes(1)))
struct RegistrationTests {
    @Test func `sockets and keys are for their owner alone`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            let orders = try await mesh.register("orders")
            let data = mesh.started.data.string
            for path in [mesh.operatorSocket, orders.agentSocket, "\(data)/control.json", "\(data)/lock"] {
                #expect(try Self.mode(of: path) == 0o600, "\(path)")
            }
            for path in [data, "\(data)/ca", "\(data)/workloads", "\(data)/workloads/\(orders.workloadID)"] {
                #expect(try Self.mode(of: path) == 0o700, "\(path)")
            }
        }
    }

    @Test func `who is not the registered process nor one that it started gets nothing`() async throws {
        let directory = try TemporaryDirectory()
        let other = try Bystander()
        defer { other.end() }
        let processID = other.processID
        try await Harness.run(in: directory.path) { mesh in
            let registration = try await mesh.register("orders", pid: processID)
            let error = await #expect(throws: RPCError.self) {
                try await Credentials.issued(to: registration)
            }
            #expect(error?.code == .unavailable)
            let refused = String(decoding: mesh.metrics.registry.exposition(), as: UTF8.self)
            #expect(refused.contains(#"nullius_control_plane_attestations_total{result="refused"}"#))
        }
    }

    @Test func `a workload whose process ends is gone, and its socket with it`() async throws {
        let directory = try TemporaryDirectory()
        let other = try Bystander()
        let processID = other.processID
        try await Harness.run(in: directory.path) { mesh in
            let registration = try await mesh.register("orders", pid: processID)
            kill(processID, SIGKILL)
            _ = waitpid(processID, nil, 0)
            let status = try await Harness.eventually(mesh.status) { $0.workloads.isEmpty }
            #expect(status.workloads.isEmpty)
            _ = try await Harness.eventually({ access(registration.agentSocket, F_OK) }) { $0 != 0 }
        }
    }

    static let bad: [(String, String, [UInt32], Int32)] = [
        ("nullius-system", "control-plane", [1], getpid()),
        ("Shop", "web", [1], getpid()),
        ("shop", "../web", [1], getpid()),
        ("shop", "", [1], getpid()),
        ("shop", "web", [0], getpid()),
        ("shop", "web", [70_000], getpid()),
        ("shop", "web", [1], -1),
        ("shop", "web", [1], 0),
        ("shop", "web", Array(repeating: 1, count: 257), getpid()),
    ]

    @Test func `what makes no sense is refused with a reason`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            for (namespace, account, ports, pid) in Self.bad {
                var request = WireRegisterRequest()
                request.namespace = namespace
                request.serviceAccount = account
                request.ports = ports
                request.pid = pid
                let error = await #expect(throws: RPCError.self) {
                    try await mesh.operators { [request] in try await $0.register(request) }
                }
                #expect(error?.code == .invalidArgument, "\(namespace)/\(account)")
                #expect(error?.message.isEmpty == false)
            }
        }
    }

    @Test func `a port that no manifest declares is said to be closed`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            let orders = try await mesh.register("orders", ports: [8080, 9999])
            #expect(orders.warnings.count == 1)
            #expect(orders.warnings.first?.contains("9999") == true)
            let unknown = try await mesh.register("default")
            #expect(unknown.workloadName.isEmpty)
            #expect(unknown.warnings.count == 1)
        }
    }

    @Test func `a second control plane on the same directory is refused`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        try await Harness.run(in: path) { _ in
            let error = await #expect(throws: ControlPlaneError.self) {
                try await Harness.run(in: path) { _ in }
            }
            #expect(error == .alreadyRunning(FilePath("\(path)/data")))
        }
    }

    @Test func `the next control plane finds who still runs, at the same address`() async throws {
        let directory = try TemporaryDirectory()
        let gone = try Bystander()
        let processID = gone.processID
        let (first, second) = try await Harness.run(in: directory.path) { mesh in
            (try await mesh.register("orders"), try await mesh.register("web", pid: processID))
        }
        let sockets = (access(first.agentSocket, F_OK), access(second.agentSocket, F_OK))
        #expect(sockets == (-1, -1))
        gone.end()

        try await Harness.run(in: directory.path) { mesh in
            #expect(mesh.started.mesh.description == first.meshAddress)
            #expect(mesh.started.restored == 1)
            #expect(mesh.started.revision > 1)
            let status = try await mesh.status()
            #expect(status.workloads.map(\.workloadID) == [first.workloadID])
            try await FakeProxy.run(
                first.workloadID,
                with: try await .issued(to: first),
                at: first.meshAddress
            ) { proxy in
                _ = try await proxy.update(of: .policies)
            }
        }
    }

    private static func mode(of path: String) throws -> UInt32 {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw SystemFailure(operation: "stat \(path)", errno: errno) }
        return status.st_mode & 0o777
    }
}
