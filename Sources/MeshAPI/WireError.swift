/// Why a message from the other side cannot be taken.
///
/// Names the field and says numbers and kinds, never what the peer wrote: a reason goes into logs and back over the
/// wire.
public enum WireError: Error, Equatable, Sendable {
    /// A field or a `oneof` without which the message says nothing.
    case missing(String)
    /// A number of an enumeration that is zero or newer than we are.
    case unknownCase(String, number: Int)
    case outOfRange(String, value: Int)
    case tooMany(String, count: Int, limit: Int)
    case tooLong(String, bytes: Int, limit: Int)
    /// A text that is not what the field holds.
    case malformed(String, expected: String)
    /// Twice the same key where each may come once.
    case repeated(String)
}

extension WireError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let field): "\(field) is missing"
        case .unknownCase(let field, let number): "\(field) has the unknown value \(number)"
        case .outOfRange(let field, let value): "\(field) is out of range: \(value)"
        case .tooMany(let field, let count, let limit): "\(field) has \(count) entries; at most \(limit)"
        case .tooLong(let field, let bytes, let limit): "\(field) has \(bytes) bytes; at most \(limit)"
        case .malformed(let field, let expected): "\(field) is not \(expected)"
        case .repeated(let field): "\(field) holds the same key twice"
        }
    }
}
