public import CanonicalHTTP

/// A condition on the canonical path of a request.
public struct PathPattern: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// The path and nothing else; `/a` is not `/a/`.
        case exact
        /// Whole segments: `/a` is a prefix of `/a`, `/a/` and `/a/b`, not of `/ab`.
        case prefix
        /// `{name}` stands for one segment that is not empty: `/orders/{id}`.
        case template
    }

    private enum Segment: Hashable {
        case literal(String)
        case any
    }

    public let kind: Kind
    /// As matched: canonical.
    public let text: String
    private let segments: [Segment]

    /// Checks a pattern of a policy; it is written as a path that could be requested.
    public init(_ kind: Kind, _ text: String) throws(PathPatternError) {
        guard text.utf8.first == UInt8(ascii: "/") else { throw .notAbsolute }
        guard text.utf8.count <= 1024 else { throw .tooLong }
        guard !text.utf8.contains(UInt8(ascii: "?")), !text.utf8.contains(UInt8(ascii: "#")) else {
            throw .queryOrFragment
        }
        self.kind = kind
        switch kind {
        case .exact:
            self.text = try Self.canonical(text)
            segments = []
        case .prefix:
            let canonical = try Self.canonical(text)
            self.text =
                canonical.count > 1 && canonical.hasSuffix("/") ? String(canonical.dropLast()) : canonical
            segments = []
        case .template:
            (segments, self.text) = try Self.template(text)
        }
    }

    public func matches(_ path: String) -> Bool {
        switch kind {
        case .exact:
            return path.utf8.elementsEqual(text.utf8)
        case .prefix:
            guard path.utf8.starts(with: text.utf8) else { return false }
            guard let next = path.utf8.dropFirst(text.utf8.count).first else { return true }
            return text.utf8.count == 1 || next == UInt8(ascii: "/")
        case .template:
            let parts = path.utf8.dropFirst().split(
                separator: UInt8(ascii: "/"),
                omittingEmptySubsequences: false
            )
            guard path.utf8.first == UInt8(ascii: "/"), parts.count == segments.count else { return false }
            return zip(segments, parts).allSatisfy { segment, part in
                switch segment {
                case .literal(let text): part.elementsEqual(text.utf8)
                case .any: !part.isEmpty
                }
            }
        }
    }

    private static func canonical(_ text: String) throws(PathPatternError) -> String {
        do throws(RequestRefusal) {
            // A workload may relax what its requests may hold, so a pattern may hold it too.
            let head = RequestHead(
                method: "GET",
                target: Array(text.utf8),
                authorities: [],
                fields: HeaderFields(),
                version: .http1_0
            )
            return try CanonicalRequest(canonicalizing: head, relaxing: Set(Relaxation.allCases)).path
        } catch {
            throw .refused(error)
        }
    }

    private static func template(_ text: String) throws(PathPatternError) -> ([Segment], String) {
        var segments: [Segment] = []
        var canonicalText = ""
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            if part.hasPrefix("{"), part.hasSuffix("}") {
                let name = part.dropFirst().dropLast()
                guard !name.isEmpty, name.utf8.allSatisfy(isNameByte) else { throw .placeholder }
                segments.append(.any)
                canonicalText += "/\(part)"
                continue
            }
            guard !part.contains("{"), !part.contains("}") else { throw .placeholder }
            let canonical = try canonical("/\(part)")
            guard !canonical.dropFirst().contains("/"), part.isEmpty || canonical.utf8.count > 1 else {
                throw .refused(.hiddenDotSegment)
            }
            segments.append(.literal(String(canonical.dropFirst())))
            canonicalText += canonical
        }
        // An empty segment can only be what follows a slash at the end.
        guard !segments.dropLast().contains(.literal("")) else { throw .emptySegment }
        return (segments, canonicalText)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension PathPattern: CustomStringConvertible {
    /// The text of the policy; a prefix ends in `/*`.
    public var description: String {
        switch kind {
        case .exact, .template: text
        case .prefix: text == "/" ? "/*" : "\(text)/*"
        }
    }
}

/// Why a text is no path pattern.
public enum PathPatternError: Error, Equatable, Sendable {
    case notAbsolute
    case tooLong
    case queryOrFragment
    case emptySegment
    /// `{name}` must be a whole segment, its name letters, digits, `-` and `_`.
    case placeholder
    /// No request with such a path is ever judged.
    case refused(RequestRefusal)
}

extension PathPatternError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAbsolute: "a path begins with a slash"
        case .tooLong: "a path pattern has at most 1024 bytes"
        case .queryOrFragment: "a path pattern has no query and no fragment: they are not part of the match"
        case .emptySegment: "an empty segment can never match: slashes are merged"
        case .placeholder: "a placeholder is a whole segment, such as /orders/{id}"
        case .refused(let refusal): "no request with this path is ever judged: \(refusal)"
        }
    }
}
