/// Which of the allowed requests are recorded: the first between each two parties, and of the rest one in so many.
///
/// It remembers pairs in two generations of bounded size, so that a flood of new callers makes it forget, and then
/// record more than it must, but never grow.
public struct RecordSampler: Sendable {
    private struct Pair: Hashable {
        let source: String
        let destination: String
    }

    private let oneIn: Int
    private let capacity: Int
    private var young: Set<Pair> = []
    private var old: Set<Pair> = []
    private var counter = 0

    /// Values below 1 mean 1: everything is kept.
    public init(keepingOneIn oneIn: Int = 1, rememberingPairs capacity: Int = 4096) {
        self.oneIn = max(1, oneIn)
        self.capacity = max(1, capacity)
    }

    public mutating func keeps(source: String, destination: String) -> Bool {
        guard oneIn > 1 else { return true }
        let isNew = remember(Pair(source: source, destination: destination))
        counter = counter + 1 == oneIn ? 0 : counter + 1
        return isNew || counter == 0
    }

    /// Returns whether the pair was not known.
    private mutating func remember(_ pair: Pair) -> Bool {
        if young.contains(pair) { return false }
        let isNew = !old.contains(pair)
        if young.count >= capacity {
            old = young
            young = []
        }
        young.insert(pair)
        return isNew
    }
}
