import ArgumentParser
import GRPCCore
import GRPCNIOTransportHTTP2
import MeshAPI
import SystemPackage

/// What the commands have in common that ask a running control plane.
struct OperatorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The control plane's data directory.", valueName: "dir"))
    var data: String?

    @Option(name: [.customShort("o"), .customLong("output")], help: "text or json.")
    var output: OutputFormat = .text

    /// Asks the control plane; a refusal ends the command with a sentence.
    func ask<Answer: Sendable>(
        _ question:
            @Sendable @escaping (WireOperator.Client<HTTP2ClientTransport.Posix>, CallOptions) async throws ->
            Answer
    ) async throws -> Answer {
        let connection = OperatorConnection(data: data.map { FilePath($0) } ?? DataDirectory.standard())
        let trouble: CommandTrouble
        do {
            return try await connection.call(question)
        } catch let error as RPCError {
            trouble = CommandTrouble(error.message)
        } catch {
            trouble = CommandTrouble("\(error)")
        }
        trouble.output.print()
        throw ExitCode(CommandStatus.trouble.rawValue)
    }
}
