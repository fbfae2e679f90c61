import Glibc
import TestSupport
import Testing

@testable import Telemetry

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("The log of decision records in trouble")
struct RecordLogTroubleTests {
    /// Eleven bytes with the newline.
    private func line(_ index: Int) -> String { "line-\(10_000 + index)" }

    /// A log whose file is nearly full, and whose rotation fails until the fixture is unblocked.
    private func stalledLog(_ fixture: inout LogFixture, diverting: Bool = true) throws -> RecordLog {
        fixture.configuration.maximumFileBytes = 300
        fixture.configuration.keptFiles = 1
        fixture.configuration.queueBytes = 50
        fixture.configuration.denialBytes = 250
        try fixture.block()
        let log = try fixture.open(diverting: diverting)
        let metrics = fixture.metrics
        for (index, length) in [220, 74].enumerated() {
            log.append([UInt8](repeating: UInt8(ascii: "f"), count: length), weight: .denial)
            try #require(eventually { metrics.denialsWritten.value == index + 1 })
        }
        log.append(bytes(line(0)), weight: .denial)
        try #require(eventually { metrics.writeFailures.value > 0 })
        return log
    }

    @Test func `while it cannot write, allows are dropped, denials kept, and diverted when there is no room`()
        throws
    {
        var fixture = try LogFixture()
        let log = try stalledLog(&fixture)
        for index in 1...5 { log.append(bytes(line(index)), weight: .allow) }
        for index in 6...30 { log.append(bytes(line(index)), weight: .denial) }
        let metrics = fixture.metrics
        let dropped = metrics.allowsDropped.value
        let pending = metrics.pending.value
        fixture.unblock()
        let isClosed = log.close()
        let diverted = fixture.diverted
        let lines = try fixture.lines()

        // 250 bytes hold 22 lines: one in the writer's hands, three allows (up to 50 bytes), eighteen denials.
        #expect(dropped == 2)
        #expect(pending == 22)
        #expect(isClosed)
        #expect(lines + diverted == [0, 1, 2, 3].map(line) + (6...30).map(line))
        #expect(diverted.count == 7)
        #expect(metrics.denialsDiverted.value == 7)
        #expect(metrics.denialsLost.value == 0)
        #expect(metrics.pending.value == 0)
    }

    @Test func `a denial that nothing takes is counted as lost`() throws {
        var fixture = try LogFixture()
        let log = try stalledLog(&fixture, diverting: false)
        for index in 1...25 { log.append(bytes(line(index)), weight: .denial) }
        let metrics = fixture.metrics
        let lost = metrics.denialsLost.value
        fixture.unblock()
        log.close()
        #expect(lost == 4)
        #expect(metrics.denialsWritten.value == 2 + 22)
    }

    @Test func `closing gives up on the disk, and diverts what is left`() throws {
        var fixture = try LogFixture()
        let log = try stalledLog(&fixture)
        log.append(bytes(line(1)), weight: .denial)
        log.append(bytes(line(2)), weight: .allow)
        let isClosed = log.close()
        log.append(bytes(line(3)), weight: .denial)
        log.append(bytes(line(4)), weight: .allow)
        #expect(isClosed)
        #expect(fixture.diverted == [0, 1, 3].map(line))
        #expect(fixture.metrics.allowsDropped.value == 2)
    }

    @Test(
        "On a full disk nothing is lost or cut, and all is written once there is room",
        .enabled(if: canMount(), "mounting a small file system takes root")
    )
    func fullDisk() throws {
        var fixture = try LogFixture()
        let directory = fixture.directory.path + "/disk"
        mkdir(directory, 0o700)
        let mounted = try run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", directory])
        try #require(mounted.status == 0, "\(mounted.errorText)")
        defer { _ = try? run(["umount", "-l", directory]) }
        fixture.configuration.path = directory + "/log.jsonl"

        let log = try fixture.open()
        let expected = (0..<100).map { "\($0)-" + String(repeating: "x", count: 1000) }
        for line in expected { log.append(bytes(line), weight: .denial) }
        let metrics = fixture.metrics
        let isFull = eventually { metrics.writeFailures.value > 2 }
        let whileFull = try readFile(fixture.configuration.path)
        let remounted = try run(["mount", "-o", "remount,size=1m", directory])
        let isWritten = eventually { metrics.pending.value == 0 }
        log.close()

        #expect(isFull)
        #expect(remounted.status == 0)
        #expect(isWritten)
        #expect(whileFull.last == UInt8(ascii: "\n"))
        #expect(whileFull.count > 32 << 10 && whileFull.count < 64 << 10)
        #expect(try fixture.lines() == expected)
        #expect(metrics.denialsDiverted.value == 0)
    }
}

/// Whether this process may mount file systems; tried, since root in a container often may not.
private func canMount() -> Bool {
    guard geteuid() == 0, let directory = try? TemporaryDirectory() else { return false }
    guard let mounted = try? run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", directory.path]) else {
        return false
    }
    guard mounted.status == 0 else { return false }
    _ = try? run(["umount", directory.path])
    return true
}
