import Glibc
import Subprocess
import SystemPackage
import Testing

extension Integration {
    @Suite("nullius run")
    struct RunTests {
        @Test(arguments: [0, 1, 42]) func `it ends with the program's exit code`(code: Int32) async throws {
            try await Mesh.with { mesh in
                let outcome = try await mesh.nullius(
                    "run",
                    "--namespace",
                    "shop",
                    "--service-account",
                    "web",
                    "--",
                    "sh",
                    "-c",
                    "exit \(code)"
                )
                #expect(outcome.code == code)
            }
        }

        @Test func `it passes signals on, and lets the program decide`() async throws {
            try await Mesh.with { mesh in
                let script = "trap 'echo got TERM; exit 7' TERM; echo started; while :; do sleep 0.1; done"
                let nullius = try Place.build().appending("nullius").string
                let child = try await mesh.start(
                    "trap",
                    [
                        nullius, "run", "--namespace", "shop", "--service-account", "web", "--", "sh", "-c",
                        script,
                    ],
                    environment: ["NULLIUS_DATA": mesh.data.string]
                )
                try await eventually("the program") {
                    try read(child.output).contains("started") ? true : nil
                }
                child.signal(SIGTERM)
                let status = try await child.end()
                let output = try read(child.output)
                #expect(status == .exited(7))
                #expect(output.contains("got TERM"))
            }
        }

        @Test func `a service account that no manifest has is refused with a reason`() async throws {
            try await Mesh.with { mesh in
                let outcome = try await mesh.nullius(
                    "run",
                    "--namespace",
                    "shop",
                    "--service-account",
                    "nobody",
                    "--",
                    "true"
                )
                #expect(outcome.code == 69)
                #expect(outcome.errors.contains("there is no service account nobody in namespace shop"))
            }
        }

        @Test func `without a control plane it says how to start one`() async throws {
            let nullius = try Place.build().appending("nullius").string
            let outcome = try await run(
                [nullius, "run", "--", "true"],
                environment: ["NULLIUS_DATA": "/tmp/nullius-test-that-does-not-exist"]
            )
            #expect(outcome.code == 69)
            #expect(outcome.errors.contains("nullius up"))
        }

        @Test func `nothing of a workload is left after it ended`() async throws {
            try await Mesh.with { mesh in
                let outcome = try await mesh.nullius(
                    "run",
                    "--namespace",
                    "shop",
                    "--service-account",
                    "web",
                    "--",
                    "true"
                )
                #expect(outcome.code == 0)
                let left = try list(mesh.data.appending("workloads"))
                #expect(left.isEmpty)
            }
        }
    }
}
