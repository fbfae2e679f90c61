public import JSONText

/// The roles and bindings that every cluster has: who may discover, and what `admin`, `edit` and `view` may do.
public enum BootstrapRoles {
    public static let group = "rbac.authorization.k8s.io"

    private static let read = ["get", "list", "watch"]
    private static let write = ["create", "delete", "deletecollection", "patch", "update"]
    private static let all = read + write

    public static let clusterRoles: [JSONObject] = [
        role(
            "cluster-admin",
            [rule(["*"], [""], ["*"], everyGroup: true), paths(["*"], ["*"])]
        ),
        aggregating("admin", ["admin"]),
        aggregating("edit", ["edit"], isPartOf: "admin"),
        aggregating("view", ["view"], isPartOf: "edit"),
        role("system:aggregate-to-admin", administration, isPartOf: "admin"),
        role("system:aggregate-to-edit", editing, isPartOf: "edit"),
        role("system:aggregate-to-view", viewing, isPartOf: "view"),
        role(
            "system:discovery",
            [paths(["get"], discoveryPaths)]
        ),
        role(
            "system:public-info-viewer",
            [paths(["get"], ["/healthz", "/livez", "/readyz", "/version", "/version/"])]
        ),
        role(
            "system:basic-user",
            [
                rule(
                    ["create"],
                    ["authorization.k8s.io"],
                    ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]
                ),
                rule(["create"], ["authentication.k8s.io"], ["selfsubjectreviews"]),
            ]
        ),
        role(
            "system:monitoring",
            [
                paths(
                    ["get"],
                    ["/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/readyz", "/readyz/*"]
                )
            ]
        ),
        role(
            "system:auth-delegator",
            [
                rule(["create"], ["authentication.k8s.io"], ["tokenreviews"]),
                rule(["create"], ["authorization.k8s.io"], ["subjectaccessreviews"]),
            ]
        ),
        role(
            "system:service-account-issuer-discovery",
            [
                paths(
                    ["get"],
                    [
                        "/.well-known/openid-configuration", "/.well-known/openid-configuration/",
                        "/openid/v1/jwks", "/openid/v1/jwks/",
                    ]
                )
            ]
        ),
    ]

    public static let clusterRoleBindings: [JSONObject] = [
        binding("cluster-admin", ["system:masters"]),
        binding("system:discovery", ["system:authenticated"]),
        binding("system:basic-user", ["system:authenticated"]),
        binding("system:public-info-viewer", ["system:authenticated", "system:unauthenticated"]),
        binding("system:monitoring", ["system:monitoring"]),
        binding("system:service-account-issuer-discovery", ["system:serviceaccounts"]),
    ]

    private static let discoveryPaths = [
        "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
        "/version", "/version/",
    ]

    // MARK: What namespaces' users may do

    private static let workloads = [
        "daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale", "statefulsets",
        "statefulsets/scale",
    ]
    private static let volumesAndServices = [
        "configmaps", "endpoints", "persistentvolumeclaims", "replicationcontrollers",
        "replicationcontrollers/scale", "serviceaccounts", "services",
    ]

    private static let administration: [JSONValue] = [
        rule(["create"], ["authorization.k8s.io"], ["localsubjectaccessreviews"]),
        rule(all, [group], ["rolebindings", "roles"]),
    ]

    private static let editing: [JSONValue] = [
        rule(
            read,
            [""],
            ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"]
        ),
        rule(["impersonate"], [""], ["serviceaccounts"]),
        rule(write, [""], ["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"]),
        rule(["create"], [""], ["pods/eviction"]),
        rule(
            write,
            [""],
            [
                "configmaps", "events", "persistentvolumeclaims", "replicationcontrollers",
                "replicationcontrollers/scale", "secrets", "serviceaccounts", "services", "services/proxy",
            ]
        ),
        rule(["create"], [""], ["serviceaccounts/token"]),
        rule(write, ["apps"], workloads + ["deployments/rollback"]),
        rule(write, ["autoscaling"], ["horizontalpodautoscalers"]),
        rule(write, ["batch"], ["cronjobs", "jobs"]),
        rule(write, ["policy"], ["poddisruptionbudgets"]),
        rule(write, ["networking.k8s.io"], ["ingresses", "networkpolicies"]),
        rule(all, ["coordination.k8s.io"], ["leases"]),
    ]

    private static let viewing: [JSONValue] = [
        rule(
            read,
            [""],
            volumesAndServices + [
                "persistentvolumeclaims/status", "pods", "replicationcontrollers/status", "services/status",
            ]
        ),
        rule(
            read,
            [""],
            [
                "bindings", "events", "limitranges", "namespaces/status", "pods/log", "pods/status",
                "resourcequotas", "resourcequotas/status",
            ]
        ),
        rule(read, [""], ["namespaces"]),
        rule(read, ["discovery.k8s.io"], ["endpointslices"]),
        rule(
            read,
            ["apps"],
            ["controllerrevisions"] + workloads + [
                "daemonsets/status", "deployments/status", "replicasets/status", "statefulsets/status",
            ]
        ),
        rule(read, ["autoscaling"], ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
        rule(read, ["batch"], ["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
        rule(read, ["policy"], ["poddisruptionbudgets", "poddisruptionbudgets/status"]),
        rule(read, ["networking.k8s.io"], ["ingresses", "ingresses/status", "networkpolicies"]),
    ]

    // MARK: How they are written

    private static func rule(
        _ verbs: [String],
        _ groups: [String],
        _ resources: [String],
        everyGroup: Bool = false
    ) -> JSONValue {
        [
            "apiGroups": .strings(everyGroup ? ["*"] : groups), "resources": .strings(resources),
            "verbs": .strings(verbs),
        ]
    }

    private static func paths(_ verbs: [String], _ paths: [String]) -> JSONValue {
        ["nonResourceURLs": .strings(paths), "verbs": .strings(verbs)]
    }

    private static func metadata(_ name: String, _ more: [(String, JSONValue)] = []) -> JSONValue {
        [
            "name": .string(name),
            "labels": .object(JSONObject([("kubernetes.io/bootstrapping", .string("rbac-defaults"))] + more)),
            "annotations": ["rbac.authorization.kubernetes.io/autoupdate": "true"],
        ]
    }

    private static func label(_ role: String) -> String {
        "rbac.authorization.k8s.io/aggregate-to-\(role)"
    }

    private static func partOf(_ role: String?) -> [(String, JSONValue)] {
        role.map { [(label($0), .string("true"))] } ?? []
    }

    private static func role(_ name: String, _ rules: [JSONValue], isPartOf other: String? = nil)
        -> JSONObject
    {
        [
            "metadata": metadata(name, partOf(other)),
            "rules": .array(rules),
        ]
    }

    private static func aggregating(_ name: String, _ parts: [String], isPartOf other: String? = nil)
        -> JSONObject
    {
        let selectors = parts.map { part -> JSONValue in
            ["matchLabels": .object(JSONObject(partOf(part)))]
        }
        return [
            "metadata": metadata(name, partOf(other)),
            "aggregationRule": ["clusterRoleSelectors": .array(selectors)],
            "rules": [],
        ]
    }

    private static func binding(_ role: String, _ groups: [String]) -> JSONObject {
        [
            "metadata": metadata(role),
            "roleRef": ["apiGroup": .string(group), "kind": "ClusterRole", "name": .string(role)],
            "subjects": .array(
                groups.map { ["apiGroup": .string(group), "kind": "Group", "name": .string($0)] }
            ),
        ]
    }
}
