import JSONText
import TestSupport
import Testing

/// Compares our reader with another one, and throws noise at it.
@Suite("JSON against noise and another reader")
struct JSONDifferentialTests {
    /// A random value, its nesting bounded by `depth`.
    static func value(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .int(Int64.random(in: .min ... .max, using: &generator))
        case 3: return .double(Double(bitPattern: generator.next()))
        case 4: return .string(text(using: &generator))
        case 5, 6:
            return .array(
                (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                    value(depth: depth - 1, using: &generator)
                }
            )
        default:
            let count = Int.random(in: 0..<5, using: &generator)
            let members = (0..<count).map {
                ("\($0)" + text(using: &generator), value(depth: depth - 1, using: &generator))
            }
            return .object(JSONObject(members))
        }
    }

    static func text(using generator: inout SeededGenerator) -> String {
        let planes: [ClosedRange<UInt32>] = [
            0...0x7F, 0x80...0x7FF, 0x2000...0x20FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<12, using: &generator) {
            let plane = planes[Int.random(in: 0..<planes.count, using: &generator)]
            if let scalar = Unicode.Scalar(UInt32.random(in: plane, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `what is written is read back the same`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let value = Self.value(depth: 5, using: &generator)
            let compact = try JSONValue(parsing: value.bytes())
            let pretty = try JSONValue(parsing: value.bytes(.pretty))
            #expect(compact == value, "seed \(seed)")
            #expect(pretty == value, "seed \(seed)")
        }
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func `mutated text is read or refused, and what is read can be written and read again`(seed: UInt64)
        throws
    {
        var generator = SeededGenerator(seed: seed)
        let interesting = Array(#"{}[]",:\u0e-+.123tfn"#.utf8) + [0, 0x1F, 0x80, 0xC0, 0xED, 0xF4, 0xFF]
        var read = 0
        var refused = 0
        for _ in 0..<3000 {
            var bytes = Self.value(depth: 3, using: &generator).bytes()
            for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes.remove(at: index)
                case 1: bytes[index] = interesting[Int.random(in: 0..<interesting.count, using: &generator)]
                case 2:
                    bytes.insert(
                        interesting[Int.random(in: 0..<interesting.count, using: &generator)],
                        at: index
                    )
                default: bytes.removeSubrange(index...)
                }
            }
            do throws(JSONError) {
                let value = try JSONValue(parsing: bytes)
                let again = try JSONValue(parsing: value.bytes())
                #expect(again == value, "seed \(seed)")
                read += 1
            } catch {
                #expect((0...bytes.count).contains(error.offset), "seed \(seed)")
                refused += 1
            }
        }
        #expect(read > 100 && refused > 100)
    }

    /// Answers each line of hexadecimal bytes with a canonical form, or `refused`.
    ///
    /// Python's reader is made as strict as ours: no constants, no repeated names, UTF-8, no lone surrogates.
    private static let oracle = """
        import json, sys
        def strict(pairs):
            names = [name for name, _ in pairs]
            if len(set(names)) != len(names): raise ValueError('duplicate')
            return dict(pairs)
        def refuse(name): raise ValueError(name)
        for line in sys.stdin:
            try:
                text = bytes.fromhex(line.strip()).decode('utf-8')
                value = json.loads(text, object_pairs_hook=strict, parse_constant=refuse, parse_int=str, parse_float=str)
                print(json.dumps(value, separators=(',', ':'), ensure_ascii=False).encode('utf-8').hex())
            except (ValueError, RecursionError):
                print('refused')
        """

    @Test func `Python's reader accepts and refuses the same texts and reads the same values`() throws {
        var generator = SeededGenerator(seed: 21)
        let noise = Array(#"{}[]",:\u0e-+.1 "#.utf8) + [0x0A, 0x80, 0xC3, 0xED]
        let samples: [[UInt8]] = (0..<1500).map { index in
            var bytes = Self.value(depth: 4, using: &generator).bytes(index % 2 == 0 ? .compact : .pretty)
            if index % 3 != 0 {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = noise[Int.random(in: 0..<noise.count, using: &generator)]
            }
            return bytes
        }
        let input = samples.map { Self.hexadecimal($0) + "\n" }.joined()
        let result = try runPython(Self.oracle, input: Array(input.utf8))
        try #require(result.status == 0, "\(result.errorText)")
        let answers = result.outputText.split(separator: "\n")
        try #require(answers.count == samples.count)

        var differences: [String] = []
        for (sample, answer) in zip(samples, answers) {
            // Numbers become strings on both sides, since Python would respell them.
            let ours = (try? JSONValue(parsing: sample)).map(Self.numbersAsStrings)
            let theirs = answer == "refused" ? nil : try JSONValue(parsing: Self.bytes(answer))
            if ours != theirs { differences.append("\(Self.hexadecimal(sample)): \(answer)") }
        }
        #expect(differences == [])
        #expect(answers.count { $0 == "refused" } > 100)
    }

    private static func numbersAsStrings(_ value: JSONValue) -> JSONValue {
        switch value {
        case .number(let number): .string(number.text)
        case .array(let elements): .array(elements.map(numbersAsStrings))
        case .object(let object): .object(JSONObject(object.map { ($0.name, numbersAsStrings($0.value)) }))
        case .null, .bool, .string: value
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ hexadecimal: Substring) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
    }
}
