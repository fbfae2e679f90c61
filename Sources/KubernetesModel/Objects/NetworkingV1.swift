import JSONText

/// The kinds of `networking.k8s.io/v1`.
public enum NetworkingV1 {
    /// Which packets pods take and send.
    public struct NetworkPolicy: KubernetesResource, Hashable {
        public static let resource = ResourceType.networkPolicies

        public struct Peer: Hashable, Sendable {
            public let pods: LabelSelector?
            public let namespaces: LabelSelector?
            public let block: String
            public let exceptions: [String]
        }

        public struct Port: Hashable, Sendable {
            public let transport: String
            /// `nil` stands for all of the transport.
            public let port: CoreV1.PortName?
            public let end: Int?
        }

        public struct Rule: Hashable, Sendable {
            /// Empty stands for everybody.
            public let peers: [Peer]
            /// Empty stands for every port.
            public let ports: [Port]
        }

        public let metadata: ObjectMetadata
        public let pods: LabelSelector
        public let isolatesIngress: Bool
        public let isolatesEgress: Bool
        public let ingress: [Rule]
        public let egress: [Rule]

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let spec = try ObjectFields(object).optionalFields("spec")
            metadata = try ObjectMetadata(object)
            pods = try spec.selector("podSelector") ?? .everything
            ingress = try spec.list("ingress") { rule throws(ObjectError) in try Rule(rule, "from") }
            egress = try spec.list("egress") { rule throws(ObjectError) in try Rule(rule, "to") }
            let types = try spec.strings("policyTypes")
            isolatesIngress = types.isEmpty || types.contains("Ingress")
            isolatesEgress = types.isEmpty ? !egress.isEmpty : types.contains("Egress")
        }
    }
}

extension NetworkingV1.NetworkPolicy.Rule {
    fileprivate init(_ rule: ObjectFields, _ side: String) throws(ObjectError) {
        peers = try rule.list(side) { peer throws(ObjectError) in
            let block = try peer.fields("ipBlock")
            let result = NetworkingV1.NetworkPolicy.Peer(
                pods: try peer.selector("podSelector"),
                namespaces: try peer.selector("namespaceSelector"),
                block: try block?.text("cidr") ?? "",
                exceptions: try block?.strings("except") ?? []
            )
            // A peer of a kind that is not known here must not be taken for one that picks everything.
            guard result.pods != nil || result.namespaces != nil || !result.block.isEmpty else {
                throw ObjectError(peer.path, "is no peer that is known")
            }
            return result
        }
        ports = try rule.list("ports") { port throws(ObjectError) in
            let transport = try port.text("protocol")
            return NetworkingV1.NetworkPolicy.Port(
                transport: transport.isEmpty ? "TCP" : transport,
                port: try port.portName("port"),
                end: port.value("endPort") == nil ? nil : try port.portNumber("endPort")
            )
        }
    }
}

extension ObjectFields {
    /// A selector of labels; one that cannot be read refuses the object, for read in part it selects too much.
    public func selector(_ name: String) throws(ObjectError) -> LabelSelector? {
        guard let fields = try fields(name) else { return nil }
        let requirements = try fields.list("matchExpressions") { entry throws(ObjectError) in
            let key = try entry.require("key", try entry.string("key"))
            let values = try entry.strings("values")
            switch (try entry.text("operator"), values.isEmpty) {
            case ("In", false): return LabelSelector.Requirement.isIn(key, values)
            case ("NotIn", false): return .isNotIn(key, values)
            case ("Exists", true): return .exists(key)
            case ("DoesNotExist", true): return .doesNotExist(key)
            default: throw ObjectError(entry.path, "is no requirement that is known")
            }
        }
        return LabelSelector(
            matchLabels: try fields.dictionary("matchLabels"),
            matchExpressions: requirements
        )
    }
}
