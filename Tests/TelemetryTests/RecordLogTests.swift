import Authorization
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Telemetry

/// A log in a directory of its own, and what it diverted.
struct LogFixture: ~Copyable {
    let directory: TemporaryDirectory
    var configuration: RecordLog.Configuration
    let metrics = RecordMetrics(registry: MetricRegistry())
    private let divertedLines = DivertedLines()

    init() throws {
        directory = try TemporaryDirectory()
        configuration = RecordLog.Configuration(path: directory.path + "/log.jsonl")
        configuration.retryDelay = .milliseconds(1)
        configuration.patience = .milliseconds(1)
    }

    func open(diverting: Bool = true) throws -> RecordLog {
        try RecordLog(configuration, metrics: metrics) { [divertedLines] line in
            if diverting { divertedLines.append(line) }
            return diverting
        }
    }

    var diverted: [String] { divertedLines.all }

    /// The lines of a file, of the current one if no number is given.
    func lines(_ suffix: String = "") throws -> [String] {
        String(decoding: try readFile(configuration.path + suffix), as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }

    /// Makes the next rotation fail, with `keptFiles` 1, until ``unblock()``.
    func block() throws {
        guard mkdir(configuration.path + ".1", 0o700) == 0 else { throw Errno(rawValue: errno) }
    }

    func unblock() {
        rmdir(configuration.path + ".1")
    }

    private final class DivertedLines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func append(_ line: [UInt8]) {
            lines.withLock { $0.append(String(decoding: line.dropLast(), as: UTF8.self)) }
        }
    }
}

/// Waits for something that another thread does; gives up after a time far beyond what it takes.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<20_000 {
        if try condition() { return true }
        usleep(500)
    }
    return false
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("The log of decision records")
struct RecordLogTests {
    @Test func `lines are in the file, in order, when the log is closed`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        for index in 0..<100 {
            log.append(bytes("{\"n\":\(index)}"), weight: index % 2 == 0 ? .denial : .allow)
        }
        let isClosed = log.close()

        let lines = try fixture.lines()
        #expect(isClosed)
        #expect(lines == (0..<100).map { "{\"n\":\($0)}" })
        #expect(fixture.metrics.denialsWritten.value == 50)
        #expect(fixture.metrics.allowsWritten.value == 50)
        #expect(fixture.metrics.pending.value == 0)
    }

    @Test func `the file is private, also when it was not before`() throws {
        let fixture = try LogFixture()
        try writeFile(bytes("old\n"), to: fixture.configuration.path)
        chmod(fixture.configuration.path, 0o644)
        try fixture.open().close()

        var status = stat()
        stat(fixture.configuration.path, &status)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(try fixture.lines() == ["old"])
    }

    @Test func `a path that is a link or no file is refused`() throws {
        var fixture = try LogFixture()
        let path = fixture.configuration.path
        symlink("/etc/passwd", path)
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try fixture.open() }
        fixture.configuration.path = "/dev/null"
        #expect(throws: Errno.invalidArgument) { try fixture.open() }
        fixture.configuration.path = fixture.directory.path
        #expect(throws: Errno.isDirectory) { try fixture.open() }
    }

    @Test func `a line that a killed writer left unfinished does not spoil the next`() throws {
        let fixture = try LogFixture()
        try writeFile(bytes("{\"n\":1}\n{\"n\":"), to: fixture.configuration.path)
        let log = try fixture.open()
        log.append(bytes("{\"n\":2}"), weight: .allow)
        log.close()
        #expect(try fixture.lines() == ["{\"n\":1}", "{\"n\":", "{\"n\":2}"])
    }

    @Test func `a file that would grow too long is rotated, and so many are kept`() throws {
        var fixture = try LogFixture()
        fixture.configuration.maximumFileBytes = 10
        fixture.configuration.keptFiles = 2
        let log = try fixture.open()
        for line in ["1234", "6789", "b", "longer than a file may be", "c"] {
            log.append(bytes(line), weight: .denial)
        }
        log.close()

        #expect(try fixture.lines() == ["c"])
        #expect(try fixture.lines(".1") == ["longer than a file may be"])
        #expect(try fixture.lines(".2") == ["b"])
        #expect(access(fixture.configuration.path + ".3", F_OK) != 0)
        #expect(fixture.metrics.rotations.value == 3)
    }

    @Test func `a file that somebody took away is made anew`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        log.append(bytes("1"), weight: .denial)
        let isWritten = eventually { fixture.metrics.denialsWritten.value == 1 }
        unlink(fixture.configuration.path)
        log.append(bytes("2"), weight: .denial)
        log.close()
        #expect(isWritten)
        #expect(try fixture.lines() == ["2"])
    }

    @Test func `many writers at once lose and mix nothing`() async throws {
        var fixture = try LogFixture()
        fixture.configuration.maximumFileBytes = 4096
        fixture.configuration.keptFiles = 1000
        let log = try fixture.open()
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for index in 0..<250 {
                        log.append(
                            bytes("\(writer)-\(index)-" + String(repeating: "x", count: index)),
                            weight: .denial
                        )
                    }
                }
            }
        }
        log.close()

        var lines = try fixture.lines()
        for file in 1...Int(fixture.metrics.rotations.value) { lines = try fixture.lines(".\(file)") + lines }
        for writer in 0..<8 {
            let mine = lines.filter { $0.hasPrefix("\(writer)-") }
            #expect(mine == (0..<250).map { "\(writer)-\($0)-" + String(repeating: "x", count: $0) })
        }
        #expect(lines.count == 2000)
        #expect(fixture.metrics.rotations.value > 10)
    }
}
