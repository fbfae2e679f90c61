import APIRegistry
import JSONText
import KubernetesModel
import Logging
import NIOCore
import NetworkTypes
import RBAC
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import APIServer

/// A service of resources on a store of its own, asked as HTTP would ask it.
final class TestAPI: Sendable {
    let directory: TemporaryDirectory
    let store: ObjectStore
    let service: ResourceService
    let controllers: Controllers
    let clock: TestClock

    static let admin = UserInfo(name: "admin", groups: ["system:masters", "system:authenticated"])

    /// The admission is made of the store and the catalogue that the test is about; the store is at a path, when it was there before.
    init(
        at path: String? = nil,
        _ options: StoreOptions = StoreOptions(),
        _ admission: (ObjectStore, CatalogueInForce) -> any Admission = { _, _ in NoAdmission() }
    ) async throws {
        directory = try TemporaryDirectory()
        store = try await ObjectStore.open(
            at: FilePath(path ?? directory.path).appending("store"),
            options: options
        )
        let clock = TestClock()
        self.clock = clock
        let catalogue = CatalogueInForce()
        let parts = ResourceService.Parts(
            store: store,
            catalogue: catalogue,
            access: AccessInForce(),
            tokens: TestTokens(),
            serviceRange: try CIDR(parsing: "10.96.0.0/16"),
            now: { clock.now }
        )
        service = ResourceService(parts, admission: admission(store, catalogue))
        controllers = Controllers(service, Bootstrap(), authorities: "CA", logger: Logger(label: "test"))
        try await controllers.prepare()
        let accounts = "/api/v1/namespaces/default/serviceaccounts"
        guard try await get("\(accounts)/default").code == 404 else { return }
        try await create(accounts, "{\"metadata\": {\"name\": \"default\"}}")
    }

    /// Runs a test with the controllers beside it.
    func withControllers<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let controllers = controllers
        let task = Task { await controllers.run() }
        defer { task.cancel() }
        return try await body()
    }

    // MARK: Requests

    func send(
        _ method: String,
        _ target: String,
        _ body: String = "",
        type: String = "application/json",
        accept: String = "application/json",
        as user: UserInfo = admin
    ) async throws -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1).map(String.init)
            return (name: halves[0], value: halves.count > 1 ? halves[1] : "")
        }
        let request = APIRequest(
            method: method,
            path: parts[0],
            query: query,
            contentType: body.isEmpty ? "" : type,
            accept: accept,
            userAgent: "test/1.0",
            body: Array(body.utf8),
            user: user
        )
        let info = try RequestInfo(method: method, path: parts[0], query: query)
        let response = await service.respond(to: request, info: info)
        return try Answer(response)
    }

    @discardableResult
    func create(_ path: String, _ body: String) async throws -> JSONValue {
        let answer = try await send("POST", path, body)
        try #require(answer.code == 201, "\(answer.value)")
        return answer.value
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path) }

    /// Asks until the answer is as expected, for what controllers do in their own time.
    func eventually(_ path: String, _ isSo: (Answer) -> Bool) async throws -> Answer {
        var answer = try await get(path)
        let deadline = ContinuousClock.now + .seconds(30)
        while !isSo(answer), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
            answer = try await get(path)
        }
        return answer
    }
}

/// An answer, read.
struct Answer: Sendable {
    var code: Int
    var value: JSONValue
    var warnings: [String]
    var lines: WatchReader?
    var auditAnnotations: [String: String]

    init(_ response: APIResponse) throws {
        code = response.code
        warnings = response.warnings
        auditAnnotations = Dictionary(
            response.auditAnnotations.map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        switch response.body {
        case .bytes(let bytes): value = try JSONValue(parsing: bytes, limits: JSONLimits(bytes: 1 << 26))
        case .stream(let stream):
            value = .null
            lines = WatchReader(stream)
        }
    }

    var message: String { value["message"]?.string ?? "" }
    var reason: String { value["reason"]?.string ?? "" }
    var items: [JSONValue] { value["items"]?.array ?? [] }
    var names: [String] { items.compactMap { $0["metadata"]?["name"]?.string } }
}

/// The events of a watch, one after the other.
final class WatchReader: Sendable {
    private let stream: any AsyncSequence<ByteBuffer, any Error> & Sendable

    init(_ stream: any AsyncSequence<ByteBuffer, any Error> & Sendable) {
        self.stream = stream
    }

    /// The first events, as many as are asked for; fewer when the watch ends.
    func first(_ count: Int) async throws -> [JSONValue] {
        try await Self.read(stream, count)
    }

    private static func read(_ stream: some AsyncSequence<ByteBuffer, any Error>, _ count: Int) async throws
        -> [JSONValue]
    {
        var events: [JSONValue] = []
        guard count > 0 else { return events }
        for try await chunk in stream {
            for line in String(buffer: chunk).split(separator: "\n") {
                events.append(try JSONValue(parsing: String(line)))
            }
            if events.count >= count { break }
        }
        return events
    }
}

final class TestClock: Sendable {
    private let time = Mutex(Timestamp(clampingSeconds: 1_767_323_045))

    var now: Timestamp { time.withLock { $0 } }

    func advance(_ duration: Duration) { time.withLock { $0 = $0.adding(duration) ?? $0 } }
}

struct TestTokens: TokenIssuer {
    func issue(_ order: TokenOrder) async throws(APIStatus) -> IssuedToken {
        IssuedToken(
            token: "token-of-\(order.serviceAccount)-\(order.boundTo?.uid ?? "none")",
            audiences: order.audiences.isEmpty ? ["api"] : order.audiences,
            expires: .epoch
        )
    }
}
