import JSONText
public import KubernetesModel
import Synchronization

/// An object as it is stored, at one revision: its JSON text, read when somebody asks for a field.
///
/// Copies share the text and what was read from it, so handing one to a thousand watchers costs references.
public struct StoredObject: Sendable {
    public let key: ObjectKey
    /// The revision of its last change; counts over all objects, as `metadata.resourceVersion`.
    public let revision: UInt64
    private let content: Content

    /// Carries the revision as `metadata.resourceVersion`.
    ///
    /// The first call reads the text, later ones reuse what it read.
    public var object: UnstructuredObject { content.object }

    /// The JSON text of ``object``, compact, in the version it was written in.
    public var bytes: [UInt8] { content.bytes }

    /// The object carries the revision already.
    public init(key: ObjectKey, revision: UInt64, object: UnstructuredObject) {
        self.key = key
        self.revision = revision
        content = Content(bytes: object.json.bytes(), object: object)
    }

    /// The text was written by ``StampedText``, which lets nothing through that cannot be read back.
    init(key: ObjectKey, revision: UInt64, bytes: [UInt8], object: UnstructuredObject? = nil) {
        self.key = key
        self.revision = revision
        content = Content(bytes: bytes, object: object)
    }

    /// Forgets what was read, to keep the text only: a read object takes ten times the memory of its text.
    func dropReadObject() { content.drop() }
}

extension StoredObject: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.revision == right.revision && left.key == right.key && left.bytes == right.bytes
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(key)
        hasher.combine(revision)
    }
}

extension StoredObject {
    private final class Content: Sendable {
        let bytes: [UInt8]
        private let read: Mutex<UnstructuredObject?>

        init(bytes: [UInt8], object: UnstructuredObject?) {
            self.bytes = bytes
            read = Mutex(object)
        }

        var object: UnstructuredObject {
            if let object = read.withLock({ $0 }) { return object }
            // Not under the lock: two who ask at once read twice, and neither waits.
            let object = Self.parse(bytes)
            read.withLock { $0 = object }
            return object
        }

        func drop() { read.withLock { $0 = nil } }

        private static func parse(_ bytes: [UInt8]) -> UnstructuredObject {
            let limits = JSONLimits(bytes: .max, depth: StampedText.depthLimit)
            guard let value = try? JSONValue(parsing: bytes, limits: limits),
                let object = UnstructuredObject(value)
            else {
                // The checksum held, so these are the bytes that were stored, and those were checked.
                preconditionFailure("a stored object of \(bytes.count) bytes is no JSON object")
            }
            return object
        }
    }
}
