import Manifests
import Testing

@Suite("The shop's manifests")
struct ShopTests {
    @Test func `are read without a word`() {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let reading = ManifestDirectory.read("/\(root)/Examples/shop")
        #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
        #expect(reading.policies.count >= 4)
        #expect(reading.unreadable.isEmpty)
    }
}
