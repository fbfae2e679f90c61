import ArgumentParser
import FoundationEssentials
import JSONText
import KubernetesModel
import MeshAPI
import SystemPackage

/// `nullius ca`: the certificate authority of the mesh.
struct CACommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca",
        abstract: "Look at the certificate authority, and rotate it.",
        subcommands: [CAStatusCommand.self, CARotateCommand.self]
    )
}

/// `nullius ca status`: the keys of the authority.
struct CAStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the authority's keys, and who has yet to learn of a new one."
    )

    @OptionGroup var options: OperatorOptions

    func run() async throws {
        let status = try await options.ask { client, call in
            try await client.caStatus(WireCAStatusRequest(), options: call)
        }
        CAReport(status).output(options.output).print()
    }
}

/// `nullius ca rotate`: the next key of the authority.
struct CARotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Begin to sign with a new key, without breaking a connection.",
        discussion: """
            The new key's certificate is first sent to every proxy; as soon as each that lives has acknowledged it, the \
            new key signs. The old certificate is dropped when nothing that it signed can still be valid.
            """
    )

    @OptionGroup var options: OperatorOptions

    @Flag(help: "Wait until the new key signs.")
    var wait = false

    @Option(
        help: ArgumentHelp("How long to wait at most.", valueName: "duration"),
        transform: { try Duration(parsing: $0) }
    )
    var timeout: Duration = .seconds(60)

    func run() async throws {
        let rotation = try await options.ask { client, call in
            try await client.caRotate(WireCARotateRequest(), options: call)
        }
        let clock = ContinuousClock()
        let end = clock.now + timeout
        var status = try await self.status()
        while wait, !Self.signs(rotation.preparedSlot, in: status) {
            guard clock.now < end else {
                CommandOutput(
                    text: "",
                    notes: "error: slot \(rotation.preparedSlot) still waits for "
                        + status.waitingFor.joined(separator: ", "),
                    status: .no
                ).print()
                throw ExitCode(CommandStatus.no.rawValue)
            }
            try await Task.sleep(for: .milliseconds(200))
            status = try await self.status()
        }
        CAReport(status).output(options.output).print()
    }

    private func status() async throws -> WireCAStatusResponse {
        try await options.ask { client, call in
            try await client.caStatus(WireCAStatusRequest(), options: call)
        }
    }

    private static func signs(_ slot: String, in status: WireCAStatusResponse) -> Bool {
        status.slots.contains { $0.id == slot && $0.state == .active }
    }
}

/// The authority's state, for people and programs.
struct CAReport {
    let status: WireCAStatusResponse

    init(_ status: WireCAStatusResponse) {
        self.status = status
    }

    func output(_ format: OutputFormat) -> CommandOutput {
        switch format {
        case .text: CommandOutput(text: text, status: .yes)
        case .json: CommandOutput(text: json.text(), status: .yes)
        }
    }

    private var text: String {
        var lines = ["Trust domain \(status.trustDomain), trust version \(status.trustVersion)"]
        for slot in status.slots {
            var line = "  slot \(slot.id)  \(Self.word(slot.state))  until \(Self.time(slot.notAfter))  "
            line += String(slot.fingerprint.prefix(16))
            if slot.isExternal { line += "  brought along" }
            if slot.state == .retired {
                line +=
                    slot.droppableAt == 0
                    ? "  dropped next" : "  dropped after \(Self.time(slot.droppableAt))"
            }
            lines.append(line)
        }
        if status.slots.contains(where: { $0.state == .prepared }) {
            lines.append(
                status.waitingFor.isEmpty
                    ? "The prepared slot signs as soon as proxies of an earlier run cannot be around any more."
                    : "The prepared slot waits for \(status.waitingFor.joined(separator: ", "))."
            )
        }
        return lines.joined(separator: "\n")
    }

    private var json: JSONValue {
        [
            "trustDomain": .string(status.trustDomain),
            "trustVersion": .int(status.trustVersion),
            "slots": .array(
                status.slots.map { slot in
                    [
                        "id": .string(slot.id),
                        "state": .string(Self.word(slot.state)),
                        "notBefore": .string(Self.time(slot.notBefore)),
                        "notAfter": .string(Self.time(slot.notAfter)),
                        "fingerprint": .string(slot.fingerprint),
                        "external": .bool(slot.isExternal),
                    ]
                }
            ),
            "waitingFor": .strings(status.waitingFor),
        ]
    }

    private static func word(_ state: WireCAStatusResponse.Slot.State) -> String {
        switch state {
        case .prepared: "prepared"
        case .active: "active"
        case .retired: "retired"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }

    private static func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
