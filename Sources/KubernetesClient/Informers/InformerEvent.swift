public import KubernetesModel

/// What a listener of an informer is told.
///
/// Between two events of one object a listener that is slow may have missed states, and never the last one: what it
/// was not told in time is folded into one change from what it was told last to what is now.
public enum InformerEvent<Value: Sendable>: Sendable {
    /// There is a new object, or one that could not be read can be read now.
    case added(ObjectName, Value)
    case updated(ObjectName, old: Value, new: Value)
    /// With the last state known, if it could be read.
    ///
    /// The deletion was seen unless `isFinal` is false: then it was only found out by a list, or by a successor of the
    /// same name, and what happened shortly before it was missed.
    case deleted(ObjectName, last: Value?, isFinal: Bool)
    /// There is such an object, and its state cannot be read.
    ///
    /// "I do not know" is not "there is none": the listener decides what follows. The last state that could be read,
    /// if it was told before, no longer holds.
    case unreadable(ObjectName, last: Value?, reason: String)
    /// Everything that there was when the first list was complete has been told.
    case synced

    /// `nil` for ``synced``.
    public var name: ObjectName? {
        switch self {
        case .added(let name, _), .updated(let name, _, _), .deleted(let name, _, _),
            .unreadable(let name, _, _):
            name
        case .synced: nil
        }
    }
}

/// What happened to one object in an informer, before it is folded for listeners.
struct InformerDelta<Value: Sendable>: Sendable {
    enum Presence: Sendable {
        case absent(isFinal: Bool)
        case value(Value)
        case unreadable(String)

        var isAbsent: Bool {
            if case .absent = self { true } else { false }
        }

        var value: Value? {
            if case .value(let value) = self { value } else { nil }
        }
    }

    var name: ObjectName
    var before: Presence
    var after: Presence
}

/// What one listener has not been told yet: at most one change for each object.
///
/// So a listener that never listens costs as much as there are objects, and not as much as there are events.
struct PendingEvents<Value: Sendable>: Sendable {
    private struct Change: Sendable {
        /// As the listener knows it.
        var before: InformerDelta<Value>.Presence
        var after: InformerDelta<Value>.Presence
        /// Another life began in between, or one that could not be read: it is told as a deletion and an addition.
        var isReplaced = false
        var deletionIsFinal = true
    }

    private enum Turn: Sendable {
        case object(ObjectName)
        case synced
    }

    private var changes: [ObjectName: Change] = [:]
    private var turns: [Turn] = []
    private var first = 0

    var isEmpty: Bool { first == turns.count }
    var count: Int { turns.count - first }

    mutating func synced() {
        turns.append(.synced)
    }

    mutating func fold(_ delta: InformerDelta<Value>) {
        guard var change = changes[delta.name] else {
            var change = Change(before: delta.before, after: delta.after)
            if case .absent(let isFinal) = delta.after { change.deletionIsFinal = isFinal }
            changes[delta.name] = change
            turns.append(.object(delta.name))
            return
        }
        if change.after.isAbsent, !change.before.isAbsent { change.isReplaced = true }
        if case .absent(let isFinal) = delta.after, !change.isReplaced { change.deletionIsFinal = isFinal }
        change.after = delta.after
        changes[delta.name] = change
    }

    /// Takes what is told next; objects that came and went unseen are passed over.
    mutating func take() -> InformerEvent<Value>? {
        while first < turns.count {
            let turn = turns[first]
            guard case .object(let name) = turn, var change = changes[name] else {
                advance()
                if case .synced = turn { return .synced }
                continue
            }
            if change.isReplaced {
                // The addition of the successor is the next event.
                let last = change.before.value
                change.isReplaced = false
                change.before = .absent(isFinal: true)
                changes[name] = change
                return .deleted(name, last: last, isFinal: change.deletionIsFinal)
            }
            changes[name] = nil
            advance()
            switch (change.before, change.after) {
            case (.absent, .absent): continue
            case (.value(let old), .value(let new)): return .updated(name, old: old, new: new)
            case (_, .value(let new)): return .added(name, new)
            case (let before, .absent):
                return .deleted(name, last: before.value, isFinal: change.deletionIsFinal)
            case (let before, .unreadable(let reason)):
                return .unreadable(name, last: before.value, reason: reason)
            }
        }
        return nil
    }

    private mutating func advance() {
        first += 1
        if first > 64, first * 2 > turns.count {
            turns.removeFirst(first)
            first = 0
        }
    }
}
