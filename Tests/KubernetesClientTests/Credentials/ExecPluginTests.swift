import JSONText
import KubernetesModel
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

@Suite("Exec credential plugins")
struct ExecPluginTests {
    /// A script that counts its runs in a file, keeps what it was told, and prints what it is given.
    private func plugin(
        _ directory: borrowing TemporaryDirectory,
        prints output: String,
        exit: Int = 0,
        interaction: ExecPluginConfiguration.Interaction = .never,
        cluster: JSONValue? = nil,
        now: @escaping @Sendable () -> Timestamp = { .epoch }
    ) throws -> ExecPlugin {
        let path = directory.path
        try writeFile(output.utf8, to: path + "/output")
        let script = """
            #!/bin/sh
            echo run >> "$HERE/runs"
            printf %s "$KUBERNETES_EXEC_INFO" > "$HERE/info"
            echo "$@" > "$HERE/arguments"
            sed "s/RUN/$(wc -l < "$HERE/runs" | tr -d ' ')/" "$HERE/output"
            exit \(exit)
            """
        try writeFile(script.utf8, to: path + "/plugin.sh")
        return ExecPlugin(
            ExecPluginConfiguration(
                apiVersion: "client.authentication.k8s.io/v1",
                command: "sh",
                arguments: [path + "/plugin.sh", "--for", "me"],
                environment: [.init(name: "HERE", value: .init(path))],
                installHint: "",
                wantsCluster: cluster != nil,
                interaction: interaction
            ),
            cluster: cluster,
            environment: ["PATH": "/usr/bin:/bin"],
            hasTerminal: false,
            now: now
        )
    }

    private func runs(_ directory: borrowing TemporaryDirectory) -> Int {
        (try? readFile(directory.path + "/runs").count { $0 == UInt8(ascii: "\n") }) ?? 0
    }

    private static func credential(_ status: String) -> String {
        #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{\#(status)}}"#
    }

    @Test func `it is told about the cluster, and its token is kept`() async throws {
        let directory = try TemporaryDirectory()
        let source = try plugin(
            directory,
            prints: Self.credential(#""token":"t-RUN""#),
            cluster: ["server": "https://api.example"]
        )
        let first = try await source.current().authorization?.reveal { $0 }
        let second = try await source.current().authorization?.reveal { $0 }
        #expect([first, second] == ["Bearer t-1", "Bearer t-1"])
        #expect(runs(directory) == 1)
        let info = try JSONValue(parsing: readFile(directory.path + "/info"))
        #expect(info["spec"]?["cluster"]?["server"] == "https://api.example")
        #expect(info["spec"]?["interactive"] == false)
        #expect(info["apiVersion"] == "client.authentication.k8s.io/v1")
        let arguments = String(decoding: try readFile(directory.path + "/arguments"), as: UTF8.self)
        #expect(arguments == "--for me\n")
    }

    @Test func `it runs again when what it gave has expired, or was refused`() async throws {
        let directory = try TemporaryDirectory()
        let clock = Mutex(Timestamp(clampingSeconds: 1_000_000_000))
        let source = try plugin(
            directory,
            prints: Self.credential(#""token":"t-RUN","expirationTimestamp":"2001-09-09T02:00:00Z""#),
            now: { clock.withLock { $0 } }
        )
        let first = try await source.current()
        clock.withLock { $0 = Timestamp(clampingSeconds: 1_100_000_000) }
        let second = try await source.current()
        let isWorthIt = await source.refused(second)
        let late = await source.refused(first)
        #expect(isWorthIt && late)
        #expect(runs(directory) == 3)
        #expect(first.serial != second.serial)
    }

    @Test func `many who ask at once wait for one run`() async throws {
        let directory = try TemporaryDirectory()
        let source = try plugin(directory, prints: Self.credential(#""token":"t-RUN""#))
        let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 {
                group.addTask { try await source.current().authorization?.reveal { $0 } }
            }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(tokens == ["Bearer t-1"])
        #expect(runs(directory) == 1)
    }

    @Test(arguments: [
        ("no JSON swordfish", 0, "wrote 17 bytes that are no JSON object"),
        (
            #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}"#, 0,
            "did not write"
        ),
        (ExecPluginTests.credential(""), 0, "neither a token nor a certificate"),
        (
            ExecPluginTests.credential(#""clientCertificateData":"x""#), 0,
            "a certificate or a key, and not both"
        ),
        (ExecPluginTests.credential(#""token":"sword\nfish""#), 0, "bytes that no token has"),
        (ExecPluginTests.credential(#""token":7"#), 0, "status.token is a number"),
        (ExecPluginTests.credential(#""token":"swordfish""#), 3, "failed"),
    ])
    func `what it does wrong is told, and what it wrote is not`(
        output: String,
        exit: Int,
        expected: String
    ) async throws {
        let directory = try TemporaryDirectory()
        let source = try plugin(directory, prints: output, exit: exit)
        do {
            _ = try await source.current()
            Issue.record("it was taken")
        } catch {
            let text = "\(error)"
            #expect(text.contains(expected) && !text.contains("swordfish"), "\(text)")
        }
    }

    @Test func `one that must ask a person is not run without one`() async throws {
        let directory = try TemporaryDirectory()
        let source = try plugin(directory, prints: "", interaction: .always)
        await #expect(throws: ClientError.self) { try await source.current() }
        #expect(runs(directory) == 0)
    }
}
