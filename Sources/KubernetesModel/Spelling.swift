/// Guesses what was meant by a name that is not known.
public enum Spelling {
    /// The candidate that differs by least, if it differs by little.
    ///
    /// Letters' case counts nothing; at most two edits, or one in three letters of a short name.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let written = Array(word.lowercased().utf8)
        let limit = max(1, min(2, written.count / 3))
        let ranked = candidates.map { ($0, distance(written, Array($0.lowercased().utf8))) }
        return ranked.filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
    }

    /// The word in quotes, shortened and without control characters, for a message.
    public static func quoted(_ word: some StringProtocol) -> String {
        "\"\(clean(word))\""
    }

    /// The word shortened and without control characters.
    public static func clean(_ word: some StringProtocol, limit: Int = 64) -> String {
        let clean = word.unicodeScalars.prefix(limit).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{fffd}" : String(scalar)
        }
        return clean.joined() + (word.unicodeScalars.dropFirst(limit).isEmpty ? "" : "…")
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                var best = min(
                    last[column] + (left[row] == right[column] ? 0 : 1),
                    last[column + 1] + 1,
                    current[column] + 1
                )
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
