import ArgumentParser
import Authorization
import Identity
import JSONText
import KubernetesModel
import Manifests

/// `nullius can FROM METHOD TO/PATH`: asks the engine, from files.
struct CanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "can",
        abstract: "Ask whether somebody may do something, and why.",
        discussion: """
            FROM is namespace/service-account, a SPIFFE ID, an IP address, or anyone.
            METHOD is an HTTP method, GRPC (then the path is /service/method), or TCP (then there is no path).
            TO/PATH is namespace/name:port/path; the name is a Service's or a workload's.

            nullius can shop/web GET shop/orders:8080/orders/7 -f Examples/shop
            nullius can shop/orders GRPC shop/payments:50051/shop.v1.Payments/Charge -f Examples/shop
            nullius can anyone TCP shop/ledger:6379 -f Examples/shop

            Exit status: 0 allowed, 1 denied or refused, 2 the question could not be answered.
            """
    )

    @Argument(help: "Who asks.")
    var from: String

    @Argument(help: "An HTTP method, GRPC or TCP.")
    var method: String

    @Argument(help: "The destination and the path.")
    var to: String

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: "A manifest, or a directory of them; repeatable."
    )
    var files: [String] = []

    @Option(help: "The address that the caller comes from.")
    var address: String?

    @Option(help: "The Host of the request; the destination's name if left out.")
    var host: String?

    @Option(
        name: [.customShort("H"), .customLong("header")],
        help: "A header field, name:value; repeatable."
    )
    var headers: [String] = []

    @Option(help: "The trust domain of the mesh.")
    var trustDomain: String = TrustDomain.default.name

    @OptionGroup
    var token: TokenOptions

    @Flag(name: [.customShort("v"), .customLong("verbose")], help: "List every rule that was considered.")
    var isVerbose = false

    @Option(name: [.customShort("o"), .customLong("output")], help: "text or json.")
    var output: OutputFormat = .text

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Say which manifests to ask: -f DIR") }
    }

    func run() throws {
        try answer(from: ManifestDirectory.read(files)).finish()
    }

    /// The answer by these manifests.
    func answer(from reading: ManifestReading) -> CommandOutput {
        do throws(CommandTrouble) {
            return try ask(reading)
        } catch {
            var output = error.output
            output.notes = (reading.diagnostics.map(\.description) + [output.notes]).joined(separator: "\n")
            return output
        }
    }

    private func ask(_ reading: ManifestReading) throws(CommandTrouble) -> CommandOutput {
        guard let domain = try? TrustDomain(parsing: trustDomain) else {
            throw CommandTrouble("\(Spelling.quoted(trustDomain)) is no trust domain")
        }
        let caller = try Who.parse(from, address: address, trustDomain: domain)
        let (whom, path) = try destination()
        let what = try What(method: method, path: path, host: host ?? whom.host, headers: try fields())
        let state = reading.state(trustDomain: domain)
        let compiler = PolicyCompiler(state)
        let evidence = try token.evidence()

        var isAllowed = true
        var blocks: [String] = []
        var values: [JSONValue] = []
        for (workload, port) in try whom.resolve(in: state) {
            let policy = compiler.policy(for: port, of: workload, revision: PolicyRevision(0))
            let answer = Answer.ask(what, by: caller, token: evidence, of: policy)
            isAllowed = isAllowed && answer.verdict == .allow
            values.append(answer.json(for: workload, port: port))
            let title =
                "\(answer.verdict.rawValue)  \(from) \(method) \(workload.meta.objectName):\(port)\(path)"
            let rules = isVerbose ? ["considered:"] + answer.considered.map { "  \($0)" } : []
            blocks.append(([title] + (answer.lines + rules).map { "  \($0)" }).joined(separator: "\n"))
        }
        let text =
            switch output {
            case .text: blocks.joined(separator: "\n")
            case .json: JSONValue.array(values).text()
            }
        return CommandOutput(
            text: text,
            notes: reading.diagnostics.map(\.description).joined(separator: "\n"),
            status: isAllowed ? .yes : .no
        )
    }

    /// `shop/orders:8080` and `/orders/7`, of `shop/orders:8080/orders/7`.
    private func destination() throws(CommandTrouble) -> (Whom, String) {
        guard let colon = to.firstIndex(of: ":") else { return (try Whom(parsing: to), "") }
        let end = to[colon...].firstIndex { "/?\\#".contains($0) } ?? to.endIndex
        return (try Whom(parsing: to[..<end]), String(to[end...]))
    }

    private func fields() throws(CommandTrouble) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for header in headers {
            guard let colon = header.firstIndex(of: ":") else {
                throw CommandTrouble("\(Spelling.quoted(header)) is no header; write name:value")
            }
            let value = header[header.index(after: colon)...].drop { $0 == " " }
            result.append((String(header[..<colon]), String(value)))
        }
        return result
    }
}
