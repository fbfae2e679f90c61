// The kinds that Nullius reads and writes; any other is asked for by discovery.

extension ResourceType {
    public static let namespaces = ResourceType(
        "",
        "v1",
        "namespaces",
        kind: "Namespace",
        isNamespaced: false
    )
    public static let nodes = ResourceType("", "v1", "nodes", kind: "Node", isNamespaced: false)
    public static let pods = ResourceType("", "v1", "pods", kind: "Pod")
    public static let services = ResourceType("", "v1", "services", kind: "Service")
    public static let serviceAccounts = ResourceType("", "v1", "serviceaccounts", kind: "ServiceAccount")
    public static let secrets = ResourceType("", "v1", "secrets", kind: "Secret")
    public static let configMaps = ResourceType("", "v1", "configmaps", kind: "ConfigMap")

    public static let endpointSlices = ResourceType(
        "discovery.k8s.io",
        "v1",
        "endpointslices",
        kind: "EndpointSlice"
    )
    public static let leases = ResourceType("coordination.k8s.io", "v1", "leases", kind: "Lease")
    public static let events = ResourceType("events.k8s.io", "v1", "events", kind: "Event")
    public static let networkPolicies = ResourceType(
        "networking.k8s.io",
        "v1",
        "networkpolicies",
        kind: "NetworkPolicy"
    )

    public static let roles = ResourceType("rbac.authorization.k8s.io", "v1", "roles", kind: "Role")
    public static let roleBindings = ResourceType(
        "rbac.authorization.k8s.io",
        "v1",
        "rolebindings",
        kind: "RoleBinding"
    )
    public static let clusterRoles = ResourceType(
        "rbac.authorization.k8s.io",
        "v1",
        "clusterroles",
        kind: "ClusterRole",
        isNamespaced: false
    )
    public static let clusterRoleBindings = ResourceType(
        "rbac.authorization.k8s.io",
        "v1",
        "clusterrolebindings",
        kind: "ClusterRoleBinding",
        isNamespaced: false
    )

    public static let mutatingWebhooks = ResourceType(
        "admissionregistration.k8s.io",
        "v1",
        "mutatingwebhookconfigurations",
        kind: "MutatingWebhookConfiguration",
        isNamespaced: false
    )
    public static let validatingWebhooks = ResourceType(
        "admissionregistration.k8s.io",
        "v1",
        "validatingwebhookconfigurations",
        kind: "ValidatingWebhookConfiguration",
        isNamespaced: false
    )
    public static let customResourceDefinitions = ResourceType(
        "apiextensions.k8s.io",
        "v1",
        "customresourcedefinitions",
        kind: "CustomResourceDefinition",
        isNamespaced: false
    )

    public static let tokenReviews = ResourceType(
        "authentication.k8s.io",
        "v1",
        "tokenreviews",
        kind: "TokenReview",
        isNamespaced: false
    )
    public static let selfSubjectReviews = ResourceType(
        "authentication.k8s.io",
        "v1",
        "selfsubjectreviews",
        kind: "SelfSubjectReview",
        isNamespaced: false
    )
    public static let subjectAccessReviews = ResourceType(
        "authorization.k8s.io",
        "v1",
        "subjectaccessreviews",
        kind: "SubjectAccessReview",
        isNamespaced: false
    )
    public static let selfSubjectAccessReviews = ResourceType(
        "authorization.k8s.io",
        "v1",
        "selfsubjectaccessreviews",
        kind: "SelfSubjectAccessReview",
        isNamespaced: false
    )
    public static let localSubjectAccessReviews = ResourceType(
        "authorization.k8s.io",
        "v1",
        "localsubjectaccessreviews",
        kind: "LocalSubjectAccessReview"
    )
    public static let selfSubjectRulesReviews = ResourceType(
        "authorization.k8s.io",
        "v1",
        "selfsubjectrulesreviews",
        kind: "SelfSubjectRulesReview",
        isNamespaced: false
    )
}
