import Logging
import ProxyCore
import Subprocess
import SystemPackage

/// The `nullius-proxy` beside the program: kept running until we are cancelled, then drained.
///
/// A proxy that dies is started again, as Kubernetes does with a native sidecar: the program's calls fail until
/// it is back, and nothing passes unjudged meanwhile.
struct SidecarProcess: Sendable {
    enum Failure: Error, CustomStringConvertible {
        /// It ended before it ever served.
        case neverReady(TerminationStatus)

        var description: String {
            switch self {
            case .neverReady(let status):
                "the proxy ended before it was ready (\(status)); see its messages above"
            }
        }
    }

    var executable: FilePath
    var arguments: [String]
    /// How long it may drain before it is killed.
    var drainDeadline: Duration
    var logger: Logger

    /// Runs until cancelled; `onReady` is called each time the proxy serves.
    func run(onReady: @Sendable @escaping (ReadyReport) -> Void) async throws {
        var wasReady = false
        var attempt = 0
        while !Task.isCancelled {
            let (status, ready) = try await runOnce(onReady: onReady)
            if Task.isCancelled { return }
            wasReady = wasReady || ready
            guard wasReady else { throw Failure.neverReady(status) }
            attempt = ready ? 0 : attempt + 1
            logger.warning("the proxy ended; starting it again", metadata: ["status": "\(status)"])
            let wait = min(Duration.milliseconds(200 << min(attempt, 6)), .seconds(10))
            guard (try? await Task.sleep(for: wait)) != nil else { return }
        }
    }

    private func runOnce(
        onReady: @Sendable @escaping (ReadyReport) -> Void
    ) async throws -> (TerminationStatus, Bool) {
        var options = PlatformOptions()
        // A group of its own: Ctrl-C is for the program, and the proxy drains after it.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: drainDeadline)]
        let result = try await Subprocess.run(
            .path(executable),
            arguments: Arguments(arguments),
            platformOptions: options,
            input: .none,
            output: .sequence,
            error: .currentStandardError
        ) { execution in
            var isReady = false
            for try await line in execution.standardOutput.strings() {
                guard let report = ReadyReport(parsing: line) else { continue }
                isReady = true
                onReady(report)
            }
            return isReady
        }
        return (result.terminationStatus, result.closureResult)
    }
}
