/// Where the keys of one issuer of tokens come from: `--jwks ISSUER=FILE` or `--jwks ISSUER=URL`.
public struct IssuerSource: Hashable, Sendable {
    public enum Origin: Hashable, Sendable {
        case file(String)
        case url(String)
    }

    public let issuer: String
    public let origin: Origin

    public init(issuer: String, origin: Origin) {
        self.issuer = issuer
        self.origin = origin
    }

    /// Reads `ISSUER=FILE` or `ISSUER=URL`.
    ///
    /// Issuers are URLs and may hold `=` in a query; so does the place of the keys. The first `=` divides.
    public init(parsing text: String) throws(IssuerSourceError) {
        guard let divider = text.firstIndex(of: "=") else { throw .noDivider }
        issuer = String(text[..<divider])
        let place = String(text[text.index(after: divider)...])
        guard !issuer.isEmpty else { throw .noIssuer }
        guard !place.isEmpty else { throw .noPlace }
        guard issuer.utf8.count <= 4096, place.utf8.count <= 4096 else { throw .tooLong }
        origin = place.hasPrefix("https://") || place.hasPrefix("http://") ? .url(place) : .file(place)
    }
}

public enum IssuerSourceError: Error, Equatable, Sendable {
    case noDivider
    case noIssuer
    case noPlace
    case tooLong
}

extension IssuerSourceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noDivider: "write ISSUER=FILE or ISSUER=URL, such as https://id.example=keys.json"
        case .noIssuer: "the issuer before the = is missing"
        case .noPlace: "the file or URL after the = is missing"
        case .tooLong: "an issuer and the place of its keys have at most 4096 bytes each"
        }
    }
}
