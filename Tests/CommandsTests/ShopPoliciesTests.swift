import ArgumentParser
import Manifests
import Testing

@testable import Commands

@Suite("The example's own test cases")
struct ShopPoliciesTests {
    @Test func `pass`() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let shop = "\(root)/Examples/shop"
        let command = try PolicyTestCommand.parse(["\(shop)/policy-test.yaml", "-f", shop])
        let output = command.report(
            on: ManifestDirectory.documents(command.cases),
            ManifestDirectory.read(shop)
        )
        #expect(output.status == .yes, "\(output.text)\n\(output.notes)")
        #expect(output.text.hasSuffix("14 of 14 cases passed"))
    }
}
