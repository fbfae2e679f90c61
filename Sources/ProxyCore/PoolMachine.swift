/// Keeps count of idle connections, by what they are good for.
///
/// The one used last is taken first: it is the least likely to have been closed by the other side, and the others
/// grow old and go. Holds no connection, only names for them; time comes in as milliseconds of a monotonic clock.
public struct PoolMachine<Key: Hashable & Sendable, Name: Hashable & Sendable>: Sendable {
    private struct Idle {
        var name: Name
        var since: UInt64
    }

    private var idle: [Key: [Idle]] = [:]
    private var keys: [Name: Key] = [:]
    private let limitPerKey: Int
    private let limit: Int

    public init(limitPerKey: Int, limit: Int) {
        self.limitPerKey = limitPerKey
        self.limit = limit
    }

    public var count: Int { keys.count }

    /// Takes an idle connection out.
    public mutating func take(_ key: Key) -> Name? {
        guard var list = idle.removeValue(forKey: key), let last = list.popLast() else { return nil }
        if !list.isEmpty { idle[key] = list }
        keys[last.name] = nil
        return last.name
    }

    /// Puts a connection in; returns the one to close when there are too many.
    public mutating func put(_ name: Name, for key: Key, at now: UInt64) -> Name? {
        guard keys[name] == nil else { return nil }
        guard keys.count < limit || !(idle[key] ?? []).isEmpty else { return name }
        idle[key, default: []].append(Idle(name: name, since: now))
        keys[name] = key
        let list = idle[key] ?? []
        guard list.count > limitPerKey || keys.count > limit, let oldest = list.first else { return nil }
        remove(oldest.name)
        return oldest.name
    }

    /// A connection is gone.
    public mutating func remove(_ name: Name) {
        guard let key = keys.removeValue(forKey: name), var list = idle.removeValue(forKey: key) else {
            return
        }
        list.removeAll { $0.name == name }
        if !list.isEmpty { idle[key] = list }
    }

    /// Takes out all that were idle since before a time, or whose key is of no use any more.
    public mutating func retire(idleSince time: UInt64, orKey isUseless: (Key) -> Bool = { _ in false })
        -> [Name]
    {
        var retired: [Name] = []
        for (key, list) in idle {
            let useless = isUseless(key)
            retired += list.filter { useless || $0.since < time }.map(\.name)
        }
        for name in retired { remove(name) }
        return retired
    }
}
