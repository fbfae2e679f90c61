import JSONText
import KubernetesModel

/// The JSON text of an object with a gap where its revision belongs.
///
/// The text is written by whoever wants to store it, on many threads; the one writer only fills the gap.
struct StampedText: Sendable {
    /// Of objects and arrays within each other; the parser's own bound.
    static let depthLimit = 256

    /// Up to the revision's first digit, and from the quote after its last.
    let head: [UInt8]
    let tail: [UInt8]

    /// The text at a revision; its digits begin at `head.count`.
    func text(at revision: UInt64) -> [UInt8] { head + "\(revision)".utf8 + tail }

    /// At most, whatever the revision.
    var count: Int { head.count + tail.count + 20 }

    /// From a stored text, to store the same object at a later revision.
    init(text: [UInt8], stamp: Int, revision: UInt64) {
        head = Array(text.prefix(stamp))
        tail = Array(text.dropFirst(stamp + "\(revision)".utf8.count))
    }

    /// Refuses what the parser would not read back: too deep, or two names that Unicode holds to be the same.
    init(_ object: UnstructuredObject) throws(StoreError) {
        try Self.check(object.json, depth: 0)
        var content = object.content
        var metadata = content["metadata"]?.object ?? JSONObject()
        metadata["resourceVersion"] = ""
        content["metadata"] = .object(metadata)

        var text: [UInt8] = [UInt8(ascii: "{")]
        var gap = 0
        for (index, member) in content.members.enumerated() {
            Self.begin(member.name, index, &text)
            guard member.name == "metadata" else {
                member.value.append(to: &text)
                continue
            }
            text.append(UInt8(ascii: "{"))
            for (index, member) in metadata.members.enumerated() {
                Self.begin(member.name, index, &text)
                member.value.append(to: &text)
                // Between the two quotes of the empty text.
                if member.name == "resourceVersion" { gap = text.count - 1 }
            }
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: "}"))
        head = Array(text[..<gap])
        tail = Array(text[gap...])
    }

    private static func begin(_ name: String, _ index: Int, _ text: inout [UInt8]) {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        text.append(jsonString: name)
        text.append(UInt8(ascii: ":"))
    }

    private static func check(_ value: JSONValue, depth: Int) throws(StoreError) {
        switch value {
        case .null, .bool, .number, .string: return
        case .array(let elements):
            guard depth < depthLimit else { throw .notStorable("more than \(depthLimit) levels deep") }
            for element in elements { try check(element, depth: depth + 1) }
        case .object(let object):
            guard depth < depthLimit else { throw .notStorable("more than \(depthLimit) levels deep") }
            try checkNames(object)
            for member in object.members { try check(member.value, depth: depth + 1) }
        }
    }

    /// Names are distinct by their bytes already, so where all are ASCII no two are the same.
    private static func checkNames(_ object: JSONObject) throws(StoreError) {
        if object.members.allSatisfy({ $0.name.utf8.allSatisfy { $0 < 0x80 } }) { return }
        guard Set(object.names).count == object.count else {
            throw .notStorable("two names of one object differ only in how Unicode spells them")
        }
    }
}
