import GRPCCore
import GRPCNIOTransportHTTP2
import Glibc
import MeshAPI
import SystemPackage

/// The control plane of this machine, as the command line reaches it: through the Unix socket in its data directory.
struct OperatorConnection: Sendable {
    /// No control plane answers there.
    struct Unreachable: Error, CustomStringConvertible {
        let socket: FilePath
        let reason: String

        var description: String {
            "no control plane answers at \(socket): \(reason)\nStart one with `nullius up DIR`, or say where it keeps its data with --data."
        }
    }

    let data: FilePath

    var socket: FilePath { data.appending("control.sock") }

    /// Runs calls on one connection, which is closed after them.
    func call<Result: Sendable>(
        _ body:
            @Sendable @escaping (WireOperator.Client<HTTP2ClientTransport.Posix>, CallOptions) async throws ->
            Result
    ) async throws -> Result {
        guard access(socket.string, F_OK) == 0 else {
            throw Unreachable(socket: socket, reason: "there is no such socket")
        }
        let transport = try HTTP2ClientTransport.Posix(
            target: .unixDomainSocket(path: socket.string),
            transportSecurity: .plaintext
        )
        var options = CallOptions.defaults
        options.timeout = .seconds(15)
        options.waitForReady = false
        do {
            return try await withGRPCClient(transport: transport) { [options] client in
                try await body(WireOperator.Client(wrapping: client), options)
            }
        } catch let error as RPCError where error.code == .unavailable {
            throw Unreachable(socket: socket, reason: error.message)
        }
    }
}

/// Where a control plane of this machine keeps its data.
enum DataDirectory {
    /// `NULLIUS_DATA`, else `nullius` in `XDG_STATE_HOME`, else in `~/.local/state`.
    static func standard(environment: (String) -> String? = { getenv($0).map { String(cString: $0) } })
        -> FilePath
    {
        if let data = environment("NULLIUS_DATA"), !data.isEmpty { return FilePath(data) }
        if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
            return FilePath(state).appending("nullius")
        }
        return FilePath(environment("HOME") ?? "/").appending(".local/state/nullius")
    }
}
