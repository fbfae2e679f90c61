import Authorization
import JSONText

extension TokenClaims {
    /// Reads the claims of a payload whose signature was checked.
    ///
    /// `values` holds claims that are a string or an array of strings; those of a nested object under its name, a dot
    /// and theirs. `scope` is one string of words (RFC 8693, section 4.2) and becomes a list of them. Other kinds are left
    /// out. Two claims that would get the same name, such as `a.b` and `b` within `a`, make the token malformed:
    /// whichever we took, somebody would have meant the other.
    init(payload: JSONObject) throws(TokenProblem) {
        guard let issuer = payload["iss"]?.string else { throw .malformed }
        var subject: String?
        if let value = payload["sub"] {
            guard let text = value.string else { throw .malformed }
            subject = text
        }
        self.init(
            issuer: issuer,
            subject: subject,
            audiences: try Self.audiences(payload),
            values: [:]
        )
        try flatten(payload, prefix: "")
    }

    /// One string or an array of strings (RFC 7519, section 4.1.3).
    static func audiences(_ payload: JSONObject) throws(TokenProblem) -> [String] {
        guard let value = payload["aud"] else { return [] }
        if let single = value.string { return [single] }
        guard let texts = strings(value) else { throw .malformed }
        return texts
    }

    private mutating func flatten(_ object: JSONObject, prefix: String) throws(TokenProblem) {
        for member in object {
            let name = prefix + member.name
            switch member.value {
            case .string(let text):
                let words = text.split(separator: " ").map(String.init)
                try set(name, name == "scope" ? words : [text])
            case .array:
                if let texts = Self.strings(member.value) { try set(name, texts) }
            case .object(let nested):
                try flatten(nested, prefix: name + ".")
            case .null, .bool, .number:
                break
            }
        }
    }

    private mutating func set(_ name: String, _ texts: [String]) throws(TokenProblem) {
        guard values.updateValue(texts, forKey: name) == nil else { throw .malformed }
    }

    /// The elements, if all are strings.
    private static func strings(_ value: JSONValue) -> [String]? {
        guard let elements = value.array else { return nil }
        let texts = elements.compactMap(\.string)
        return texts.count == elements.count ? texts : nil
    }
}
