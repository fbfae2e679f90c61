import JSONText
import KubernetesModel

/// What Kubernetes knows about a kind beyond its schema.
///
/// Functions see the whole object. Defaults and preparations leave values of a wrong type alone; validation runs after
/// the schema's and may take types for granted only where a wrong one does no harm.
struct KindRules: Sendable {
    typealias Preparation = @Sendable (_ new: inout JSONObject, _ old: JSONObject) -> Void
    typealias UpdateValidation =
        @Sendable (_ new: JSONObject, _ old: JSONObject, _ errors: inout FieldErrors) -> Void

    var name = NameRule.subdomain
    /// Counts changes of the spec in `metadata.generation`.
    var hasGeneration = false
    /// Whether an update may come without a resource version.
    var allowsUnconditionalUpdate = true
    /// Whether an update of what is not there creates it.
    var createsOnUpdate = false
    /// Whether a delete that says nothing about dependents leaves them.
    var orphansByDefault = false
    /// Whether dependents are none of the garbage collector's business.
    var isWithoutGarbageCollection = false
    /// Whether a delete answers with the object instead of a Status.
    var returnsDeletedObject = false
    /// What a new object's status is; `nil` for a kind without one.
    var initialStatus: JSONObject?

    /// What is wrong with an object's form, before anything looks at what it says; `nil` for nothing.
    var malformation: @Sendable (JSONObject) -> String? = { _ in nil }
    var applyDefaults: @Sendable (inout JSONObject) -> Void = { _ in }
    var prepareForCreate: @Sendable (inout JSONObject) -> Void = { _ in }
    var prepareForUpdate: Preparation = { _, _ in }
    var validate: @Sendable (JSONObject, inout FieldErrors) -> Void = { _, _ in }
    var validateUpdate: UpdateValidation = { _, _, _ in }
}

extension KindRules {
    /// The rules of a resource; those of a kind that nothing is known about for users' own.
    static func of(_ definition: ResourceDefinition) -> KindRules {
        if definition.isCustom {
            return KindRules(hasGeneration: true, allowsUnconditionalUpdate: false)
        }
        return builtIn[definition.groupVersionKind] ?? KindRules()
    }

    private static let builtIn: [GroupVersionKind: KindRules] = {
        var result: [GroupVersionKind: KindRules] = [:]
        for (group, kinds) in tables {
            for (kind, rules) in kinds {
                result[GroupVersionKind(group: group, version: "v1", kind: kind)] = rules
            }
        }
        return result
    }()

    private static let tables: [(String, [String: KindRules])] = [
        ("", CoreRules.kinds),
        ("", PodRules.kinds),
        ("", ServiceRules.kinds),
        ("", ConfigurationRules.kinds),
        ("", StorageRules.kinds),
        ("", ["ReplicationController": WorkloadRules.replicationController]),
        ("apps", WorkloadRules.kinds),
        ("autoscaling", ["HorizontalPodAutoscaler": CoordinationRules.autoscaler]),
        ("batch", BatchRules.kinds),
        ("networking.k8s.io", NetworkingRules.kinds),
        ("discovery.k8s.io", ["EndpointSlice": NetworkingRules.endpointSlice]),
        ("events.k8s.io", ["Event": CoreRules.event]),
        ("policy", ["PodDisruptionBudget": CoordinationRules.disruptionBudget]),
        (AccessRules.group, AccessRules.kinds),
        ("storage.k8s.io", StorageRules.classes),
        ("admissionregistration.k8s.io", WebhookRules.kinds),
        ("apiextensions.k8s.io", ExtensionRules.kinds),
        ("scheduling.k8s.io", ["PriorityClass": CoordinationRules.priorityClass]),
        ("coordination.k8s.io", ["Lease": CoordinationRules.lease]),
    ]
}
