import Glibc
import KubernetesClient
import KubernetesModel

// nullius-benchmark KUBECONFIG COMMAND NUMBERS…; docs/performance.md says which and why.
let arguments = CommandLine.arguments
let numbers = arguments.dropFirst(3).map { Int($0) ?? 0 }

func measure() async throws {
    guard arguments.count > 3 else {
        throw Usage(
            """
            usage: nullius-benchmark KUBECONFIG fill FIRST COUNT CLIENTS
                                                create FIRST SECONDS CLIENTS
                                                change RATE SECONDS PODS
                                                informer SECONDS
                                                watch WATCHERS SECONDS
                   nullius-benchmark TEMPLATE alone PODS SECONDS
            """
        )
    }
    func number(_ index: Int) throws -> Int {
        guard numbers.indices.contains(index) else { throw Usage("a number is missing") }
        return numbers[index]
    }
    if arguments[2] == "alone" {
        let template = String(decoding: Measures.file(arguments[1]), as: UTF8.self)
        return try await InformerAlone(template: template, pods: number(0)).run(seconds: number(1))
    }
    let kubeconfig = try Kubeconfig.load(files: [arguments[1]], mustExist: true)
    var configuration = try kubeconfig.configuration()
    configuration.limits.rate = nil
    let client = try APIClient(configuration)
    let load = Load(client: client)
    switch arguments[2] {
    case "fill":
        let first = try number(0)
        try await load.fill(first..<(first + number(1)), tasks: number(2))
    case "create":
        try await load.writes(tasks: number(2), seconds: Double(number(1)), from: number(0))
    case "change":
        try await load.change(rate: number(0), seconds: number(1), pods: number(2))
    case "informer":
        try await InformerBenchmark(client: client).run(seconds: number(0))
    case "watch":
        let page = try await client.list(.pods, in: BenchmarkPod.namespace, ListOptions(limit: 1))
        let server = kubeconfig.clusters.values.first?.server ?? ""
        try await WatcherBenchmark(kubeconfig: kubeconfig, server: server, version: page.resourceVersion)
            .run(watchers: number(0), seconds: number(1))
    default: throw Usage("there is no command \(arguments[2])")
    }
    await client.shutdown()
}

do {
    try await measure()
} catch {
    print("failed: \(error)")
    exit(1)
}
