// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds Nullius builds its measurements (docs/performance.md).
let package = Package(
    name: "nullius-benchmarks",
    dependencies: [
        .package(name: "nullius", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .executableTarget(
            name: "nullius-benchmark",
            dependencies: [
                .product(name: "KubernetesClient", package: "nullius"),
                .product(name: "KubernetesModel", package: "nullius"),
                .product(name: "Reconciliation", package: "nullius"),
                .product(name: "JSONText", package: "nullius"),
                .product(name: "Secrets", package: "nullius"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .treatAllWarnings(as: .error),
            ]
        )
    ]
)
