public import JSONText

/// The keys of one issuer or trust domain: a JSON Web Key Set (RFC 7517, section 5).
///
/// A key that we do not understand, or would not trust, is left out and the reason kept: issuers publish keys for others
/// too (RFC 7517, section 5). The set itself must be well-formed.
public struct KeySet: Sendable {
    /// What the keys are wanted for.
    public enum Use: Sendable {
        /// Signatures of an issuer of tokens: `use` is `sig` or absent, `key_ops` allows `verify` or is absent.
        case signature
        /// JWT-SVIDs: a SPIFFE bundle says `jwt-svid` (SPIFFE Trust Domain and Bundle, section 4.2.2).
        case jwtSVID

        func check(_ key: JSONObject) throws(KeyProblem) {
            switch self {
            case .signature:
                guard key["use"] == nil || key["use"]?.string == "sig" else { throw .otherUse }
                guard let operations = key["key_ops"] else { return }
                guard let list = operations.array, list.contains("verify") else { throw .otherUse }
            case .jwtSVID:
                guard key["use"]?.string == "jwt-svid" else { throw .otherUse }
                // Without it a JWT-SVID could not name its key.
                guard let id = key["kid"]?.string, !id.isEmpty else { throw .member("kid") }
            }
        }
    }

    /// A key that was left out, by its place in the set.
    public struct Skipped: Equatable, Sendable {
        public var index: Int
        public var problem: KeyProblem
    }

    public enum ParseError: Error, Equatable, Sendable {
        case json(JSONError)
        /// It is no object with an array `keys`.
        case notAKeySet
        case tooManyKeys(limit: Int)
    }

    public let keys: [VerificationKey]
    public let skipped: [Skipped]

    /// More keys than any issuer uses at once; each costs a signature check at worst.
    public static let mostKeys = 64
    public static let limits = JSONLimits(bytes: 256 << 10, depth: 16)

    public init(parsing document: some Collection<UInt8>, for use: Use = .signature) throws(ParseError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: document, limits: Self.limits)
        } catch {
            throw .json(error)
        }
        guard let elements = value["keys"]?.array else { throw .notAKeySet }
        guard elements.count <= Self.mostKeys else { throw .tooManyKeys(limit: Self.mostKeys) }
        var keys: [VerificationKey] = []
        var skipped: [Skipped] = []
        for (index, element) in elements.enumerated() {
            do throws(KeyProblem) {
                keys.append(try VerificationKey(jwk: element, use: use))
            } catch {
                skipped.append(Skipped(index: index, problem: error))
            }
        }
        self.keys = keys
        self.skipped = skipped
    }

    /// The keys that a token's header may mean.
    ///
    /// With a key id, those of that name; without, all. Then those that its algorithm fits.
    func candidates(for header: SignedToken.Header) -> [VerificationKey] {
        keys.filter { key in
            guard key.allows(header.algorithm) else { return false }
            guard let wanted = header.keyID else { return true }
            return key.id.map { $0.utf8.elementsEqual(wanted.utf8) } ?? false
        }
    }
}
