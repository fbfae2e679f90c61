import ArgumentParser
import SystemPackage

extension CommandOutput {
    /// Writes both streams and ends the command with the status.
    func finish() throws {
        print()
        guard status == .yes else { throw ExitCode(status.rawValue) }
    }

    /// Writes both streams; for commands that go on, or end in their own way.
    func print() {
        Self.write(text, to: .standardOutput)
        Self.write(notes, to: .standardError)
    }

    private static func write(_ text: String, to stream: FileDescriptor) {
        guard !text.isEmpty else { return }
        let line = text.hasSuffix("\n") ? text : text + "\n"
        // A reader that went away (`| head`) is no reason to fail.
        _ = try? stream.writeAll(line.utf8)
    }
}

/// A question that could not be answered, in a sentence that says what to do.
struct CommandTrouble: Error, Equatable, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }

    var output: CommandOutput { CommandOutput(text: "", notes: "error: \(description)", status: .trouble) }
}
