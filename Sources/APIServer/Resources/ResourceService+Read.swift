import APIRegistry
import JSONText
import KubernetesModel

extension ResourceService {
    func answer(_ call: Call, shapes: Bool = true) throws(APIStatus) -> ObjectAnswer {
        var format = try AnswerFormat(accept: call.request.accept, isPretty: call.isPretty)
        if !shapes { format.shape = .object }
        return ObjectAnswer(
            definition: call.place.definition,
            format: format,
            inclusion: try ObjectTable.Inclusion(query: call.request.query),
            now: now()
        )
    }

    // MARK: Get

    func get(_ call: Call) async throws(APIStatus) -> APIResponse {
        let answer = try answer(call)
        try checkReached(call.request.parameter("resourceVersion") ?? "")
        guard let stored = try await writer.read(call.place) else {
            throw .notFound(call.place.resource, name: call.place.name)
        }
        return answer.response(VersionConversion.present(stored.object, as: call.place.definition))
    }

    /// Refuses to answer from a version that was not reached yet.
    private func checkReached(_ version: String) throws(APIStatus) {
        guard !version.isEmpty else { return }
        guard let asked = UInt64(version) else {
            throw .badRequest("invalid resource version: \(version.prefix(64))")
        }
        let current = store.revision
        if asked > current { throw .resourceVersionTooLarge(asked: asked, current: current) }
    }

    // MARK: List

    func list(_ call: Call) async throws(APIStatus) -> APIResponse {
        let answer = try answer(call)
        let options = try ListOptions(call.place.definition, query: call.request.query, isWatch: false)
        let page = try await page(call.place, options)
        let objects = page.items.map { VersionConversion.present($0.object, as: call.place.definition) }
        var metadata: JSONObject = ["resourceVersion": .string("\(page.revision)")]
        if let token = page.continueToken { metadata["continue"] = .string(token) }
        if let remaining = page.remainingItemCount, remaining > 0 {
            metadata["remainingItemCount"] = .int(remaining)
        }
        return answer.list(objects, metadata: metadata)
    }

    func page(_ place: ResourcePlace, _ options: ListOptions) async throws(APIStatus) -> ListPage {
        var query = ListQuery(
            resource: place.definition.storage,
            namespace: place.namespace.isEmpty ? nil : place.namespace,
            name: options.fields.requiredValue(of: "metadata.name"),
            limit: options.limit,
            continueToken: options.continueToken
        )
        switch (options.version, options.match) {
        case (nil, _), (0?, _): query.revision = .latest
        case (let version?, .exact?): query.revision = .exactly(version)
        case (let version?, .notOlderThan?): query.revision = .atLeast(version)
        // With a limit, a version alone has always meant exactly that one.
        case (let version?, nil):
            query.revision = options.limit == nil ? .atLeast(version) : .exactly(version)
        }
        if !options.labels.isEverything || !options.fields.isEverything {
            let definition = place.definition
            query.matching = { stored in
                options.selects(VersionConversion.selectable(stored.object, as: definition))
            }
        }
        do {
            return try await store.list(query)
        } catch {
            if case .expired = error, options.continueToken != nil { throw .continueExpired }
            throw error.status(place.resource, name: "")
        }
    }
}

extension VersionConversion {
    /// An object as selectors see it: only where a version's spelling or defaults matter is it converted.
    static func selectable(_ object: UnstructuredObject, as definition: ResourceDefinition)
        -> UnstructuredObject
    {
        definition.isCustom && !definition.selectableFields.isEmpty ? present(object, as: definition) : object
    }
}
