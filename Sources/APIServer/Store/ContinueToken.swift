import FoundationEssentials

/// Where the next page of a list begins: a revision, and the last path of the page before.
///
/// Opaque to clients, and nothing is taken on trust: a page never leaves the namespace its request is for, wherever
/// its token says it begins, and a revision that was made up is refused as any other would be.
struct ContinueToken: Equatable {
    /// 0 for the latest: a client that was too slow may go on without the pages fitting together.
    var revision: UInt64
    var path: String

    private static let version: UInt8 = 1

    init(revision: UInt64, path: String) {
        self.revision = revision
        self.path = path
    }

    init(parsing text: String) throws(StoreError) {
        guard text.utf8.count <= 4096, let data = Data(base64Encoded: Self.standard(text)),
            data.count > 9, data.first == Self.version,
            let path = String(validating: data.dropFirst(9), as: UTF8.self)
        else { throw .badContinueToken }
        revision = data.dropFirst().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.path = path
    }

    /// In the alphabet of URLs, without padding.
    var text: String {
        let number = (0..<8).map { UInt8(truncatingIfNeeded: revision >> (56 - 8 * $0)) }
        let text = Data([Self.version] + number + Array(path.utf8)).base64EncodedString()
        return Self.mapped(text.prefix { $0 != "=" }, [("+", "-"), ("/", "_")])
    }

    /// In the alphabet that `Data` reads.
    private static func standard(_ text: String) -> String {
        mapped(text[...], [("-", "+"), ("_", "/")])
            + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    private static func mapped(_ text: Substring, _ pairs: [(Character, Character)]) -> String {
        String(text.map { character in pairs.first { $0.0 == character }?.1 ?? character })
    }
}
