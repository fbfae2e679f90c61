import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A process of a test: its output goes to files, and it is ended by its id.
final class Child: Sendable {
    let name: String
    let process: pid_t
    let output: FilePath
    let errors: FilePath
    private let ending: Task<TerminationStatus, any Error>
    private let ended: EndedFlag

    private init(
        name: String,
        process: pid_t,
        output: FilePath,
        errors: FilePath,
        ending: Task<TerminationStatus, any Error>,
        ended: EndedFlag
    ) {
        self.name = name
        self.process = process
        self.output = output
        self.errors = errors
        self.ending = ending
        self.ended = ended
    }

    /// Starts a program; returns when it has a process id.
    static func start(
        _ name: String,
        _ words: [String],
        environment: [String: String] = [:],
        logs: FilePath
    ) async throws -> Child {
        let output = logs.appending("\(name).out")
        let errors = logs.appending("\(name).err")
        let outputFile = try openForWriting(output)
        let errorFile = try openForWriting(errors)
        let ended = EndedFlag()
        let (processes, found) = AsyncStream.makeStream(of: pid_t.self)
        let ending = Task {
            defer {
                ended.set()
                found.finish()
            }
            return try await Subprocess.run(
                words.executable,
                arguments: Arguments(Array(words.dropFirst())),
                environment: .inheriting(environment),
                input: .none,
                output: .fileDescriptor(outputFile, closeAfterSpawningProcess: true),
                error: .fileDescriptor(errorFile, closeAfterSpawningProcess: true)
            ) { execution in
                found.yield(execution.processIdentifier.value)
                found.finish()
            }.terminationStatus
        }
        for await process in processes {
            return Child(
                name: name,
                process: process,
                output: output,
                errors: errors,
                ending: ending,
                ended: ended
            )
        }
        _ = try await ending.value
        throw Trouble("\(name) ended before it began")
    }

    var isRunning: Bool { !ended.isSet }

    func signal(_ number: Int32) {
        if isRunning { kill(process, number) }
    }

    /// Waits for its end; kills it, and throws, when that takes too long.
    @discardableResult
    func end(within limit: Duration = .seconds(30)) async throws -> TerminationStatus {
        do {
            try await eventually("the end of \(name)", within: limit) { self.isRunning ? nil : true }
        } catch {
            signal(SIGKILL)
            _ = try await ending.value
            throw error
        }
        return try await ending.value
    }

    /// Asks it to end, as an orchestrator does.
    @discardableResult
    func stop() async throws -> TerminationStatus {
        signal(SIGTERM)
        return try await end()
    }

    /// What it printed, for a failure's message.
    func said() -> String {
        let text = (try? read(errors)) ?? ""
        return text.split(separator: "\n").suffix(20).joined(separator: "\n")
    }

    private static func openForWriting(_ path: FilePath) throws -> FileDescriptor {
        try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
    }
}

/// Set once the process was waited for: from then on its id may be somebody else's.
final class EndedFlag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .acquiring) }

    func set() {
        state.store(true, ordering: .releasing)
    }
}

extension [String] {
    /// The first word as what to run: a path, or a name to look for in `PATH`.
    var executable: Executable {
        self[0].contains("/") ? .path(FilePath(self[0])) : .name(self[0])
    }
}

extension Environment {
    static func inheriting(_ added: [String: String]) -> Environment {
        let values = added.map { (Environment.Key(stringLiteral: $0), Optional($1)) }
        return .inherit.updating(Dictionary(uniqueKeysWithValues: values))
    }
}
