import Testing

@testable import MeshAPI

@Suite("The name of a workload")
struct WorkloadIDTests {
    @Test("Names that can stand in a path", arguments: ["a", "web-5f3a91c2", "a.b-c.d", "0"])
    func good(_ text: String) throws {
        let id = try WorkloadID(parsing: text)
        #expect(id.text == text)
    }

    @Test(
        "Names that could mean something else in a path or a log",
        arguments: [
            "", ".", "..", "a/b", "../a", "a..b", "-a", "a-", "A", "a\0b", "a b", "é", "a\n",
            String(repeating: "a", count: 129),
        ]
    )
    func bad(_ text: String) {
        #expect(throws: WireError.self) { try WorkloadID(parsing: text) }
    }
}
