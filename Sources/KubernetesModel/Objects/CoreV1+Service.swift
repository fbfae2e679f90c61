import JSONText

extension CoreV1 {
    /// A name and an address for the pods that a selector picks.
    public struct Service: KubernetesResource, Hashable {
        public static let resource = ResourceType.services

        public struct Port: Hashable, Sendable {
            public let name: String
            public let port: Int
            public let target: PortName
            public let transport: String
            public let appProtocol: String
        }

        public let metadata: ObjectMetadata
        /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
        public let type: String
        /// `None` for a headless one; both families when there are two.
        public let clusterIPs: [String]
        public let externalName: String
        /// Empty selects nothing.
        public let selector: [String: String]
        public let ports: [Port]

        public var isHeadless: Bool { clusterIPs.first == "None" }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let spec = try ObjectFields(object).optionalFields("spec")
            metadata = try ObjectMetadata(object)
            let type = try spec.text("type")
            self.type = type.isEmpty ? "ClusterIP" : type
            var addresses = try spec.strings("clusterIPs")
            if addresses.isEmpty, let single = try spec.string("clusterIP"), !single.isEmpty {
                addresses = [single]
            }
            clusterIPs = addresses
            externalName = try spec.text("externalName")
            selector = try spec.dictionary("selector")
            ports = try spec.list("ports") { entry throws(ObjectError) in
                let port = try entry.portNumber("port")
                let transport = try entry.text("protocol")
                // Zero is how Go writes a target that was left out.
                let isUnset = entry.value("targetPort")?.int == 0
                return Port(
                    name: try entry.text("name"),
                    port: port,
                    target: isUnset ? .number(port) : try entry.portName("targetPort") ?? .number(port),
                    transport: transport.isEmpty ? "TCP" : transport,
                    appProtocol: try entry.text("appProtocol")
                )
            }
        }
    }
}

/// The kinds of `discovery.k8s.io/v1`.
public enum DiscoveryV1 {
    /// Some of the addresses behind a service.
    public struct EndpointSlice: KubernetesResource, Hashable {
        public static let resource = ResourceType.endpointSlices

        public struct Endpoint: Hashable, Sendable {
            public let addresses: [String]
            /// Not known counts as ready, as the field's documentation asks for.
            public let isReady: Bool
            public let isServing: Bool
            public let isTerminating: Bool
            public let nodeName: String
            /// The pod, if it is one.
            public let podName: String?
            public let zone: String
        }

        public struct Port: Hashable, Sendable {
            public let name: String
            /// `nil` stands for every port.
            public let port: Int?
            public let transport: String
            public let appProtocol: String
        }

        public let metadata: ObjectMetadata
        /// `IPv4`, `IPv6` or `FQDN`.
        public let addressType: String
        public let endpoints: [Endpoint]
        public let ports: [Port]

        /// The service that it belongs to; empty when it says none.
        public var serviceName: String { metadata.labels["kubernetes.io/service-name"] ?? "" }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let fields = ObjectFields(object)
            metadata = try ObjectMetadata(object)
            addressType = try fields.text("addressType")
            endpoints = try fields.list("endpoints") { entry throws(ObjectError) in
                let conditions = try entry.optionalFields("conditions")
                let target = try entry.optionalFields("targetRef")
                let isReady = try conditions.bool("ready") ?? true
                return Endpoint(
                    addresses: try entry.strings("addresses"),
                    isReady: isReady,
                    isServing: try conditions.bool("serving") ?? isReady,
                    isTerminating: try conditions.flag("terminating"),
                    nodeName: try entry.text("nodeName"),
                    podName: try target.text("kind") == "Pod" ? try target.text("name") : nil,
                    zone: try entry.text("zone")
                )
            }
            ports = try fields.list("ports") { entry throws(ObjectError) in
                let transport = try entry.text("protocol")
                return Port(
                    name: try entry.text("name"),
                    port: entry.value("port") == nil ? nil : try entry.portNumber("port"),
                    transport: transport.isEmpty ? "TCP" : transport,
                    appProtocol: try entry.text("appProtocol")
                )
            }
        }
    }
}
