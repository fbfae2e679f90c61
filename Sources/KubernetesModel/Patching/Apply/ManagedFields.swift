import JSONText

/// All entries of an object.
struct ManagedFields: Equatable {
    /// More of them are a client's mistake, and are cleared as what cannot be read is.
    static let entryLimit = 1000

    private(set) var entries: [ManagedFieldsEntry.Identity: ManagedFieldsEntry] = [:]

    init() {}

    init(of object: UnstructuredObject) throws(ManagedFieldsError) {
        let list = object["metadata", "managedFields"]?.array ?? []
        guard list.count <= Self.entryLimit else {
            throw ManagedFieldsError("an object has at most \(Self.entryLimit) managed fields entries")
        }
        for (index, value) in list.enumerated() {
            let entry = try ManagedFieldsEntry(value, index: index)
            entries[entry.identity] = entry
        }
    }

    var isEmpty: Bool { entries.isEmpty }

    subscript(_ identity: ManagedFieldsEntry.Identity) -> ManagedFieldsEntry? {
        get { entries[identity] }
        set { entries[identity] = newValue.flatMap { $0.fields.isEmpty ? nil : $0 } }
    }

    /// Changes the set of every entry but one; those that end empty go.
    mutating func changeSets(
        except identity: ManagedFieldsEntry.Identity? = nil,
        _ body: (FieldSet) -> FieldSet
    ) {
        for (other, var entry) in entries where other != identity {
            entry.fields = body(entry.fields)
            self[other] = entry
        }
    }

    /// In the order in which kube-apiserver writes them.
    var sorted: [ManagedFieldsEntry] {
        entries.values.sorted { left, right in
            let ways: [(String, String)] = [
                (left.operation.rawValue, right.operation.rawValue), (left.time ?? "", right.time ?? ""),
                (left.manager, right.manager), (left.apiVersion, right.apiVersion),
                (left.subresource, right.subresource),
            ]
            for (one, other) in ways where !one.utf8.elementsEqual(other.utf8) {
                return one.utf8.lexicographicallyPrecedes(other.utf8)
            }
            return false
        }
    }

    func write(to object: inout UnstructuredObject) {
        object["metadata", "managedFields"] = isEmpty ? nil : .array(sorted.map(\.json))
    }

    /// Merges the oldest updaters into one per version, named `ancient-changes`, until there are few.
    mutating func cap(updaters limit: Int = 10) {
        var updaters = sorted.filter { $0.operation == .update }[...]
        var count = updaters.count
        var firsts: [String: ManagedFieldsEntry.Identity] = [:]
        while count > limit, let oldest = updaters.popFirst() {
            let bucket = ManagedFieldsEntry.Identity(
                manager: "ancient-changes",
                operation: .update,
                apiVersion: oldest.apiVersion,
                subresource: ""
            )
            // What was merged into the bucket is looked at once.
            guard entries[oldest.identity] == oldest else { continue }
            guard let first = firsts[oldest.apiVersion] else {
                firsts[oldest.apiVersion] = oldest.identity
                continue
            }
            var fields = oldest.fields
            for identity in [first, oldest.identity, bucket] {
                if let entry = entries.removeValue(forKey: identity) { fields = fields.union(entry.fields) }
            }
            entries[bucket] = ManagedFieldsEntry(
                manager: bucket.manager,
                operation: .update,
                apiVersion: oldest.apiVersion,
                time: oldest.time,
                fields: fields
            )
            count = entries.values.count { $0.operation == .update }
        }
    }
}
