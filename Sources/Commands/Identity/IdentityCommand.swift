import ArgumentParser
import CertificateAuthority
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import Glibc
import Identity
import JSONText
import MeshAPI

/// `nullius identity`: who this program is.
struct IdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "Show the identity of a workload.",
        subcommands: [IdentityShowCommand.self]
    )
}

/// `nullius identity show`: asks the SPIFFE Workload API as any program would.
struct IdentityShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the identity that this process has, as the SPIFFE Workload API proves it.",
        discussion: """
            Works inside a workload, where SPIFFE_ENDPOINT_SOCKET is set:

              nullius run --namespace shop --service-account web -- nullius identity show
            """
    )

    @Option(
        help: ArgumentHelp("The Workload API's socket; by default SPIFFE_ENDPOINT_SOCKET.", valueName: "path")
    )
    var socket: String?

    @Option(name: [.customShort("o"), .customLong("output")], help: "text or json.")
    var output: OutputFormat = .text

    func run() async throws {
        do {
            let svid = try await fetch(from: try path())
            try CommandOutput(text: output == .text ? text(svid) : json(svid).text(), status: .yes).finish()
        } catch let trouble as CommandTrouble {
            try trouble.output.finish()
        } catch let error as RPCError {
            try CommandTrouble("no identity was given: \(error.message)").output.finish()
        }
    }

    private func path() throws(CommandTrouble) -> String {
        let place = socket ?? getenv("SPIFFE_ENDPOINT_SOCKET").map { String(cString: $0) }
        guard let place else {
            throw CommandTrouble(
                "SPIFFE_ENDPOINT_SOCKET is not set; run this inside `nullius run … --`, or name a --socket"
            )
        }
        // `unix:///path` is how SPIFFE writes it (SPIFFE Workload Endpoint, section 4).
        return place.hasPrefix("unix://") ? String(place.dropFirst("unix://".count)) : place
    }

    private func fetch(from path: String) async throws -> X509SVID {
        let transport = try HTTP2ClientTransport.Posix(
            target: .unixDomainSocket(path: path),
            transportSecurity: .plaintext
        )
        var options = CallOptions.defaults
        options.timeout = .seconds(10)
        return try await withGRPCClient(transport: transport) { [options] client in
            try await SPIFFESpiffeWorkloadAPI.Client(wrapping: client).fetchX509SVID(
                SPIFFEX509SVIDRequest(),
                metadata: ["workload.spiffe.io": "true"],
                options: options
            ) { response in
                for try await message in response.messages {
                    guard let first = message.svids.first else { break }
                    return try X509SVID(der: Self.certificates(in: [UInt8](first.x509Svid)))
                }
                throw CommandTrouble("the Workload API gave no identity")
            }
        }
    }

    /// Takes certificates apart that stand one after the other: each is a SEQUENCE (X.690, section 8.1.3).
    static func certificates(in bytes: [UInt8]) throws(CommandTrouble) -> [[UInt8]] {
        var rest = bytes[...]
        var certificates: [[UInt8]] = []
        while !rest.isEmpty {
            // Tag 0x30, then the length: one byte below 0x80, or 0x81 and 0x82 and as many bytes.
            let start = rest.startIndex
            guard rest.count >= 4, rest[start] == 0x30 else { throw CommandTrouble("that is no certificate") }
            let (header, length): (Int, Int) =
                switch rest[start + 1] {
                case let short where short < 0x80: (2, Int(short))
                case 0x81: (3, Int(rest[start + 2]))
                case 0x82: (4, Int(rest[start + 2]) << 8 | Int(rest[start + 3]))
                default: (0, 0)
                }
            guard header > 0, rest.count >= header + length else {
                throw CommandTrouble("that is no certificate")
            }
            certificates.append(Array(rest.prefix(header + length)))
            rest = rest.dropFirst(header + length)
        }
        return certificates
    }

    private func text(_ svid: X509SVID) -> String {
        """
        \(svid.spiffeID)
          valid from \(svid.notBefore.formatted(.iso8601)) until \(svid.notAfter.formatted(.iso8601))
          \(svid.chain.der.count) certificate\(svid.chain.der.count == 1 ? "" : "s") in the chain
        """
    }

    private func json(_ svid: X509SVID) -> JSONValue {
        [
            "spiffeID": .string(svid.spiffeID.description),
            "trustDomain": .string(svid.spiffeID.trustDomain.name),
            "notBefore": .string(svid.notBefore.formatted(.iso8601)),
            "notAfter": .string(svid.notAfter.formatted(.iso8601)),
            "certificates": .int(svid.chain.der.count),
        ]
    }
}
