public import JSONText

/// Names an object, as events and endpoints do (`v1` ObjectReference).
public struct ObjectReference: Hashable, Sendable {
    public var apiVersion: String
    public var kind: String
    public var namespace: String
    public var name: String
    public var uid: String

    public init(apiVersion: String, kind: String, namespace: String = "", name: String, uid: String = "") {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }

    /// An object that was read.
    public init(_ object: UnstructuredObject) {
        self.init(
            apiVersion: object.apiVersion,
            kind: object.kind,
            namespace: object.namespace,
            name: object.name,
            uid: object.uid
        )
    }

    init(_ fields: ObjectFields) throws(ObjectError) {
        apiVersion = try fields.text("apiVersion")
        kind = try fields.text("kind")
        namespace = try fields.text("namespace")
        name = try fields.text("name")
        uid = try fields.text("uid")
    }

    public var json: JSONValue {
        var members = JSONObject()
        for (field, text) in [
            ("apiVersion", apiVersion), ("kind", kind), ("namespace", namespace), ("name", name),
            ("uid", uid),
        ] where !text.isEmpty {
            members[field] = .string(text)
        }
        return .object(members)
    }
}

/// The kinds of `events.k8s.io/v1`.
public enum EventsV1 {
    /// What happened to an object, for people; kept for an hour or so, and nothing may depend on it.
    public struct Event: WritableResource, Hashable {
        public static let resource = ResourceType.events

        public enum Severity: String, Sendable {
            case normal = "Normal"
            case warning = "Warning"
        }

        /// The same thing, again and again.
        public struct Series: Hashable, Sendable {
            /// The first time included.
            public var count: Int
            public var lastObserved: Timestamp

            public init(count: Int, lastObserved: Timestamp) {
                self.count = count
                self.lastObserved = lastObserved
            }
        }

        public var original: UnstructuredObject
        public var metadata: ObjectMetadata
        public var severity: Severity
        /// Why, in one word, such as `PolicyCompiled`; up to 128 bytes.
        public var reason: String
        /// What was done or not, in one word.
        public var action: String
        /// For people, up to 1024 bytes.
        public var note: String
        public var regarding: ObjectReference
        /// Who says so, such as `nullius.dev/control-plane`.
        public var controller: String
        /// Which one of them.
        public var instance: String
        public var time: Timestamp?
        public var series: Series?

        public init(
            metadata: ObjectMetadata,
            severity: Severity,
            reason: String,
            action: String,
            note: String,
            regarding: ObjectReference,
            controller: String,
            instance: String,
            time: Timestamp
        ) {
            original = UnstructuredObject()
            self.metadata = metadata
            self.severity = severity
            self.reason = reason
            self.action = action
            self.note = note
            self.regarding = regarding
            self.controller = controller
            self.instance = instance
            self.time = time
        }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let fields = ObjectFields(object)
            original = object
            metadata = try ObjectMetadata(object)
            severity = Severity(rawValue: try fields.text("type")) ?? .normal
            reason = try fields.text("reason")
            action = try fields.text("action")
            note = try fields.text("note")
            regarding = try ObjectReference(fields.optionalFields("regarding"))
            controller = try fields.text("reportingController")
            instance = try fields.text("reportingInstance")
            time = try fields.timestamp("eventTime")
            if let given = try fields.fields("series"), let last = try given.timestamp("lastObservedTime") {
                series = Series(count: try given.int("count") ?? 0, lastObserved: last)
            }
        }

        public func write(to object: inout UnstructuredObject) {
            object["type"] = .string(severity.rawValue)
            object["reason"] = .string(reason)
            object["action"] = .string(action)
            object["note"] = .string(note)
            object["regarding"] = regarding.json
            object["reportingController"] = .string(controller)
            object["reportingInstance"] = .string(instance)
            object["eventTime"] = time.map { .string($0.microTime) }
            object["series"] = series.map { series in
                ["count": .int(series.count), "lastObservedTime": .string(series.lastObserved.microTime)]
            }
        }
    }
}
