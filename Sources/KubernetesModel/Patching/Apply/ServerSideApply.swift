import JSONText

/// Keeps account of who set which fields of an object, and applies configurations by it.
///
/// `managedFields` of an object has an entry per manager. Who applies owns exactly what is applied: a field that one
/// applies and another owns with another value is a conflict, and a field that one applied last time and does not
/// now is removed unless somebody else owns it. Who updates, creates or patches owns what changed, and takes it from
/// its owners.
///
/// Pure: time is an argument, and the same arguments give the same object.
public struct ServerSideApply: Sendable {
    /// Who changes an object, and how.
    public struct Manager: Hashable, Sendable {
        public var name: String
        /// The version in which the object is written, such as `apps/v1`.
        public var apiVersion: String
        /// Empty for the object itself.
        public var subresource: String

        public init(_ name: String, apiVersion: String, subresource: String = "") {
            self.name = name
            self.apiVersion = apiVersion
            self.subresource = subresource
        }

        func identity(_ operation: ManagedFieldsEntry.Operation) -> ManagedFieldsEntry.Identity {
            .init(
                manager: name,
                operation: operation,
                apiVersion: operation == .apply ? "" : apiVersion,
                subresource: subresource
            )
        }
    }

    /// The entry of what was there before anybody applied.
    static let beforeFirstApply = "before-first-apply"

    let schema: Schema
    /// What writes of this kind leave alone, and so nobody comes to own: `status` for the object itself.
    let resetFields: FieldSet
    /// An object of the kind on which nothing is set.
    let emptyObject: UnstructuredObject

    /// Knows a kind.
    ///
    /// - Parameters:
    ///   - schema: what the whole object may be.
    ///   - resetFields: what writes of this kind leave alone.
    ///   - isBuiltIn: objects of built-in kinds always have their `spec` and the like, so that nobody owns those.
    public init(schema: Schema, resetFields: FieldSet = FieldSet(), isBuiltIn: Bool = false) {
        self.schema = Self.completed(schema)
        self.resetFields = resetFields
        emptyObject = UnstructuredObject(isBuiltIn ? Self.skeleton(of: schema, depth: 0) : JSONObject())
    }

    // MARK: Apply

    /// Applies a configuration to the live object; to none, when it is to be created.
    ///
    /// The live object itself, when applying changes nothing. The result is not validated, nor are defaults set.
    public func apply(
        _ applied: UnstructuredObject,
        to live: UnstructuredObject?,
        manager: Manager,
        force: Bool,
        time: String
    ) throws(APIStatus) -> UnstructuredObject {
        guard applied.apiVersion == manager.apiVersion else {
            throw APIStatus(
                code: 400,
                reason: .badRequest,
                message: "Incorrect version specified in apply patch. Specified patch version: "
                    + "\(Spelling.clean(applied.apiVersion)), expected: \(manager.apiVersion)"
            )
        }
        if let given = applied["metadata", "managedFields"], !given.isNull {
            throw APIStatus(code: 400, reason: .badRequest, message: "metadata.managedFields must be nil")
        }
        let problems = ApplyValidation.problems(in: applied.json, schema)
        guard problems.isEmpty else { throw Self.notTyped(applied, problems) }

        let base =
            live
            ?? UnstructuredObject(["apiVersion": .string(manager.apiVersion), "kind": .string(applied.kind)])
        var managed: ManagedFields
        do {
            managed = try ManagedFields(of: base)
        } catch {
            throw APIStatus(code: 500, reason: .unknown, message: "failed to decode managed fields: \(error)")
        }
        var before = base
        before["metadata", "managedFields"] = nil
        if managed.isEmpty, live != nil {
            var first = manager
            first.name = Self.beforeFirstApply
            managed = updated(managed, from: emptyObject, to: before, first, time)
        }
        let result: (object: UnstructuredObject, managed: ManagedFields)
        do {
            result = try attempt(applied, before, managed, manager, force)
        } catch {
            // kubectl's own annotation says what kubectl apply set before: that is no conflict with kubectl.
            guard manager.name == "kubectl", let allowed = lastApplied(of: before, manager) else {
                throw error.status
            }
            let left = error.conflicts.compactMap { conflict in conflict.without(allowed) }
            guard left.isEmpty else { throw ApplyConflicts(conflicts: left).status }
            do {
                result = try attempt(applied, before, managed, manager, true)
            } catch {
                throw error.status
            }
        }
        return finished(result, from: base, before, applied, manager, time)
    }

    /// Writes the account into the object, and the time where something changed.
    private func finished(
        _ result: (object: UnstructuredObject, managed: ManagedFields),
        from base: UnstructuredObject,
        _ before: UnstructuredObject,
        _ applied: UnstructuredObject,
        _ manager: Manager,
        _ time: String
    ) -> UnstructuredObject {
        var (object, managed) = result
        let identity = manager.identity(.apply)
        let old = (try? ManagedFields(of: base)) ?? ManagedFields()
        let isSame = object.json.isSame(as: before.json)
        if isSame, managed == old {
            var unchanged = base
            if manager.name == "kubectl" { Self.renewLastApplied(in: &unchanged, applied) }
            return unchanged
        }
        if isSame { object = before }
        if var entry = managed[identity] {
            entry.time = isSame && old[identity] != nil ? old[identity]?.time : time
            managed[identity] = entry
        }
        if manager.name == "kubectl" { Self.renewLastApplied(in: &object, applied) }
        managed.write(to: &object)
        return object
    }

    private func attempt(
        _ applied: UnstructuredObject,
        _ live: UnstructuredObject,
        _ before: ManagedFields,
        _ manager: Manager,
        _ force: Bool
    ) throws(ApplyConflicts) -> (object: UnstructuredObject, managed: ManagedFields) {
        var managed = before
        let identity = manager.identity(.apply)
        let last = managed[identity]?.fields
        let fields = FieldSet(of: applied.json, schema).recursiveDifference(resetFields)
        let entry = ManagedFieldsEntry(
            manager: manager.name,
            operation: .apply,
            apiVersion: manager.apiVersion,
            time: managed[identity]?.time,
            fields: fields,
            subresource: manager.subresource
        )
        managed[identity] = entry
        var object = ApplyMerge.merged(live.json, applied.json, schema)
        if let last {
            // An empty list is owned by nobody, and may have gone with the elements that it had.
            object = ApplyMerge.merged(pruned(object, last, managed), applied.json, schema)
        }

        let comparison = FieldComparison(live.json, object, schema).excluding(resetFields)
        let changed = comparison.modified.union(comparison.added)
        if !force {
            let conflicts = managed.sorted.filter { $0.identity != identity }.compactMap { other in
                ApplyConflicts.Conflict(other, other.fields.intersection(changed))
            }
            guard conflicts.isEmpty else { throw ApplyConflicts(conflicts: conflicts) }
        }
        managed.changeSets(except: identity) { $0.difference(changed).difference(comparison.removed) }
        if var entry = managed[identity] {
            entry.fields = entry.fields.difference(Self.unmanaged)
            managed[identity] = entry
        }
        return (UnstructuredObject(object) ?? live, managed)
    }

    /// Removes what the manager applied last time and nobody owns now.
    private func pruned(_ merged: JSONValue, _ last: FieldSet, _ managed: ManagedFields) -> JSONValue {
        func removing(_ fields: FieldSet) -> JSONValue {
            ApplyMerge.removing(fields, from: merged, schema)
        }
        let lastOwned = last.withDeclaredParents(schema)
        let all = FieldSet(of: merged, schema).withDeclaredParents(schema)

        // What anybody owns comes back.
        let owned = managed.entries.values.reduce(into: FieldSet()) { $0.formUnion($1.fields) }
        var left = FieldSet(of: removing(lastOwned), schema).withDeclaredParents(schema)
        var pruned = removing(all.difference(left.union(owned.withDeclaredParents(schema))))
        // So does what was inside of a removed element and was not this manager's.
        left = FieldSet(of: pruned, schema).withDeclaredParents(schema)
        pruned = removing(all.difference(left).intersection(lastOwned))
        return pruned
    }

    // MARK: Update

    /// The new object with the account of a create, an update or a patch that is no apply.
    ///
    /// What cannot be read of an account is as good as none, and `managedFields: [{}]` or `[]` clears it.
    public func update(
        from old: UnstructuredObject?,
        to new: UnstructuredObject,
        manager: Manager,
        time: String
    ) -> UnstructuredObject {
        var after = new
        after["metadata", "managedFields"] = nil
        var before = old ?? emptyObject
        before["metadata", "managedFields"] = nil
        let live = old.flatMap { try? ManagedFields(of: $0) } ?? ManagedFields()
        var managed = live
        if manager.subresource.isEmpty {
            if Self.isReset(new["metadata", "managedFields"]) {
                managed = ManagedFields()
            } else if let given = try? ManagedFields(sentIn: new), !given.isEmpty {
                managed = given
            }
        }
        // An object that nobody keeps account of stays so.
        guard old == nil || !managed.isEmpty else { return after }
        managed = updated(managed, from: before, to: after, manager, time)
        managed.cap()
        managed.write(to: &after)
        return after
    }

    private func updated(
        _ before: ManagedFields,
        from old: UnstructuredObject,
        to new: UnstructuredObject,
        _ manager: Manager,
        _ time: String
    ) -> ManagedFields {
        var managed = before
        let comparison = FieldComparison(
            .object(Self.filled(old.content, from: emptyObject.content)),
            .object(Self.filled(new.content, from: emptyObject.content)),
            schema
        )
        let visible = comparison.excluding(resetFields)
        let changed = visible.modified.union(visible.added)
        let identity = manager.identity(.update)
        managed.changeSets { fields in
            fields.difference(changed).difference(visible.removed)
        }
        let taken = changed.difference(Self.unmanaged)
        guard !taken.isEmpty else { return managed }
        managed[identity] = ManagedFieldsEntry(
            manager: manager.name,
            operation: .update,
            apiVersion: manager.apiVersion,
            time: time,
            fields: taken.union(managed[identity]?.fields ?? FieldSet()),
            subresource: manager.subresource
        )
        return managed
    }

    private static func isReset(_ given: JSONValue?) -> Bool {
        guard let list = given?.array else { return false }
        return list.isEmpty || (list.count == 1 && list[0].object?.isEmpty ?? false)
    }
}
