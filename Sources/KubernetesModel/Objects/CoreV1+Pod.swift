import JSONText

extension CoreV1 {
    /// A pod, as far as its place in the mesh depends on it.
    public struct Pod: KubernetesResource, Hashable {
        public static let resource = ResourceType.pods

        public let metadata: ObjectMetadata
        /// `default` when the server has not filled it in yet.
        public let serviceAccountName: String
        /// Empty before it is scheduled.
        public let nodeName: String
        /// Whether it has the node's network, and with it the node's address.
        public let usesHostNetwork: Bool
        public let containers: [Container]
        /// The sidecars among them have the restart policy `Always`.
        public let initContainers: [Container]
        /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
        public let phase: String
        /// Both families when there are two; the first is the one that older fields name.
        public let addresses: [String]
        public let conditions: [ObjectCondition]

        public var isReady: Bool { conditions.isTrue("Ready") }

        /// Whether it will never run again, so that its address may be another's.
        public var isOver: Bool { phase == "Succeeded" || phase == "Failed" }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let fields = ObjectFields(object)
            let spec = try fields.optionalFields("spec")
            let status = try fields.optionalFields("status")
            metadata = try ObjectMetadata(object)
            let account = try spec.text("serviceAccountName")
            serviceAccountName = account.isEmpty ? "default" : account
            nodeName = try spec.text("nodeName")
            usesHostNetwork = try spec.flag("hostNetwork")
            containers = try spec.list("containers", Container.init(_:))
            initContainers = try spec.list("initContainers", Container.init(_:))
            phase = try status.text("phase")
            conditions = try ObjectCondition.read(status)
            var addresses = try status.list("podIPs") { entry throws(ObjectError) in try entry.text("ip") }
            if addresses.isEmpty, let single = try status.string("podIP") { addresses = [single] }
            self.addresses = addresses.filter { !$0.isEmpty }
        }
    }

    public struct Container: Hashable, Sendable {
        public struct Port: Hashable, Sendable {
            public let name: String
            public let port: Int
            /// `TCP`, `UDP` or `SCTP`.
            public let transport: String
        }

        /// What the kubelet asks to learn how the container is.
        public enum Probe: Hashable, Sendable {
            case http(port: PortName, path: String, isTLS: Bool)
            case tcp(port: PortName)
            case grpc(port: Int)
            /// A program in the container; nothing comes over the network.
            case command
        }

        public let name: String
        public let image: String
        public let restartPolicy: String
        public let ports: [Port]
        public let liveness: Probe?
        public let readiness: Probe?
        public let startup: Probe?

        init(_ fields: ObjectFields) throws(ObjectError) {
            name = try fields.text("name")
            image = try fields.text("image")
            restartPolicy = try fields.text("restartPolicy")
            ports = try fields.list("ports") { entry throws(ObjectError) in
                let transport = try entry.text("protocol")
                return Port(
                    name: try entry.text("name"),
                    port: try entry.portNumber("containerPort"),
                    transport: transport.isEmpty ? "TCP" : transport
                )
            }
            liveness = try Probe(fields.fields("livenessProbe"))
            readiness = try Probe(fields.fields("readinessProbe"))
            startup = try Probe(fields.fields("startupProbe"))
        }
    }

    /// A port by its number, or by a name that something else gives it (`util/intstr` IntOrString).
    public enum PortName: Hashable, Sendable {
        case number(Int)
        case name(String)
    }
}

extension CoreV1.Container.Probe {
    init?(_ fields: ObjectFields?) throws(ObjectError) {
        guard let fields else { return nil }
        if let http = try fields.fields("httpGet") {
            let path = try http.text("path")
            self = .http(
                port: try http.require("port", try http.portName("port")),
                path: path.isEmpty ? "/" : path,
                isTLS: try http.text("scheme") == "HTTPS"
            )
        } else if let tcp = try fields.fields("tcpSocket") {
            self = .tcp(port: try tcp.require("port", try tcp.portName("port")))
        } else if let grpc = try fields.fields("grpc") {
            self = .grpc(port: try grpc.portNumber("port"))
        } else {
            self = .command
        }
    }
}

extension ObjectFields {
    /// A port that has to be there, from 1 to 65535.
    func portNumber(_ name: String) throws(ObjectError) -> Int {
        let port = try require(name, try int(name))
        guard (1...65_535).contains(port) else { throw ObjectError(path(of: name), "is no port") }
        return port
    }

    func portName(_ name: String) throws(ObjectError) -> CoreV1.PortName? {
        guard let value = value(name) else { return nil }
        if let text = value.string { return .name(text) }
        return .number(try portNumber(name))
    }
}
