import GRPCCore
import GRPCNIOTransportHTTP2
import MeshAPI
import NIOSSL
import NetworkTypes
import TestSupport
import Testing

@testable import ControlPlane

@Suite("The TLS of the mesh API", .timeLimit(.minutes(1)))
struct MeshTLSTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var isServed: Bool
        var configure: @Sendable (inout TLSConfiguration) -> Void
    }

    static let cases: [Case] = [
        Case(testDescription: "TLS 1.3", isServed: true) { _ in },
        Case(testDescription: "the hybrid key exchange alone", isServed: true) {
            $0.curves = [.x25519_MLKEM768]
        },
        Case(testDescription: "TLS 1.2", isServed: false) {
            $0.minimumTLSVersion = .tlsv12
            $0.maximumTLSVersion = .tlsv12
        },
        Case(testDescription: "no certificate", isServed: false) {
            $0.certificateChain = []
            $0.privateKey = nil
        },
    ]

    @Test("Who is served", arguments: cases)
    func serves(_ sample: Case) async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            let orders = try await mesh.register("orders")
            let credentials = try await Credentials.issued(to: orders)
            let transport = try credentials.transport(
                to: SocketEndpoint(parsing: orders.meshAddress),
                configure: sample.configure
            )
            let error = await #expect(throws: RPCError.self) { try await Self.subscribe(over: transport) }
            // An empty message is refused as such only where the connection was accepted.
            #expect((error?.code == .invalidArgument) == sample.isServed)
        }
    }

    /// Opens a stream and says nothing that makes sense on it.
    private static func subscribe(over transport: HTTP2ClientTransport.Posix) async throws {
        try await withGRPCClient(transport: transport) { client in
            var options = CallOptions.defaults
            options.waitForReady = false
            try await WireMesh.Client(wrapping: client).subscribe(
                options: options,
                requestProducer: { try await $0.write(WireProxyMessage()) },
                onResponse: { for try await _ in $0.messages {} }
            )
        }
    }
}
