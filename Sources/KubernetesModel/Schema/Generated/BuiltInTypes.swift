// Written by scripts/generate-schemas from PyPI's kubernetes 37.0.2; do not edit.

/// Kubernetes' built-in types: per line a type and its fields; BuiltInSchemas says how to read them.
let builtInTypes: StaticString = """
    admissionregistration.v1.AuditAnnotation key!:s valueExpression!:s
    admissionregistration.v1.ExpressionWarning fieldRef!:s warning!:s
    admissionregistration.v1.MatchCondition expression!:s name!:s
    admissionregistration.v1.MatchResources excludeResourceRules:[NamedRuleWithOperations matchPolicy:s namespaceSelector:meta.v1.LabelSelector objectSelector:meta.v1.LabelSelector resourceRules:[NamedRuleWithOperations
    admissionregistration.v1.MutatingWebhook admissionReviewVersions!:[s clientConfig!:WebhookClientConfig failurePolicy:s matchConditions:[MatchCondition matchPolicy:s name!:s namespaceSelector:meta.v1.LabelSelector objectSelector:meta.v1.LabelSelector reinvocationPolicy:s rules:[RuleWithOperations sideEffects!:s timeoutSeconds:i
    admissionregistration.v1.MutatingWebhookConfiguration apiVersion:s kind:s metadata:meta.v1.ObjectMeta webhooks:[MutatingWebhook
    admissionregistration.v1.MutatingWebhookConfigurationList apiVersion:s items!:[MutatingWebhookConfiguration kind:s metadata:meta.v1.ListMeta
    admissionregistration.v1.NamedRuleWithOperations apiGroups:[s apiVersions:[s operations:[s resourceNames:[s resources:[s scope:s
    admissionregistration.v1.ParamKind apiVersion:s kind:s
    admissionregistration.v1.ParamRef name:s namespace:s parameterNotFoundAction:s selector:meta.v1.LabelSelector
    admissionregistration.v1.RuleWithOperations apiGroups:[s apiVersions:[s operations:[s resources:[s scope:s
    admissionregistration.v1.ServiceReference name!:s namespace!:s path:s port:i
    admissionregistration.v1.TypeChecking expressionWarnings:[ExpressionWarning
    admissionregistration.v1.ValidatingAdmissionPolicy apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:ValidatingAdmissionPolicySpec status:ValidatingAdmissionPolicyStatus
    admissionregistration.v1.ValidatingAdmissionPolicyBinding apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:ValidatingAdmissionPolicyBindingSpec
    admissionregistration.v1.ValidatingAdmissionPolicyBindingList apiVersion:s items!:[ValidatingAdmissionPolicyBinding kind:s metadata:meta.v1.ListMeta
    admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec matchResources:MatchResources paramRef:ParamRef policyName!:s validationActions!:[s
    admissionregistration.v1.ValidatingAdmissionPolicyList apiVersion:s items!:[ValidatingAdmissionPolicy kind:s metadata:meta.v1.ListMeta
    admissionregistration.v1.ValidatingAdmissionPolicySpec auditAnnotations:[AuditAnnotation failurePolicy:s matchConditions:[MatchCondition matchConstraints:MatchResources paramKind:ParamKind validations:[Validation variables:[Variable
    admissionregistration.v1.ValidatingAdmissionPolicyStatus conditions:[meta.v1.Condition observedGeneration:l typeChecking:TypeChecking
    admissionregistration.v1.ValidatingWebhook admissionReviewVersions!:[s clientConfig!:WebhookClientConfig failurePolicy:s matchConditions:[MatchCondition matchPolicy:s name!:s namespaceSelector:meta.v1.LabelSelector objectSelector:meta.v1.LabelSelector rules:[RuleWithOperations sideEffects!:s timeoutSeconds:i
    admissionregistration.v1.ValidatingWebhookConfiguration apiVersion:s kind:s metadata:meta.v1.ObjectMeta webhooks:[ValidatingWebhook
    admissionregistration.v1.ValidatingWebhookConfigurationList apiVersion:s items!:[ValidatingWebhookConfiguration kind:s metadata:meta.v1.ListMeta
    admissionregistration.v1.Validation expression!:s message:s messageExpression:s reason:s
    admissionregistration.v1.Variable expression!:s name!:s
    admissionregistration.v1.WebhookClientConfig caBundle:y service:ServiceReference url:s
    apiextensions.v1.CustomResourceColumnDefinition description:s format:s jsonPath!:s name!:s priority:i type!:s
    apiextensions.v1.CustomResourceConversion strategy!:s webhook:WebhookConversion
    apiextensions.v1.CustomResourceDefinition apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:CustomResourceDefinitionSpec status:CustomResourceDefinitionStatus
    apiextensions.v1.CustomResourceDefinitionCondition lastTransitionTime:t message:s observedGeneration:l reason:s status!:s type!:s
    apiextensions.v1.CustomResourceDefinitionList apiVersion:s items!:[CustomResourceDefinition kind:s metadata:meta.v1.ListMeta
    apiextensions.v1.CustomResourceDefinitionNames categories:[s kind!:s listKind:s plural!:s shortNames:[s singular:s
    apiextensions.v1.CustomResourceDefinitionSpec conversion:CustomResourceConversion group!:s names!:CustomResourceDefinitionNames preserveUnknownFields:b scope!:s versions!:[CustomResourceDefinitionVersion
    apiextensions.v1.CustomResourceDefinitionStatus acceptedNames:CustomResourceDefinitionNames conditions:[CustomResourceDefinitionCondition observedGeneration:l storedVersions:[s
    apiextensions.v1.CustomResourceDefinitionVersion additionalPrinterColumns:[CustomResourceColumnDefinition deprecated:b deprecationWarning:s name!:s schema:CustomResourceValidation selectableFields:[SelectableField served!:b storage!:b subresources:CustomResourceSubresources
    apiextensions.v1.CustomResourceSubresourceScale labelSelectorPath:s specReplicasPath!:s statusReplicasPath!:s
    apiextensions.v1.CustomResourceSubresources scale:CustomResourceSubresourceScale status:o
    apiextensions.v1.CustomResourceValidation openAPIV3Schema:JSONSchemaProps
    apiextensions.v1.ExternalDocumentation description:s url:s
    apiextensions.v1.JSONSchemaProps $ref:s $schema:s additionalItems:a additionalProperties:a allOf:[JSONSchemaProps anyOf:[JSONSchemaProps default:a definitions:{JSONSchemaProps dependencies:{a description:s enum:[a example:a exclusiveMaximum:b exclusiveMinimum:b externalDocs:ExternalDocumentation format:s id:s items:a maxItems:l maxLength:l maxProperties:l maximum:n minItems:l minLength:l minProperties:l minimum:n multipleOf:n not:JSONSchemaProps nullable:b oneOf:[JSONSchemaProps pattern:s patternProperties:{JSONSchemaProps properties:{JSONSchemaProps required:[s title:s type:s uniqueItems:b x-kubernetes-embedded-resource:b x-kubernetes-int-or-string:b x-kubernetes-list-map-keys:[s x-kubernetes-list-type:s x-kubernetes-map-type:s x-kubernetes-preserve-unknown-fields:b x-kubernetes-validations:[ValidationRule
    apiextensions.v1.SelectableField jsonPath!:s
    apiextensions.v1.ServiceReference name!:s namespace!:s path:s port:i
    apiextensions.v1.ValidationRule fieldPath:s message:s messageExpression:s optionalOldSelf:b reason:s rule!:s
    apiextensions.v1.WebhookClientConfig caBundle:y service:ServiceReference url:s
    apiextensions.v1.WebhookConversion clientConfig:WebhookClientConfig conversionReviewVersions!:[s
    apps.v1.ControllerRevision apiVersion:s data!:r kind:s metadata:meta.v1.ObjectMeta revision:l
    apps.v1.ControllerRevisionList apiVersion:s items!:[ControllerRevision kind:s metadata:meta.v1.ListMeta
    apps.v1.DaemonSet apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:DaemonSetSpec status:DaemonSetStatus
    apps.v1.DaemonSetCondition lastTransitionTime:t message:s reason:s status:s type:s
    apps.v1.DaemonSetList apiVersion:s items!:[DaemonSet kind:s metadata:meta.v1.ListMeta
    apps.v1.DaemonSetSpec minReadySeconds:i revisionHistoryLimit:i selector!:meta.v1.LabelSelector template!:core.v1.PodTemplateSpec updateStrategy:DaemonSetUpdateStrategy
    apps.v1.DaemonSetStatus collisionCount:i conditions:[DaemonSetCondition currentNumberScheduled!:i desiredNumberScheduled!:i numberAvailable:i numberMisscheduled!:i numberReady!:i numberUnavailable:i observedGeneration:l updatedNumberScheduled:i
    apps.v1.DaemonSetUpdateStrategy rollingUpdate:RollingUpdateDaemonSet type:s
    apps.v1.Deployment apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:DeploymentSpec status:DeploymentStatus
    apps.v1.DeploymentCondition lastTransitionTime:t lastUpdateTime:t message:s reason:s status:s type:s
    apps.v1.DeploymentList apiVersion:s items!:[Deployment kind:s metadata:meta.v1.ListMeta
    apps.v1.DeploymentSpec minReadySeconds:i paused:b progressDeadlineSeconds:i replicas:i revisionHistoryLimit:i selector!:meta.v1.LabelSelector strategy:DeploymentStrategy template!:core.v1.PodTemplateSpec
    apps.v1.DeploymentStatus availableReplicas:i collisionCount:i conditions:[DeploymentCondition observedGeneration:l readyReplicas:i replicas:i terminatingReplicas:i unavailableReplicas:i updatedReplicas:i
    apps.v1.DeploymentStrategy rollingUpdate:RollingUpdateDeployment type:s
    apps.v1.ReplicaSet apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:ReplicaSetSpec status:ReplicaSetStatus
    apps.v1.ReplicaSetCondition lastTransitionTime:t message:s reason:s status:s type:s
    apps.v1.ReplicaSetList apiVersion:s items!:[ReplicaSet kind:s metadata:meta.v1.ListMeta
    apps.v1.ReplicaSetSpec minReadySeconds:i replicas:i selector!:meta.v1.LabelSelector template:core.v1.PodTemplateSpec
    apps.v1.ReplicaSetStatus availableReplicas:i conditions:[ReplicaSetCondition fullyLabeledReplicas:i observedGeneration:l readyReplicas:i replicas!:i terminatingReplicas:i
    apps.v1.RollingUpdateDaemonSet maxSurge:x maxUnavailable:x
    apps.v1.RollingUpdateDeployment maxSurge:x maxUnavailable:x
    apps.v1.RollingUpdateStatefulSetStrategy maxUnavailable:x partition:i
    apps.v1.StatefulSet apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:StatefulSetSpec status:StatefulSetStatus
    apps.v1.StatefulSetCondition lastTransitionTime:t message:s reason:s status:s type:s
    apps.v1.StatefulSetList apiVersion:s items!:[StatefulSet kind:s metadata:meta.v1.ListMeta
    apps.v1.StatefulSetOrdinals start:i
    apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted:s whenScaled:s
    apps.v1.StatefulSetSpec minReadySeconds:i ordinals:StatefulSetOrdinals persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy podManagementPolicy:s replicas:i revisionHistoryLimit:i selector!:meta.v1.LabelSelector serviceName:s template!:core.v1.PodTemplateSpec updateStrategy:StatefulSetUpdateStrategy volumeClaimTemplates:[core.v1.PersistentVolumeClaim
    apps.v1.StatefulSetStatus availableReplicas:i collisionCount:i conditions:[StatefulSetCondition currentReplicas:i currentRevision:s observedGeneration:l readyReplicas:i replicas!:i updateRevision:s updatedReplicas:i
    apps.v1.StatefulSetUpdateStrategy rollingUpdate:RollingUpdateStatefulSetStrategy type:s
    authentication.v1.BoundObjectReference apiVersion:s kind:s name:s uid:s
    authentication.v1.SelfSubjectReview apiVersion:s kind:s metadata:meta.v1.ObjectMeta status:SelfSubjectReviewStatus
    authentication.v1.SelfSubjectReviewStatus userInfo:UserInfo
    authentication.v1.TokenRequest apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:TokenRequestSpec status:TokenRequestStatus
    authentication.v1.TokenRequestSpec attestations:{[s audiences:[s boundObjectRef:BoundObjectReference expirationSeconds:l
    authentication.v1.TokenRequestStatus expirationTimestamp:t token:s
    authentication.v1.TokenReview apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:TokenReviewSpec status:TokenReviewStatus
    authentication.v1.TokenReviewSpec audiences:[s token!:s
    authentication.v1.TokenReviewStatus audiences:[s authenticated:b error:s user:UserInfo
    authentication.v1.UserInfo extra:{[s groups:[s uid:s username:s
    authorization.v1.FieldSelectorAttributes rawSelector:s requirements:[FieldSelectorRequirement
    authorization.v1.FieldSelectorRequirement key!:s operator!:s values:[s
    authorization.v1.LabelSelectorAttributes rawSelector:s requirements:[meta.v1.LabelSelectorRequirement
    authorization.v1.LocalSubjectAccessReview apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:SubjectAccessReviewSpec status:SubjectAccessReviewStatus
    authorization.v1.NonResourceAttributes path:s verb:s
    authorization.v1.NonResourceRule nonResourceURLs:[s verbs!:[s
    authorization.v1.ResourceAttributes fieldSelector:FieldSelectorAttributes group:s labelSelector:LabelSelectorAttributes name:s namespace:s resource:s subresource:s verb:s version:s
    authorization.v1.ResourceRule apiGroups:[s resourceNames:[s resources:[s verbs!:[s
    authorization.v1.SelfSubjectAccessReview apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:SelfSubjectAccessReviewSpec status:SubjectAccessReviewStatus
    authorization.v1.SelfSubjectAccessReviewSpec nonResourceAttributes:NonResourceAttributes resourceAttributes:ResourceAttributes
    authorization.v1.SelfSubjectRulesReview apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:SelfSubjectRulesReviewSpec status:SubjectRulesReviewStatus
    authorization.v1.SelfSubjectRulesReviewSpec namespace:s
    authorization.v1.SubjectAccessReview apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:SubjectAccessReviewSpec status:SubjectAccessReviewStatus
    authorization.v1.SubjectAccessReviewSpec extra:{[s groups:[s nonResourceAttributes:NonResourceAttributes resourceAttributes:ResourceAttributes uid:s user:s
    authorization.v1.SubjectAccessReviewStatus allowed!:b denied:b evaluationError:s reason:s
    authorization.v1.SubjectRulesReviewStatus evaluationError:s incomplete!:b nonResourceRules!:[NonResourceRule resourceRules!:[ResourceRule
    autoscaling.v1.CrossVersionObjectReference apiVersion:s kind!:s name!:s
    autoscaling.v1.HorizontalPodAutoscaler apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:HorizontalPodAutoscalerSpec status:HorizontalPodAutoscalerStatus
    autoscaling.v1.HorizontalPodAutoscalerList apiVersion:s items!:[HorizontalPodAutoscaler kind:s metadata:meta.v1.ListMeta
    autoscaling.v1.HorizontalPodAutoscalerSpec maxReplicas!:i minReplicas:i scaleTargetRef!:CrossVersionObjectReference targetCPUUtilizationPercentage:i
    autoscaling.v1.HorizontalPodAutoscalerStatus currentCPUUtilizationPercentage:i currentReplicas!:i desiredReplicas!:i lastScaleTime:t observedGeneration:l
    autoscaling.v1.Scale apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:ScaleSpec status:ScaleStatus
    autoscaling.v1.ScaleSpec replicas:i
    autoscaling.v1.ScaleStatus replicas!:i selector:s
    batch.v1.CronJob apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:CronJobSpec status:CronJobStatus
    batch.v1.CronJobList apiVersion:s items!:[CronJob kind:s metadata:meta.v1.ListMeta
    batch.v1.CronJobSpec concurrencyPolicy:s failedJobsHistoryLimit:i jobTemplate!:JobTemplateSpec schedule!:s startingDeadlineSeconds:l successfulJobsHistoryLimit:i suspend:b timeZone:s
    batch.v1.CronJobStatus active:[core.v1.ObjectReference lastScheduleTime:t lastSuccessfulTime:t
    batch.v1.Job apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:JobSpec status:JobStatus
    batch.v1.JobCondition lastProbeTime:t lastTransitionTime:t message:s reason:s status!:s type!:s
    batch.v1.JobList apiVersion:s items!:[Job kind:s metadata:meta.v1.ListMeta
    batch.v1.JobSchedulingConfiguration
    batch.v1.JobSpec activeDeadlineSeconds:l backoffLimit:i backoffLimitPerIndex:i completionMode:s completions:i managedBy:s manualSelector:b maxFailedIndexes:i parallelism:i podFailurePolicy:PodFailurePolicy podReplacementPolicy:s scheduling:JobSchedulingConfiguration selector:meta.v1.LabelSelector successPolicy:SuccessPolicy suspend:b template!:core.v1.PodTemplateSpec ttlSecondsAfterFinished:i
    batch.v1.JobStatus active:i completedIndexes:s completionTime:t conditions:[JobCondition failed:i failedIndexes:s ready:i startTime:t succeeded:i terminating:i uncountedTerminatedPods:UncountedTerminatedPods
    batch.v1.JobTemplateSpec metadata:meta.v1.ObjectMeta spec:JobSpec
    batch.v1.PodFailurePolicy rules!:[PodFailurePolicyRule
    batch.v1.PodFailurePolicyOnExitCodesRequirement containerName:s operator!:s values!:[i
    batch.v1.PodFailurePolicyOnPodConditionsPattern status:s type!:s
    batch.v1.PodFailurePolicyRule action!:s onExitCodes:PodFailurePolicyOnExitCodesRequirement onPodConditions:[PodFailurePolicyOnPodConditionsPattern
    batch.v1.SuccessPolicy rules!:[SuccessPolicyRule
    batch.v1.SuccessPolicyRule succeededCount:i succeededIndexes:s
    batch.v1.UncountedTerminatedPods failed:[s succeeded:[s
    coordination.v1.Lease apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:LeaseSpec
    coordination.v1.LeaseList apiVersion:s items!:[Lease kind:s metadata:meta.v1.ListMeta
    coordination.v1.LeaseSpec acquireTime:u holderIdentity:s leaseDurationSeconds:i leaseTransitions:i preferredHolder:s renewTime:u strategy:s
    core.v1.AWSElasticBlockStoreVolumeSource fsType:s partition:i readOnly:b volumeID!:s
    core.v1.Affinity nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
    core.v1.AppArmorProfile localhostProfile:s type!:s
    core.v1.AttachedVolume devicePath!:s name!:s
    core.v1.AzureDiskVolumeSource cachingMode:s diskName!:s diskURI!:s fsType:s kind:s readOnly:b
    core.v1.AzureFilePersistentVolumeSource readOnly:b secretName!:s secretNamespace:s shareName!:s
    core.v1.AzureFileVolumeSource readOnly:b secretName!:s shareName!:s
    core.v1.Binding apiVersion:s kind:s metadata:meta.v1.ObjectMeta target!:ObjectReference
    core.v1.CSIPersistentVolumeSource controllerExpandSecretRef:SecretReference controllerPublishSecretRef:SecretReference driver!:s fsType:s nodeExpandSecretRef:SecretReference nodePublishSecretRef:SecretReference nodeStageSecretRef:SecretReference readOnly:b volumeAttributes:{s volumeHandle!:s
    core.v1.CSIVolumeSource driver!:s fsType:s nodePublishSecretRef:LocalObjectReference readOnly:b volumeAttributes:{s
    core.v1.Capabilities add:[s drop:[s
    core.v1.CephFSPersistentVolumeSource monitors!:[s path:s readOnly:b secretFile:s secretRef:SecretReference user:s
    core.v1.CephFSVolumeSource monitors!:[s path:s readOnly:b secretFile:s secretRef:LocalObjectReference user:s
    core.v1.CinderPersistentVolumeSource fsType:s readOnly:b secretRef:SecretReference volumeID!:s
    core.v1.CinderVolumeSource fsType:s readOnly:b secretRef:LocalObjectReference volumeID!:s
    core.v1.ClientIPConfig timeoutSeconds:i
    core.v1.ClusterTrustBundleProjection labelSelector:meta.v1.LabelSelector name:s optional:b path!:s signerName:s user:i
    core.v1.ConfigMap apiVersion:s binaryData:{y data:{s immutable:b kind:s metadata:meta.v1.ObjectMeta
    core.v1.ConfigMapEnvSource name:s optional:b
    core.v1.ConfigMapKeySelector key!:s name:s optional:b
    core.v1.ConfigMapList apiVersion:s items!:[ConfigMap kind:s metadata:meta.v1.ListMeta
    core.v1.ConfigMapNodeConfigSource kubeletConfigKey!:s name!:s namespace!:s resourceVersion:s uid:s
    core.v1.ConfigMapProjection items:[KeyToPath name:s optional:b
    core.v1.ConfigMapVolumeSource defaultMode:i defaultUser:i items:[KeyToPath name:s optional:b
    core.v1.Container args:[s command:[s env:[EnvVar envFrom:[EnvFromSource image:s imagePullPolicy:s lifecycle:Lifecycle livenessProbe:Probe name!:s ports:[ContainerPort readinessProbe:Probe resizePolicy:[ContainerResizePolicy resources:ResourceRequirements restartPolicy:s restartPolicyRules:[ContainerRestartRule securityContext:SecurityContext startupProbe:Probe stdin:b stdinOnce:b terminationMessagePath:s terminationMessagePolicy:s tty:b volumeDevices:[VolumeDevice volumeMounts:[VolumeMount workingDir:s
    core.v1.ContainerExtendedResourceRequest containerName!:s requestName!:s resourceName!:s
    core.v1.ContainerImage names:[s sizeBytes:l
    core.v1.ContainerPort containerPort!:i hostIP:s hostPort:i name:s protocol:s
    core.v1.ContainerResizePolicy resourceName!:s restartPolicy!:s
    core.v1.ContainerRestartRule action!:s exitCodes:ContainerRestartRuleOnExitCodes
    core.v1.ContainerRestartRuleOnExitCodes operator!:s values:[i
    core.v1.ContainerState running:ContainerStateRunning terminated:ContainerStateTerminated waiting:ContainerStateWaiting
    core.v1.ContainerStateRunning startedAt:t
    core.v1.ContainerStateTerminated containerID:s exitCode!:i finishedAt:t message:s reason:s signal:i startedAt:t
    core.v1.ContainerStateWaiting message:s reason:s
    core.v1.ContainerStatus allocatedResources:{q allocatedResourcesStatus:[ResourceStatus containerID:s image!:s imageID!:s lastState:ContainerState name!:s ready!:b resources:ResourceRequirements restartCount!:i started:b state:ContainerState stopSignal:s user:ContainerUser volumeMounts:[VolumeMountStatus
    core.v1.ContainerUser linux:LinuxContainerUser
    core.v1.DaemonEndpoint Port!:i
    core.v1.DownwardAPIProjection items:[DownwardAPIVolumeFile
    core.v1.DownwardAPIVolumeFile fieldRef:ObjectFieldSelector mode:i path!:s resourceFieldRef:ResourceFieldSelector user:i
    core.v1.DownwardAPIVolumeSource defaultMode:i defaultUser:i items:[DownwardAPIVolumeFile
    core.v1.EmptyDirVolumeSource medium:s mode:i sizeLimit:q
    core.v1.EndpointAddress hostname:s ip!:s nodeName:s targetRef:ObjectReference
    core.v1.EndpointPort appProtocol:s name:s port!:i protocol:s
    core.v1.EndpointSubset addresses:[EndpointAddress notReadyAddresses:[EndpointAddress ports:[EndpointPort
    core.v1.Endpoints apiVersion:s kind:s metadata:meta.v1.ObjectMeta subsets:[EndpointSubset
    core.v1.EndpointsList apiVersion:s items!:[Endpoints kind:s metadata:meta.v1.ListMeta
    core.v1.EnvFromSource configMapRef:ConfigMapEnvSource prefix:s secretRef:SecretEnvSource
    core.v1.EnvVar name!:s value:s valueFrom:EnvVarSource
    core.v1.EnvVarSource configMapKeyRef:ConfigMapKeySelector fieldRef:ObjectFieldSelector fileKeyRef:FileKeySelector resourceFieldRef:ResourceFieldSelector secretKeyRef:SecretKeySelector
    core.v1.EphemeralContainer args:[s command:[s env:[EnvVar envFrom:[EnvFromSource image:s imagePullPolicy:s lifecycle:Lifecycle livenessProbe:Probe name!:s ports:[ContainerPort readinessProbe:Probe resizePolicy:[ContainerResizePolicy resources:ResourceRequirements restartPolicy:s restartPolicyRules:[ContainerRestartRule securityContext:SecurityContext startupProbe:Probe stdin:b stdinOnce:b targetContainerName:s terminationMessagePath:s terminationMessagePolicy:s tty:b volumeDevices:[VolumeDevice volumeMounts:[VolumeMount workingDir:s
    core.v1.EphemeralVolumeSource volumeClaimTemplate:PersistentVolumeClaimTemplate
    core.v1.Event action:s apiVersion:s count:i eventTime:u firstTimestamp:t involvedObject!:ObjectReference kind:s lastTimestamp:t message:s metadata!:meta.v1.ObjectMeta reason:s related:ObjectReference reportingComponent:s reportingInstance:s series:EventSeries source:EventSource type:s
    core.v1.EventList apiVersion:s items!:[Event kind:s metadata:meta.v1.ListMeta
    core.v1.EventSeries count:i lastObservedTime:u
    core.v1.EventSource component:s host:s
    core.v1.EvictionResponder name!:s priority!:i
    core.v1.ExecAction command:[s
    core.v1.FCVolumeSource fsType:s lun:i readOnly:b targetWWNs:[s wwids:[s
    core.v1.FileKeySelector key!:s optional:b path!:s volumeName!:s
    core.v1.FlexPersistentVolumeSource driver!:s fsType:s options:{s readOnly:b secretRef:SecretReference
    core.v1.FlexVolumeSource driver!:s fsType:s options:{s readOnly:b secretRef:LocalObjectReference
    core.v1.FlockerVolumeSource datasetName:s datasetUUID:s
    core.v1.GCEPersistentDiskVolumeSource fsType:s partition:i pdName!:s readOnly:b
    core.v1.GRPCAction mode:s port!:i service:s
    core.v1.GitRepoVolumeSource directory:s repository!:s revision:s
    core.v1.GlusterfsPersistentVolumeSource endpoints!:s endpointsNamespace:s path!:s readOnly:b
    core.v1.GlusterfsVolumeSource endpoints!:s path!:s readOnly:b
    core.v1.HTTPGetAction host:s httpHeaders:[HTTPHeader path:s port!:x protocol:s scheme:s
    core.v1.HTTPHeader name!:s value!:s
    core.v1.HostAlias hostnames:[s ip!:s
    core.v1.HostIP ip!:s
    core.v1.HostPathVolumeSource path!:s type:s
    core.v1.ISCSIPersistentVolumeSource chapAuthDiscovery:b chapAuthSession:b fsType:s initiatorName:s iqn!:s iscsiInterface:s lun!:i portals:[s readOnly:b secretRef:SecretReference targetPortal!:s
    core.v1.ISCSIVolumeSource chapAuthDiscovery:b chapAuthSession:b fsType:s initiatorName:s iqn!:s iscsiInterface:s lun!:i portals:[s readOnly:b secretRef:LocalObjectReference targetPortal!:s
    core.v1.ImageVolumeSource pullPolicy:s reference:s
    core.v1.ImageVolumeStatus imageRef!:s
    core.v1.KeyToPath key!:s mode:i path!:s user:i
    core.v1.Lifecycle postStart:LifecycleHandler preStop:LifecycleHandler stopSignal:s
    core.v1.LifecycleHandler exec:ExecAction httpGet:HTTPGetAction sleep:SleepAction tcpSocket:TCPSocketAction
    core.v1.LimitRange apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:LimitRangeSpec
    core.v1.LimitRangeItem default:{q defaultRequest:{q max:{q maxLimitRequestRatio:{q min:{q type!:s
    core.v1.LimitRangeList apiVersion:s items!:[LimitRange kind:s metadata:meta.v1.ListMeta
    core.v1.LimitRangeSpec limits!:[LimitRangeItem
    core.v1.LinuxContainerUser gid!:l supplementalGroups:[l uid!:l
    core.v1.LoadBalancerIngress hostname:s ip:s ipMode:s ports:[PortStatus
    core.v1.LoadBalancerStatus ingress:[LoadBalancerIngress
    core.v1.LocalObjectReference name:s
    core.v1.LocalVolumeSource fsType:s path!:s
    core.v1.ModifyVolumeStatus status!:s targetVolumeAttributesClassName:s
    core.v1.NFSVolumeSource path!:s readOnly:b server!:s
    core.v1.Namespace apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:NamespaceSpec status:NamespaceStatus
    core.v1.NamespaceCondition lastTransitionTime:t message:s reason:s status!:s type!:s
    core.v1.NamespaceList apiVersion:s items!:[Namespace kind:s metadata:meta.v1.ListMeta
    core.v1.NamespaceSpec finalizers:[s
    core.v1.NamespaceStatus conditions:[NamespaceCondition phase:s
    core.v1.Node apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:NodeSpec status:NodeStatus
    core.v1.NodeAddress address!:s type!:s
    core.v1.NodeAffinity preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
    core.v1.NodeAllocatableMappedResources name!:s quantity!:s
    core.v1.NodeAllocatableOverheadResources name!:s perContainer:s perPod:s
    core.v1.NodeAllocatableResourceClaimStatus containers:[s mapping:[NodeAllocatableMappedResources overhead:[NodeAllocatableOverheadResources resourceClaimName!:s
    core.v1.NodeCondition lastHeartbeatTime:t lastTransitionTime:t message:s reason:s status!:s type!:s
    core.v1.NodeConfigSource configMap:ConfigMapNodeConfigSource
    core.v1.NodeConfigStatus active:NodeConfigSource assigned:NodeConfigSource error:s lastKnownGood:NodeConfigSource
    core.v1.NodeDaemonEndpoints kubeletEndpoint:DaemonEndpoint
    core.v1.NodeFeatures supplementalGroupsPolicy:b
    core.v1.NodeList apiVersion:s items!:[Node kind:s metadata:meta.v1.ListMeta
    core.v1.NodePodPreemptionPolicy disableResizePreemption:[s
    core.v1.NodeRuntimeHandler features:NodeRuntimeHandlerFeatures name:s
    core.v1.NodeRuntimeHandlerFeatures recursiveReadOnlyMounts:b userNamespaces:b
    core.v1.NodeSelector nodeSelectorTerms!:[NodeSelectorTerm
    core.v1.NodeSelectorRequirement key!:s operator!:s values:[s
    core.v1.NodeSelectorTerm matchExpressions:[NodeSelectorRequirement matchFields:[NodeSelectorRequirement
    core.v1.NodeSpec configSource:NodeConfigSource externalID:s podCIDR:s podCIDRs:[s podPreemptionPolicy:NodePodPreemptionPolicy providerID:s taints:[Taint unschedulable:b
    core.v1.NodeStatus addresses:[NodeAddress allocatable:{q capacity:{q conditions:[NodeCondition config:NodeConfigStatus daemonEndpoints:NodeDaemonEndpoints declaredFeatures:[s features:NodeFeatures images:[ContainerImage nodeInfo:NodeSystemInfo phase:s runtimeHandlers:[NodeRuntimeHandler volumesAttached:[AttachedVolume volumesInUse:[s
    core.v1.NodeSwapStatus capacity:l
    core.v1.NodeSystemInfo architecture!:s bootID!:s containerRuntimeVersion!:s kernelVersion!:s kubeProxyVersion!:s kubeletVersion!:s machineID!:s operatingSystem!:s osImage!:s runningInUserNamespace:b swap:NodeSwapStatus systemUUID!:s
    core.v1.ObjectFieldSelector apiVersion:s fieldPath!:s
    core.v1.ObjectReference apiVersion:s fieldPath:s kind:s name:s namespace:s resourceVersion:s uid:s
    core.v1.PersistentVolume apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:PersistentVolumeSpec status:PersistentVolumeStatus
    core.v1.PersistentVolumeClaim apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
    core.v1.PersistentVolumeClaimCondition lastProbeTime:t lastTransitionTime:t message:s reason:s status!:s type!:s
    core.v1.PersistentVolumeClaimList apiVersion:s items!:[PersistentVolumeClaim kind:s metadata:meta.v1.ListMeta
    core.v1.PersistentVolumeClaimSpec accessModes:[s dataSource:TypedLocalObjectReference dataSourceRef:TypedObjectReference resources:VolumeResourceRequirements selector:meta.v1.LabelSelector storageClassName:s volumeAttributesClassName:s volumeMode:s volumeName:s
    core.v1.PersistentVolumeClaimStatus accessModes:[s allocatedResourceStatuses:{s allocatedResources:{q capacity:{q conditions:[PersistentVolumeClaimCondition currentVolumeAttributesClassName:s healthStatus:VolumeHealthStatus modifyVolumeStatus:ModifyVolumeStatus phase:s
    core.v1.PersistentVolumeClaimTemplate metadata:meta.v1.ObjectMeta spec!:PersistentVolumeClaimSpec
    core.v1.PersistentVolumeClaimVolumeSource claimName!:s readOnly:b
    core.v1.PersistentVolumeList apiVersion:s items!:[PersistentVolume kind:s metadata:meta.v1.ListMeta
    core.v1.PersistentVolumeSpec accessModes:[s awsElasticBlockStore:AWSElasticBlockStoreVolumeSource azureDisk:AzureDiskVolumeSource azureFile:AzureFilePersistentVolumeSource capacity:{q cephfs:CephFSPersistentVolumeSource cinder:CinderPersistentVolumeSource claimRef:ObjectReference csi:CSIPersistentVolumeSource fc:FCVolumeSource flexVolume:FlexPersistentVolumeSource flocker:FlockerVolumeSource gcePersistentDisk:GCEPersistentDiskVolumeSource glusterfs:GlusterfsPersistentVolumeSource hostPath:HostPathVolumeSource iscsi:ISCSIPersistentVolumeSource local:LocalVolumeSource mountOptions:[s nfs:NFSVolumeSource nodeAffinity:VolumeNodeAffinity persistentVolumeReclaimPolicy:s photonPersistentDisk:PhotonPersistentDiskVolumeSource portworxVolume:PortworxVolumeSource quobyte:QuobyteVolumeSource rbd:RBDPersistentVolumeSource scaleIO:ScaleIOPersistentVolumeSource storageClassName:s storageos:StorageOSPersistentVolumeSource volumeAttributesClassName:s volumeMode:s vsphereVolume:VsphereVirtualDiskVolumeSource
    core.v1.PersistentVolumeStatus lastPhaseTransitionTime:t message:s phase:s reason:s
    core.v1.PhotonPersistentDiskVolumeSource fsType:s pdID!:s
    core.v1.Pod apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:PodSpec status:PodStatus
    core.v1.PodAffinity preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm
    core.v1.PodAffinityTerm labelSelector:meta.v1.LabelSelector matchLabelKeys:[s mismatchLabelKeys:[s namespaceSelector:meta.v1.LabelSelector namespaces:[s topologyKey!:s
    core.v1.PodAntiAffinity preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm
    core.v1.PodCertificateProjection certificateChainPath:s credentialBundlePath:s keyPath:s keyType!:s maxExpirationSeconds:i signerName!:s user:i userAnnotations:{s
    core.v1.PodCondition lastProbeTime:t lastTransitionTime:t message:s observedGeneration:l reason:s status!:s type!:s
    core.v1.PodDNSConfig nameservers:[s options:[PodDNSConfigOption searches:[s
    core.v1.PodDNSConfigOption name:s value:s
    core.v1.PodExtendedResourceClaimStatus requestMappings!:[ContainerExtendedResourceRequest resourceClaimName!:s
    core.v1.PodIP ip!:s
    core.v1.PodList apiVersion:s items!:[Pod kind:s metadata:meta.v1.ListMeta
    core.v1.PodOS name!:s
    core.v1.PodReadinessGate conditionType!:s
    core.v1.PodResourceClaim name!:s resourceClaimName:s resourceClaimTemplateName:s
    core.v1.PodResourceClaimStatus name!:s resourceClaimName:s
    core.v1.PodSchedulingGate name!:s
    core.v1.PodSchedulingGroup podGroupName:s
    core.v1.PodSecurityContext appArmorProfile:AppArmorProfile fsGroup:l fsGroupChangePolicy:s runAsGroup:l runAsNonRoot:b runAsUser:l seLinuxChangePolicy:s seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile supplementalGroups:[l supplementalGroupsPolicy:s sysctls:[Sysctl windowsOptions:WindowsSecurityContextOptions
    core.v1.PodSpec activeDeadlineSeconds:l affinity:Affinity automountServiceAccountToken:b containers!:[Container dnsConfig:PodDNSConfig dnsPolicy:s enableServiceLinks:b ephemeralContainers:[EphemeralContainer evictionResponders:[EvictionResponder hostAliases:[HostAlias hostIPC:b hostNetwork:b hostPID:b hostUsers:b hostname:s hostnameOverride:s imagePullSecrets:[LocalObjectReference initContainers:[Container nodeName:s nodeSelector:{s os:PodOS overhead:{q preemptionPolicy:s priority:i priorityClassName:s readinessGates:[PodReadinessGate resourceClaims:[PodResourceClaim resources:ResourceRequirements restartPolicy:s runtimeClassName:s schedulerName:s schedulingGates:[PodSchedulingGate schedulingGroup:PodSchedulingGroup securityContext:PodSecurityContext serviceAccount:s serviceAccountName:s setHostnameAsFQDN:b shareProcessNamespace:b subdomain:s terminationGracePeriodSeconds:l tolerations:[Toleration topologySpreadConstraints:[TopologySpreadConstraint volumes:[Volume
    core.v1.PodStatus allocatedResources:{q conditions:[PodCondition containerStatuses:[ContainerStatus ephemeralContainerStatuses:[ContainerStatus extendedResourceClaimStatus:PodExtendedResourceClaimStatus hostIP:s hostIPs:[HostIP initContainerStatuses:[ContainerStatus message:s nodeAllocatableResourceClaimStatuses:[NodeAllocatableResourceClaimStatus nominatedNodeName:s observedGeneration:l phase:s podIP:s podIPs:[PodIP qosClass:s reason:s resize:s resourceClaimStatuses:[PodResourceClaimStatus resources:ResourceRequirements startTime:t volumeHealth:[PodVolumeHealth
    core.v1.PodTemplate apiVersion:s kind:s metadata:meta.v1.ObjectMeta template:PodTemplateSpec
    core.v1.PodTemplateList apiVersion:s items!:[PodTemplate kind:s metadata:meta.v1.ListMeta
    core.v1.PodTemplateSpec metadata:meta.v1.ObjectMeta spec:PodSpec
    core.v1.PodVolumeHealth healthConditions:[VolumeHealthCondition lastTransitionTime:t name!:s
    core.v1.PortStatus error:s port!:i protocol!:s
    core.v1.PortworxVolumeSource fsType:s readOnly:b volumeID!:s
    core.v1.PreferredSchedulingTerm preference!:NodeSelectorTerm weight!:i
    core.v1.Probe exec:ExecAction failureThreshold:i grpc:GRPCAction httpGet:HTTPGetAction initialDelaySeconds:i periodSeconds:i successThreshold:i tcpSocket:TCPSocketAction terminationGracePeriodSeconds:l timeoutSeconds:i
    core.v1.ProjectedVolumeSource defaultMode:i defaultUser:i sources:[VolumeProjection
    core.v1.QuobyteVolumeSource group:s readOnly:b registry!:s tenant:s user:s volume!:s
    core.v1.RBDPersistentVolumeSource fsType:s image!:s keyring:s monitors!:[s pool:s readOnly:b secretRef:SecretReference user:s
    core.v1.RBDVolumeSource fsType:s image!:s keyring:s monitors!:[s pool:s readOnly:b secretRef:LocalObjectReference user:s
    core.v1.ReplicationController apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:ReplicationControllerSpec status:ReplicationControllerStatus
    core.v1.ReplicationControllerCondition lastTransitionTime:t message:s reason:s status!:s type!:s
    core.v1.ReplicationControllerList apiVersion:s items!:[ReplicationController kind:s metadata:meta.v1.ListMeta
    core.v1.ReplicationControllerSpec minReadySeconds:i replicas:i selector:{s template:PodTemplateSpec
    core.v1.ReplicationControllerStatus availableReplicas:i conditions:[ReplicationControllerCondition fullyLabeledReplicas:i observedGeneration:l readyReplicas:i replicas!:i
    core.v1.ResourceClaim name!:s request:s
    core.v1.ResourceFieldSelector containerName:s divisor:q resource!:s
    core.v1.ResourceHealth health:s message:s resourceID!:s
    core.v1.ResourceQuota apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:ResourceQuotaSpec status:ResourceQuotaStatus
    core.v1.ResourceQuotaList apiVersion:s items!:[ResourceQuota kind:s metadata:meta.v1.ListMeta
    core.v1.ResourceQuotaSpec hard:{q scopeSelector:ScopeSelector scopes:[s
    core.v1.ResourceQuotaStatus hard:{q used:{q
    core.v1.ResourceRequirements claims:[ResourceClaim limits:{q requests:{q
    core.v1.ResourceStatus name!:s resources:[ResourceHealth
    core.v1.SELinuxOptions level:s role:s type:s user:s
    core.v1.ScaleIOPersistentVolumeSource fsType:s gateway!:s protectionDomain:s readOnly:b secretRef!:SecretReference sslEnabled:b storageMode:s storagePool:s system!:s volumeName:s
    core.v1.ScaleIOVolumeSource fsType:s gateway!:s protectionDomain:s readOnly:b secretRef!:LocalObjectReference sslEnabled:b storageMode:s storagePool:s system!:s volumeName:s
    core.v1.ScopeSelector matchExpressions:[ScopedResourceSelectorRequirement
    core.v1.ScopedResourceSelectorRequirement operator!:s scopeName!:s values:[s
    core.v1.SeccompProfile localhostProfile:s type!:s
    core.v1.Secret apiVersion:s data:{y immutable:b kind:s metadata:meta.v1.ObjectMeta stringData:{s type:s
    core.v1.SecretEnvSource name:s optional:b
    core.v1.SecretKeySelector key!:s name:s optional:b
    core.v1.SecretList apiVersion:s items!:[Secret kind:s metadata:meta.v1.ListMeta
    core.v1.SecretProjection items:[KeyToPath name:s optional:b
    core.v1.SecretReference name:s namespace:s
    core.v1.SecretVolumeSource defaultMode:i defaultUser:i items:[KeyToPath optional:b secretName:s
    core.v1.SecurityContext allowPrivilegeEscalation:b appArmorProfile:AppArmorProfile capabilities:Capabilities privileged:b procMount:s readOnlyRootFilesystem:b runAsGroup:l runAsNonRoot:b runAsUser:l seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile windowsOptions:WindowsSecurityContextOptions
    core.v1.Service apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:ServiceSpec status:ServiceStatus
    core.v1.ServiceAccount apiVersion:s automountServiceAccountToken:b imagePullSecrets:[LocalObjectReference kind:s metadata:meta.v1.ObjectMeta secrets:[ObjectReference
    core.v1.ServiceAccountList apiVersion:s items!:[ServiceAccount kind:s metadata:meta.v1.ListMeta
    core.v1.ServiceAccountTokenProjection audience:s expirationSeconds:l path!:s user:i
    core.v1.ServiceList apiVersion:s items!:[Service kind:s metadata:meta.v1.ListMeta
    core.v1.ServicePort appProtocol:s name:s nodePort:i port!:i protocol:s targetPort:x
    core.v1.ServiceSpec allocateLoadBalancerNodePorts:b clusterIP:s clusterIPs:[s externalIPs:[s externalName:s externalTrafficPolicy:s healthCheckNodePort:i internalTrafficPolicy:s ipFamilies:[s ipFamilyPolicy:s loadBalancerClass:s loadBalancerIP:s loadBalancerSourceRanges:[s ports:[ServicePort publishNotReadyAddresses:b selector:{s sessionAffinity:s sessionAffinityConfig:SessionAffinityConfig trafficDistribution:s type:s
    core.v1.ServiceStatus conditions:[meta.v1.Condition loadBalancer:LoadBalancerStatus
    core.v1.SessionAffinityConfig clientIP:ClientIPConfig
    core.v1.SleepAction seconds!:l
    core.v1.StorageOSPersistentVolumeSource fsType:s readOnly:b secretRef:ObjectReference volumeName:s volumeNamespace:s
    core.v1.StorageOSVolumeSource fsType:s readOnly:b secretRef:LocalObjectReference volumeName:s volumeNamespace:s
    core.v1.Sysctl name!:s value!:s
    core.v1.TCPSocketAction host:s port!:x
    core.v1.Taint effect!:s key!:s timeAdded:t value:s
    core.v1.Toleration effect:s key:s operator:s tolerationSeconds:l value:s
    core.v1.TopologySelectorLabelRequirement key!:s values!:[s
    core.v1.TopologySelectorTerm matchLabelExpressions:[TopologySelectorLabelRequirement
    core.v1.TopologySpreadConstraint labelSelector:meta.v1.LabelSelector matchLabelKeys:[s maxSkew!:i minDomains:i nodeAffinityPolicy:s nodeTaintsPolicy:s topologyKey!:s whenUnsatisfiable!:s
    core.v1.TypedLocalObjectReference apiGroup:s kind!:s name!:s
    core.v1.TypedObjectReference apiGroup:s kind!:s name!:s namespace:s
    core.v1.Volume awsElasticBlockStore:AWSElasticBlockStoreVolumeSource azureDisk:AzureDiskVolumeSource azureFile:AzureFileVolumeSource cephfs:CephFSVolumeSource cinder:CinderVolumeSource configMap:ConfigMapVolumeSource csi:CSIVolumeSource downwardAPI:DownwardAPIVolumeSource emptyDir:EmptyDirVolumeSource ephemeral:EphemeralVolumeSource fc:FCVolumeSource flexVolume:FlexVolumeSource flocker:FlockerVolumeSource gcePersistentDisk:GCEPersistentDiskVolumeSource gitRepo:GitRepoVolumeSource glusterfs:GlusterfsVolumeSource hostPath:HostPathVolumeSource image:ImageVolumeSource iscsi:ISCSIVolumeSource name!:s nfs:NFSVolumeSource persistentVolumeClaim:PersistentVolumeClaimVolumeSource photonPersistentDisk:PhotonPersistentDiskVolumeSource portworxVolume:PortworxVolumeSource projected:ProjectedVolumeSource quobyte:QuobyteVolumeSource rbd:RBDVolumeSource scaleIO:ScaleIOVolumeSource secret:SecretVolumeSource storageos:StorageOSVolumeSource vsphereVolume:VsphereVirtualDiskVolumeSource
    core.v1.VolumeDevice devicePath!:s name!:s
    core.v1.VolumeHealthCondition message:s reason!:s status!:s
    core.v1.VolumeHealthStatus healthConditions:[VolumeHealthCondition lastTransitionTime:t
    core.v1.VolumeMount bindMountOptions:[s mountPath!:s mountPropagation:s name!:s readOnly:b recursiveReadOnly:s subPath:s subPathExpr:s
    core.v1.VolumeMountStatus mountPath!:s name!:s readOnly:b recursiveReadOnly:s volumeStatus:VolumeStatus
    core.v1.VolumeNodeAffinity required:NodeSelector
    core.v1.VolumeProjection clusterTrustBundle:ClusterTrustBundleProjection configMap:ConfigMapProjection downwardAPI:DownwardAPIProjection podCertificate:PodCertificateProjection secret:SecretProjection serviceAccountToken:ServiceAccountTokenProjection
    core.v1.VolumeResourceRequirements limits:{q requests:{q
    core.v1.VolumeStatus image:ImageVolumeStatus
    core.v1.VsphereVirtualDiskVolumeSource fsType:s storagePolicyID:s storagePolicyName:s volumePath!:s
    core.v1.WeightedPodAffinityTerm podAffinityTerm!:PodAffinityTerm weight!:i
    core.v1.WindowsSecurityContextOptions gmsaCredentialSpec:s gmsaCredentialSpecName:s hostProcess:b runAsUserName:s
    discovery.v1.Endpoint addresses!:[s conditions:EndpointConditions deprecatedTopology:{s hints:EndpointHints hostname:s nodeName:s targetRef:core.v1.ObjectReference zone:s
    discovery.v1.EndpointConditions ready:b serving:b terminating:b
    discovery.v1.EndpointHints forNodes:[ForNode forZones:[ForZone
    discovery.v1.EndpointPort appProtocol:s name:s port:i protocol:s
    discovery.v1.EndpointSlice addressType!:s apiVersion:s endpoints:[Endpoint kind:s metadata:meta.v1.ObjectMeta ports:[EndpointPort
    discovery.v1.EndpointSliceList apiVersion:s items!:[EndpointSlice kind:s metadata:meta.v1.ListMeta
    discovery.v1.ForNode name!:s
    discovery.v1.ForZone name!:s
    events.v1.Event action:s apiVersion:s deprecatedCount:i deprecatedFirstTimestamp:t deprecatedLastTimestamp:t deprecatedSource:core.v1.EventSource eventTime!:u kind:s metadata:meta.v1.ObjectMeta note:s reason:s regarding:core.v1.ObjectReference related:core.v1.ObjectReference reportingController:s reportingInstance:s series:EventSeries type:s
    events.v1.EventList apiVersion:s items!:[Event kind:s metadata:meta.v1.ListMeta
    events.v1.EventSeries count!:i lastObservedTime!:u
    meta.v1.Condition lastTransitionTime!:t message!:s observedGeneration:l reason!:s status!:s type!:s
    meta.v1.DeleteOptions apiVersion:s dryRun:[s gracePeriodSeconds:l ignoreStoreReadErrorWithClusterBreakingPotential:b kind:s orphanDependents:b preconditions:Preconditions propagationPolicy:s
    meta.v1.LabelSelector matchExpressions:[LabelSelectorRequirement matchLabels:{s
    meta.v1.LabelSelectorRequirement key!:s operator!:s values:[s
    meta.v1.ListMeta continue:s remainingItemCount:l resourceVersion:s selfLink:s shardInfo:ShardInfo
    meta.v1.ManagedFieldsEntry apiVersion:s fieldsType:s fieldsV1:f manager:s operation:s subresource:s time:t
    meta.v1.ObjectMeta annotations:{s creationTimestamp:t deletionGracePeriodSeconds:l deletionTimestamp:t finalizers:[s generateName:s generation:l labels:{s managedFields:[ManagedFieldsEntry name:s namespace:s ownerReferences:[OwnerReference resourceVersion:s selfLink:s uid:s
    meta.v1.OwnerReference apiVersion!:s blockOwnerDeletion:b controller:b kind!:s name!:s uid!:s
    meta.v1.Preconditions resourceVersion:s uid:s
    meta.v1.ShardInfo selector!:s
    meta.v1.Status apiVersion:s code:i details:StatusDetails kind:s message:s metadata:ListMeta reason:s status:s
    meta.v1.StatusCause field:s message:s reason:s
    meta.v1.StatusDetails causes:[StatusCause group:s kind:s name:s retryAfterSeconds:i uid:s
    meta.v1.WatchEvent object!:r type!:s
    networking.v1.HTTPIngressPath backend!:IngressBackend path:s pathType!:s
    networking.v1.HTTPIngressRuleValue paths!:[HTTPIngressPath
    networking.v1.IPAddress apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:IPAddressSpec
    networking.v1.IPAddressList apiVersion:s items!:[IPAddress kind:s metadata:meta.v1.ListMeta
    networking.v1.IPAddressSpec parentRef!:ParentReference
    networking.v1.IPBlock cidr!:s except:[s
    networking.v1.Ingress apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:IngressSpec status:IngressStatus
    networking.v1.IngressBackend resource:core.v1.TypedLocalObjectReference service:IngressServiceBackend
    networking.v1.IngressClass apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:IngressClassSpec
    networking.v1.IngressClassList apiVersion:s items!:[IngressClass kind:s metadata:meta.v1.ListMeta
    networking.v1.IngressClassParametersReference apiGroup:s kind!:s name!:s namespace:s scope:s
    networking.v1.IngressClassSpec controller:s parameters:IngressClassParametersReference
    networking.v1.IngressList apiVersion:s items!:[Ingress kind:s metadata:meta.v1.ListMeta
    networking.v1.IngressLoadBalancerIngress hostname:s ip:s ports:[IngressPortStatus
    networking.v1.IngressLoadBalancerStatus ingress:[IngressLoadBalancerIngress
    networking.v1.IngressPortStatus error:s port!:i protocol!:s
    networking.v1.IngressRule host:s http:HTTPIngressRuleValue
    networking.v1.IngressServiceBackend name!:s port:ServiceBackendPort
    networking.v1.IngressSpec defaultBackend:IngressBackend ingressClassName:s rules:[IngressRule tls:[IngressTLS
    networking.v1.IngressStatus loadBalancer:IngressLoadBalancerStatus
    networking.v1.IngressTLS hosts:[s secretName:s
    networking.v1.NetworkPolicy apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:NetworkPolicySpec
    networking.v1.NetworkPolicyEgressRule ports:[NetworkPolicyPort to:[NetworkPolicyPeer
    networking.v1.NetworkPolicyIngressRule from:[NetworkPolicyPeer ports:[NetworkPolicyPort
    networking.v1.NetworkPolicyList apiVersion:s items!:[NetworkPolicy kind:s metadata:meta.v1.ListMeta
    networking.v1.NetworkPolicyPeer ipBlock:IPBlock namespaceSelector:meta.v1.LabelSelector podSelector:meta.v1.LabelSelector
    networking.v1.NetworkPolicyPort endPort:i port:x protocol:s
    networking.v1.NetworkPolicySpec egress:[NetworkPolicyEgressRule ingress:[NetworkPolicyIngressRule podSelector:meta.v1.LabelSelector policyTypes:[s
    networking.v1.ParentReference group:s name!:s namespace:s resource!:s
    networking.v1.ServiceBackendPort name:s number:i
    networking.v1.ServiceCIDR apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:ServiceCIDRSpec status:ServiceCIDRStatus
    networking.v1.ServiceCIDRList apiVersion:s items!:[ServiceCIDR kind:s metadata:meta.v1.ListMeta
    networking.v1.ServiceCIDRSpec cidrs:[s
    networking.v1.ServiceCIDRStatus conditions:[meta.v1.Condition
    node.v1.Overhead podFixed:{q
    node.v1.RuntimeClass apiVersion:s handler!:s kind:s metadata:meta.v1.ObjectMeta overhead:Overhead scheduling:Scheduling
    node.v1.RuntimeClassList apiVersion:s items!:[RuntimeClass kind:s metadata:meta.v1.ListMeta
    node.v1.Scheduling nodeSelector:{s tolerations:[core.v1.Toleration
    policy.v1.Eviction apiVersion:s deleteOptions:meta.v1.DeleteOptions kind:s metadata:meta.v1.ObjectMeta
    policy.v1.PodDisruptionBudget apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus
    policy.v1.PodDisruptionBudgetList apiVersion:s items!:[PodDisruptionBudget kind:s metadata:meta.v1.ListMeta
    policy.v1.PodDisruptionBudgetSpec maxUnavailable:x minAvailable:x selector:meta.v1.LabelSelector unhealthyPodEvictionPolicy:s
    policy.v1.PodDisruptionBudgetStatus conditions:[meta.v1.Condition currentHealthy:i desiredHealthy:i disruptedPods:{t disruptionsAllowed:i expectedPods:i observedGeneration:l
    rbac.v1.AggregationRule clusterRoleSelectors:[meta.v1.LabelSelector
    rbac.v1.ClusterRole aggregationRule:AggregationRule apiVersion:s kind:s metadata:meta.v1.ObjectMeta rules:[PolicyRule
    rbac.v1.ClusterRoleBinding apiVersion:s kind:s metadata:meta.v1.ObjectMeta roleRef!:RoleRef subjects:[Subject
    rbac.v1.ClusterRoleBindingList apiVersion:s items!:[ClusterRoleBinding kind:s metadata:meta.v1.ListMeta
    rbac.v1.ClusterRoleList apiVersion:s items!:[ClusterRole kind:s metadata:meta.v1.ListMeta
    rbac.v1.PolicyRule apiGroups:[s nonResourceURLs:[s resourceNames:[s resources:[s verbs!:[s
    rbac.v1.Role apiVersion:s kind:s metadata:meta.v1.ObjectMeta rules:[PolicyRule
    rbac.v1.RoleBinding apiVersion:s kind:s metadata:meta.v1.ObjectMeta roleRef!:RoleRef subjects:[Subject
    rbac.v1.RoleBindingList apiVersion:s items!:[RoleBinding kind:s metadata:meta.v1.ListMeta
    rbac.v1.RoleList apiVersion:s items!:[Role kind:s metadata:meta.v1.ListMeta
    rbac.v1.RoleRef apiGroup:s kind!:s name!:s
    rbac.v1.Subject apiGroup:s kind!:s name!:s namespace:s
    scheduling.v1.PriorityClass apiVersion:s description:s globalDefault:b kind:s metadata:meta.v1.ObjectMeta preemptionPolicy:s value:i
    scheduling.v1.PriorityClassList apiVersion:s items!:[PriorityClass kind:s metadata:meta.v1.ListMeta
    storage.v1.CSIDriver apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:CSIDriverSpec
    storage.v1.CSIDriverList apiVersion:s items!:[CSIDriver kind:s metadata:meta.v1.ListMeta
    storage.v1.CSIDriverSpec attachRequired:b fsGroupPolicy:s nodeAllocatableUpdatePeriodSeconds:l podInfoOnMount:b preventPodSchedulingIfMissing:b requiresRepublish:b seLinuxMount:b serviceAccountTokenInSecrets:b storageCapacity:b tokenRequests:[TokenRequest volumeLifecycleModes:[s
    storage.v1.CSINode apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:CSINodeSpec status:CSINodeStatus
    storage.v1.CSINodeDriver allocatable:VolumeNodeResources name!:s nodeID!:s topologyKeys:[s
    storage.v1.CSINodeList apiVersion:s items!:[CSINode kind:s metadata:meta.v1.ListMeta
    storage.v1.CSINodeSpec drivers!:[CSINodeDriver
    storage.v1.CSINodeStatus storageHealth:[StorageHealth
    storage.v1.CSIStorageCapacity apiVersion:s capacity:q kind:s maximumVolumeSize:q metadata:meta.v1.ObjectMeta nodeTopology:meta.v1.LabelSelector storageClassName!:s
    storage.v1.CSIStorageCapacityList apiVersion:s items!:[CSIStorageCapacity kind:s metadata:meta.v1.ListMeta
    storage.v1.StorageClass allowVolumeExpansion:b allowedTopologies:[core.v1.TopologySelectorTerm apiVersion:s kind:s metadata:meta.v1.ObjectMeta mountOptions:[s parameters:{s provisioner!:s reclaimPolicy:s volumeBindingMode:s
    storage.v1.StorageClassList apiVersion:s items!:[StorageClass kind:s metadata:meta.v1.ListMeta
    storage.v1.StorageHealth healthConditions:[StorageHealthCondition name!:s
    storage.v1.StorageHealthCondition accessMode:s lastTransitionTime:t message:s reason!:s status!:s volumeMode:s
    storage.v1.TokenRequest audience!:s expirationSeconds:l
    storage.v1.VolumeAttachment apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:VolumeAttachmentSpec status:VolumeAttachmentStatus
    storage.v1.VolumeAttachmentList apiVersion:s items!:[VolumeAttachment kind:s metadata:meta.v1.ListMeta
    storage.v1.VolumeAttachmentSource inlineVolumeSpec:core.v1.PersistentVolumeSpec persistentVolumeName:s
    storage.v1.VolumeAttachmentSpec attacher!:s nodeName!:s source!:VolumeAttachmentSource
    storage.v1.VolumeAttachmentStatus attachError:VolumeError attached!:b attachmentMetadata:{s detachError:VolumeError
    storage.v1.VolumeAttributesClass apiVersion:s driverName!:s kind:s metadata:meta.v1.ObjectMeta parameters:{s
    storage.v1.VolumeAttributesClassList apiVersion:s items!:[VolumeAttributesClass kind:s metadata:meta.v1.ListMeta
    storage.v1.VolumeError errorCode:i message:s time:t
    storage.v1.VolumeNodeResources count:i
    """
