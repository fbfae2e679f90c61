public import ArgumentParser

/// For whom a command writes.
public enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// For people.
    case text
    /// For programs: one JSON value.
    case json
}

/// What a command says on its standard output, and how it ends.
///
/// Made by functions that read no stream and write none, so that tests need no process.
struct CommandOutput: Equatable, Sendable {
    var text: String
    /// For the standard error: what went wrong beside the answer.
    var notes: String = ""
    var status: CommandStatus
}

/// The exit codes of the commands that answer a question.
enum CommandStatus: Int32, Equatable, Sendable {
    /// Yes: allowed, no mistakes, every case as expected.
    case yes = 0
    /// No: denied, mistakes found, a case failed.
    case no = 1
    /// The question could not be answered: bad usage, unreadable files, no such record.
    case trouble = 2
}
