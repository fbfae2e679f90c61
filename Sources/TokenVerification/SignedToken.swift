import Authorization
import JSONText

/// A token in JWS compact form, taken apart and not verified yet (RFC 7515, section 7.1).
///
///     base64url(header) . base64url(payload) . base64url(signature)
struct SignedToken: Sendable {
    /// What the header says that we act on; key material and addresses in it (`jwk`, `jku`, `x5c`, `x5u`) are never used.
    struct Header: Equatable, Sendable {
        var algorithm: SignatureAlgorithm
        var keyID: String?
    }

    let header: Header
    let payload: JSONObject
    private let signingInput: [UInt8]
    private let signature: [UInt8]

    /// A token travels in a header field; few servers take more.
    static let longest = 16 << 10
    private static let limits = JSONLimits(bytes: longest, depth: 16)

    init(parsing text: ArraySlice<UInt8>) throws(TokenProblem) {
        guard text.count <= Self.longest else { throw .malformed }
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty else { throw .malformed }
        header = try Self.header(try Self.object(parts[0]))
        // After the header, so that `none`, which comes without signature, is told what is wrong with it.
        guard let signature = Base64URL.decode(parts[2]), !signature.isEmpty else { throw .malformed }
        self.signature = signature
        payload = try Self.object(parts[1])
        signingInput = Array(text[parts[0].startIndex..<parts[1].endIndex])
    }

    private static func object(_ part: ArraySlice<UInt8>) throws(TokenProblem) -> JSONObject {
        guard let bytes = Base64URL.decode(part),
            let object = (try? JSONValue(parsing: bytes, limits: limits))?.object
        else { throw .malformed }
        return object
    }

    private static func header(_ object: JSONObject) throws(TokenProblem) -> Header {
        guard let name = object["alg"]?.string else { throw .malformed }
        guard let algorithm = SignatureAlgorithm(rawValue: name) else { throw .unsupportedAlgorithm }
        // We implement no extension, so none may be critical (RFC 7515, section 4.1.11), and `b64` is only ever
        // meant together with `crit` (RFC 7797, section 6).
        guard object["crit"] == nil, object["b64"] == nil else { throw .malformed }
        if let type = object["typ"] {
            guard let text = type.string, Self.isToken(type: text) else { throw .malformed }
        }
        guard let keyID = object["kid"] else { return Header(algorithm: algorithm, keyID: nil) }
        guard let text = keyID.string else { throw .malformed }
        return Header(algorithm: algorithm, keyID: text)
    }

    /// Whether something of that type is meant to be presented to us.
    ///
    /// Types tell proofs of possession, log-out events and the like, signed with the same keys, from tokens of access
    /// (RFC 8725, section 3.11).
    private static func isToken(type: String) -> Bool {
        let lower = type.lowercased()
        let bare = lower.hasPrefix("application/") ? String(lower.dropFirst("application/".count)) : lower
        return ["jwt", "at+jwt", "jose"].contains(bare)
    }

    /// Checks the signature with the keys that the header may mean.
    func verify(with keys: KeySet) throws(TokenProblem) {
        let candidates = keys.candidates(for: header)
        guard !candidates.isEmpty else { throw .unknownKey }
        let isSigned = candidates.contains {
            $0.verifies(signature, of: signingInput, by: header.algorithm)
        }
        guard isSigned else { throw .badSignature }
    }
}
