import KubernetesModel

/// The last changes in memory, for watches; older ones are read from the disk.
struct RecentEvents {
    private let countLimit: Int
    private let byteLimit: Int
    private var all = Fifo<WatchEvent>()
    private var byResource: [GroupResource: Fifo<WatchEvent>] = [:]
    private var bytes = 0

    /// Every change after this revision is here.
    private(set) var floor: UInt64

    /// So many keep what was read from their text, and their line: those that watchers are at now.
    private static let copies = 512

    init(floor: UInt64, countLimit: Int, byteLimit: Int) {
        self.floor = floor
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    mutating func append(_ event: WatchEvent) {
        all.append(event)
        byResource[event.object.key.resource, default: Fifo()].append(event)
        bytes += Self.size(event)
        while all.count > countLimit || bytes > byteLimit, all.count > 1 { removeFirst() }
        if all.count > Self.copies { all[all.count - 1 - Self.copies].dropCopies() }
    }

    /// The object at the revision of its last change, if that is recent.
    func object(_ resource: GroupResource, revision: UInt64) -> StoredObject? {
        guard revision > floor, let events = byResource[resource] else { return nil }
        let index = events.firstIndex { $0.revision >= revision }
        guard index < events.count, events[index].revision == revision else { return nil }
        return events[index].object
    }

    /// What a watch has not seen after a revision, in order, `limit` at most; ``floor`` must not be after it.
    func events(for query: WatchQuery, after revision: UInt64, limit: Int) -> [WatchEvent] {
        guard let events = byResource[query.resource] else { return [] }
        var found: [WatchEvent] = []
        var index = events.firstIndex { $0.revision > revision }
        while index < events.count, found.count < limit {
            if query.matches(events[index].object.key) { found.append(events[index]) }
            index += 1
        }
        return found
    }

    private mutating func removeFirst() {
        guard let event = all.removeFirst() else { return }
        floor = event.revision
        bytes -= Self.size(event)
        let resource = event.object.key.resource
        _ = byResource[resource]?.removeFirst()
        if byResource[resource]?.isEmpty == true { byResource[resource] = nil }
    }

    /// The object before is counted too, although it is most often shared with the event that wrote it.
    private static func size(_ event: WatchEvent) -> Int {
        event.object.bytes.count + (event.previous?.bytes.count ?? 0) + 256
    }
}
