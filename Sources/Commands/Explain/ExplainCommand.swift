import ArgumentParser
import JSONText
import KubernetesModel

/// `nullius explain ID`: finds the record of a decision and tells it to people.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell why a request was answered as it was.",
        discussion: """
            ID is what the response's nullius-decision header said; its first eight digits are enough if no other
            record begins with them.

            Exit status: 0 found, 1 no such record, 2 the records could not be read.
            """
    )

    @Argument(help: "The id of a decision: 8 to 32 hexadecimal digits.")
    var id: String

    @Option(help: "The data directory of nullius up; NULLIUS_DATA, or ~/.local/state/nullius, if left out.")
    var data: String?

    @Option(name: [.customShort("o"), .customLong("output")], help: "text or json.")
    var output: OutputFormat = .text

    func validate() throws {
        guard (8...32).contains(id.utf8.count), id.utf8.allSatisfy(Self.isDigit) else {
            throw ValidationError("The id of a decision is 8 to 32 lower-case hexadecimal digits.")
        }
    }

    func run() throws {
        try answer(from: RecordSearch.find(id, inDataDirectory: data ?? RecordSearch.defaultDirectory()))
            .finish()
    }

    /// The answer by what the search found.
    func answer(from found: RecordSearch.Found) -> CommandOutput {
        switch found {
        case .unreadable(let path):
            return CommandTrouble("\(path) cannot be read; say where the records are with --data").output
        case .records(let records, let files):
            let ids = Set(records.compactMap { $0["id"]?.string }).sorted()
            guard let record = records.first else {
                return CommandOutput(
                    text: "",
                    notes:
                        "error: no record \(id) in \(files) files; it may have been rotated away, or not sampled",
                    status: .no
                )
            }
            guard ids.count == 1 else {
                return CommandTrouble("\(ids.count) records begin with \(id): \(ids.joined(separator: ", "))")
                    .output
            }
            let text = output == .json ? record.text() : RecordText.lines(record).joined(separator: "\n")
            return CommandOutput(text: text, status: .yes)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
