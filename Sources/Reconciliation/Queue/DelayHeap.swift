/// Keys by when they are due, the earliest first; a key is due once, and an earlier time replaces a later one.
struct DelayHeap<Key: Hashable & Sendable>: Sendable {
    private struct Entry {
        var due: Moment
        /// Keys due at the same time come in the order in which they were put in.
        var order: UInt64
        var key: Key
    }

    private var heap: [Entry] = []
    /// The entry that counts for a key; others of that key are left over, and dropped when met.
    private var current: [Key: (due: Moment, order: UInt64)] = [:]
    private var orders: UInt64 = 0

    var count: Int { current.count }

    /// When the next key is due.
    var nextDue: Moment? { heap.first?.due }

    mutating func insert(_ key: Key, due: Moment) {
        if let known = current[key], known.due <= due { return }
        orders &+= 1
        current[key] = (due, orders)
        heap.append(Entry(due: due, order: orders, key: key))
        siftUp(heap.count - 1)
        dropLeftovers()
    }

    /// Takes a key that is due, if there is one.
    mutating func take(dueAt now: Moment) -> Key? {
        guard let first = heap.first, first.due <= now else { return nil }
        removeFirst()
        current[first.key] = nil
        dropLeftovers()
        return first.key
    }

    mutating func removeAll() {
        heap.removeAll()
        current.removeAll()
    }

    /// Keeps the first entry one that counts, and the heap within twice the keys: each replacement leaves one over.
    private mutating func dropLeftovers() {
        while let first = heap.first, current[first.key]?.order != first.order { removeFirst() }
        guard heap.count > 2 * current.count + 16 else { return }
        // A sorted array is a heap.
        heap = heap.filter { current[$0.key]?.order == $0.order }.sorted(by: Self.precedes)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown()
    }

    private static func precedes(_ left: Entry, _ right: Entry) -> Bool {
        (left.due, left.order) < (right.due, right.order)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.precedes(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && Self.precedes(heap[child], heap[least]) {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
