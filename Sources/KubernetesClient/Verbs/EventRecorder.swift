import FoundationEssentials
import JSONText
public import KubernetesModel

/// Tells people what happened to an object, once per kind of happening.
///
/// The same thing again within six minutes becomes a series of the first event, as Kubernetes' own recorders do it:
/// the server keeps one event and a count. Telling must never hold up what is told about, nor fail it: at most
/// ``limit`` kinds of happening are remembered, and what the server refuses is let go.
public actor EventRecorder {
    /// What makes two happenings the same: all but the time and the text.
    struct Key: Hashable {
        var regarding: ObjectReference
        var severity: EventsV1.Event.Severity
        var reason: String
        var action: String
    }

    private struct Told {
        var event: EventsV1.Event
        var last: Timestamp
    }

    private let client: APIClient
    private let controller: String
    private let instance: String
    private let now: @Sendable () -> Timestamp
    private var told: [Key: Told] = [:]
    private var number: UInt64 = 0

    static let memory = Duration.seconds(360)
    static let limit = 1000

    /// Makes a recorder.
    ///
    /// - Parameters:
    ///   - client: Whose server is told.
    ///   - controller: Who tells, such as `nullius.dev/control-plane`.
    ///   - instance: Which one of them, such as the pod's name.
    public init(_ client: APIClient, controller: String, instance: String) {
        self.init(client, controller: controller, instance: instance) {
            Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) ?? .epoch
        }
    }

    init(
        _ client: APIClient,
        controller: String,
        instance: String,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.client = client
        self.controller = controller
        self.instance = instance
        self.now = now
    }

    /// Tells that something happened.
    ///
    /// - Parameters:
    ///   - reason: Why, in one word in UpperCamelCase.
    ///   - action: What was done, in one word.
    ///   - note: For people; shortened to 1024 bytes.
    ///   - object: To what it happened. Events of a cluster's object are in `default`.
    ///   - severity: Whether a person should look.
    /// - Returns: The event as the server keeps it; `nil` when it took none.
    @discardableResult
    public func record(
        _ reason: String,
        action: String,
        _ note: String,
        about object: ObjectReference,
        severity: EventsV1.Event.Severity = .normal
    ) async -> EventsV1.Event? {
        let key = Key(regarding: object, severity: severity, reason: reason, action: action)
        let time = now()
        forgetOld(before: time)
        if let before = told[key] {
            var event = before.event
            event.series = .init(count: (event.series?.count ?? 1) + 1, lastObserved: time)
            told[key] = Told(event: event, last: time)
            if let written = await repeated(event) { return written }
            // It ran out on the server: from here on it is a new one.
            told[key] = nil
        }
        let event = new(key, note: note, at: time)
        if told.count < Self.limit { told[key] = Told(event: event, last: time) }
        guard let written = try? await client.create(event, in: event.metadata.namespace) else {
            told[key] = nil
            return nil
        }
        return written
    }

    private func repeated(_ event: EventsV1.Event) async -> EventsV1.Event? {
        guard let series = event.object["series"] else { return nil }
        let object = try? await client.patch(
            .events,
            name: event.metadata.name,
            in: event.metadata.namespace,
            .merge(["series": series])
        )
        return object.flatMap { try? EventsV1.Event($0) }
    }

    private func new(_ key: Key, note: String, at time: Timestamp) -> EventsV1.Event {
        number &+= 1
        let unique = String(UInt64(bitPattern: time.microseconds) &+ number, radix: 16)
        let space = key.regarding.namespace.isEmpty ? "default" : key.regarding.namespace
        return EventsV1.Event(
            metadata: ObjectMetadata(name: "\(key.regarding.name).\(unique)", namespace: space),
            severity: key.severity,
            reason: key.reason,
            action: key.action,
            note: Self.shortened(note),
            regarding: key.regarding,
            controller: controller,
            instance: instance,
            time: time
        )
    }

    private func forgetOld(before time: Timestamp) {
        told = told.filter { time.since($0.value.last) < Self.memory }
    }

    private static func shortened(_ note: String) -> String {
        guard note.utf8.count > 1024 else { return note }
        var short = ""
        var length = 3
        for character in note {
            length += character.utf8.count
            guard length <= 1024 else { break }
            short.append(character)
        }
        return short + "…"
    }
}
