import Glibc

/// What a program that a test ran left behind.
public struct Completed: Sendable {
    /// The exit status; 128 plus the signal's number when a signal ended it, as shells say it.
    public let status: Int32
    public let output: [UInt8]
    public let errors: [UInt8]

    public var outputText: String { String(decoding: output, as: UTF8.self) }
    public var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// Runs a program to its end, with its input and outputs in files so that neither side can wait for the other.
///
/// The first of the arguments is the program, looked up in `PATH`. Blocks the calling thread: for tests only.
public func run(_ arguments: [String], input: [UInt8] = []) throws -> Completed {
    let directory = try TemporaryDirectory()
    let inputPath = directory.path + "/input"
    let outputPath = directory.path + "/output"
    let errorPath = directory.path + "/errors"
    try writeFile(input, to: inputPath)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, arguments[0], &actions, nil, &pointers, environ)
    guard failure == 0 else { throw SystemFailure(operation: "spawn \(arguments[0])", errno: failure) }

    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
        guard errno == EINTR else { throw SystemFailure(operation: "waitpid", errno: errno) }
    }
    let signal = status & 0x7F
    return Completed(
        status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
        output: try readFile(outputPath),
        errors: try readFile(errorPath)
    )
}

/// Runs a Python program with the interpreter of the tests.
///
/// `NULLIUS_TEST_PYTHON` names it (`make test` sets it to a private environment); without, `python3`.
public func runPython(_ script: String, arguments: [String] = [], input: [UInt8] = []) throws -> Completed {
    let interpreter = getenv("NULLIUS_TEST_PYTHON").map { String(cString: $0) } ?? "python3"
    return try run([interpreter, "-c", script] + arguments, input: input)
}
