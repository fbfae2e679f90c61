public import Logging

/// A log level as one writes it on the command line.
public struct LogLevel: Equatable, Sendable {
    public struct ParsingError: Error, CustomStringConvertible {
        public let text: String

        public var description: String {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            return "'\(text)' is not a log level; one of \(names)"
        }
    }

    public let level: Logger.Level

    public init(parsing text: String) throws(ParsingError) {
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            throw ParsingError(text: String(text.prefix(32)))
        }
        self.level = level
    }
}
