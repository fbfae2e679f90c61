import JSONText
import Testing

@testable import APIServer

@Suite("Watching resources")
struct WatchVerbTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"

    private func types(_ events: [JSONValue]) -> [String] { events.compactMap { $0["type"]?.string } }

    @Test func `a watch with a selector sees objects enter and leave`() async throws {
        let api = try await TestAPI()
        let list = try await api.get(Self.maps)
        let version = try #require(list.value["metadata"]?["resourceVersion"]?.string)
        let watch = try await api.get("\(Self.maps)?watch=1&resourceVersion=\(version)&labelSelector=on=yes")
        try await api.create(Self.maps, "{\"metadata\": {\"name\": \"a\"}}")
        for label in ["yes", "no", "yes"] {
            _ = try await api.send(
                "PATCH",
                "\(Self.maps)/a",
                "{\"metadata\": {\"labels\": {\"on\": \"\(label)\"}}}",
                type: "application/merge-patch+json"
            )
        }
        _ = try await api.send("DELETE", "\(Self.maps)/a")
        let events = try await #require(watch.lines).first(4)
        #expect(types(events) == ["ADDED", "DELETED", "ADDED", "DELETED"])
        #expect(events[1]["object"]?["metadata"]?["labels"]?["on"] == "yes")
    }

    @Test func `a watch without a version begins with what is there`() async throws {
        let api = try await TestAPI()
        try await api.create(Self.maps, "{\"metadata\": {\"name\": \"a\"}}")
        let watch = try await api.get("\(Self.maps)?watch=1")
        let events = try await #require(watch.lines).first(1)
        #expect(types(events) == ["ADDED"])
        #expect(events[0]["object"]?["kind"] == "ConfigMap")
    }

    @Test func `a streaming list says where it ends`() async throws {
        let api = try await TestAPI()
        try await api.create(Self.maps, "{\"metadata\": {\"name\": \"a\"}}")
        let watch = try await api.get(
            "\(Self.maps)?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"
        )
        let events = try await #require(watch.lines).first(2)
        #expect(types(events) == ["ADDED", "BOOKMARK"])
        #expect(
            events[1]["object"]?["metadata"]?["annotations"]?["k8s.io/initial-events-end"] == "true"
        )
    }

    @Test func `a watch ends when its time is over`() async throws {
        let api = try await TestAPI()
        let watch = try await api.get("\(Self.maps)?watch=1&resourceVersion=1&timeoutSeconds=1")
        let events = try await #require(watch.lines).first(1000)
        #expect(events.allSatisfy { $0["type"] != "ERROR" })
    }

    @Test func `a table's columns come with the first event alone`() async throws {
        let api = try await TestAPI()
        for name in ["a", "b"] { try await api.create(Self.maps, "{\"metadata\": {\"name\": \"\(name)\"}}") }
        let watch = try await api.send(
            "GET",
            "\(Self.maps)?watch=1",
            accept: "application/json;as=Table;v=v1;g=meta.k8s.io"
        )
        let events = try await #require(watch.lines).first(2)
        #expect(events[0]["object"]?["columnDefinitions"]?.array?.isEmpty == false)
        #expect(events[1]["object"]?["columnDefinitions"] == .null)
    }
}
