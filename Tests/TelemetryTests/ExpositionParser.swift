/// Reads Prometheus text, format 0.0.4, more strictly than Prometheus does: for tests.
struct ExpositionParser {
    struct Sample: Equatable {
        var name: String
        var labels: [String: String]
        var value: String
    }

    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    private(set) var kinds: [String: String] = [:]
    private(set) var samples: [Sample] = []

    init(_ bytes: [UInt8]) throws {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(description: "not UTF-8")
        }
        guard text.isEmpty || text.hasSuffix("\n") else {
            throw Problem(description: "no newline at the end")
        }
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# HELP "), words.count == 4 { continue }
            if line.hasPrefix("# TYPE "), words.count == 4 {
                guard kinds.updateValue(words[3], forKey: words[2]) == nil else {
                    throw Problem(description: "type twice: \(line)")
                }
                continue
            }
            samples.append(try Self.sample(line))
        }
        let names = samples.map { "\($0.name)\($0.labels.sorted { $0.key < $1.key })" }
        guard Set(names).count == names.count else { throw Problem(description: "a series comes twice") }
        for sample in samples {
            let bases = ["", "_bucket", "_sum", "_count"].filter { sample.name.hasSuffix($0) }
                .map { String(sample.name.dropLast($0.count)) }
            guard bases.contains(where: { kinds[$0] != nil }) else {
                throw Problem(description: "no type: \(sample.name)")
            }
        }
    }

    /// The value of the series of that name and labels.
    func value(_ name: String, _ labels: [String: String] = [:]) -> String? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private static func sample(_ line: Substring) throws -> Sample {
        let problem = Problem(description: "malformed: \(line)")
        guard let end = line.firstIndex(where: { $0 == "{" || $0 == " " }) else { throw problem }
        var rest = line[end...]
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                guard let equals = rest.firstIndex(of: "=") else { throw problem }
                let name = String(rest[..<equals])
                rest = rest[equals...].dropFirst()
                guard rest.first == "\"" else { throw problem }
                rest = rest.dropFirst()
                var value = ""
                while let character = rest.first, character != "\"" {
                    rest = rest.dropFirst()
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    switch rest.popFirst() {
                    case "n": value.append("\n")
                    case "\\": value.append("\\")
                    case "\"": value.append("\"")
                    default: throw problem
                    }
                }
                guard rest.popFirst() == "\"", labels.updateValue(value, forKey: name) == nil else {
                    throw problem
                }
                if rest.first == "," { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        guard rest.popFirst() == " ", !rest.isEmpty, !rest.contains(" ") else { throw problem }
        return Sample(name: String(line[..<end]), labels: labels, value: String(rest))
    }
}
