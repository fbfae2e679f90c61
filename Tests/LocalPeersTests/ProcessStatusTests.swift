import Testing

@testable import LocalPeers

@Suite("Reading /proc/PID/stat")
struct ProcessStatusTests {
    private static let tail =
        " S 41 42 42 0 -1 4194304 90 0 0 0 0 0 0 0 20 0 1 0 7777 8192 100 184467440737095516"

    @Test(arguments: [
        "(sleep)", "(a b)", "(a) S 1 (b)", "(()", "()))", "(\n)", "(12) R 99 12)",
    ])
    func `the program's name does not matter`(name: String) {
        let status = ProcessStatus(parsing: Array("42 \(name)\(Self.tail)\n".utf8))
        #expect(status?.parent == 41)
        #expect(status?.startTime == 7777)
    }

    @Test(arguments: [
        "", "42", "42 (sleep", "42 (sleep)", "42 (sleep) S 41", "42 (sleep) S -1\(tail.dropFirst(5))",
        "42 (sleep) S x\(tail.dropFirst(5))", "42 (sleep) S 99999999999\(tail.dropFirst(5))",
    ])
    func `what is cut or no number is no status`(text: String) {
        let status = ProcessStatus(parsing: Array(text.utf8))
        #expect(status == nil)
    }

    @Test func `there is no process 0 or -1`() {
        let statuses = [ProcessStatus.of(0), ProcessStatus.of(-1), ProcessStatus.of(.max)]
        #expect(statuses == [nil, nil, nil])
    }
}

@Suite("Descent of processes that are made up")
struct ProcessAncestryTests {
    private static let shell = ProcessIdentity(processID: 10, startTime: 100)

    private static func isDescendant(_ pid: Int32, in table: [Int32: (parent: Int32, start: UInt64)]) -> Bool
    {
        ProcessAncestry.isDescendant(pid, of: shell) { pid in
            table[pid].map { ProcessStatus(parent: $0.parent, startTime: $0.start) }
        }
    }

    @Test func `itself, children and grandchildren are descendants`() {
        let table: [Int32: (parent: Int32, start: UInt64)] = [
            1: (0, 1), 10: (1, 100), 11: (10, 100), 12: (11, 250), 13: (1, 300),
        ]
        let answers = [10, 11, 12, 13, 1, 99].map { Self.isDescendant($0, in: table) }
        #expect(answers == [true, true, true, false, false, false])
    }

    @Test func `a pid given to a later process is another process`() {
        let answer = Self.isDescendant(11, in: [1: (0, 1), 10: (1, 500), 11: (10, 600)])
        #expect(!answer)
    }

    @Test func `a parent younger than its child is not its parent`() {
        let answer = Self.isDescendant(12, in: [1: (0, 1), 10: (1, 100), 11: (10, 900), 12: (11, 250)])
        #expect(!answer)
    }

    @Test func `a circle ends`() {
        let answer = Self.isDescendant(12, in: [11: (12, 200), 12: (11, 200)])
        #expect(!answer)
    }

    @Test func `a longer line than any in good faith is refused`() {
        var table: [Int32: (parent: Int32, start: UInt64)] = [10: (1, 100)]
        for pid in Int32(11)..<200 { table[pid] = (pid - 1, 100) }
        let answers = [Self.isDescendant(60, in: table), Self.isDescendant(199, in: table)]
        #expect(answers == [true, false])
    }

    @Test func `a process that gets a new parent while it is looked at is refused`() {
        var reads = 0
        let answer = ProcessAncestry.isDescendant(11, of: Self.shell) { pid in
            if pid == 10 { return ProcessStatus(parent: 1, startTime: 100) }
            reads += 1
            return ProcessStatus(parent: reads == 1 ? 10 : 1, startTime: 200)
        }
        #expect(!answer)
    }
}
