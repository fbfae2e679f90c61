import GRPCCore
import Glibc
import Logging
import MeshAPI
import ProxyCore
import SystemPackage

/// One run of a program as a workload: registration, proxy, program, and the same backwards.
struct RunSession: Sendable {
    var connection: OperatorConnection
    var registration: WireRegisterRequest
    var proxy: FilePath
    var proxyArguments: [String]
    var program: Program
    var drainDeadline: Duration

    /// How `nullius run` ends when the program did not decide it (`sysexits.h`, and 127 as shells have it).
    private enum Exit {
        static let unavailable: Int32 = 69
        static let software: Int32 = 70
        static let notFound: Int32 = 127
    }

    /// Runs to the end.
    ///
    /// - Returns: the exit code of `nullius run`.
    func run() async -> Int32 {
        let registered: WireRegisterResponse
        do {
            registered = try await connection.call { [registration] client, options in
                try await client.register(registration, options: options)
            }
        } catch let error as RPCError {
            return complain("the control plane refused the workload: \(error.message)", Exit.unavailable)
        } catch {
            return complain("\(error)", Exit.unavailable)
        }
        for warning in registered.warnings { complain("warning: \(warning)") }
        let code = await runBeside(registered)
        var goodbye = WireDeregisterRequest()
        goodbye.workloadID = registered.workloadID
        // A control plane that is gone needs no goodbye, and one that lives notices that this process ended.
        _ = try? await connection.call { [goodbye] client, options in
            try await client.deregister(goodbye, options: options)
        }
        return code
    }

    private enum Event: Sendable {
        case sidecarReady
        case sidecarEnded(String?)
        case programEnded(Int32)
        case programFailed(String)
    }

    /// Starts the proxy, then the program, and ends the proxy after the program.
    private func runBeside(_ registered: WireRegisterResponse) async -> Int32 {
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        return await withTaskGroup(of: Event.self) { group in
            group.addTask {
                do {
                    try await sidecar(registered).run { _ in isReady.yield() }
                    return .sidecarEnded(nil)
                } catch {
                    return .sidecarEnded("\(error)")
                }
            }
            group.addTask {
                var reports = ready.makeAsyncIterator()
                return await reports.next() == nil ? .sidecarEnded(nil) : .sidecarReady
            }
            var code = Exit.software
            while let event = await group.next() {
                switch event {
                case .sidecarReady:
                    group.addTask { await runProgram(registered) }
                case .programEnded(let status):
                    code = status
                    group.cancelAll()
                case .programFailed(let reason):
                    code = complain("the program could not be run: \(reason)", Exit.notFound)
                    group.cancelAll()
                case .sidecarEnded(let reason):
                    if let reason { code = complain(reason, Exit.software) }
                    isReady.finish()
                    group.cancelAll()
                }
            }
            return code
        }
    }

    private func runProgram(_ registered: WireRegisterResponse) async -> Event {
        if Task.isCancelled { return .programFailed("cancelled") }
        var program = program
        program.environment["SPIFFE_ENDPOINT_SOCKET"] = "unix://\(registered.agentSocket)"
        do {
            return .programEnded(try await program.run())
        } catch {
            return .programFailed("\(error)")
        }
    }

    private func sidecar(_ registered: WireRegisterResponse) -> SidecarProcess {
        SidecarProcess(
            executable: proxy,
            arguments: [
                "--workload-id", registered.workloadID,
                "--workload-name", registered.workloadName,
                "--identity", registered.spiffeID,
                "--agent-socket", registered.agentSocket,
                "--control", registered.meshAddress,
                "--control-plane-id", registered.controlPlaneID,
                "--records", registered.recordsPath,
                "--parent", "\(getpid())",
            ] + proxyArguments,
            drainDeadline: drainDeadline + .seconds(5),
            logger: Logger(label: "nullius.run")
        )
    }

    /// Says something to the person, not to the program's output.
    @discardableResult
    private func complain(_ message: String, _ code: Int32 = 0) -> Int32 {
        let line = "nullius run: \(message)\n"
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        return code
    }
}
