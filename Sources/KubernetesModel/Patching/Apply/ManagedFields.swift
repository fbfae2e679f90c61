import JSONText

/// All entries of an object.
struct ManagedFields: Equatable {
    /// More of them are a client's mistake, and are cleared as what cannot be read is.
    static let entryLimit = 1000
    /// How many fields a client may send in all entries together.
    static let fieldLimit = 100_000

    private(set) var entries: [ManagedFieldsEntry.Identity: ManagedFieldsEntry] = [:]

    init() {}

    /// What a client sent, which is bounded.
    init(sentIn object: UnstructuredObject) throws(ManagedFieldsError) {
        try self.init(of: object, fieldLimit: Self.fieldLimit)
    }

    init(of object: UnstructuredObject, fieldLimit: Int = .max) throws(ManagedFieldsError) {
        let list = object["metadata", "managedFields"]?.array ?? []
        guard list.count <= Self.entryLimit else {
            throw ManagedFieldsError("an object has at most \(Self.entryLimit) managed fields entries")
        }
        var count = 0
        for (index, value) in list.enumerated() {
            let entry = try ManagedFieldsEntry(value, index: index)
            count += entry.fields.count
            guard count <= fieldLimit else {
                throw ManagedFieldsError("an object has at most \(fieldLimit) managed fields")
            }
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
        let updaters = sorted.filter { $0.operation == .update }
        var count = updaters.count
        var firsts: [String: ManagedFieldsEntry.Identity] = [:]
        var merged: Set<ManagedFieldsEntry.Identity> = []
        for oldest in updaters {
            guard count > limit else { break }
            // What was merged into the bucket is looked at once, and the bucket is no longer what it was.
            guard !merged.contains(oldest.identity) else { continue }
            guard let first = firsts[oldest.apiVersion] else {
                firsts[oldest.apiVersion] = oldest.identity
                continue
            }
            let bucket = ManagedFieldsEntry.Identity(
                manager: "ancient-changes",
                operation: .update,
                apiVersion: oldest.apiVersion,
                subresource: ""
            )
            // Taken out, so that it is changed where it is.
            var fields = FieldSet()
            for identity in [bucket, first, oldest.identity] {
                guard let entry = entries.removeValue(forKey: identity) else { continue }
                fields.formUnion(entry.fields)
                count -= 1
            }
            entries[bucket] = ManagedFieldsEntry(
                manager: bucket.manager,
                operation: .update,
                apiVersion: oldest.apiVersion,
                time: oldest.time,
                fields: fields
            )
            count += 1
            merged.formUnion([bucket, first, oldest.identity])
        }
    }
}
