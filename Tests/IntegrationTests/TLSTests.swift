import JSONText
import SystemPackage
import Testing

extension Integration {
    @Suite("TLS, asked by openssl")
    struct TLSTests {
        private static let request = "GET /orders HTTP/1.1\r\nHost: orders.shop\r\nConnection: close\r\n\r\n"

        @Test func `TLS 1.2 is refused`() async throws {
            try await Mesh.with { mesh in
                let orders = try await mesh.runOrders()
                let outcome = try await openssl(orders.inbound, "-tls1_2")
                #expect(!outcome.succeeded)
                #expect(outcome.errors.contains("alert"))
            }
        }

        @Test func `a caller without a certificate is refused in the handshake`() async throws {
            try await Mesh.with { mesh in
                let orders = try await mesh.runOrders()
                let outcome = try await openssl(orders.inbound, "-tls1_3", input: Self.request)
                #expect(outcome.errors.contains("alert"))
                #expect(!outcome.output.contains("HTTP/1.1"))
            }
        }

        @Test func `only a valid certificate of this mesh gets in`() async throws {
            let directory = try makeTemporaryDirectory()
            _ = try await peer("certificates.py", directory.string)
            let authority = directory.appending("ca.pem").string
            let key = directory.appending("ca.key").string
            try await Mesh.with("--ca-cert", authority, "--ca-key", key) { mesh in
                let orders = try await mesh.runOrders()
                let good = try await openssl(
                    orders.inbound,
                    "-tls1_3",
                    "-cert",
                    directory.appending("good.pem").string,
                    input: Self.request
                )
                #expect(good.output.contains("HTTP/1.1 200"), "\(good.output) \(good.errors)")

                for bad in [
                    "expired", "future", "foreign", "impostor", "two-names", "no-name", "authority",
                    "server-only",
                ] {
                    let outcome = try await openssl(
                        orders.inbound,
                        "-tls1_3",
                        "-cert",
                        directory.appending("\(bad).pem").string,
                        input: Self.request
                    )
                    #expect(!outcome.output.contains("HTTP/1.1"), "\(bad): \(outcome.output)")
                    #expect(outcome.errors.contains("alert"), "\(bad): \(outcome.errors)")
                }
            }
            try await remove(directory)
        }

        @Test func `a client that offers the hybrid key exchange gets it`() async throws {
            try await Mesh.with { mesh in
                let orders = try await mesh.runOrders()
                let facts = try await peer("handshake.py", orders.inbound)
                #expect(facts["version"]?.string == "TLSv1.3")
                #expect(facts["group"]?.string == "X25519MLKEM768")
                #expect(
                    facts["names"]?.array?.compactMap(\.string) == [
                        "spiffe://cluster.local/ns/shop/sa/orders"
                    ]
                )
            }
        }

        private func openssl(_ address: String, _ options: String..., input: String = "") async throws
            -> Outcome
        {
            try await run(
                [
                    "timeout", "20", "openssl", "s_client", "-connect", address, "-alpn", "http/1.1",
                    "-quiet",
                ] + options,
                input: input
            )
        }
    }
}
