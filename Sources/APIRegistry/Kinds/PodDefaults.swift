import JSONText
import KubernetesModel

/// What a pod's spec says when nobody said it, in pods and in the templates of other kinds.
enum PodDefaults {
    static func apply(toTemplateOf spec: inout JSONObject) {
        spec.edit("template") { template in
            template.edit("spec", applySpec)
        }
    }

    static func applySpec(_ spec: inout JSONObject) {
        spec.setDefault("restartPolicy", "Always")
        spec.setDefault("terminationGracePeriodSeconds", 30)
        spec.setDefault("dnsPolicy", "ClusterFirst")
        spec.setDefault("securityContext", .object(JSONObject()))
        spec.setDefault("schedulerName", "default-scheduler")
        let hostNetwork = spec["hostNetwork"]?.bool == true
        for name in ["containers", "initContainers", "ephemeralContainers"] {
            spec.editElements(name) { applyContainer(&$0, hostNetwork: hostNetwork) }
        }
        spec.editElements("volumes", applyVolume)
    }

    private static func applyContainer(_ container: inout JSONObject, hostNetwork: Bool) {
        container.setDefault("resources", .object(JSONObject()))
        container.setDefault("terminationMessagePath", "/dev/termination-log")
        container.setDefault("terminationMessagePolicy", "File")
        if container.isEmpty("imagePullPolicy") {
            container["imagePullPolicy"] =
                isLatest(container.string("image") ?? "") ? "Always" : "IfNotPresent"
        }
        container.editElements("ports") { port in
            port.setDefault("protocol", "TCP")
            if hostNetwork, let number = port["containerPort"] { port.setDefault("hostPort", number) }
        }
        container.editElements("env") { variable in
            variable.edit("valueFrom") { $0.edit("fieldRef") { $0.setDefault("apiVersion", "v1") } }
        }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] { container.edit(name, applyProbe) }
        container.edit("lifecycle") { lifecycle in
            lifecycle.edit("postStart", applyHandler)
            lifecycle.edit("preStop", applyHandler)
        }
        container.edit("resources") { resources in
            // What is limited and not requested is requested up to its limit.
            guard let limits = resources["limits"]?.object, !limits.isEmpty else { return }
            resources.editOrCreate("requests") { requests in
                for limit in limits { requests.setDefault(limit.name, limit.value) }
            }
        }
    }

    private static func applyProbe(_ probe: inout JSONObject) {
        for (name, number) in [
            ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3),
        ] where probe.isEmpty(name) {
            probe[name] = .int(number)
        }
        applyHandler(&probe)
        probe.edit("grpc") { $0.setDefault("service", "") }
    }

    private static func applyHandler(_ handler: inout JSONObject) {
        handler.edit("httpGet") { get in
            if get.isEmpty("path") { get["path"] = "/" }
            if get.isEmpty("scheme") { get["scheme"] = "HTTP" }
        }
    }

    private static func applyVolume(_ volume: inout JSONObject) {
        if volume.allSatisfy({ $0.name == "name" || $0.value.isNull }) { volume["emptyDir"] = [:] }
        for name in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.edit(name) { $0.setDefault("defaultMode", 420) }
        }
        volume.edit("hostPath") { $0.setDefault("type", "") }
        volume.edit("downwardAPI", applyDownward)
        volume.edit("projected") { projected in
            projected.editElements("sources") { source in
                source.edit("serviceAccountToken") { $0.setDefault("expirationSeconds", 3600) }
                source.edit("downwardAPI", applyDownward)
            }
        }
    }

    private static func applyDownward(_ source: inout JSONObject) {
        source.editElements("items") { item in
            item.edit("fieldRef") { $0.setDefault("apiVersion", "v1") }
        }
    }

    /// Whether an image is pulled each time: it has the tag `latest`, or neither tag nor digest.
    static func isLatest(_ image: String) -> Bool {
        if image.utf8.contains(UInt8(ascii: "@")) { return false }
        let last = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let colon = last.lastIndex(of: ":") else { return true }
        return last[last.index(after: colon)...] == "latest"
    }

    /// What the scheduler and the eviction of pods go by (`status.qosClass`).
    static func qualityOfService(_ spec: JSONValue?) -> String {
        let containers = (spec?["containers"]?.array ?? []) + (spec?["initContainers"]?.array ?? [])
        var hasAny = false
        var isGuaranteed = true
        for container in containers {
            for name in ["cpu", "memory"] {
                let limit = amount(container["resources"]?["limits"]?[name])
                let request = amount(container["resources"]?["requests"]?[name])
                hasAny = hasAny || limit != nil || request != nil
                isGuaranteed = isGuaranteed && limit != nil && limit == request
            }
        }
        if !hasAny { return "BestEffort" }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }

    /// An amount; `nil` when it is absent, zero or none.
    private static func amount(_ value: JSONValue?) -> Quantity? {
        guard let amount = PodValidation.amount(value), !amount.isZero else { return nil }
        return amount
    }
}
