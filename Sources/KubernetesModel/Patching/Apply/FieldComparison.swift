import JSONText

/// Which fields one object has and another has not, or has otherwise.
struct FieldComparison: Equatable {
    var added = FieldSet()
    var modified = FieldSet()
    var removed = FieldSet()

    /// Compares what is inside of two objects.
    init(_ old: JSONValue, _ new: JSONValue, _ schema: Schema?) {
        self = Self.inside(old, new, schema).inner
    }

    private init() {}

    func excluding(_ ignored: FieldSet) -> FieldComparison {
        guard !ignored.isEmpty else { return self }
        var result = self
        result.added = added.recursiveDifference(ignored)
        result.modified = modified.recursiveDifference(ignored)
        result.removed = removed.recursiveDifference(ignored)
        return result
    }

    /// Notes what became of one element.
    private mutating func note(
        _ element: PathElement,
        _ old: JSONValue?,
        _ new: JSONValue?,
        _ schema: Schema?
    ) {
        switch (old, new) {
        case (nil, let new?): added.add(element, isMember: true, .everything(in: new, schema))
        case (let old?, nil): removed.add(element, isMember: true, .everything(in: old, schema))
        case (let old?, let new?):
            let (isModified, inner) = Self.inside(old, new, schema)
            added.add(element, isMember: false, inner.added)
            modified.add(element, isMember: isModified, inner.modified)
            removed.add(element, isMember: false, inner.removed)
        case (nil, nil): break
        }
    }

    private static func inside(
        _ old: JSONValue,
        _ new: JSONValue,
        _ schema: Schema?
    ) -> (isModified: Bool, inner: FieldComparison) {
        var inner = FieldComparison()
        var shapes = (ApplyShape(of: old, schema), ApplyShape(of: new, schema))
        // An explicit null is an empty one of what the other is.
        if old.isNull { shapes.0 = shapes.1 }
        if new.isNull { shapes.1 = shapes.0 }
        guard shapes.0 == shapes.1 else {
            inner.added = .everything(in: new, schema)
            inner.removed = .everything(in: old, schema)
            return (true, inner)
        }
        if shapes.0 == .leaf || (old.isEmptyContainer && new.isEmptyContainer) {
            return (!old.isSame(as: new), inner)
        }
        if shapes.0 == .object {
            let (left, right) = (old.object ?? JSONObject(), new.object ?? JSONObject())
            for member in left {
                inner.note(
                    .field(member.name),
                    member.value,
                    right[member.name],
                    schema?.property(member.name)
                )
            }
            for member in right where left[member.name] == nil {
                inner.note(.field(member.name), nil, member.value, schema?.property(member.name))
            }
            return (false, inner)
        }
        let element = schema?.element
        let left = IdentifiedList(old.array ?? [], shapes.0, element)
        let right = IdentifiedList(new.array ?? [], shapes.0, element)
        for identity in left.identities + right.identities.filter({ left.places[$0] == nil }) {
            let (before, after) = (left.values(identity), right.values(identity))
            if before.count <= 1, after.count <= 1 {
                inner.note(identity, before.first, after.first, element)
            } else if before.isEmpty {
                inner.added.add(identity, isMember: true)
            } else if after.isEmpty {
                inner.removed.add(identity, isMember: true)
            } else if !JSONValue.array(before).isSame(as: .array(after)) {
                inner.modified.add(identity, isMember: true)
            }
        }
        return (false, inner)
    }
}

extension JSONValue {
    fileprivate var isEmptyContainer: Bool {
        switch self {
        case .null: true
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }
}
