// swift-format-ignore-file
import FoundationEssentials

/// What kubectl 1.32 sent for a command, and what it printed for the same command with `--dry-run=client -o json`.
struct ProtobufSample: Sendable, CustomStringConvertible {
    var description: String
    var base64: String
    var json: String

    var bytes: [UInt8] { Data(base64Encoded: base64).map { Array($0) } ?? [] }

    static let all = [
        ProtobufSample(
            description: "kubectl create deployment web --image=nginx:1 --replicas=2 --port=80",
            base64:
                "azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50EroBCh8KA3dlYhIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEogBCAISDAoKCgNhcHASA3dlYhpuChwKABIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEk4SMAoFbmdpbngSB25naW54OjEqADIKCgAQABhQIgAqAEIAagByAIABAIgBAJABAKIBABoAMgBCAEoAUgBYAGAAaACCAQCKAQCaAQDCAQAiAgoAKAA4ABoMCAAQABgAIAAoADgAGgAiAA==",
            json:
                #"{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web","labels":{"app":"web"}},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"nginx","image":"nginx:1","ports":[{"containerPort":80}],"resources":{}}]}},"strategy":{}},"status":{}}"#
        ),
        ProtobufSample(
            description: "kubectl create secret generic s --from-literal=a=b",
            base64:
                "azhzAAoMCgJ2MRIGU2VjcmV0Eh0KEQoBcxIAGgAiACoAMgA4AEIAEgYKAWESAWIaABoAIgA=",
            json:
                #"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s"},"data":{"a":"Yg=="}}"#
        ),
        ProtobufSample(
            description: "kubectl create quota q --hard=cpu=1,pods=2",
            base64:
                "azhzAAoTCgJ2MRINUmVzb3VyY2VRdW90YRIwChEKAXESABoAIgAqADIAOABCABIZCgoKA2NwdRIDCgExCgsKBHBvZHMSAwoBMhoAGgAiAA==",
            json:
                #"{"kind":"ResourceQuota","apiVersion":"v1","metadata":{"name":"q"},"spec":{"hard":{"cpu":"1","pods":"2"}},"status":{}}"#
        ),
        ProtobufSample(
            description: "kubectl create cronjob c --image=busybox --schedule=*/5 * * * * -- date",
            base64:
                "azhzAAoTCghiYXRjaC92MRIHQ3JvbkpvYhKhAQoRCgFjEgAaACIAKgAyADgAQgASiQEKCyovNSAqICogKiAqGgAqeAoRCgFjEgAaACIAKgAyADgAQgASYzJhChAKABIAGgAiACoAMgA4AEIAEk0SJgoBYxIHYnVzeWJveBoEZGF0ZSoAQgBqAHIAgAEAiAEAkAEAogEAGglPbkZhaWx1cmUyAEIASgBSAFgAYABoAIIBAIoBAJoBAMIBABoAGgAiAA==",
            json:
                #"{"kind":"CronJob","apiVersion":"batch/v1","metadata":{"name":"c"},"spec":{"schedule":"*/5 * * * *","jobTemplate":{"metadata":{"name":"c"},"spec":{"template":{"metadata":{},"spec":{"containers":[{"name":"c","image":"busybox","command":["date"],"resources":{}}],"restartPolicy":"OnFailure"}}}}},"status":{}}"#
        ),
        ProtobufSample(
            description: "kubectl create ingress i --rule=a.example/x*=svc:80",
            base64:
                "azhzAAofChRuZXR3b3JraW5nLms4cy5pby92MRIHSW5ncmVzcxJHChEKAWkSABoAIgAqADIAOABCABIuGiwKCWEuZXhhbXBsZRIfCh0KGwoCL3gSDSILCgNzdmMSBAoAEFAaBlByZWZpeBoCCgAaACIA",
            json:
                #"{"kind":"Ingress","apiVersion":"networking.k8s.io/v1","metadata":{"name":"i"},"spec":{"rules":[{"host":"a.example","http":{"paths":[{"path":"/x","pathType":"Prefix","backend":{"service":{"name":"svc","port":{"number":80}}}}]}}]},"status":{"loadBalancer":{}}}"#
        ),
        ProtobufSample(
            description: "kubectl create service clusterip s --tcp=80:8080",
            base64:
                "azhzAAoNCgJ2MRIHU2VydmljZRJjChsKAXMSABoAIgAqADIAOABCAFoICgNhcHASAXMSQAobCgc4MC04MDgwEgNUQ1AYUCIHCAAQkD8aACgAEggKA2FwcBIBcxoAIglDbHVzdGVySVA6AEIAUgBaAGAAaAAaAgoAGgAiAA==",
            json:
                #"{"kind":"Service","apiVersion":"v1","metadata":{"name":"s","labels":{"app":"s"}},"spec":{"ports":[{"name":"80-8080","protocol":"TCP","port":80,"targetPort":8080}],"selector":{"app":"s"},"type":"ClusterIP"},"status":{"loadBalancer":{}}}"#
        ),
        ProtobufSample(
            description: "kubectl create pdb p --selector=a=b --min-available=50%",
            base64:
                "azhzAAogCglwb2xpY3kvdjESE1BvZERpc3J1cHRpb25CdWRnZXQSNgoRCgFwEgAaACIAKgAyADgAQgASFQoJCAEQABoDNTAlEggKBgoBYRIBYhoKCAAYACAAKAAwABoAIgA=",
            json:
                #"{"kind":"PodDisruptionBudget","apiVersion":"policy/v1","metadata":{"name":"p"},"spec":{"minAvailable":"50%","selector":{"matchLabels":{"a":"b"}}},"status":{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}}"#
        ),
        ProtobufSample(
            description: "kubectl create clusterrolebinding b --clusterrole=view --user=u --group=g --serviceaccount=n:a",
            base64:
                "azhzAAoyChxyYmFjLmF1dGhvcml6YXRpb24uazhzLmlvL3YxEhJDbHVzdGVyUm9sZUJpbmRpbmcSrgEKEQoBYhIAGgAiACoAMgA4AEIAEiYKBFVzZXISGXJiYWMuYXV0aG9yaXphdGlvbi5rOHMuaW8aAXUiABInCgVHcm91cBIZcmJhYy5hdXRob3JpemF0aW9uLms4cy5pbxoBZyIAEhgKDlNlcnZpY2VBY2NvdW50EgAaAWEiAW4aLgoZcmJhYy5hdXRob3JpemF0aW9uLms4cy5pbxILQ2x1c3RlclJvbGUaBHZpZXcaACIA",
            json:
                #"{"kind":"ClusterRoleBinding","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"b"},"subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"u"},{"kind":"Group","apiGroup":"rbac.authorization.k8s.io","name":"g"},{"kind":"ServiceAccount","name":"a","namespace":"n"}],"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"}}"#
        ),
    ]
}
