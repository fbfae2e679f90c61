import JSONText
import Testing

@Suite("Reading JSON")
struct JSONParserTests {
    @Test(
        "What RFC 8259 allows is read, and written back compactly",
        arguments: [
            ("null", "null"), ("true", "true"), ("false", "false"),
            (" \t\r\n null \n", "null"),
            ("0", "0"), ("-0", "-0"), ("10", "10"), ("-1.5e+3", "-1.5e+3"), ("1E400", "1E400"),
            ("0e0", "0e0"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            (#""""#, #""""#), (#""a\"b\\c\/d""#, #""a\"b\\c/d""#), (#""\b\f\n\r\t""#, #""\b\f\n\r\t""#),
            (#""\u0041\u00e9\u20AC""#, #""Aé€""#), (#""\uD83D\uDE00""#, #""😀""#),
            (#""\u0000""#, #""\u0000""#),
            ("\"\u{7F}\u{9B}\u{2028}\u{2029}\"", #""\u007f\u009b\u2028\u2029""#),
            ("\"\u{FFFF}\u{10FFFF}\"", "\"\u{FFFF}\u{10FFFF}\""),
            ("[]", "[]"), ("[ ]", "[]"), ("[1 , [2] ,{}]", "[1,[2],{}]"),
            ("{}", "{}"), (#"{ "b" : 1 , "a" : { "" : null } }"#, #"{"b":1,"a":{"":null}}"#),
        ]
    )
    func valid(text: String, compact: String) throws {
        let value = try JSONValue(parsing: text)
        let again = try JSONValue(parsing: value.text(.pretty))
        #expect(value.text() == compact)
        #expect(again == value)
    }

    @Test(
        "What is not JSON is refused, with reason and place",
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("nul", .unexpectedEnd, 3),
            ("nulL", .unexpectedByte(0x4C), 3), ("True", .unexpectedByte(0x54), 0),
            ("NaN", .unexpectedByte(0x4E), 0),
            ("null x", .trailingBytes, 5), ("1 2", .trailingBytes, 2), ("{}}", .trailingBytes, 2),
            ("\u{FEFF}null", .unexpectedByte(0xEF), 0), ("\u{A0}1", .unexpectedByte(0xC2), 0),
            ("01", .malformedNumber, 0), ("-", .unexpectedEnd, 1), ("-a", .malformedNumber, 0),
            ("1.", .malformedNumber, 0), ("1.e1", .malformedNumber, 0), (".5", .unexpectedByte(0x2E), 0),
            ("1e", .malformedNumber, 0), ("1e+", .malformedNumber, 0), ("+1", .unexpectedByte(0x2B), 0),
            ("0x10", .trailingBytes, 1), ("-Infinity", .malformedNumber, 0), ("１", .unexpectedByte(0xEF), 0),
            ("\"", .unexpectedEnd, 1), (#""\"#, .unexpectedEnd, 2), (#""\x""#, .unknownEscape(0x78), 1),
            (#""\u12""#, .malformedUnicodeEscape, 1), (#""\u12G4""#, .malformedUnicodeEscape, 1),
            (#""\uD800""#, .loneSurrogate, 1), (#""\uDC00""#, .loneSurrogate, 1),
            (#""\uD800\n""#, .loneSurrogate, 1),
            (#""\uD800\u0041""#, .loneSurrogate, 1), (#""\uD83D\uD83D\uDE00""#, .loneSurrogate, 1),
            ("\"a\nb\"", .controlByteInString(0x0A), 2), ("\"\\n\u{0}\"", .controlByteInString(0), 3),
            ("'a'", .unexpectedByte(0x27), 0), ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2),
            ("[1,]", .unexpectedByte(0x5D), 3), ("[,1]", .unexpectedByte(0x2C), 1),
            ("[1 2]", .unexpectedByte(0x32), 3),
            ("[1}", .unexpectedByte(0x7D), 2), ("]", .unexpectedByte(0x5D), 0), ("{", .unexpectedEnd, 1),
            (#"{"a"}"#, .unexpectedByte(0x7D), 4), (#"{"a":}"#, .unexpectedByte(0x7D), 5),
            (#"{"a":1,}"#, .unexpectedByte(0x7D), 7), (#"{a:1}"#, .unexpectedByte(0x61), 1),
            (#"{1:1}"#, .unexpectedByte(0x31), 1), (#"{"a":1 "b":2}"#, .unexpectedByte(0x22), 7),
            (#"{"a":1,"a":1}"#, .duplicateName, 7), (#"{"a":1,"\u0061":2}"#, .duplicateName, 7),
            ("{\"\u{E9}\":1,\"e\u{301}\":2}", .duplicateName, 8), ("[1]//", .trailingBytes, 3),
            ("/**/1", .unexpectedByte(0x2F), 0),
        ] as [(String, JSONError.Reason, Int)]
    )
    func invalid(text: String, reason: JSONError.Reason, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error == JSONError(reason, at: offset))
    }

    @Test(
        "Strings that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC3], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xFF],
            [0x5C, 0x6E, 0x80],
        ] as [[UInt8]]
    )
    func invalidUTF8(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
        #expect(error == JSONError(.invalidUTF8, at: 0))
    }

    @Test func `nesting is bounded, whatever the reader asks for`() {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        let deeper = #"{"a":"# + deep + "}"
        let bottomless = String(repeating: "[", count: 500_000)

        #expect(throws: Never.self) { try JSONValue(parsing: deep) }
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: deeper) }
        #expect(error?.reason == .tooDeep(limit: 64))
        let greedy = #expect(throws: JSONError.self) {
            try JSONValue(parsing: bottomless, limits: JSONLimits(depth: .max))
        }
        #expect(greedy == JSONError(.tooDeep(limit: 256), at: 256))
    }

    @Test func `siblings do not count as depth`() throws {
        let value = try JSONValue(parsing: "[[],{},[[]]]", limits: JSONLimits(depth: 3))
        #expect(value.array?.count == 3)
    }

    @Test func `a text longer than the limit is refused before it is read`() {
        let error = #expect(throws: JSONError.self) {
            try JSONValue(parsing: "[1,2]", limits: JSONLimits(bytes: 4))
        }
        #expect(error == JSONError(.tooLong(limit: 4), at: 4))
    }

    @Test func `an error says what is wrong and where, and nothing of the text`() {
        let error = JSONError(.unexpectedByte(0x0A), at: 3)
        let text = "\(error)"
        #expect(text == "unexpected byte 0x0a at byte 3")
    }

    @Test func `a slice is read from its own beginning`() throws {
        let bytes = Array("xx[1]yy".utf8)
        let value = try JSONValue(parsing: bytes[2..<5])
        #expect(value == [1])
    }
}
