public import APIRegistry
import JSONText
public import KubernetesModel
public import NetworkTypes
import RBAC

/// Answers requests for resources from the store.
///
/// A request was authenticated and authorized before. Each is answered by one snapshot of the catalogue.
public final class ResourceService: RequestResponder {
    /// What the service is made of.
    public struct Parts: Sendable {
        public var store: ObjectStore
        public var catalogue: CatalogueInForce
        public var access: AccessInForce
        public var limits: APIServerLimits
        /// `nil` where no tokens are issued: they are refused then.
        public var tokens: (any TokenIssuer)?
        /// The addresses of Services.
        public var serviceRange: CIDR
        public var now: @Sendable () -> Timestamp

        public init(
            store: ObjectStore,
            catalogue: CatalogueInForce,
            access: AccessInForce,
            limits: APIServerLimits = APIServerLimits(),
            tokens: (any TokenIssuer)? = nil,
            serviceRange: CIDR,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.store = store
            self.catalogue = catalogue
            self.access = access
            self.limits = limits
            self.tokens = tokens
            self.serviceRange = serviceRange
            self.now = now
        }
    }

    let store: ObjectStore
    let catalogue: CatalogueInForce
    let access: AccessInForce
    let limits: APIServerLimits
    let tokens: (any TokenIssuer)?
    let writer: ObjectWriter
    let now: @Sendable () -> Timestamp

    public convenience init(_ parts: Parts) {
        self.init(parts, admission: NoAdmission())
    }

    init(_ parts: Parts, admission: any Admission) {
        store = parts.store
        catalogue = parts.catalogue
        access = parts.access
        limits = parts.limits
        tokens = parts.tokens
        now = parts.now
        writer = ObjectWriter(
            store: parts.store,
            catalogue: parts.catalogue,
            access: parts.access,
            limits: parts.limits,
            admission: admission,
            services: ServiceAllocation(store: parts.store, range: parts.serviceRange),
            definitions: CustomResources(store: parts.store, catalogue: parts.catalogue, now: parts.now),
            now: parts.now
        )
    }

    public func respond(to request: APIRequest, info: RequestInfo) async -> APIResponse {
        let warnings = Warnings()
        var response: APIResponse
        do {
            response = try await answer(request, info, warnings)
            response.warnings += warnings.all
        } catch {
            response = APIResponse(error, warnings: warnings.all)
        }
        response.auditAnnotations = warnings.auditAnnotations
        return response
    }

    private func answer(_ request: APIRequest, _ info: RequestInfo, _ warnings: Warnings)
        async throws(APIStatus) -> APIResponse
    {
        guard let attributes = info.resource, info.segments.count <= 3, request.body.count <= limits.bodyBytes
        else {
            if request.body.count > limits.bodyBytes {
                throw .requestEntityTooLarge("limit is \(limits.bodyBytes)")
            }
            throw .noSuchPath
        }
        guard
            let definition = catalogue.snapshot().definition(
                group: attributes.group,
                version: attributes.version,
                plural: attributes.resource
            )
        else { throw .noSuchPath }
        let place = try Self.place(definition, attributes, info)
        let call = Call(request: request, info: info, place: place, verb: attributes.verb, warnings: warnings)
        guard place.subresource.isEmpty else { return try await answerSubresource(call) }
        guard let verb = ResourceDefinition.Verb(rawValue: attributes.verb), definition.verbs.contains(verb),
            definition.isStored
        else { throw .methodNotAllowed }
        switch verb {
        case .get: return try await get(call)
        case .list: return try await list(call)
        case .watch: return try await watch(call)
        case .create: return try await create(call)
        case .update: return try await update(call)
        case .patch: return try await patch(call)
        case .delete: return try await delete(call)
        case .deletecollection: return try await deleteCollection(call)
        }
    }

    /// One request, as far as it is understood.
    struct Call {
        var request: APIRequest
        var info: RequestInfo
        var place: ResourcePlace
        var verb: String
        var warnings: Warnings

        var isPretty: Bool {
            guard let value = request.parameter("pretty") else { return false }
            return !["false", "0"].contains(value.lowercased())
        }

        func writeCall(_ options: WriteOptions, kind: WriteOptions.Kind) -> WriteCall {
            var members: JSONObject = [
                "kind": .string(kind.rawValue), "apiVersion": "meta.k8s.io/v1",
            ]
            if options.isDryRun { members["dryRun"] = ["All"] }
            if !options.fieldManager.isEmpty { members["fieldManager"] = .string(options.fieldManager) }
            if let validation = request.parameter("fieldValidation"), !validation.isEmpty {
                members["fieldValidation"] = .string(validation)
            }
            if options.isForced { members["force"] = true }
            return WriteCall(
                user: request.user,
                manager: options.manager(userAgent: request.userAgent),
                fieldValidation: options.fieldValidation,
                isDryRun: options.isDryRun,
                options: .object(members),
                warnings: warnings
            )
        }
    }

    /// Where a path points to; a namespaced resource is listed over all namespaces, and nothing else.
    private static func place(
        _ definition: ResourceDefinition,
        _ attributes: ResourceAttributes,
        _ info: RequestInfo
    ) throws(APIStatus) -> ResourcePlace {
        // A field selector names an object without its being in the path.
        let name = info.segments.count > 1 ? info.segments[1] : ""
        let isNamespace = definition.storage == NamespaceAdmission.resource
        if definition.isNamespaced, attributes.namespace.isEmpty {
            guard ["list", "watch"].contains(attributes.verb), name.isEmpty else { throw .noSuchPath }
        }
        if !definition.isNamespaced, !attributes.namespace.isEmpty {
            // A namespace is in itself, so that its own RoleBindings may speak of it; never in another one, whose
            // RoleBindings would.
            guard isNamespace, !name.isEmpty, attributes.namespace.utf8.elementsEqual(name.utf8) else {
                throw .noSuchPath
            }
        }
        if !attributes.subresource.isEmpty, definition.subresource(attributes.subresource) == nil {
            throw .noSuchPath
        }
        return ResourcePlace(
            definition,
            namespace: attributes.namespace,
            name: name,
            subresource: attributes.subresource
        )
    }
}
