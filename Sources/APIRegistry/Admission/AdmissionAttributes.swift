public import JSONText
public import KubernetesModel
public import RBAC

/// A write as those see it who may refuse or change it.
public struct AdmissionAttributes: Sendable {
    public enum Operation: String, Hashable, Sendable {
        case create = "CREATE"
        case update = "UPDATE"
        case delete = "DELETE"
        case connect = "CONNECT"
    }

    public var operation: Operation
    /// What ``object`` is; of a subresource, such as `autoscaling/v1` Scale, that kind.
    public var kind: GroupVersionKind
    public var resource: ResourceDefinition
    public var subresource: String
    public var namespace: String
    /// Empty while a name is still to be made.
    public var name: String
    /// `nil` for a delete.
    public var object: UnstructuredObject?
    /// `nil` for a create.
    public var oldObject: UnstructuredObject?
    /// CreateOptions and the like, with `kind` and `apiVersion`.
    public var options: JSONValue
    public var isDryRun: Bool
    public var user: UserInfo

    public init(
        operation: Operation,
        kind: GroupVersionKind,
        resource: ResourceDefinition,
        subresource: String = "",
        namespace: String,
        name: String,
        object: UnstructuredObject?,
        oldObject: UnstructuredObject?,
        options: JSONValue,
        isDryRun: Bool,
        user: UserInfo
    ) {
        self.operation = operation
        self.kind = kind
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.object = object
        self.oldObject = oldObject
        self.options = options
        self.isDryRun = isDryRun
        self.user = user
    }

    /// Whether it concerns the configurations of webhooks, which no webhook may hold up.
    public var isWebhookConfiguration: Bool {
        resource.groupVersion.group == "admissionregistration.k8s.io"
            && ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].contains(resource.plural)
    }

    /// Whether it concerns an object of the cluster; a namespace is one although it has a namespace's name.
    var isClusterScoped: Bool { !resource.isNamespaced }
}
