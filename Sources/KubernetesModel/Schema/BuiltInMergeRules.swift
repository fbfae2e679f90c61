/// How lists and objects of the built-in types merge: what patches and server-side apply need beyond the types.
///
/// Per line: a type, a field (`*`: the type itself), how strategic merge patch merges it, how server-side apply does.
///
/// | column | words |
/// |---|---|
/// | patch | `-`, `merge`, `retainKeys`, `merge+retainKeys`; then `:` and the merge key |
/// | apply | `-`, `set`, `map:` and its keys, `atomic` (an object), `granular` (an object whose type is atomic) |
///
/// A list that has no line is replaced by a patch and atomic to server-side apply. The facts are those of the OpenAPI
/// document of Kubernetes.
let builtInMergeRules: StaticString = """
    meta.v1.ObjectMeta finalizers merge set
    meta.v1.ObjectMeta ownerReferences merge:uid map:uid
    meta.v1.LabelSelector * - atomic
    meta.v1.OwnerReference * - atomic

    core.v1.ConfigMapKeySelector * - atomic
    core.v1.EndpointAddress * - atomic
    core.v1.EndpointPort * - atomic
    core.v1.FileKeySelector * - atomic
    core.v1.LocalObjectReference * - atomic
    core.v1.NodeSelector * - atomic
    core.v1.NodeSelectorTerm * - atomic
    core.v1.ObjectFieldSelector * - atomic
    core.v1.ObjectReference * - atomic
    core.v1.ResourceFieldSelector * - atomic
    core.v1.ScopeSelector * - atomic
    core.v1.ScopedResourceSelectorRequirement * - atomic
    core.v1.SecretKeySelector * - atomic
    core.v1.SecretReference * - atomic
    core.v1.TopologySelectorTerm * - atomic
    core.v1.TypedLocalObjectReference * - atomic
    core.v1.Container env merge:name map:name
    core.v1.Container ports merge:containerPort map:containerPort,protocol
    core.v1.Container volumeDevices merge:devicePath map:devicePath
    core.v1.Container volumeMounts merge:mountPath map:mountPath
    core.v1.ContainerStatus allocatedResourcesStatus merge:name map:name
    core.v1.ContainerStatus volumeMounts merge:mountPath map:mountPath
    core.v1.EphemeralContainer env merge:name map:name
    core.v1.EphemeralContainer ports merge:containerPort map:containerPort,protocol
    core.v1.EphemeralContainer volumeDevices merge:devicePath map:devicePath
    core.v1.EphemeralContainer volumeMounts merge:mountPath map:mountPath
    core.v1.NamespaceStatus conditions merge:type map:type
    core.v1.NodeSpec podCIDRs merge set
    core.v1.NodeStatus addresses merge:type map:type
    core.v1.NodeStatus conditions merge:type map:type
    core.v1.PersistentVolumeClaimStatus conditions merge:type map:type
    core.v1.PersistentVolumeSpec claimRef - granular
    core.v1.PodSpec containers merge:name map:name
    core.v1.PodSpec ephemeralContainers merge:name map:name
    core.v1.PodSpec hostAliases merge:ip map:ip
    core.v1.PodSpec imagePullSecrets merge:name map:name
    core.v1.PodSpec initContainers merge:name map:name
    core.v1.PodSpec nodeSelector - atomic
    core.v1.PodSpec resourceClaims merge+retainKeys:name map:name
    core.v1.PodSpec schedulingGates merge:name map:name
    core.v1.PodSpec topologySpreadConstraints merge:topologyKey map:topologyKey,whenUnsatisfiable
    core.v1.PodSpec volumes merge+retainKeys:name map:name
    core.v1.PodStatus conditions merge:type map:type
    core.v1.PodStatus hostIPs merge:ip -
    core.v1.PodStatus podIPs merge:ip map:ip
    core.v1.PodStatus resourceClaimStatuses merge+retainKeys:name map:name
    core.v1.ReplicationControllerSpec selector - atomic
    core.v1.ReplicationControllerStatus conditions merge:type map:type
    core.v1.ResourceRequirements claims - map:name
    core.v1.ResourceStatus resources - map:resourceID
    core.v1.ServiceAccount secrets merge:name map:name
    core.v1.ServiceSpec ports merge:port map:port,protocol
    core.v1.ServiceSpec selector - atomic
    core.v1.ServiceStatus conditions merge:type map:type

    apps.v1.DaemonSetStatus conditions merge:type map:type
    apps.v1.DeploymentSpec strategy retainKeys -
    apps.v1.DeploymentStatus conditions merge:type map:type
    apps.v1.ReplicaSetStatus conditions merge:type map:type
    apps.v1.StatefulSetStatus conditions merge:type map:type

    batch.v1.JobStatus conditions merge:type -
    batch.v1.PodFailurePolicyOnExitCodesRequirement values - set
    batch.v1.UncountedTerminatedPods failed - set
    batch.v1.UncountedTerminatedPods succeeded - set

    networking.v1.ServiceCIDRStatus conditions merge:type map:type
    discovery.v1.Endpoint addresses - set
    discovery.v1.EndpointPort * - atomic

    rbac.v1.RoleRef * - atomic
    rbac.v1.Subject * - atomic

    policy.v1.PodDisruptionBudgetStatus conditions merge:type map:type

    admissionregistration.v1.MatchResources * - atomic
    admissionregistration.v1.NamedRuleWithOperations * - atomic
    admissionregistration.v1.ParamKind * - atomic
    admissionregistration.v1.ParamRef * - atomic
    admissionregistration.v1.Variable * - atomic
    admissionregistration.v1.MutatingWebhook matchConditions merge:name map:name
    admissionregistration.v1.MutatingWebhookConfiguration webhooks merge:name map:name
    admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec validationActions - set
    admissionregistration.v1.ValidatingAdmissionPolicySpec matchConditions merge:name map:name
    admissionregistration.v1.ValidatingAdmissionPolicySpec variables merge:name map:name
    admissionregistration.v1.ValidatingAdmissionPolicyStatus conditions - map:type
    admissionregistration.v1.ValidatingWebhook matchConditions merge:name map:name
    admissionregistration.v1.ValidatingWebhookConfiguration webhooks merge:name map:name

    apiextensions.v1.CustomResourceDefinitionStatus conditions - map:type
    apiextensions.v1.JSONSchemaProps x-kubernetes-validations merge:rule map:rule

    autoscaling.v1.CrossVersionObjectReference * - atomic
    storage.v1.CSIDriverSpec volumeLifecycleModes - set
    storage.v1.CSINodeSpec drivers merge:name map:name
    node.v1.Scheduling nodeSelector - atomic
    """

/// The defaults of fields by which server-side apply knows an element, so that an element without them has its key.
let builtInKeyDefaults: [String: [String: String]] = [
    "core.v1.ContainerPort": ["protocol": "TCP"],
    "core.v1.ServicePort": ["protocol": "TCP"],
]
