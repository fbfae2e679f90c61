import ArgumentParser

/// `nullius policy`: what concerns policies as files.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check policies, test what they say, see where they are in force.",
        subcommands: [
            PolicyLintCommand.self, PolicyTestCommand.self, PolicyStatusCommand.self, PolicyWaitCommand.self,
        ]
    )
}
