import ArgumentParser
import Authorization
import JSONText
import KubernetesModel
import Manifests

/// `nullius policy lint FILES…`: finds every mistake in manifests.
struct PolicyLintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Find every mistake in manifests, each with its line and a hint.",
        discussion: "Exit status: 0 no mistakes, 1 mistakes (with --strict also warnings), 2 nothing to read."
    )

    @Argument(help: "Manifests, or directories of them.")
    var files: [String]

    @Flag(help: "Count warnings as mistakes.")
    var strict = false

    @Option(name: [.customShort("o"), .customLong("output")], help: "text or json.")
    var output: OutputFormat = .text

    func run() throws {
        try report(on: ManifestDirectory.read(files)).finish()
    }

    /// The report on what was read.
    func report(on reading: ManifestReading) -> CommandOutput {
        var diagnostics = reading.diagnostics
        // Policies alone are complete too; only beside workloads is it strange to select none.
        let compiled = PolicyCompiler(reading.state()).diagnostics()
        let hasWorkloads = reading.objects.contains { $0.isWorkload }
        diagnostics += hasWorkloads ? compiled : compiled.filter { $0.severity == .error }
        diagnostics.sort { ($0.location ?? .none, $0.code) < ($1.location ?? .none, $1.code) }

        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count - errors
        let isBad = errors > 0 || strict && warnings > 0
        let status: CommandStatus = reading.files.isEmpty ? .trouble : isBad ? .no : .yes
        switch output {
        case .text:
            let counts = "\(reading.policies.count) policies in \(reading.files.count) files: "
            let summary =
                counts + (diagnostics.isEmpty ? "no mistakes" : "\(errors) errors, \(warnings) warnings")
            let lines = diagnostics.map(\.description) + [summary]
            return CommandOutput(text: lines.joined(separator: "\n"), status: status)
        case .json:
            let value: JSONValue = [
                "files": .int(reading.files.count),
                "policies": .int(reading.policies.count),
                "errors": .int(errors),
                "warnings": .int(warnings),
                "diagnostics": .array(diagnostics.map(\.json)),
            ]
            return CommandOutput(text: value.text(), status: status)
        }
    }
}

extension KubernetesObject {
    fileprivate var isWorkload: Bool {
        if case .workload = self { true } else { false }
    }
}

extension SourceLocation {
    /// Before everything that has a place.
    fileprivate static var none: SourceLocation { SourceLocation(file: "", line: 0, column: 0) }
}

extension Diagnostic {
    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("severity", .string(severity.rawValue)),
            ("code", .string(code)),
            ("message", .string(message)),
        ]
        if let hint { members.append(("hint", .string(hint))) }
        if let location {
            members += [
                ("file", .string(location.file)),
                ("line", .int(location.line)),
                ("column", .int(location.column)),
            ]
        }
        return .object(JSONObject(members))
    }
}
