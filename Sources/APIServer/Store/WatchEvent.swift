import JSONText
public import KubernetesModel
public import NIOCore
import Synchronization

/// Which changes to watch, and after which revision.
public struct WatchQuery: Equatable, Sendable {
    public var resource: GroupResource
    /// `nil` for all.
    public var namespace: String?
    public var name: String?
    /// The first event is the first change after it.
    public var after: UInt64

    public init(
        resource: GroupResource,
        namespace: String? = nil,
        name: String? = nil,
        after: UInt64
    ) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.after = after
    }

    func matches(_ key: ObjectKey) -> Bool {
        key.resource == resource && (namespace == nil || key.namespace == namespace)
            && (name == nil || key.name == name)
    }
}

/// One change, shared by all who watch it.
public final class WatchEvent: Sendable {
    public enum Kind: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
    }

    public let kind: Kind
    /// What it is now; of a deleted object the last state, with the revision of its deletion.
    public let object: StoredObject
    /// What it was, so that a watch with a selector sees an object enter and leave; `nil` for an added one.
    public let previous: StoredObject?
    private let encoded = Mutex<ByteBuffer?>(nil)

    public init(kind: Kind, object: StoredObject, previous: StoredObject?) {
        self.kind = kind
        self.object = object
        self.previous = previous
    }

    public var revision: UInt64 { object.revision }

    /// The event as a watch's line, `{"type":…,"object":…}` and a newline; written once, shared by all.
    public var line: ByteBuffer {
        if let line = encoded.withLock({ $0 }) { return line }
        let line = Self.line(kind, object.bytes)
        encoded.withLock { $0 = line }
        return line
    }

    /// The line of an event whose object is another one, or in another version.
    public static func line(_ kind: Kind, _ object: [UInt8]) -> ByteBuffer {
        line(kind.rawValue, object)
    }

    /// Also of `BOOKMARK` and `ERROR`.
    public static func line(_ type: String, _ object: [UInt8]) -> ByteBuffer {
        var line = ByteBuffer()
        line.reserveCapacity(object.count + type.utf8.count + 24)
        line.writeString("{\"type\":\"\(type)\",\"object\":")
        line.writeBytes(object)
        line.writeString("}\n")
        return line
    }

    /// Keeps the text only.
    func dropCopies() {
        object.dropReadObject()
        previous?.dropReadObject()
        encoded.withLock { $0 = nil }
    }
}
