/// How much JSON a reader is willing to look at.
public struct JSONLimits: Equatable, Sendable {
    /// The length of the whole text, in bytes.
    public var bytes: Int
    /// How many arrays and objects may be open at once.
    ///
    /// The parser calls itself for each, so whatever is asked for, no more than ``deepest`` is granted.
    public var depth: Int

    static let deepest = 256

    public init(bytes: Int = 1 << 20, depth: Int = 64) {
        self.bytes = bytes
        self.depth = min(depth, Self.deepest)
    }

    /// One MiB, 64 levels.
    public static let standard = JSONLimits()
}
