import KubernetesModel
import TestSupport
import Testing

@Suite("Regular expressions")
struct RegularExpressionTests {
    @Test(
        "what matches, and where",
        arguments: [
            ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "my-name", "my-name"), ("a|ab", "xab", "a"),
            ("a+?b??", "aaab", "a"), ("a{2,3}", "aaaa", "aaa"), ("a{,2}", "a{,2}", "a{,2}"), ("x*", "y", ""),
            (#"\bfoo\b"#, "a foo b", "foo"), (#"\Boo\b"#, "foo", "oo"),
            (#"\d+\D\w\W\s\S"#, "12ab! c", "12ab! c"),
            ("(?i)straße", "STRAßE", "STRAßE"), ("(?i)[k]", "\u{212A}", "\u{212A}"), ("(?i:a)b", "Ab", "Ab"),
            ("(?s)a.b", "a\nb", "a\nb"), ("(?m)^b$", "a\nb\nc", "b"), ("(?U)a+", "aaa", "a"),
            (#"\Qa.b*\E+"#, "a.b**", "a.b**"), (#"\x41\x{1F600}\101\n"#, "A😀A\n", "A😀A\n"),
            (#"\pL+\p{Nd}\P{L}"#, "äé1-", "äé1-"), ("[[:alpha:]_]+", "1ab_c", "ab_c"), ("[^]a]", "]ab", "b"),
            ("[a-]+", "-a-", "-a-"), (#"[\d\-x]+"#, "3-x", "3-x"), ("a$", "a\n", nil), ("^a", "ba", nil),
            (".", "\n", nil), ("(?i)[^k]", "K", nil), ("é", "e\u{301}", nil), ("", "abc", ""),
            ("(a*)*b", "aaab", "aaab"), ("(|a)+b", "aab", "aab"), ("x{0}y", "xy", "y"),
            ("(?:a|b)*c", "abac", "abac"),
        ] as [(String, String, String?)]
    )
    func matches(pattern: String, text: String, expected: String?) throws {
        let expression = try RegularExpression(parsing: pattern)
        let found = expression.firstMatch(in: text)?.first.flatMap { $0 }.map { text.unicodeScalars[$0] }
        #expect(found.map { Array($0) } == expected.map { Array($0.unicodeScalars) })
        #expect(expression.matches(text) == (expected != nil))
    }

    @Test(
        "what is refused, and why",
        arguments: [
            ("(", "missing closing ): `(`"), ("a)", "unexpected ): `a)`"), ("[a", "missing closing ]: `[a`"),
            ("*a", "missing argument to repetition operator: `*`"),
            ("a|*", "missing argument to repetition operator: `*`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a{3,2}", "invalid repeat count: `{3,2}`"), ("(a{100}){100}", "invalid repeat count: `{100}`"),
            ("[z-a]", "invalid character class range: `z-a`"), (#"\1"#, #"invalid escape sequence: `\1`"#),
            (#"\y"#, #"invalid escape sequence: `\y`"#),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?<=a)", "invalid or unsupported Perl syntax: `(?<`"),
            ("a\\", "trailing backslash at end of expression"),
            ("(?P<a>x)(?P<a>y)", "invalid named capture: `(?P<a>`"),
            (#"\p{Greekish}"#, #"invalid character class range: `\p{Greekish}`"#),
            ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        ]
    )
    func refused(pattern: String, words: String) {
        let error = #expect(throws: RegularExpressionError.self) { try RegularExpression(parsing: pattern) }
        #expect(error?.description == "error parsing regexp: \(words)")
    }

    @Test func `depth and size are bounded`() {
        let deep = String(repeating: "(", count: 10_000) + String(repeating: ")", count: 10_000)
        #expect(throws: RegularExpressionError.self) { try RegularExpression(parsing: deep) }
        let wide = String(repeating: "(?:abcdefghij){1000}", count: 100)
        #expect(throws: RegularExpressionError.self) { try RegularExpression(parsing: wide) }
        let long = String(repeating: "a", count: 70_000)
        #expect(throws: RegularExpressionError.self) { try RegularExpression(parsing: long) }
    }

    @Test func `a pattern that makes others backtrack for ever takes no longer than its text is long`() throws
    {
        let text = String(repeating: "a", count: 2_000) + "c"
        for pattern in ["(a*)*b", "(a+)+b", "(a|a)*b", "(a|aa)+$", "(.*)*(.*)*(.*)*x", "(a?){50}a{50}b"] {
            let found = try RegularExpression(parsing: pattern).matches(text)
            #expect(!found)
        }
    }

    @Test func `groups are where they matched last, and have names`() throws {
        let expression = try RegularExpression(parsing: "(?P<key>[a-z]+)=(?<value>\\d+)|(x)")
        let text = "  ab=12;c=3"
        let first = try #require(expression.firstMatch(in: text))
        #expect(first.map { $0.map { String(text[$0]) } } == ["ab=12", "ab", "12", nil])
        let end = try #require(first[0]).upperBound
        let second = try #require(expression.firstMatch(in: text, from: end))
        #expect(second.map { $0.map { String(text[$0]) } } == ["c=3", "c", "3", nil])
        #expect(expression.groupNames == [nil, "key", "value", nil])
    }

    @Test func `what matches is what matches in Python`() throws {
        var walk = PatternWalk(seed: 20_261_121)
        var cases: [(pattern: String, text: String)] = []
        for _ in 0..<1_500 { cases.append((walk.pattern(depth: 3), walk.text())) }
        let script = """
            import re, sys
            lines = sys.stdin.buffer.read().decode().split('\\x00')
            for pattern, text in zip(lines[0::2], lines[1::2]):
                found = re.search(pattern, text, re.ASCII)
                print(*found.span()) if found else print('none')
            """
        let input = cases.map { "\($0.pattern)\0\($0.text)" }.joined(separator: "\0")
        let answer = try runPython(script, input: Array(input.utf8))
        try #require(answer.status == 0, "\(answer.errorText)")
        let expected = answer.outputText.split(separator: "\n")
        try #require(expected.count == cases.count)
        for (sample, expected) in zip(cases, expected) {
            let ours = try RegularExpression(parsing: sample.pattern).firstMatch(in: sample.text)
            let text = sample.text.unicodeScalars
            let span = ours?.first.flatMap { $0 }.map { range in
                "\(text.distance(from: text.startIndex, to: range.lowerBound))"
                    + " \(text.distance(from: text.startIndex, to: range.upperBound))"
            }
            #expect((span ?? "none") == expected, "pattern \(sample.pattern) text \(sample.text)")
        }
    }
}

/// Makes patterns of the syntax that RE2 and Python share, and texts that they may match.
private struct PatternWalk {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    private mutating func pick(_ choices: [String]) -> String {
        choices.randomElement(using: &generator) ?? ""
    }

    /// Never empty: of an empty text Python says that it has no `\\B`, and RE2 that it has one.
    mutating func text() -> String {
        (0..<Int.random(in: 1...12, using: &generator))
            .map { _ in pick(["a", "b", "c", "A", "1", " ", "-", "é", "\n", "😀", "_"]) }.joined()
    }

    mutating func pattern(depth: Int) -> String {
        let parts = (0..<Int.random(in: 1...3, using: &generator)).map { _ in part(depth: depth) }
        return parts.joined()
    }

    private mutating func part(depth: Int) -> String {
        let atom = pick([
            "a", "b", "c", "é", "😀", ".", "[ab]", "[^a]", "[a-c1]", "\\w", "\\d", "\\W", "[^\\d-]", "-",
        ])
        switch Int.random(in: 0..<(depth > 0 ? 10 : 4), using: &generator) {
        case 0...2: return atom
        case 3: return atom + pick(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}"])
        case 4: return pick(["^", "\\b", "\\B", "\\A"])
        // What repeats a part that may be empty is where Perl's rules and RE2's differ: a letter keeps it from being so.
        case 5, 6: return "(?:a" + pattern(depth: depth - 1) + ")" + pick(["*", "+", "?", "{1,2}", ""])
        case 7: return "(" + pattern(depth: depth - 1) + "|" + pattern(depth: depth - 1) + ")"
        case 8: return "(?i:" + pattern(depth: depth - 1) + ")"
        default: return "(" + pattern(depth: depth - 1) + ")"
        }
    }
}
