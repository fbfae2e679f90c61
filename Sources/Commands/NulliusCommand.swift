public import ArgumentParser

/// The command line: one subcommand, one file.
public struct NulliusCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "nullius",
        abstract: "Zero trust for Kubernetes and for one machine: is X allowed to access Y?",
        version: "0.1.0",
        subcommands: [
            UpCommand.self,
            RunCommand.self,
            StatusCommand.self,
            PolicyCommand.self,
            CanCommand.self,
            WhoCanCommand.self,
            CanICommand.self,
            ExplainCommand.self,
            CACommand.self,
            IdentityCommand.self,
        ]
    )

    public init() {}
}
