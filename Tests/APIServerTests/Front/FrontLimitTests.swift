import JSONText
import KubernetesModel
import Logging
import RBAC
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import APIServer

@Suite("Limits of the front")
struct FrontLimitTests {
    @Test func `there is room for so many requests, and a place is free once nobody holds it`() throws {
        var limits = FrontLimits()
        limits.writesInFlight = 1
        limits.watchesPerUser = 2
        limits.watches = 3
        let inFlight = InFlight(limits)
        var first: InFlight.Place? = try inFlight.enter(.write, user: "a")
        #expect(throws: APIStatus.self) { try inFlight.enter(.write, user: "b") }
        // Those who read are not held up by those who write.
        let reader = try inFlight.enter(.read, user: "b")
        withExtendedLifetime(first) {}
        first = nil
        let second = try inFlight.enter(.write, user: "b")

        let watches = [try inFlight.enter(.watch, user: "a"), try inFlight.enter(.watch, user: "a")]
        #expect(throws: APIStatus.self) { try inFlight.enter(.watch, user: "a") }
        let other = try inFlight.enter(.watch, user: "b")
        let refusal = #expect(throws: APIStatus.self) { try inFlight.enter(.watch, user: "c") }
        #expect(refusal?.code == 429)
        #expect(refusal?.details.retryAfter == .seconds(1))
        withExtendedLifetime((reader, second, watches, other)) {}
    }

    @Test func `nobody alone holds every place, and who is not known holds few`() throws {
        var limits = FrontLimits()
        limits.readsInFlight = 16
        let inFlight = InFlight(limits)
        let anonymous = try (0..<2).map { _ in try inFlight.enter(.read, user: "system:anonymous") }
        #expect(throws: APIStatus.self) { try inFlight.enter(.read, user: "system:anonymous") }
        let own = try (0..<8).map { _ in try inFlight.enter(.read, user: "a") }
        #expect(throws: APIStatus.self) { try inFlight.enter(.read, user: "a") }
        let other = try inFlight.enter(.read, user: "b")
        withExtendedLifetime((anonymous, own, other)) {}
        #expect(inFlight.number(of: .read) == 11)
    }

    @Test func `a record keeps the beginning of what a caller made long`() {
        #expect(AuditPolicy.shortened("/api") == "/api")
        let long = AuditPolicy.shortened(String(repeating: "é", count: 10_000))
        #expect(long.utf8.count == 1024 + 3)
        #expect(long.hasSuffix("…"))
    }

    @Test func `fields of impersonation are read without regard to case, and bounded`() throws {
        let read = try Self.read([
            ("impersonate-USER", "jane"), ("Impersonate-Group", "a"), ("Impersonate-Group", "b"),
            ("Impersonate-Uid", "7"), ("Impersonate-Extra-acme.example%2Fscope", "x"),
        ])
        #expect(read?.user.name == "jane")
        #expect(read?.user.groups == ["a", "b"])
        #expect(read?.user.uid == "7")
        #expect(read?.user.extra == ["acme.example/scope": ["x"]])
        #expect(try Self.read([("Accept", "a")]) == nil)
        let many = [("Impersonate-User", "u")] + (0..<100).map { ("Impersonate-Group", "\($0)") }
        #expect(throws: APIStatus.self) { try Self.read(many) }
        #expect(throws: APIStatus.self) {
            try Self.read([("Impersonate-User", "a"), ("Impersonate-User", "b")])
        }
    }

    @Test func `the audit log turns its files, and keeps only so many`() async throws {
        let temporary = try TemporaryDirectory()
        let directory = try PrivateDirectory(at: FilePath(temporary.path + "/audit"))
        var limits = AuditLimits()
        limits.fileBytes = 1
        limits.oldFiles = 2
        let log = AuditLog(
            directory,
            limits: limits,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        for index in 0..<5 {
            // One run for one line, so that each line finds the file of the one before too large.
            let one = AuditLog(
                directory,
                limits: limits,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            await one.append(Self.event("\(index)"))
            one.close()
            await one.run()
        }
        #expect(try directory.names() == ["audit.log", "audit.log.1", "audit.log.2"])
        let newest = try #require(try directory.read("audit.log"))
        #expect(try JSONValue(parsing: newest)["auditID"]?.string == "4")
        #expect(log.isWriting)
    }

    @Test func `an audit log that cannot be written says so`() async throws {
        let temporary = try TemporaryDirectory()
        let directory = try PrivateDirectory(at: FilePath(temporary.path + "/audit"))
        // A directory stands where the file should be.
        _ = try PrivateDirectory(at: FilePath(temporary.path + "/audit/audit.log"))
        let log = AuditLog(directory, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await log.append(Self.event("1"))
        log.close()
        await log.run()
        #expect(!log.isWriting)
    }

    private static func read(_ fields: [(String, String)]) throws -> Impersonation? {
        try ImpersonationFields.read(fields.map { (name: $0.0, value: $0.1) })
    }

    private static func event(_ id: String) -> AuditEvent {
        AuditEvent(
            id: id,
            requestURI: "/",
            verb: "get",
            user: .anonymous,
            sourceAddress: "",
            userAgent: "",
            received: .epoch,
            completed: .epoch
        )
    }
}
