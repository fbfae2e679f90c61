import APIRegistry
import KubernetesModel
import Logging

/// What works beside the requests: namespaces, definitions, garbage, roles, expiry.
///
/// Everything is rebuilt from the store when it starts. What is not here is not done: no Deployment makes ReplicaSets,
/// nothing schedules or runs pods, nobody computes the status of a PodDisruptionBudget.
struct Controllers: Sendable {
    private let writer: ObjectWriter
    private let bootstrap: Bootstrap
    private let namespaces: ControllerQueue<String>
    private let definitions: ControllerQueue<String>
    private let access: ControllerQueue<String>
    private let garbage: ControllerQueue<String>
    private let expiry: ControllerQueue<ObjectKey>
    private let collector: GarbageCollector
    private let authorities: String

    init(_ service: ResourceService, _ bootstrap: Bootstrap, authorities: String, logger: Logger) {
        writer = service.writer
        self.bootstrap = bootstrap
        self.authorities = authorities
        namespaces = ControllerQueue("namespace", logger: logger)
        definitions = ControllerQueue("definition", logger: logger)
        access = ControllerQueue("access", logger: logger)
        garbage = ControllerQueue("garbage-collector", logger: logger)
        expiry = ControllerQueue("expiry", logger: logger)
        collector = GarbageCollector(writer, garbage)
    }

    /// What must be so before the first request: the catalogue, what every cluster holds, the rules.
    func prepare() async throws(APIStatus) {
        try await writer.definitions.refresh()
        try await bootstrap.run(writer)
        try await AccessFollower(writer: writer).refresh()
    }

    /// Tells where the server listens, once it does.
    func publish(address: String, port: Int) async throws(APIStatus) {
        try await bootstrap.publish((address, port), writer)
    }

    /// Ends by cancellation.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                let controller = NamespaceController(writer: writer, authorities: authorities)
                await namespaces.run { name throws(APIStatus) in try await controller.reconcile(name) }
            }
            group.addTask { [self] in
                let controller = DefinitionController(writer: writer)
                await definitions.run { name throws(APIStatus) in try await controller.reconcile(name) }
            }
            group.addTask { [self] in
                let follower = AccessFollower(writer: writer)
                await access.run { _ throws(APIStatus) in
                    try await follower.refresh()
                    return .done
                }
            }
            group.addTask { [self] in
                await garbage.run { [collector] uid throws(APIStatus) in try await collector.reconcile(uid) }
            }
            group.addTask { [self] in
                let controller = Expiry(writer: writer)
                await expiry.run { key throws(APIStatus) in try await controller.reconcile(key) }
            }
            await follow(&group)
        }
    }

    /// Follows every resource that is served, those of new definitions too.
    private func follow(_ group: inout DiscardingTaskGroup) async {
        var followed: Set<GroupResource> = []
        for await _ in writer.catalogue.changes() {
            for definition in StoredResources(writer.catalogue.snapshot()).all
            where followed.insert(definition.storage).inserted {
                let follower = StoreFollower(store: writer.store, resource: definition.storage)
                group.addTask { [self] in await follower.run { observe($0, of: follower.resource) } }
            }
        }
        group.cancelAll()
    }

    private func observe(_ change: FollowedChange, of resource: GroupResource) {
        collector.observe(change)
        let key =
            switch change {
            case .present(let stored): stored.key
            case .gone(let key, _): key
            }
        switch resource {
        case NamespaceAdmission.resource: namespaces.add(key.name)
        case CustomResources.resource: observeDefinition(key.name)
        case _ where AccessFollower.resources.contains(resource): access.add("all")
        case GroupResource(group: "", resource: "serviceaccounts"),
            GroupResource(group: "", resource: "configmaps"):
            if case .gone = change { namespaces.add(key.namespace) }
        case Expiry.events, Expiry.pods:
            if case .present(let stored) = change, Expiry.end(of: stored.object, resource) != nil {
                expiry.add(key)
            }
        default: break
        }
    }

    /// A definition that goes may have kept names from others.
    private func observeDefinition(_ name: String) {
        definitions.add(name)
        let group = name.drop { $0 != "." }
        for other in writer.catalogue.snapshot().definitions
        where other.isCustom && other.groupResource.description.hasSuffix(group) {
            definitions.add(other.groupResource.description)
        }
    }
}
