import APIRegistry
import JSONText
import KubernetesModel

/// Writes objects by the rules of their kinds: the one way into the store, for callers and controllers alike.
///
/// Between reading an object and writing it anything may happen, so each write says which revision it was made from,
/// and begins anew when that is no longer the stored one.
struct ObjectWriter: Sendable {
    let store: ObjectStore
    let catalogue: CatalogueInForce
    let access: AccessInForce
    let limits: APIServerLimits
    let admission: any Admission
    let services: ServiceAllocation
    let definitions: CustomResources
    let now: @Sendable () -> Timestamp

    /// The object as its kind's present version shows it; `nil` when there is none.
    func read(_ place: ResourcePlace) async throws(APIStatus) -> StoredObject? {
        try await store.find(place.key)
    }

    // MARK: Create

    /// Creates an object, and gives it a name when it has only the beginning of one.
    func create(
        _ given: UnstructuredObject,
        at place: ResourcePlace,
        by call: WriteCall,
        ownsFields: Bool = false
    ) async throws(APIStatus) -> UnstructuredObject {
        let lifecycle = place.lifecycle
        var object = given
        try lifecycle.receive(&object, namespace: place.namespace)
        _ = try await admitCreate(of: object, at: place)
        try ObjectShape(place.definition).receive(&object, call)
        lifecycle.applyDefaults(&object)
        OwnerReferences.removeDuplicates(from: &object, call.warnings)
        if !ownsFields { FieldOwnership(place).created(&object, by: call.manager, now: now()) }

        var attributes = self.attributes(.create, place, object: object, old: nil, call)
        if let changed = try await admission.mutate(attributes, call.warnings), changed != object {
            object = changed
            ObjectShape(place.definition).complete(&object)
            lifecycle.applyDefaults(&object)
        }
        try await PodAdmission(store: store).admitCreate(&object, at: place)

        let isNameGiven = !object.name.isEmpty
        var lastName = object.name
        for _ in 0..<(isNameGiven ? 1 : limits.nameAttempts) {
            var candidate = object
            var random = SystemRandomNumberGenerator()
            try lifecycle.prepareForCreate(&candidate, now: now(), uid: UID.make(), random: &random)
            lastName = candidate.name
            var target = place
            target.name = candidate.name
            try definitions.validate(candidate, at: place)
            try ObjectShape(place.definition).validate(candidate)
            try lifecycle.validateCreate(candidate)
            try EscalationAdmission(access.snapshot()).check(candidate, old: nil, at: target, by: call.user)
            attributes.object = candidate
            attributes.name = candidate.name
            try await admission.validate(attributes, call.warnings)
            do {
                return try await insert(candidate, at: target, call)
            } catch  where error.reason == .alreadyExists && !isNameGiven {
                continue
            }
        }
        throw .nameNotGenerated(place.resource, name: lastName)
    }

    private func insert(_ object: UnstructuredObject, at place: ResourcePlace, _ call: WriteCall)
        async throws(APIStatus) -> UnstructuredObject
    {
        guard !call.isDryRun else {
            if try await read(place) != nil { throw .alreadyExists(place.resource, name: place.name) }
            return try await services.assign(object, old: nil, at: place) { object in object }
        }
        let written = try await definitions.decide(object, at: place) { object async throws(APIStatus) in
            try await services.assign(object, old: nil, at: place) { object async throws(APIStatus) in
                try await insertWhereItMay(object, at: place)
            }
        }
        try await definitions.written(at: place)
        return written
    }

    /// Writes a new object, unless its namespace or its kind is ending by the time it is written.
    ///
    /// Were they looked at only before, an object could come after whoever empties them has looked for the last time,
    /// and stay in a namespace that is gone.
    private func insertWhereItMay(_ object: UnstructuredObject, at place: ResourcePlace)
        async throws(APIStatus) -> UnstructuredObject
    {
        for _ in 0..<limits.patchAttempts {
            let containers = try await admitCreate(of: object, at: place)
            do throws(StoreError) {
                let stored = VersionConversion.stored(object, of: place.definition, catalogue.snapshot())
                let written = try await store.write(
                    place.key,
                    stored,
                    expecting: .absent,
                    relyingOn: containers.map(StoreReliance.init)
                )
                return VersionConversion.present(written.object, as: place.definition)
            } catch .reliance {
                continue
            } catch {
                throw error.status(place.resource, name: place.name)
            }
        }
        throw .modified(place.resource, name: place.name)
    }

    /// What a new object will be in: its namespace, and the definition of its kind; refused when one is ending.
    private func admitCreate(of object: UnstructuredObject, at place: ResourcePlace)
        async throws(APIStatus) -> [StoredObject]
    {
        let definition = try await definitions.admitCreate(at: place)
        let namespace = try await NamespaceAdmission(store: store).admitCreate(of: object, at: place)
        return [definition, namespace].compactMap(\.self)
    }

    // MARK: Update

    /// Changes an object; the change is made anew when somebody else was faster.
    ///
    /// The change sees the stored object in the version of the place. An object that is not there is made by
    /// `creating`, where its kind allows that.
    func update(
        _ place: ResourcePlace,
        by call: WriteCall,
        admittedAs scale: ScaleView? = nil,
        creating: (() throws(APIStatus) -> UpdateChange)? = nil,
        _ change: (UnstructuredObject) throws(APIStatus) -> UpdateChange
    ) async throws(APIStatus) -> (object: UnstructuredObject, isNew: Bool) {
        for attempt in 1... {
            guard let stored = try await read(place) else {
                guard let creating else { throw .notFound(place.resource, name: place.name) }
                do {
                    let made = try creating()
                    let object = try await create(
                        made.object,
                        at: place,
                        by: call,
                        ownsFields: made.ownsFields
                    )
                    return (object, true)
                } catch  where error.reason == .alreadyExists && attempt < limits.patchAttempts {
                    continue
                }
            }
            let old = VersionConversion.present(stored.object, as: place.definition)
            let changed = try change(old)
            let object = try await prepareUpdate(place, old, changed, call, scale)
            if place.lifecycle.isUnchanged(object, from: old) { return (old, false) }
            if call.isDryRun { return (object, false) }
            if let written = try await replace(stored, old, object, at: place) { return (written, false) }
            if attempt >= limits.patchAttempts { break }
        }
        throw .modified(place.resource, name: place.name)
    }

    /// Writes an object in the place of the stored one, or removes what nothing holds any more; `nil` when somebody
    /// else was faster.
    private func replace(
        _ stored: StoredObject,
        _ old: UnstructuredObject,
        _ object: UnstructuredObject,
        at place: ResourcePlace
    ) async throws(APIStatus) -> UnstructuredObject? {
        let written: UnstructuredObject
        do {
            if place.lifecycle.isGone(object, after: old) {
                _ = try await write(nil, at: place, expecting: .revision(stored.revision))
                written = object
            } else {
                written = try await definitions.decide(object, at: place) { object async throws(APIStatus) in
                    try await services.assign(object, old: old, at: place) { object async throws(APIStatus) in
                        try await write(object, at: place, expecting: .revision(stored.revision))
                    }
                }
            }
        } catch {
            // Gone meanwhile is found out by the next attempt.
            guard [.conflict, .notFound].contains(error.reason) else { throw error }
            return nil
        }
        try await definitions.written(at: place)
        return written
    }

    private func prepareUpdate(
        _ place: ResourcePlace,
        _ old: UnstructuredObject,
        _ change: UpdateChange,
        _ call: WriteCall,
        _ scale: ScaleView?
    ) async throws(APIStatus) -> UnstructuredObject {
        let lifecycle = place.lifecycle
        let part = scale == nil ? place.subresource : ""
        var object = change.object
        try lifecycle.receive(&object, namespace: place.namespace, name: place.name)
        if !change.isReceived { try ObjectShape(place.definition).receive(&object, call) }
        lifecycle.applyDefaults(&object)
        OwnerReferences.removeDuplicates(from: &object, call.warnings)
        if !change.ownsFields {
            FieldOwnership(place).updated(&object, from: old, by: call.manager, now: now())
        }
        var attributes = self.attributes(.update, place, object: object, old: old, call)
        if let scale {
            attributes.kind = ScaleView.kind
            attributes.object = scale.scale(of: object)
            attributes.oldObject = scale.scale(of: old)
            let mutated = try await admission.mutate(attributes, call.warnings)
            if let replicas = mutated.flatMap({ ScaleView.replicas(of: $0) }) {
                scale.set(replicas, in: &object)
            }
        } else if let changed = try await admission.mutate(attributes, call.warnings), changed != object {
            object = changed
            ObjectShape(place.definition).complete(&object)
            lifecycle.applyDefaults(&object)
        }
        try lifecycle.prepareForUpdate(&object, old: old, subresource: part)
        try definitions.validate(object, at: place)
        try ObjectShape(place.definition).validate(object)
        try lifecycle.validateUpdate(object, old: old, subresource: part)
        try EscalationAdmission(access.snapshot()).check(object, old: old, at: place, by: call.user)
        attributes.object = scale?.scale(of: object) ?? object
        try await admission.validate(attributes, call.warnings)
        return object
    }

    // MARK: The store

    /// Writes an object, or deletes it.
    func write(_ object: UnstructuredObject?, at place: ResourcePlace, expecting: Expectation)
        async throws(APIStatus) -> UnstructuredObject
    {
        do {
            let stored = object.map {
                VersionConversion.stored($0, of: place.definition, catalogue.snapshot())
            }
            let written = try await store.write(place.key, stored, expecting: expecting)
            return VersionConversion.present(written.object, as: place.definition)
        } catch {
            throw error.status(place.resource, name: place.name)
        }
    }

    func attributes(
        _ operation: AdmissionAttributes.Operation,
        _ place: ResourcePlace,
        object: UnstructuredObject?,
        old: UnstructuredObject?,
        _ call: WriteCall
    ) -> AdmissionAttributes {
        AdmissionAttributes(
            operation: operation,
            kind: place.definition.groupVersionKind,
            resource: place.definition,
            subresource: place.subresource,
            // Kubernetes gives a namespace its own name as namespace, but only from the path of an existing one.
            namespace: place.namespace,
            name: place.name.isEmpty ? object?.name ?? "" : place.name,
            object: object,
            oldObject: old,
            options: call.options,
            isDryRun: call.isDryRun,
            user: call.user
        )
    }
}

/// What a change made of an object.
struct UpdateChange {
    var object: UnstructuredObject
    /// The object's managed fields are right already: server-side apply keeps them itself.
    var ownsFields = false
    /// Unknown fields were looked for already.
    var isReceived = false
}
