import KubernetesModel

extension BuiltInResources {
    static let apps = [
        define("ControllerRevision", "controllerrevisions", in: "apps"),
        define("DaemonSet", "daemonsets", in: "apps", ["ds"], categories: ["all"], hasStatus: true),
        define(
            "Deployment",
            "deployments",
            in: "apps",
            ["deploy"],
            categories: ["all"],
            hasStatus: true,
            hasScale: true
        ),
        define(
            "ReplicaSet",
            "replicasets",
            in: "apps",
            ["rs"],
            categories: ["all"],
            hasStatus: true,
            hasScale: true,
            selectableFields: ["status.replicas"]
        ),
        define(
            "StatefulSet",
            "statefulsets",
            in: "apps",
            ["sts"],
            categories: ["all"],
            hasStatus: true,
            hasScale: true
        ),
    ]

    static let authentication = [
        review("SelfSubjectReview", "selfsubjectreviews", in: "authentication.k8s.io"),
        review("TokenReview", "tokenreviews", in: "authentication.k8s.io"),
    ]

    static let authorization = [
        review(
            "LocalSubjectAccessReview",
            "localsubjectaccessreviews",
            in: "authorization.k8s.io",
            isNamespaced: true
        ),
        review("SelfSubjectAccessReview", "selfsubjectaccessreviews", in: "authorization.k8s.io"),
        review("SelfSubjectRulesReview", "selfsubjectrulesreviews", in: "authorization.k8s.io"),
        review("SubjectAccessReview", "subjectaccessreviews", in: "authorization.k8s.io"),
    ]

    static let autoscaling = [
        define(
            "HorizontalPodAutoscaler",
            "horizontalpodautoscalers",
            in: "autoscaling",
            ["hpa"],
            categories: ["all"],
            hasStatus: true
        )
    ]

    static let batch = [
        define("CronJob", "cronjobs", in: "batch", ["cj"], categories: ["all"], hasStatus: true),
        define(
            "Job",
            "jobs",
            in: "batch",
            categories: ["all"],
            hasStatus: true,
            selectableFields: ["status.successful"]
        ),
    ]

    static let networking = [
        define("IngressClass", "ingressclasses", in: "networking.k8s.io", isNamespaced: false),
        define("Ingress", "ingresses", in: "networking.k8s.io", ["ing"], hasStatus: true),
        define("NetworkPolicy", "networkpolicies", in: "networking.k8s.io", ["netpol"]),
    ]

    static let policy = [
        define("PodDisruptionBudget", "poddisruptionbudgets", in: "policy", ["pdb"], hasStatus: true)
    ]

    static let rbac = [
        define(
            "ClusterRoleBinding",
            "clusterrolebindings",
            in: "rbac.authorization.k8s.io",
            isNamespaced: false
        ),
        define("ClusterRole", "clusterroles", in: "rbac.authorization.k8s.io", isNamespaced: false),
        define("RoleBinding", "rolebindings", in: "rbac.authorization.k8s.io"),
        define("Role", "roles", in: "rbac.authorization.k8s.io"),
    ]

    static let storage = [
        define("StorageClass", "storageclasses", in: "storage.k8s.io", ["sc"], isNamespaced: false)
    ]

    static let admissionRegistration = [
        define(
            "MutatingWebhookConfiguration",
            "mutatingwebhookconfigurations",
            in: "admissionregistration.k8s.io",
            categories: ["api-extensions"],
            isNamespaced: false
        ),
        define(
            "ValidatingWebhookConfiguration",
            "validatingwebhookconfigurations",
            in: "admissionregistration.k8s.io",
            categories: ["api-extensions"],
            isNamespaced: false
        ),
    ]

    static let apiExtensions = [
        define(
            "CustomResourceDefinition",
            "customresourcedefinitions",
            in: "apiextensions.k8s.io",
            ["crd", "crds"],
            categories: ["api-extensions"],
            isNamespaced: false,
            hasStatus: true
        )
    ]

    static let scheduling = [
        define("PriorityClass", "priorityclasses", in: "scheduling.k8s.io", ["pc"], isNamespaced: false)
    ]

    static let coordination = [define("Lease", "leases", in: "coordination.k8s.io")]

    static let discovery = [define("EndpointSlice", "endpointslices", in: "discovery.k8s.io")]
}
