public import KubernetesModel

/// The values of all objects of one resource, with indexes; a plain value.
///
/// Indexes hold numbers of slots and no names: with tens of thousands of objects the names would weigh more than all
/// else. A copy is cheap until one of the two is changed.
public struct ObjectStore<Value: Sendable>: Sendable {
    /// From an object to the values under which it shall be found, such as the node of a pod.
    public typealias Index = @Sendable (ObjectName, Value) -> [String]

    private struct Slot: Sendable {
        var name: ObjectName
        var value: Value
    }

    private var slots: [Slot?] = []
    private var free: [Int32] = []
    private var positions: [ObjectName: Int32] = [:]
    private let indexes: [String: Index]
    private var indexed: [String: [String: Set<Int32>]] = [:]

    public init(indexes: [String: Index] = [:]) {
        self.indexes = indexes
    }

    public var count: Int { positions.count }

    public subscript(name: ObjectName) -> Value? {
        guard let position = positions[name] else { return nil }
        return slots[Int(position)]?.value
    }

    /// All values, in no order.
    public var values: [Value] { slots.compactMap { $0?.value } }

    public var names: [ObjectName] { slots.compactMap { $0?.name } }

    /// The values that an index finds under a value, in no order; none when there is no such index.
    public func values(by index: String, _ value: String) -> [Value] {
        (indexed[index]?[value] ?? []).compactMap { slots[Int($0)]?.value }
    }

    public func names(by index: String, _ value: String) -> [ObjectName] {
        (indexed[index]?[value] ?? []).compactMap { slots[Int($0)]?.name }
    }

    /// What an index has anything under.
    public func keys(of index: String) -> [String] { indexed[index].map { Array($0.keys) } ?? [] }

    // MARK: Changing

    /// - Returns: The value before.
    @discardableResult
    public mutating func set(_ value: Value, for name: ObjectName) -> Value? {
        if let position = positions[name], let old = slots[Int(position)]?.value {
            for (index, keys) in indexes {
                let before = keys(name, old)
                let after = keys(name, value)
                guard before != after else { continue }
                remove(position, from: index, before)
                insert(position, into: index, after)
            }
            slots[Int(position)]?.value = value
            return old
        }
        let position = free.popLast() ?? Int32(slots.count)
        if Int(position) == slots.count { slots.append(nil) }
        slots[Int(position)] = Slot(name: name, value: value)
        positions[name] = position
        for (index, keys) in indexes { insert(position, into: index, keys(name, value)) }
        return nil
    }

    /// - Returns: The value before.
    @discardableResult
    public mutating func remove(_ name: ObjectName) -> Value? {
        guard let position = positions.removeValue(forKey: name), let old = slots[Int(position)]?.value else {
            return nil
        }
        for (index, keys) in indexes { remove(position, from: index, keys(name, old)) }
        slots[Int(position)] = nil
        free.append(position)
        return old
    }

    private mutating func insert(_ position: Int32, into index: String, _ keys: [String]) {
        for key in keys { indexed[index, default: [:]][key, default: []].insert(position) }
    }

    private mutating func remove(_ position: Int32, from index: String, _ keys: [String]) {
        for key in keys {
            indexed[index]?[key]?.remove(position)
            if indexed[index]?[key]?.isEmpty == true { indexed[index]?[key] = nil }
        }
    }
}
