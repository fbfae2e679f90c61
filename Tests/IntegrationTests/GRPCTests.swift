import JSONText
import Testing

extension Integration {
    @Suite("gRPC, between grpcio and grpcio")
    struct GRPCTests {
        @Test func `calls and streams pass in both directions, and a method nobody allowed does not`()
            async throws
        {
            try await Mesh.with { mesh in
                _ = try await mesh.runLedger()
                _ = try await mesh.runPayments()
                let payments = try await mesh.runCaller("orders", of: "payments.shop:50051")
                let seen = try await peer("grpc_client.py", payments)
                #expect(seen["charge"]?["cents"]?.int == 42)
                #expect(seen["charge"]?["entries"]?.int == 1)
                #expect(seen["watched"]?.int == 1000)
                #expect(seen["reconciled"]?.int == 100)
                // Each answer came before the next question was asked, so nothing holds a stream back.
                #expect(seen["interleaved"]?.bool == true)
                #expect(seen["refund"]?.string == "PERMISSION_DENIED")
                #expect(seen["decision"]?.string?.isEmpty == false)
                #expect(seen["invalid"]?.string == "INVALID_ARGUMENT")
                #expect(seen["cancelled"]?.string == "CANCELLED")
                #expect(seen["late"]?.string == "DEADLINE_EXCEEDED")
            }
        }
    }
}
