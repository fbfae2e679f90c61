import FoundationEssentials
import JSONText
import SystemPackage

/// Looks for the record of a decision in the files that the proxies write.
enum RecordSearch {
    enum Found: Equatable {
        case unreadable(String)
        /// Records whose id begins as asked, and how many files were searched.
        case records([JSONValue], files: Int)
    }

    /// Where `nullius up` keeps its data if nobody says otherwise.
    static func defaultDirectory(_ environment: [String: String] = ProcessInfo.processInfo.environment)
        -> String
    {
        environment["NULLIUS_DATA"] ?? "\(environment["HOME"] ?? "")/.local/state/nullius"
    }

    /// Searches `DIRECTORY/records`, rotated files included; memory is one piece of a file, and what was found.
    static func find(_ id: String, inDataDirectory directory: String) -> Found {
        let folder = "\(directory)/records"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return .unreadable(folder)
        }
        let files = names.filter { $0.contains(".jsonl") }.sorted()
        var found: [JSONValue] = []
        for name in files {
            guard let lines = try? matches(of: id, in: FilePath("\(folder)/\(name)")) else {
                return .unreadable("\(folder)/\(name)")
            }
            found += lines.filter { $0["id"]?.string?.hasPrefix(id) ?? false }
            // More than a handful cannot be told apart by a person anyway.
            if found.count > 16 { break }
        }
        return .records(found, files: files.count)
    }

    private static let longestLine = 1 << 20

    private static func matches(of id: String, in path: FilePath) throws -> [JSONValue] {
        let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking])
        defer { try? file.close() }
        var found: [JSONValue] = []
        var rest: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
            guard count > 0 else { break }
            rest += piece[..<count]
            var start = rest.startIndex
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                append(rest[start..<end], if: id, to: &found)
                start = end + 1
            }
            rest.removeFirst(start)
            // Not a line of ours; what follows may be.
            if rest.count > longestLine { rest.removeAll() }
        }
        append(rest[...], if: id, to: &found)
        return found
    }

    /// Parses a line only if the id stands where the schema has it: first.
    private static func append(_ line: ArraySlice<UInt8>, if id: String, to found: inout [JSONValue]) {
        guard line.starts(with: "{\"id\":\"\(id)".utf8), found.count <= 16 else { return }
        guard let value = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)) else { return }
        found.append(value)
    }
}
