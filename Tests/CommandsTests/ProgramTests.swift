import Testing

@testable import Commands

@Suite("Running a program")
struct ProgramTests {
    private func shell(_ script: String) -> Program {
        Program(executable: "/bin/sh", arguments: ["-c", script], environment: ["NULLIUS_PROBE": "7"])
    }

    @Test func `its exit code is ours`() async throws {
        let status = try await shell("exit 7").run()
        #expect(status == 7)
    }

    @Test func `it sees what is added to the environment`() async throws {
        let status = try await shell("exit $NULLIUS_PROBE").run()
        #expect(status == 7)
    }

    @Test func `a signal that ends it is 128 and its number`() async throws {
        let status = try await shell("kill -9 $$").run()
        #expect(status == 137)
    }

    @Test func `a program that does not exist is an error`() async {
        await #expect(throws: (any Error).self) {
            try await Program(executable: "/nonexistent/program", arguments: [], environment: [:]).run()
        }
    }
}
