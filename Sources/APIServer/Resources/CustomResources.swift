import APIRegistry
import JSONText
import KubernetesModel

/// The kinds that CustomResourceDefinitions bring: what a write of a definition decides, and the catalogue it leads to.
struct CustomResources: Sendable {
    let store: ObjectStore
    let catalogue: CatalogueInForce
    let now: @Sendable () -> Timestamp
    private let turns = SerialTurns()
    private let decisions = SerialTurns()

    static let resource = GroupResource(
        group: "apiextensions.k8s.io",
        resource: "customresourcedefinitions"
    )

    init(store: ObjectStore, catalogue: CatalogueInForce, now: @escaping @Sendable () -> Timestamp) {
        self.store = store
        self.catalogue = catalogue
        self.now = now
    }

    /// Refuses a definition that cannot be served as it says.
    func validate(_ object: UnstructuredObject, at place: ResourcePlace) throws(APIStatus) {
        guard place.definition.storage == Self.resource, place.subresource.isEmpty else { return }
        var errors = FieldErrors()
        if let group = object["spec", "group"]?.string, ResourceCatalogue.builtIn.group(group) != nil {
            errors.forbidden(
                FieldPath("spec.group"),
                "this API server serves the group itself, and no other kinds in it"
            )
        }
        if object["spec", "conversion", "strategy"]?.string == "Webhook" {
            errors.forbidden(
                FieldPath("spec.conversion.strategy"),
                "this API server converts between versions with strategy None only"
            )
        }
        try errors.check(place.definition.groupVersionKind, name: object.name)
        try CustomSchemas.check(object, kind: place.definition.groupVersionKind)
    }

    /// Hands the object on to be written; a definition with what is decided about its names, so that what it defines is served at
    /// once.
    ///
    /// Definitions take turns, from the decision until what was written is in force: of two that want the same name, the second sees the
    /// first.
    func decide(
        _ object: UnstructuredObject,
        at place: ResourcePlace,
        _ write: (UnstructuredObject) async throws(APIStatus) -> UnstructuredObject
    ) async throws(APIStatus) -> UnstructuredObject {
        guard place.definition.storage == Self.resource, place.subresource.isEmpty else {
            return try await write(object)
        }
        return try await decisions.take { () async throws(APIStatus) in
            var definition = object
            CustomResourceNames.decide(&definition, catalogue: catalogue.snapshot(), now: now())
            let written = try await write(definition)
            try await refresh()
            return written
        }
    }

    /// Looks again at the names of a definition that is stored, in its turn.
    func decideAgain(
        _ edit: ((inout UnstructuredObject) throws(APIStatus) -> Bool) async throws(APIStatus) -> Void
    ) async throws(APIStatus) {
        try await decisions.take { () async throws(APIStatus) in
            let catalogue = catalogue.snapshot()
            let now = now()
            try await edit { object throws(APIStatus) in
                guard !object.isBeingDeleted else { return false }
                CustomResourceNames.decide(&object, catalogue: catalogue, now: now)
                return true
            }
        }
    }

    /// Puts what is stored into force, after a definition was written.
    func written(at place: ResourcePlace) async throws(APIStatus) {
        guard place.definition.storage == Self.resource else { return }
        try await refresh()
    }

    /// Serves what the stored definitions say; also when the server starts.
    func refresh() async throws(APIStatus) {
        try await turns.take { () async throws(APIStatus) in
            let stored = try await store.all(Self.resource)
            catalogue.install(Self.catalogue(stored.map(\.object)))
        }
    }

    /// What is served with these definitions.
    ///
    /// Groups that are built in stay as they are: another version of a built-in resource would be the same objects,
    /// past the rules of their kind.
    static func catalogue(_ definitions: [UnstructuredObject]) -> ResourceCatalogue {
        let builtIn = ResourceCatalogue.builtIn
        let custom = definitions.filter(CustomResourceNames.isEstablished).flatMap { definition in
            ResourceDefinition.custom(definition, schema: CustomSchemas.read)
        }
        return builtIn.adding(custom.filter { builtIn.group($0.groupVersion.group) == nil })
    }

    /// Refuses new objects of a definition that is ending or gone; `nil` for a kind that is built in.
    func admitCreate(at place: ResourcePlace) async throws(APIStatus) -> StoredObject? {
        guard place.definition.isCustom else { return nil }
        let name = place.resource.description
        let key = ObjectKey(resource: Self.resource, namespace: "", name: name)
        let definition = try await store.find(key)
        if let definition, !definition.object.isBeingDeleted { return definition }
        var status = APIStatus.methodNotSupported(place.resource, verb: "create")
        status.message = "create not allowed while custom resource definition is terminating"
        throw status
    }
}
