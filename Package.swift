// swift-tools-version: 6.2
import PackageDescription

// The manifest is the map: a table of modules by layer. Arrows point down or sideways; one that points up
// stops the manifest (ARCHITECTURE.md, "Layers").

enum Layer: Int {
    /// The standard library only.
    case primitives
    /// Decisions: no async, no clock, no Foundation, no NIO.
    case domain
    /// Still pure, with cryptography and byte buffers at hand.
    case machines
    /// Each for one outside thing.
    case adapters
    /// Long-lived work and subcommands.
    case services
    /// Read configuration, build the graph, run.
    case executables
}

struct Module {
    var name: String
    var layer: Layer
    var uses: [String] = []
    var products: [Target.Dependency] = []
    var tests: [Target.Dependency]? = []
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grpc = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")
let grpcNIO = Target.Dependency.product(name: "GRPCNIOTransportHTTP2", package: "grpc-swift-nio-transport")
let grpcProtobuf = Target.Dependency.product(name: "GRPCProtobuf", package: "grpc-swift-protobuf")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdHTTP2 = Target.Dependency.product(name: "HummingbirdHTTP2", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
// What tests share: a seeded generator, temporary directories, running a program. Never in a product.
let testSupport = Target.Dependency.byName(name: "TestSupport")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let modules = [
    Module(name: "NetworkTypes", layer: .primitives),
    Module(name: "JSONText", layer: .primitives, tests: [testSupport]),
    Module(name: "Secrets", layer: .primitives),
    Module(name: "TestSupport", layer: .primitives, tests: nil),

    Module(name: "Identity", layer: .domain, uses: ["NetworkTypes"]),
    Module(name: "CanonicalHTTP", layer: .domain, uses: ["NetworkTypes"]),
    Module(
        name: "KubernetesModel",
        layer: .domain,
        uses: ["JSONText", "NetworkTypes"],
        tests: [testSupport]
    ),
    Module(
        name: "Authorization",
        layer: .domain,
        uses: ["JSONText", "NetworkTypes", "Identity", "CanonicalHTTP", "KubernetesModel"]
    ),

    Module(
        name: "RBAC",
        layer: .domain,
        uses: ["JSONText", "NetworkTypes", "KubernetesModel"],
        tests: [testSupport]
    ),

    Module(
        name: "Reconciliation",
        layer: .machines,
        uses: ["JSONText", "KubernetesModel"],
        tests: [testSupport]
    ),
    Module(
        name: "APIRegistry",
        layer: .machines,
        uses: ["JSONText", "NetworkTypes", "KubernetesModel", "RBAC"],
        tests: [testSupport]
    ),
    Module(
        name: "CertificateAuthority",
        layer: .machines,
        uses: ["JSONText", "Identity", "Secrets"],
        products: [crypto, cryptoExtras, x509, asn1]
    ),
    Module(
        name: "TokenVerification",
        layer: .machines,
        uses: ["JSONText", "Identity", "Authorization"],
        products: [crypto, cryptoExtras],
        tests: [testSupport]
    ),
    Module(
        name: "ProxyCore",
        layer: .machines,
        uses: ["JSONText", "NetworkTypes", "Identity", "CanonicalHTTP", "KubernetesModel", "Authorization"],
        products: [nioCore, collections]
    ),

    Module(name: "CLinux", layer: .adapters, tests: nil),
    Module(name: "LocalPeers", layer: .adapters, uses: ["CLinux"], products: [systemPackage]),
    Module(
        name: "Manifests",
        layer: .adapters,
        uses: ["JSONText", "NetworkTypes", "Identity", "KubernetesModel", "Authorization"],
        products: [yams]
    ),
    Module(name: "Storage", layer: .adapters, products: [systemPackage]),
    Module(
        name: "AuthorityStorage",
        layer: .adapters,
        uses: ["JSONText", "Identity", "CertificateAuthority", "Storage"],
        products: [crypto, x509, asn1, systemPackage]
    ),
    Module(
        name: "Telemetry",
        layer: .adapters,
        uses: ["JSONText", "NetworkTypes", "Identity", "CanonicalHTTP", "Authorization", "Storage"],
        products: [logging, systemPackage],
        tests: [testSupport]
    ),
    Module(
        name: "MeshAPI",
        layer: .adapters,
        uses: ["NetworkTypes", "Identity", "CanonicalHTTP", "Authorization", "KubernetesModel"],
        products: [grpc, grpcProtobuf, protobuf],
        tests: [testSupport]
    ),
    Module(
        name: "KubernetesClient",
        layer: .adapters,
        uses: [
            "JSONText", "NetworkTypes", "KubernetesModel", "RBAC", "Reconciliation", "Manifests", "Secrets",
            "Storage",
        ],
        products: [asyncHTTPClient, logging, nioCore, nioHTTP1, nioPosix, nioSSL, subprocess, systemPackage],
        tests: [testSupport]
    ),
    Module(
        name: "APIServer",
        layer: .adapters,
        uses: [
            "JSONText", "NetworkTypes", "Identity", "Authorization", "KubernetesModel", "RBAC", "APIRegistry",
            "Reconciliation",
            "CertificateAuthority", "TokenVerification", "Manifests", "Storage", "Secrets",
        ],
        products: [
            asyncHTTPClient, crypto, grdb, hummingbird, hummingbirdCore, hummingbirdHTTP2, lifecycle, logging,
            nioCore, nioHTTP1, nioHTTP2, nioPosix, nioSSL, nioTLS, systemPackage, x509, asn1,
        ],
        tests: [testSupport]
    ),
    Module(
        name: "Proxy",
        layer: .adapters,
        uses: [
            "NetworkTypes", "Identity", "CanonicalHTTP", "Authorization", "CertificateAuthority",
            "TokenVerification", "ProxyCore", "Telemetry", "JSONText",
        ],
        products: [nioCore, nioPosix, nioSSL, nioTLS, nioHTTP2, nioHPACK, logging, x509, collections],
        tests: [nioEmbedded, nioHTTP1, crypto]
    ),

    Module(
        name: "ControlPlane",
        layer: .services,
        uses: [
            "JSONText", "NetworkTypes", "Identity", "CanonicalHTTP", "Authorization", "KubernetesModel",
            "CertificateAuthority",
            "TokenVerification", "Manifests", "MeshAPI", "Storage", "Telemetry", "CLinux", "LocalPeers",
            "AuthorityStorage", "APIServer",
        ],
        products: [
            asyncHTTPClient, grpc, grpcNIO, grpcProtobuf, lifecycle, logging, nioCore, nioHTTP1, nioPosix,
            nioSSL,
            x509, crypto, protobuf, systemPackage,
        ],
        tests: [testSupport]
    ),
    Module(
        name: "Sidecar",
        layer: .services,
        uses: [
            "JSONText", "NetworkTypes", "Identity", "CanonicalHTTP", "Authorization", "CertificateAuthority",
            "KubernetesModel", "TokenVerification",
            "ProxyCore", "Proxy", "MeshAPI", "Storage", "Telemetry", "CLinux",
        ],
        products: [
            argumentParser, grpc, grpcNIO, grpcProtobuf, lifecycle, logging, nioCore, nioPosix, nioSSL, x509,
            systemPackage, unixSignals,
        ]
    ),
    Module(
        name: "Commands",
        layer: .services,
        uses: [
            "JSONText", "NetworkTypes", "Identity", "CanonicalHTTP", "Authorization", "KubernetesModel",
            "CertificateAuthority",
            "TokenVerification", "Manifests", "MeshAPI", "Storage", "Telemetry", "ControlPlane", "ProxyCore",
            "CLinux", "RBAC", "APIRegistry", "KubernetesClient", "APIServer",
        ],
        products: [
            argumentParser, grpc, grpcNIO, grpcProtobuf, lifecycle, logging, nioCore, nioPosix, subprocess,
            systemPackage, unixSignals,
        ],
        tests: [testSupport]
    ),

    Module(name: "nullius", layer: .executables, uses: ["Commands"], tests: nil),
    Module(name: "nullius-proxy", layer: .executables, uses: ["Sidecar"], tests: nil),
]

for module in modules {
    for name in module.uses {
        guard let used = modules.first(where: { $0.name == name }) else {
            fatalError("\(module.name) uses \(name), which is not in the table")
        }
        precondition(
            used.layer.rawValue <= module.layer.rawValue,
            "\(module.name) (\(module.layer)) must not use \(used.name) (\(used.layer)): arrows point down"
        )
    }
}

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let targets: [Target] = modules.flatMap { module -> [Target] in
    let dependencies = module.uses.map { Target.Dependency.byName(name: $0) } + module.products
    if module.layer == .executables {
        return [.executableTarget(name: module.name, dependencies: dependencies, swiftSettings: settings)]
    }
    if module.name.hasPrefix("C"), module.name.dropFirst().first?.isUppercase == true {
        return [.target(name: module.name)]
    }
    let library = Target.target(name: module.name, dependencies: dependencies, swiftSettings: settings)
    guard let extra = module.tests else { return [library] }
    let tests = Target.testTarget(
        name: "\(module.name)Tests",
        dependencies: [.byName(name: module.name)] + dependencies + extra,
        swiftSettings: settings
    )
    return [library, tests]
}

/// Drives the built executables, with programs that we did not write as peers.
let integrationTests = Target.testTarget(
    name: "IntegrationTests",
    dependencies: ["JSONText", "NetworkTypes", subprocess, systemPackage],
    exclude: ["Peers"],
    swiftSettings: settings
)

/// For the benchmarks, which are a package of their own; nothing else is promised about them.
let libraries: [Product] = ["JSONText", "KubernetesClient", "KubernetesModel", "Reconciliation", "Secrets"]
    .map { .library(name: $0, targets: [$0]) }

let package = Package(
    name: "nullius",
    products: [
        .executable(name: "nullius", targets: ["nullius"]),
        .executable(name: "nullius-proxy", targets: ["nullius-proxy"]),
    ] + libraries,
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.0"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.0"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    ],
    targets: targets + [integrationTests]
)
