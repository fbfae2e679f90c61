import Glibc
import SystemPackage
import Testing

extension Integration {
    @Suite("When something is killed or full")
    struct FailureTests {
        @Test func `without its control plane the data plane goes on, and takes up the new policy after`()
            async throws
        {
            try await Mesh.with { mesh in
                let first = try mesh.startedControlPlane()
                let orders = try await mesh.runOrders()
                let caller = try await mesh.runCaller("web", of: "orders.shop:8080")
                let before = try await curl("http://\(caller)/orders")
                #expect(before.status == 200)

                first.signal(SIGKILL)
                _ = try await first.end()
                let allowed = try await curl("http://\(caller)/orders")
                let denied = try await curl("http://\(caller)/admin")
                #expect(allowed.status == 200)
                #expect(denied.status == 403)

                try mesh.changePolicies(
                    "serviceAccount: { name: web }",
                    to: "serviceAccount: { name: nobody }"
                )
                try await mesh.startControlPlane()
                let after = try await eventually("the changed policy") {
                    let answer = try await curl("http://\(caller)/orders")
                    return answer.status == 403 ? answer : nil
                }
                #expect(after.status == 403)
                #expect(orders.process.isRunning)
            }
        }

        @Test func `a killed proxy never lets a request pass unjudged, and comes back`() async throws {
            try await Mesh.with { mesh in
                let orders = try await mesh.runOrders()
                let caller = try await mesh.runCaller("web", of: "orders.shop:8080")
                let before = try await curl("http://\(caller)/orders")
                #expect(before.status == 200)

                let proxy = try await processes(named: "nullius-proxy", under: orders.process.process)
                #expect(proxy.count == 1)
                for process in proxy { kill(process, SIGKILL) }

                let after = try await eventually("the proxy to be back") {
                    let answer = try? await curl("http://\(caller)/orders")
                    return answer?.status == 200 ? answer : nil
                }
                #expect(after.status == 200)
                let denied = try await curl("http://\(caller)/admin")
                #expect(denied.status == 403)
            }
        }

        @Test func `a broken manifest is reported, and the last good policy stays`() async throws {
            try await Mesh.with { mesh in
                _ = try await mesh.runOrders()
                let caller = try await mesh.runCaller("web", of: "orders.shop:8080")
                let file = mesh.manifests.appending("policies.yaml")
                let good = try read(file)
                try replace(file, with: good + "\n---\nkind: AccessPolicy\n  spec: [")
                let reported = try await eventually("the report") {
                    let status = try await mesh.nullius("status")
                    return status.output.contains("policies.yaml") ? status.output : nil
                }
                #expect(reported.contains("policies.yaml"))
                let allowed = try await curl("http://\(caller)/orders")
                let denied = try await curl("http://\(caller)/admin")
                #expect(allowed.status == 200)
                #expect(denied.status == 403)
            }
        }

        @Test(.enabled(if: geteuid() == 0, "mounting a small file system needs root"))
        func `with the disk full for records the mesh goes on, and says that records were lost`() async throws
        {
            try await Mesh.with { mesh in
                let records = mesh.data.appending("records")
                if access(records.string, F_OK) != 0 { try makeDirectory(records) }
                let mounted = try await run(
                    ["mount", "-t", "tmpfs", "-o", "size=16k,mode=0700", "tmpfs", records.string]
                )
                guard mounted.succeeded else { throw Trouble("cannot mount: \(mounted.errors)") }
                do {
                    let orders = try await mesh.runOrders()
                    let caller = try await mesh.runCaller("web", of: "orders.shop:8080")
                    for _ in 0..<60 {
                        let answer = try await curl("http://\(caller)/admin")
                        #expect(answer.status == 403)
                    }
                    let allowed = try await curl("http://\(caller)/orders")
                    #expect(allowed.status == 200)
                    let metrics = try await curl("http://\(orders.admin)/metrics")
                    #expect(metrics.body.contains("nullius_records_write_failures_total"))
                    #expect(orders.process.isRunning)
                } catch {
                    _ = try await run(["umount", "-l", records.string])
                    throw error
                }
                _ = try await run(["umount", "-l", records.string])
            }
        }
    }
}

/// The descendants of a process that run a program of that name.
private func processes(named name: String, under root: pid_t) async throws -> [pid_t] {
    let table = try await run(["ps", "-e", "-o", "pid=,ppid=,comm="]).output
    var parents: [pid_t: pid_t] = [:]
    var named: [pid_t] = []
    for line in table.split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard words.count == 3, let process = pid_t(words[0]), let parent = pid_t(words[1]) else { continue }
        parents[process] = parent
        if words[2].hasPrefix(name.prefix(15)) { named.append(process) }
    }
    return named.filter { process in
        var ancestor = parents[process]
        while let current = ancestor, current != root { ancestor = parents[current] }
        return ancestor == root
    }
}
