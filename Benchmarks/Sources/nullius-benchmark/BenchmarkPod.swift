import JSONText
import KubernetesModel

/// Pods as deployments make them: two containers, probes, volumes, and a status with conditions.
enum BenchmarkPod {
    static let namespace = "bench"
    /// When the change was sent, in microseconds since 1970.
    static let sentLabel = "bench-sent"

    static func name(_ number: Int) -> String { "web-5d9c7b6f4d-\(number)" }

    static func object(_ number: Int) -> UnstructuredObject {
        let pod: JSONObject = [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "name": .string(name(number)), "namespace": .string(namespace),
                "labels": [
                    "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "shop",
                    "pod-template-hash": "5d9c7b6f4d", sentLabel: "0",
                ],
                "annotations": [
                    "prometheus.io/scrape": "true", "prometheus.io/port": "9090",
                    "kubectl.kubernetes.io/restartedAt": "2026-11-02T10:11:12Z",
                ],
            ],
            "spec": [
                "serviceAccountName": "default", "nodeName": .string("node-\(number % 100)"),
                "containers": [container("web", port: 8080), container("sidecar", port: 9090)],
                "tolerations": [
                    ["key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"]
                ],
                "volumes": [["name": "cache", "emptyDir": [:]]],
            ],
        ]
        return UnstructuredObject(pod)
    }

    private static func container(_ name: String, port: Int64) -> JSONValue {
        [
            "name": .string(name),
            "image": .string("registry.example/shop/\(name)@sha256:" + String(repeating: "0a1b", count: 16)),
            "env": [["name": "MODE", "value": "production"], ["name": "LEVEL", "value": "info"]],
            "ports": [["name": .string("http-\(name)"), "containerPort": .int(port)]],
            "resources": [
                "requests": ["cpu": "100m", "memory": "128Mi"], "limits": ["memory": "256Mi"],
            ],
            "readinessProbe": ["httpGet": ["path": "/ready", "port": .int(port)], "periodSeconds": 5],
            "volumeMounts": [["name": "cache", "mountPath": "/cache"]],
        ]
    }

    static func status(_ number: Int) -> JSONValue {
        let address = "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
        let conditions: [JSONValue] = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map {
            ["type": .string($0), "status": "True", "lastTransitionTime": "2026-11-02T10:11:20Z"]
        }
        let containers: [JSONValue] = ["web", "sidecar"].map {
            [
                "name": .string($0), "ready": true, "restartCount": 0, "started": true,
                "image": .string("registry.example/shop/\($0)"),
                "imageID": .string("sha256:" + String(repeating: "0a1b", count: 16)),
                "state": ["running": ["startedAt": "2026-11-02T10:11:18Z"]],
            ]
        }
        return [
            "status": [
                "phase": "Running", "podIP": .string(address), "podIPs": [["ip": .string(address)]],
                "hostIP": "192.0.2.1", "startTime": "2026-11-02T10:11:13Z",
                "conditions": .array(conditions), "containerStatuses": .array(containers),
            ]
        ]
    }
}
