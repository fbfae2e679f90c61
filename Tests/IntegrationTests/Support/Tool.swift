import JSONText
import Subprocess
import SystemPackage

/// What a program that ran to its end left behind.
struct Outcome: Sendable {
    var status: TerminationStatus
    var output: String
    var errors: String

    var succeeded: Bool { status.isSuccess }

    /// The exit code; 128 plus the signal's number for one that was killed.
    var code: Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    }
}

/// Runs a program to its end and keeps what it printed.
func run(
    _ words: [String],
    input: String = "",
    environment: [String: String] = [:]
) async throws -> Outcome {
    let result = try await Subprocess.run(
        words.executable,
        arguments: Arguments(Array(words.dropFirst())),
        environment: .inheriting(environment),
        input: .string(input),
        output: .string(limit: 4 << 20),
        error: .string(limit: 4 << 20)
    )
    return Outcome(
        status: result.terminationStatus,
        output: result.standardOutput,
        errors: result.standardError
    )
}

/// Runs one of the foreign peers in `Peers/`; each prints one JSON value.
func peer(_ script: String, _ arguments: String...) async throws -> JSONValue {
    let outcome = try await run([Place.python(), Place.peers.appending(script).string] + arguments)
    guard outcome.succeeded else { throw Trouble("\(script) failed (\(outcome.code)): \(outcome.errors)") }
    return try JSONValue(parsing: outcome.output)
}
