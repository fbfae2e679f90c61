import JSONText

/// Merges lists of a strategic merge patch: of objects by a key, or of scalars.
///
/// The order is that of the directive, else that of the patch; what only the server has keeps its place before the
/// next element that both know. Linear in the lists' lengths.
struct ListMerge {
    /// `nil` for lists of scalars.
    let key: String?
    let element: Schema?

    func merged(
        _ patch: [JSONValue],
        into target: [JSONValue],
        order: [JSONValue]? = nil,
        replaces: Bool = false
    ) throws(PatchError) -> [JSONValue] {
        if let order { try check(patch, follows: order) }
        var target = target
        var patch = patch
        if replaces {
            if !patch.isEmpty { target = [] }
        } else if key != nil {
            try directives(&patch, &target)
        }
        let wanted = try (order ?? patch).mapKeys { element throws(PatchError) in try identity(of: element) }
        var positions: [JSONValue: Int] = [:]
        for (position, identity) in wanted.enumerated() where positions[identity] == nil {
            positions[identity] = position
        }

        // Merge by identity; a new element goes behind.
        var merged: [JSONValue] = []
        var places: [JSONValue: Int] = [:]
        for element in target {
            let identity = try identity(of: element)
            // A list on the server may have an element twice; of scalars one is enough.
            if places[identity] == nil { places[identity] = merged.count } else if key == nil { continue }
            merged.append(element)
        }
        for element in patch {
            let identity = try identity(of: element)
            if let place = places[identity] {
                if case .object(let change) = element, case .object(let there) = merged[place] {
                    merged[place] = .object(
                        try StrategicMergePatch.merge(change, into: there, self.element)
                    )
                }
            } else {
                places[identity] = merged.count
                merged.append(Directive.dropped(from: element))
            }
        }
        return try ordered(merged, positions, target)
    }

    /// What is in the order's list by that order, and between it what is not, by the server's.
    private func ordered(
        _ merged: [JSONValue],
        _ positions: [JSONValue: Int],
        _ target: [JSONValue]
    ) throws(PatchError) -> [JSONValue] {
        var serverPlaces: [JSONValue: Int] = [:]
        for (place, element) in target.enumerated() {
            let identity = try identity(of: element)
            if serverPlaces[identity] == nil { serverPlaces[identity] = place }
        }
        var patched: [(position: Int, place: Int?, value: JSONValue)] = []
        var others: [(place: Int?, value: JSONValue)] = []
        for element in merged {
            let identity = try identity(of: element)
            if let position = positions[identity] {
                patched.append((position, serverPlaces[identity], element))
            } else {
                others.append((serverPlaces[identity], element))
            }
        }
        let sorted = patched.enumerated().sorted {
            ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
        }.map(\.element)

        var result: [JSONValue] = []
        var left = 0
        for entry in sorted {
            while left < others.count, let place = others[left].place, let limit = entry.place, place < limit
            {
                result.append(others[left].value)
                left += 1
            }
            result.append(entry.value)
        }
        return result + others[left...].map(\.value)
    }

    /// Does what the elements with `$patch` say, and leaves the others.
    private func directives(_ patch: inout [JSONValue], _ target: inout [JSONValue]) throws(PatchError) {
        var deleted: Set<JSONValue> = []
        var isReplaced = false
        var kept: [JSONValue] = []
        for element in patch {
            guard let directive = element[Directive.marker] else {
                kept.append(element)
                continue
            }
            switch directive {
            case "delete": deleted.insert(try identity(of: element))
            case "replace": isReplaced = true
            case "merge": throw .unmergeable("merging lists cannot yet be specified in the patch")
            default: throw Directive.unknown(directive)
            }
        }
        if isReplaced {
            target = kept.map(Directive.dropped(from:))
            patch = []
            return
        }
        patch = kept
        guard !deleted.isEmpty else { return }
        var left: [JSONValue] = []
        for element in target where !deleted.contains(try identity(of: element)) { left.append(element) }
        target = left
    }

    /// Every element of the patch is in the order's list, and in that order.
    private func check(_ patch: [JSONValue], follows order: [JSONValue]) throws(PatchError) {
        guard !order.isEmpty else { return }
        var rest = order[...]
        for element in patch where element[Directive.marker] == nil {
            let identity = try identity(of: element)
            while let next = rest.first, try self.identity(of: next) != identity { rest = rest.dropFirst() }
            guard !rest.isEmpty else {
                throw .unmergeable("The order in patch list doesn't match $setElementOrder list")
            }
            rest = rest.dropFirst()
        }
    }

    private func identity(of element: JSONValue) throws(PatchError) -> JSONValue {
        switch element {
        case .array: throw .doesNotApply("lists of lists are not supported")
        case .object(let object):
            guard let key else { throw .unmergeable("cannot merge lists without merge key for type map") }
            guard let identity = object[key] else {
                throw .unmergeable("map: does not contain declared merge key: \(key)")
            }
            return identity
        default:
            guard key == nil else {
                throw .unmergeable("expected a map[string]interface {}, but received \(element.kind)")
            }
            return element
        }
    }
}

extension [JSONValue] {
    fileprivate func mapKeys(
        _ body: (JSONValue) throws(PatchError) -> JSONValue
    ) throws(PatchError) -> [JSONValue] {
        var result: [JSONValue] = []
        result.reserveCapacity(count)
        for element in self { result.append(try body(element)) }
        return result
    }
}
