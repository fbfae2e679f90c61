import JSONText
import Reconciliation
import TestSupport
import Testing

@testable import KubernetesClient

@Suite("Pages of lists")
struct ListPageReaderTests {
    @Test func `a page is cut into its items without reading them`() throws {
        let text = #"""
             { "kind" : "PodList", "items" : [ {"a":"}],\"{"} , {"b":[1,{"c":null}]} ,{}],
               "metadata":{"resourceVersion":"7","continue":"x"}, "extra" : -1.5e3 , "more": true }
            """#
        let page = try ListPageReader(Array(text.utf8))
        let items = page.items.map { String(decoding: $0, as: UTF8.self) }
        #expect(items == [#"{"a":"}],\"{"}"#, #"{"b":[1,{"c":null}]}"#, "{}"])
        #expect(page.version == "7")
        #expect(page.continuation == "x")
    }

    @Test func `Go writes an empty list as null`() throws {
        let page = try ListPageReader(Array(#"{"items":null,"metadata":{"resourceVersion":"7"}}"#.utf8))
        #expect(page.items.isEmpty)
        #expect(page.continuation == nil)
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "null", #"{"items":[]}"#, #"{"items":[],"metadata":{}}"#,
        #"{"items":[{}"#, #"{"items":[{]},"metadata":{"resourceVersion":"7"}}"#,
        #"{"items":[],"items":[],"metadata":{"resourceVersion":"7"}}"#,
        #"{"items":[,],"metadata":{"resourceVersion":"7"}}"#,
        #"{"items":[],"metadata":{"resourceVersion":"7"}} x"#, #"{"items":{},"metadata":{"#,
        #"{"items":["a\"#, #"{"kind":"Status","items":[],"metadata":{"resourceVersion":"7"}}"#,
    ])
    func `what is no list is refused`(_ text: String) {
        #expect(throws: ListWatchFailure.self) { try ListPageReader(Array(text.utf8)) }
    }

    @Test func `no bytes whatever are a crash`() {
        let good = Array(
            #"{"kind":"L","items":[{"a":"b\"c"},[1,2],{"x":[{}]}],"metadata":{"resourceVersion":"7"}}"#.utf8
        )
        var random = SeededGenerator(seed: 5)
        var refused = 0
        for _ in 0..<5_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = Array(#"{}[]",:\0a"#.utf8).randomElement(using: &random) ?? 0
                case 1: bytes.remove(at: place)
                default: bytes.removeLast(min(bytes.count - 1, 5))
                }
            }
            if (try? ListPageReader(bytes)) == nil { refused += 1 }
        }
        #expect(refused > 1_000)
    }
}
