public import KubernetesModel

/// A server's name for one life of an object; a successor of the same name has another.
///
/// Nearly all are UUIDs in their usual spelling, and are held in 16 bytes: there is one per known object.
public struct ObjectUID: Hashable, Sendable {
    private enum Form: Hashable {
        case uuid(UInt64, UInt64)
        case other(String)
    }

    private let form: Form

    public init(_ text: String) {
        form = Self.uuid(text.utf8).map { .uuid($0, $1) } ?? .other(text)
    }

    /// 36 bytes, hyphens in their places, lower case: any other spelling is another text, and stays one.
    private static func uuid(_ text: String.UTF8View) -> (UInt64, UInt64)? {
        guard text.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (offset, byte) in text.enumerated() {
            if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            digits += 1
        }
        return halves
    }
}

/// Which object, which life of it, and which state of that life.
public struct ObjectIdentity: Hashable, Sendable {
    public let name: ObjectName
    public let uid: ObjectUID
    /// Opaque: equal or not, never earlier or later.
    public let version: String

    /// `nil` without a name or a version: such an object can be neither kept nor compared.
    public init?(name: ObjectName, uid: ObjectUID, version: String) {
        guard !name.name.isEmpty, !version.isEmpty else { return nil }
        self.name = name
        self.uid = uid
        self.version = version
    }
}

/// What became of one object.
public enum ObjectChange: Hashable, Sendable {
    case added(ObjectIdentity)
    case updated(ObjectIdentity)
    /// The event that told it carries the last state.
    case deleted(ObjectIdentity)
    /// Found out later, by a list or by a successor of the same name: the last state known need not be the last.
    case vanished(ObjectIdentity)

    public var object: ObjectIdentity {
        switch self {
        case .added(let object), .updated(let object), .deleted(let object), .vanished(let object): object
        }
    }
}
