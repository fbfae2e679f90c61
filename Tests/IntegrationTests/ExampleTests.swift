import SystemPackage
import Testing

extension Integration {
    @Suite("The example that the README shows")
    struct ExampleTests {
        @Test func `its manifests are without mistakes and without warnings`() async throws {
            let outcome = try await nullius("policy", "lint", "--strict", Place.shop.string)
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        }

        @Test func `its policies say what their test cases expect`() async throws {
            let cases = Place.shop.appending("policies.test.yaml").string
            let outcome = try await nullius("policy", "test", cases, "-f", Place.shop.string)
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        }

        @Test(arguments: [("GET", Int32(0)), ("DELETE", 1)])
        func `the engine answers by its exit status`(method: String, code: Int32) async throws {
            let target = "shop/orders:8080/orders/1"
            let outcome = try await nullius("can", "shop/web", method, target, "-f", Place.shop.string)
            #expect(outcome.code == code, "\(outcome.output)\(outcome.errors)")
        }

        private func nullius(_ words: String...) async throws -> Outcome {
            try await run([Place.build().appending("nullius").string] + words)
        }
    }
}
