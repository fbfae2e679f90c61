import Glibc

/// Runs a program that we did not write, such as curl, and waits for it.
enum Tool {
    struct Result: Sendable {
        var status: Int32
        var output: String
    }

    struct Failure: Error {
        var message: String
    }

    /// Runs a command line of `sh`, with standard error among its output; ends it after 30 seconds.
    static func shell(_ command: String) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            var thread = pthread_t()
            let job = Job(command: command) { continuation.resume(with: $0) }
            let raw = Unmanaged.passRetained(job).toOpaque()
            let code = pthread_create(
                &thread,
                nil,
                { raw in
                    if let raw { Unmanaged<Job>.fromOpaque(raw).takeRetainedValue().run() }
                    return nil
                },
                raw
            )
            guard code == 0 else {
                Unmanaged<Job>.fromOpaque(raw).release()
                continuation.resume(throwing: Failure(message: "no thread"))
                return
            }
            pthread_detach(thread)
        }
    }

    /// Blocks a thread of its own, so that no cooperative thread waits.
    private final class Job: Sendable {
        let command: String
        let done: @Sendable (Swift.Result<Result, any Error>) -> Void

        init(command: String, done: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void) {
            self.command = command
            self.done = done
        }

        func run() {
            let quoted = command.split(separator: "'", omittingEmptySubsequences: false).joined(
                separator: "'\\''"
            )
            guard let pipe = popen("timeout 30 sh -c '\(quoted)' 2>&1 </dev/null", "r") else {
                done(.failure(Failure(message: "popen")))
                return
            }
            var bytes: [UInt8] = []
            var block = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = fread(&block, 1, block.count, pipe)
                guard count > 0 else { break }
                bytes += block.prefix(count)
            }
            let status = pclose(pipe)
            done(.success(Result(status: status >> 8, output: String(decoding: bytes, as: UTF8.self))))
        }
    }
}
