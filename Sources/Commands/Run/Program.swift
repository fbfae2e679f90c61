import Glibc
import Subprocess
import Synchronization
import SystemPackage
import UnixSignals

/// The user's program: started with our standard streams, sent the signals that we get, waited for.
struct Program: Sendable {
    var executable: String
    var arguments: [String]
    /// Added to the environment that we have ourselves.
    var environment: [String: String]

    /// Runs the program to its end.
    ///
    /// - Returns: its exit code, or 128 plus the number of the signal that ended it, as shells do.
    func run() async throws -> Int32 {
        let running = RunningProcess()
        return try await withThrowingTaskGroup(of: Int32?.self) { group in
            let signals = await UnixSignalsSequence(
                trapping: .sigterm,
                .sigint,
                .sigquit,
                .sighup,
                .sigusr1,
                .sigusr2
            )
            group.addTask {
                for await signal in signals { running.receive(signal) }
                return nil
            }
            group.addTask {
                defer { running.ended() }
                return try await runToEnd(noting: running)
            }
            defer { group.cancelAll() }
            while let status = try await group.next() {
                if let status { return status }
            }
            throw CancellationError()
        }
    }

    private func runToEnd(noting running: RunningProcess) async throws -> Int32 {
        let added = environment.map { (Environment.Key(stringLiteral: $0), Optional($1)) }
        let result = try await Subprocess.run(
            executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
            arguments: Arguments(arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: added)),
            input: .currentStandardInput,
            output: .currentStandardOutput,
            error: .currentStandardError
        ) { execution in
            running.started(execution.processIdentifier.value)
        }
        return switch result.terminationStatus {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    }
}

/// The process to pass signals to, from its start until it was waited for.
final class RunningProcess: Sendable {
    private struct State {
        var process: pid_t?
        /// A signal that came before the process did.
        var early: [Int32] = []
    }

    private let state = Mutex(State())

    func started(_ process: pid_t) {
        state.withLock { state in
            state.process = process
            for signal in state.early { kill(process, signal) }
            state.early = []
        }
    }

    func ended() {
        state.withLock { $0.process = nil }
    }

    func receive(_ signal: UnixSignal) {
        // Ctrl-C and Ctrl-\ in a terminal reach the program without us: it is in the same foreground group.
        if signal == .sigint || signal == .sigquit, tcgetpgrp(STDIN_FILENO) == getpgrp() { return }
        state.withLock { state in
            if let process = state.process {
                kill(process, signal.rawValue)
            } else {
                state.early.append(signal.rawValue)
            }
        }
    }
}
