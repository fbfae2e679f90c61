import KubernetesModel

/// Which objects were told of, each with its life and state, and which of them the list under way has named.
///
/// The values are the driver's; here is what is needed to say what changed.
struct KnownObjects {
    private struct Known {
        var uid: ObjectUID
        var version: String
        /// The list that named the object last.
        var list: UInt32
    }

    private var objects: [ObjectName: Known] = [:]
    private var list: UInt32 = 0

    var count: Int { objects.count }

    mutating func beginList() {
        list &+= 1
    }

    /// A state that is current: of a list, or of an event that nobody saw before.
    mutating func observe(_ object: ObjectIdentity) -> [ObjectChange] {
        let seen = Known(uid: object.uid, version: object.version, list: list)
        guard let known = objects.updateValue(seen, forKey: object.name) else { return [.added(object)] }
        guard known.uid == object.uid else {
            return [Self.vanished(object.name, known), .added(object)].compactMap { $0 }
        }
        return known.version == object.version ? [] : [.updated(object)]
    }

    func holds(_ object: ObjectIdentity) -> Bool {
        guard let known = objects[object.name] else { return false }
        return known.uid == object.uid && known.version == object.version
    }

    /// An event of deletion; nothing when it is about a life that is over or was never known.
    mutating func remove(_ object: ObjectIdentity) -> [ObjectChange] {
        guard objects[object.name]?.uid == object.uid else { return [] }
        objects[object.name] = nil
        return [.deleted(object)]
    }

    /// Forgets what the list did not name.
    ///
    /// In the order of names, so that every run tells the same.
    mutating func endList() -> [ObjectChange] {
        let missing = objects.filter { $0.value.list != list }.sorted { $0.key < $1.key }
        for (name, _) in missing { objects[name] = nil }
        return missing.compactMap { Self.vanished($0.key, $0.value) }
    }

    private static func vanished(_ name: ObjectName, _ known: Known) -> ObjectChange? {
        ObjectIdentity(name: name, uid: known.uid, version: known.version).map { .vanished($0) }
    }
}

/// The events seen last, so that one told again is known as such although versions cannot be ordered.
///
/// Bounded: a repetition from further back does no harm but noise, the events after it repair what it did.
struct RecentEvents {
    enum Kind: Hashable {
        case state
        case deletion
        case bookmark
    }

    private struct Mark: Hashable {
        var kind: Kind
        var version: String
    }

    private var ring: [Mark] = []
    private var next = 0
    private var marks: Set<Mark> = []
    private let capacity: Int

    init(capacity: Int = 256) {
        self.capacity = capacity
    }

    func contains(_ kind: Kind, _ version: String) -> Bool {
        marks.contains(Mark(kind: kind, version: version))
    }

    mutating func insert(_ kind: Kind, _ version: String) {
        let mark = Mark(kind: kind, version: version)
        guard marks.insert(mark).inserted else { return }
        if ring.count < capacity {
            ring.append(mark)
        } else {
            marks.remove(ring[next])
            ring[next] = mark
            next = (next + 1) % capacity
        }
    }

    mutating func removeAll() {
        ring.removeAll()
        marks.removeAll()
        next = 0
    }
}
