import APIRegistry
import JSONText
import KubernetesModel

/// Asks the webhooks that are configured: those that change first, one after the other, then those that only judge,
/// all at once.
struct WebhookAdmission: Admission {
    let store: ObjectStore
    let catalogue: CatalogueInForce
    let limits: APIServerLimits
    let caller: any WebhookCaller

    private static let group = "admissionregistration.k8s.io"
    private static let mutating = GroupResource(group: group, resource: "mutatingwebhookconfigurations")
    private static let validating = GroupResource(group: group, resource: "validatingwebhookconfigurations")

    // MARK: Changing

    func mutate(_ attributes: AdmissionAttributes, _ warnings: Warnings) async throws(APIStatus)
        -> UnstructuredObject?
    {
        let webhooks = try await matching(Self.mutating, attributes)
        guard !webhooks.isEmpty else { return attributes.object }
        var current = attributes
        var changedAfter: [Int: Bool] = [:]
        for (index, match) in webhooks.enumerated() {
            let before = current.object
            try await change(&current, match, warnings)
            guard current.object != before else { continue }
            for earlier in 0..<index { changedAfter[earlier] = true }
        }
        // Once more for those that want to see what came after them.
        for (index, match) in webhooks.enumerated()
        where match.webhook.reinvokesIfNeeded && changedAfter[index] == true {
            try await change(&current, match, warnings)
        }
        return current.object
    }

    private func change(_ attributes: inout AdmissionAttributes, _ match: Match, _ warnings: Warnings)
        async throws(APIStatus)
    {
        guard let answer = try await ask(match, attributes, isMutating: true, warnings) else { return }
        guard let operations = answer.patch, let object = attributes.object else { return }
        do throws(PatchError) {
            // The webhook saw the object in the version of its rule, and changed that.
            var seen = object
            let own = object.apiVersion
            if own == attributes.resource.groupVersion.apiVersion {
                seen.apiVersion = match.resource.groupVersion.apiVersion
            }
            var changed = try JSONPatch(parsing: operations).applied(
                to: seen,
                limits: JSONPatch.Limits(copiedBytes: limits.bodyBytes, depth: limits.bodyDepth)
            )
            if changed.apiVersion == seen.apiVersion { changed.apiVersion = own }
            attributes.object = changed
        } catch {
            try fail(match.webhook, "\(error)", isCall: false)
        }
    }

    // MARK: Judging

    func validate(_ attributes: AdmissionAttributes, _ warnings: Warnings) async throws(APIStatus) {
        let webhooks = try await matching(Self.validating, attributes)
        guard !webhooks.isEmpty else { return }
        var refusals: [Int: APIStatus] = [:]
        await withTaskGroup(of: (Int, APIStatus?).self) { group in
            var next = 0
            func start() {
                guard next < webhooks.count else { return }
                let index = next
                next += 1
                group.addTask {
                    do throws(APIStatus) {
                        _ = try await ask(webhooks[index], attributes, isMutating: false, warnings)
                        return (index, nil)
                    } catch {
                        return (index, error)
                    }
                }
            }
            for _ in 0..<limits.concurrentWebhooks { start() }
            while let (index, refusal) = await group.next() {
                refusals[index] = refusal
                start()
            }
        }
        // The same one each time, whichever answered first.
        if let first = refusals.min(by: { $0.key < $1.key }) { throw first.value }
    }

    // MARK: Asking

    private struct Match: Sendable {
        var webhook: AdmissionWebhook
        var resource: ResourceDefinition
    }

    private func matching(_ kind: GroupResource, _ attributes: AdmissionAttributes) async throws(APIStatus)
        -> [Match]
    {
        guard !attributes.isWebhookConfiguration else { return [] }
        let stored = try await store.all(kind)
        guard !stored.isEmpty else { return [] }
        let labels = try await namespaceLabels(attributes)
        let definitions = catalogue.snapshot()
        let storage = attributes.resource.storage
        let versions = definitions.definitions.filter { $0.storage == storage }
        var result: [Match] = []
        for configuration in stored.map(\.object).sorted(by: { $0.name < $1.name }) {
            for webhook in try AdmissionWebhook.all(in: configuration) {
                let resource = webhook.resource(
                    for: attributes,
                    versions: versions,
                    namespaceLabels: labels
                )
                if let resource { result.append(Match(webhook: webhook, resource: resource)) }
            }
        }
        return result
    }

    /// The labels that a namespace selector looks at; a namespace that is made or changed has them itself.
    private func namespaceLabels(_ attributes: AdmissionAttributes) async throws(APIStatus) -> [String:
        String]?
    {
        if attributes.resource.storage == NamespaceAdmission.resource {
            return (attributes.object ?? attributes.oldObject)?.labels
        }
        guard attributes.resource.isNamespaced else { return nil }
        return try await NamespaceAdmission(store: store).namespace(attributes.namespace)?.labels ?? [:]
    }

    /// What a webhook answered; refusals are thrown.
    ///
    /// `nil` when it could not be asked and its policy lets that pass.
    private func ask(
        _ match: Match,
        _ attributes: AdmissionAttributes,
        isMutating: Bool,
        _ warnings: Warnings
    ) async throws(APIStatus) -> AdmissionAnswer? {
        let webhook = match.webhook
        let uid = UID.make()
        let question = AdmissionReview.request(attributes, as: match.resource, uid: uid)
        let answer: AdmissionAnswer
        do {
            let value = try await caller.call(webhook, question)
            answer = try AdmissionAnswer(
                value,
                uid: uid,
                isMutating: isMutating,
                limits: JSONLimits(bytes: limits.webhookAnswerBytes, depth: limits.bodyDepth)
            )
        } catch let error as AdmissionAnswer.Malformed {
            try fail(webhook, error.message, isCall: true)
            return nil
        } catch let error as WebhookFailure {
            try fail(webhook, error.message, isCall: true)
            return nil
        } catch {
            try fail(webhook, "\(error)", isCall: true)
            return nil
        }
        for warning in answer.warnings { warnings.add(warning) }
        for annotation in answer.auditAnnotations {
            warnings.note("\(webhook.name)/\(annotation.name)", annotation.value)
        }
        guard answer.isAllowed else { throw answer.denial(by: webhook.name) }
        return answer
    }

    /// Refuses the write, unless the webhook's own policy lets it pass.
    private func fail(_ webhook: AdmissionWebhook, _ reason: String, isCall: Bool) throws(APIStatus) {
        guard webhook.failsClosed else { return }
        let what = isCall ? "failed calling webhook" : "failed to apply the patch of webhook"
        throw .internalError("\(what) \"\(webhook.name)\": \(reason)")
    }
}
