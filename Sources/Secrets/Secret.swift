/// A value that must not reach a log, a metric label or an error message.
///
/// Also mirrors see nothing: `dump` and the diffs of failed tests walk those.
public struct Secret<Value: Sendable>: Sendable {
    private let value: Value

    public init(_ value: Value) {
        self.value = value
    }

    /// Hands the value to the code that really needs it.
    ///
    /// Searching for this name finds every such place.
    public func reveal<Result, Failure: Error>(
        to body: (Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(value)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
