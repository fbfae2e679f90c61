/// The order of versions in a group: released ones before betas before alphas, higher numbers first, then everything
/// that is no version of Kubernetes' form, by its letters.
public enum KubernetesVersionOrder {
    /// Whether the first comes before the second in discovery.
    public static func isPreferred(_ left: String, over right: String) -> Bool {
        switch (Parsed(left), Parsed(right)) {
        case (let left?, let right?):
            (left.stage, left.major, left.minor) > (right.stage, right.major, right.minor)
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): left < right
        }
    }

    /// `v1`, `v2beta1`, `v1alpha3`.
    private struct Parsed {
        /// 2 released, 1 beta, 0 alpha.
        var stage: Int
        var major: UInt64
        var minor: UInt64

        init?(_ text: String) {
            guard text.utf8.first == UInt8(ascii: "v") else { return nil }
            let rest = text.dropFirst()
            guard let major = Self.number(rest.prefix(while: \.isASCIIDigit)) else { return nil }
            self.major = major
            let suffix = rest.drop(while: \.isASCIIDigit)
            if suffix.isEmpty {
                stage = 2
                minor = 0
            } else if suffix.hasPrefix("beta"), let minor = Self.number(suffix.dropFirst(4)) {
                stage = 1
                self.minor = minor
            } else if suffix.hasPrefix("alpha"), let minor = Self.number(suffix.dropFirst(5)) {
                stage = 0
                self.minor = minor
            } else {
                return nil
            }
        }

        /// A number as versions have them: no sign, no leading zero.
        private static func number(_ text: Substring) -> UInt64? {
            guard let first = text.utf8.first, first != UInt8(ascii: "0") else { return nil }
            return text.allSatisfy(\.isASCIIDigit) ? UInt64(text) : nil
        }
    }
}

extension Character {
    var isASCIIDigit: Bool { "0" <= self && self <= "9" && isASCII }
}
