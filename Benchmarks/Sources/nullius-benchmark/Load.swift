import JSONText
import KubernetesClient
import KubernetesModel

/// Makes pods, and changes them at a rate.
struct Load: Sendable {
    let client: APIClient

    func prepare() async throws {
        let namespaces = ResourceType(
            GroupVersion(group: "", version: "v1"),
            "namespaces",
            kind: "Namespace",
            isNamespaced: false
        )
        let object: JSONObject = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(BenchmarkPod.namespace)],
        ]
        _ = try? await client.create(namespaces, UnstructuredObject(object))
    }

    /// Two writes for each pod, as a scheduler and a kubelet would do.
    func fill(_ range: Range<Int>, tasks: Int) async throws {
        try await prepare()
        let start = Measures.wallSeconds
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask { [self] in
                    for number in range where number % tasks == task { try await create(number) }
                }
            }
            try await group.waitForAll()
        }
        let took = Measures.wallSeconds - start
        let pod = try await client.get(
            .pods,
            name: BenchmarkPod.name(range.lowerBound),
            in: BenchmarkPod.namespace
        )
        print(
            "fill: \(range.count) pods, \(pod.json.bytes().count) bytes each, in \(rounded(took)) s,",
            "\(rounded(Double(range.count * 2) / took)) writes/s with \(tasks) clients"
        )
    }

    private func create(_ number: Int) async throws {
        let name = BenchmarkPod.name(number)
        _ = try await client.create(.pods, BenchmarkPod.object(number), in: BenchmarkPod.namespace)
        _ = try await client.patch(
            .pods,
            name: name,
            in: BenchmarkPod.namespace,
            subresource: "status",
            .merge(BenchmarkPod.status(number))
        )
    }

    /// Creates as fast as the server answers, each client one at a time.
    func writes(tasks: Int, seconds: Double, from first: Int) async throws {
        try await prepare()
        let start = Measures.wallSeconds
        let times = try await withThrowingTaskGroup(of: [Int].self) { group in
            for task in 0..<tasks {
                group.addTask { [self] in
                    var times: [Int] = []
                    var number = first + task
                    while Measures.wallSeconds - start < seconds {
                        let begun = Measures.wallSeconds
                        _ = try await client.create(
                            .pods,
                            BenchmarkPod.object(number),
                            in: BenchmarkPod.namespace
                        )
                        times.append(Int((Measures.wallSeconds - begun) * 1_000_000))
                        number += tasks
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let took = Measures.wallSeconds - start
        print(
            "create: \(tasks) clients, \(rounded(Double(times.count) / took)) a second,",
            Spread(times).milliseconds,
            "client cpu \(rounded(Measures.cpuSeconds))"
        )
    }

    /// Patches a label of one pod after the other, so many times a second.
    func change(rate: Int, seconds: Int, pods: Int) async throws {
        let start = ContinuousClock.now
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<(rate * seconds) {
                try await Task.sleep(until: start + .seconds(1) * number / rate, tolerance: .zero)
                group.addTask { [self] in
                    let sent: JSONValue = .string(String(Measures.microseconds))
                    _ = try await client.patch(
                        .pods,
                        name: BenchmarkPod.name(number * 7919 % pods),
                        in: BenchmarkPod.namespace,
                        .merge(["metadata": ["labels": [BenchmarkPod.sentLabel: sent]]])
                    )
                }
            }
        }
        let took = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        print("change: \(rate * seconds) changes in \(rounded(took)) s")
    }
}
