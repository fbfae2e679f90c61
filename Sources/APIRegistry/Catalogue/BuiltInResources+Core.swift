import KubernetesModel

extension BuiltInResources {
    static let core: [ResourceDefinition] = [
        define("Endpoints", "endpoints", in: "", ["ep"]),
        define("Event", "events", in: "", ["ev"], selectableFields: eventFields),
        define("LimitRange", "limitranges", in: "", ["limits"]),
        define(
            "Namespace",
            "namespaces",
            in: "",
            ["ns"],
            isNamespaced: false,
            hasStatus: true,
            subresources: [
                .init(
                    name: "finalize",
                    kind: GroupVersionKind(group: "", version: "v1", kind: "Namespace"),
                    verbs: [.update]
                )
            ],
            selectableFields: ["status.phase"]
        ),
        define(
            "Node",
            "nodes",
            in: "",
            ["no"],
            isNamespaced: false,
            hasStatus: true,
            selectableFields: ["spec.unschedulable"]
        ),
        define("PersistentVolume", "persistentvolumes", in: "", ["pv"], isNamespaced: false, hasStatus: true),
        define("PersistentVolumeClaim", "persistentvolumeclaims", in: "", ["pvc"], hasStatus: true),
        define(
            "Pod",
            "pods",
            in: "",
            ["po"],
            categories: ["all"],
            hasStatus: true,
            subresources: podSubresources,
            selectableFields: [
                "spec.hostNetwork", "spec.nodeName", "spec.restartPolicy", "spec.schedulerName",
                "spec.serviceAccountName", "status.nominatedNodeName", "status.phase", "status.podIP",
            ]
        ),
        define("PodTemplate", "podtemplates", in: ""),
        define(
            "ReplicationController",
            "replicationcontrollers",
            in: "",
            ["rc"],
            categories: ["all"],
            hasStatus: true,
            hasScale: true,
            selectableFields: ["status.replicas"]
        ),
        define("ResourceQuota", "resourcequotas", in: "", ["quota"], hasStatus: true),
        define("Secret", "secrets", in: "", selectableFields: ["type"]),
        define(
            "ServiceAccount",
            "serviceaccounts",
            in: "",
            ["sa"],
            subresources: [
                .init(
                    name: "token",
                    kind: GroupVersionKind(
                        group: "authentication.k8s.io",
                        version: "v1",
                        kind: "TokenRequest"
                    ),
                    verbs: [.create]
                )
            ]
        ),
        define(
            "Service",
            "services",
            in: "",
            ["svc"],
            categories: ["all"],
            hasStatus: true,
            selectableFields: ["spec.clusterIP", "spec.type"]
        ),
        define("ConfigMap", "configmaps", in: "", ["cm"]),
    ].sorted { $0.plural < $1.plural }

    /// The same objects in the new spelling; both groups read and write one store.
    static let events = [
        define(
            "Event",
            "events",
            in: "events.k8s.io",
            ["ev"],
            selectableFields: eventFields,
            storage: GroupResource(group: "", resource: "events")
        )
    ]

    private static let eventFields = [
        "involvedObject.apiVersion", "involvedObject.fieldPath", "involvedObject.kind", "involvedObject.name",
        "involvedObject.namespace", "involvedObject.resourceVersion", "involvedObject.uid", "reason",
        "reportingComponent", "source", "type",
    ]

    private static let podSubresources: [ResourceDefinition.Subresource] = {
        let version = GroupVersion(group: "", version: "v1")
        func streaming(_ name: String, _ kind: String) -> ResourceDefinition.Subresource {
            .init(
                name: name,
                kind: GroupVersionKind(version, kind: kind),
                verbs: [.create, .get],
                isOffered: false
            )
        }
        return [
            .init(name: "binding", kind: GroupVersionKind(version, kind: "Binding"), verbs: [.create]),
            .init(
                name: "eviction",
                kind: GroupVersionKind(group: "policy", version: "v1", kind: "Eviction"),
                verbs: [.create]
            ),
            .init(name: "log", kind: GroupVersionKind(version, kind: "Pod"), verbs: [.get], isOffered: false),
            .init(
                name: "ephemeralcontainers",
                kind: GroupVersionKind(version, kind: "Pod"),
                verbs: [.get, .patch, .update],
                isOffered: false
            ),
            streaming("attach", "PodAttachOptions"),
            streaming("exec", "PodExecOptions"),
            streaming("portforward", "PodPortForwardOptions"),
            streaming("proxy", "PodProxyOptions"),
        ]
    }()
}
