/// A queue in an array: appending and removing the first are constant on average, so is looking anywhere.
struct Fifo<Element> {
    private var elements: [Element] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }
    var count: Int { elements.count - head }
    var first: Element? { isEmpty ? nil : elements[head] }
    var last: Element? { isEmpty ? nil : elements[elements.count - 1] }

    /// Counted from the first.
    subscript(index: Int) -> Element { elements[head + index] }

    mutating func append(_ element: Element) { elements.append(element) }

    /// What is removed may be kept alive until as much again was removed.
    mutating func removeFirst() -> Element? {
        guard let first else { return nil }
        head += 1
        if head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return first
    }

    /// The first index whose element does not come before, in a queue that is ordered by it.
    func firstIndex(from start: Int = 0, where isReached: (Element) -> Bool) -> Int {
        var low = start
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isReached(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
