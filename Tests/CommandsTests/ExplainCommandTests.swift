import ArgumentParser
import Authorization
import FoundationEssentials
import JSONText
import Testing

@testable import Commands

@Suite("nullius explain")
struct ExplainCommandTests {
    private let id = "0123456789abcdef0123456789abcdef"

    private let record = #"""
        {"id":"0123456789abcdef0123456789abcdef","time":"2026-11-21T02:03:04.000000005Z","verdict":"deny",\#
        "wouldBe":"deny","reason":"no-rule-matched","summary":"none of 2 rules matches",\#
        "source":{"identity":"spiffe://cluster.local/ns/shop/sa/web","address":"127.0.0.1"},\#
        "destination":{"namespace":"shop","workload":"orders","identity":"spiffe://x/y","port":8080},\#
        "protocol":"http/1.1","method":"POST","host":"orders.shop","path":"/orders/7","status":403,"revision":7,\#
        "considered":[{"rule":"shop/orders/web-reads","action":"Allow","mode":"Enforce","missed":["method"],\#
        "because":["the method is POST; the rule wants GET"]}],"omitted":1}
        """#

    @Test func `tells a record to people`() throws {
        let value = try JSONValue(parsing: record)
        let output = try ExplainCommand.parse([id]).answer(from: .records([value], files: 1))
        #expect(output.status == .yes)
        #expect(
            output.text == """
                DENY  2026-11-21T02:03:04.000000005Z  0123456789abcdef0123456789abcdef

                  asked   POST orders.shop/orders/7 (http/1.1)
                  by      spiffe://cluster.local/ns/shop/sa/web, from 127.0.0.1
                  of      shop/orders, port 8080
                  answer  deny: none of 2 rules matches [no-rule-matched], status 403
                  policy  revision 7

                considered, nearest first:
                  shop/orders/web-reads (Allow) does not match
                    the method is POST; the rule wants GET
                  and 1 more
                """
        )
    }

    @Test func `what is strange in a record does not reach the terminal`() throws {
        let value: JSONValue = ["id": "x", "verdict": "de\u{1b}[31mny", "source": 7, "considered": [3, "a"]]
        let output = try ExplainCommand.parse([id]).answer(from: .records([value], files: 1))
        #expect(!output.text.contains("\u{1b}"))
        #expect(output.status == .yes)
    }

    @Test func `no record, no directory and two records are different answers`() throws {
        let command = try ExplainCommand.parse([id])
        #expect(command.answer(from: .records([], files: 3)).status == .no)
        #expect(command.answer(from: .unreadable("/x")).status == .trouble)
        let two: [JSONValue] = [["id": "01234567a"], ["id": "01234567b"]]
        #expect(command.answer(from: .records(two, files: 1)).status == .trouble)
    }

    @Test(
        "what is no id is refused",
        arguments: ["", "0123456", "0123456789ABCDEF", "../../etc", String(repeating: "0", count: 33)]
    )
    func badIDs(_ id: String) {
        #expect(throws: (any Error).self) { try ExplainCommand.parse([id]) }
    }

    @Test func `records are found in every file, rotated ones and broken lines included`() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nullius-explain-\(UInt64.random(in: 0...UInt64.max))"
        )
        let records = directory.appendingPathComponent("records")
        try FileManager.default.createDirectory(at: records, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let other = record.replacing("0123456789", with: "9999999999")
        let noise = String(repeating: "x", count: 3 << 20)
        try Data("\(other)\nnot json\n{\"id\":\"0123456789\n".utf8).write(
            to: records.appendingPathComponent("a.jsonl")
        )
        try Data("\(noise)\n\(record)\n".utf8).write(to: records.appendingPathComponent("b.jsonl.1"))
        try Data(record.utf8).write(to: records.appendingPathComponent("c.txt"))

        let found = RecordSearch.find(String(id.prefix(12)), inDataDirectory: directory.path)
        #expect(found == .records([try JSONValue(parsing: record)], files: 2))
        let none = RecordSearch.find("ffffffff", inDataDirectory: directory.path)
        #expect(none == .records([], files: 2))
        let nowhere = RecordSearch.find(id, inDataDirectory: "\(directory.path)/none")
        #expect(nowhere == .unreadable("\(directory.path)/none/records"))
    }
}
