import CanonicalHTTP
import Testing

/// Requests made of the pieces that attacks are made of, from a seed.
struct RequestGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    mutating func pick<Element>(_ values: [Element]) -> Element {
        values[Int(next() % UInt64(values.count))]
    }

    private static let pieces = [
        "/", "/", "//", "\\", ".", "..", "%2e", "%2E", "%2f", "%5c", "%00", "%25", "%252f", "%252e", "a", "b",
        "admin",
        "%61", ";", ";x=1", "%3b", "?", "?x", "#", "%", "%zz", "€", "%c0%af", "%e2%82%ac", "{", "|", " ",
        "\u{7f}", "+",
        "%2b", ":", "@", "*", "%0d", "http:", "~", "%7E",
    ]

    mutating func target() -> String {
        let count = Int(next() % 12)
        return "/" + (0..<count).map { _ in pick(Self.pieces) }.joined()
    }
}

@Suite("Canonical requests at random")
struct CanonicalWalkTests {
    @Test(
        "what comes out goes through unchanged, and keeps its promises",
        arguments: [1, 2, 3, 4] as [UInt64]
    )
    func idempotence(_ seed: UInt64) throws {
        var generator = RequestGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<2000 {
            let raw = generator.target()
            let relaxing: Set<Relaxation> = generator.pick([[], Set(Relaxation.allCases), [.encodedSlash]])
            let once: CanonicalRequest
            do {
                once = try CanonicalRequest(canonicalizing: .sample(raw), relaxing: relaxing)
            } catch {
                continue
            }
            accepted += 1
            let twice = try CanonicalRequest(canonicalizing: .sample(once.target), relaxing: relaxing)
            try #require(once == twice, "seed \(seed): \(raw)")
            try #require(
                Self.isClean(once.path, relaxed: !relaxing.isEmpty),
                "seed \(seed): \(raw) gave \(once.path)"
            )
        }
        #expect(accepted > 200)
    }

    private static func isClean(_ path: String, relaxed: Bool) -> Bool {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let bytes = Array(path.utf8)
        return path.hasPrefix("/") && !segments.dropLast().contains("") && !segments.contains(".")
            && !segments.contains("..")
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }
            && (relaxed
                || !path.contains(";") && !path.contains("%2F") && !path.contains("%5C")
                    && !path.contains("%00"))
    }
}
