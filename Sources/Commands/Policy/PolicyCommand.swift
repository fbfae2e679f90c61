import ArgumentParser

/// `nullius policy`: what concerns policies as files.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check policies and test what they say.",
        subcommands: [PolicyLintCommand.self, PolicyTestCommand.self]
    )
}
