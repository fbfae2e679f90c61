public import KubernetesModel
public import NetworkTypes

/// What a proxy tells the control plane.
public enum ProxyReport: Equatable, Sendable {
    case hello(workload: WorkloadID, softwareVersion: String)
    /// Where the proxy takes what is meant for each of its workload's ports.
    case listening([Port: SocketEndpoint])
    case want(ServiceAddress)
    case unwant(ServiceAddress)
    case acknowledged(ResourceKey, version: UInt64)
    case refused(ResourceKey, version: UInt64, reason: String)
}

extension ProxyReport {
    public init(_ wire: WireProxyMessage) throws(WireError) {
        switch wire.message {
        case .hello(let hello):
            self = .hello(
                workload: try WorkloadID(parsing: hello.workloadID),
                softwareVersion: WireCheck.cut(hello.softwareVersion, to: 64)
            )
        case .listening(let listening):
            self = .listening(try Self.listeners(listening))
        case .want(let want):
            self = .want(try WireCheck.service(want.destination, "destination"))
        case .unwant(let unwant):
            self = .unwant(try WireCheck.service(unwant.destination, "destination"))
        case .ack(let ack):
            self = .acknowledged(try ResourceKey(ack.resource), version: ack.version)
        case .nack(let nack):
            self = .refused(
                try ResourceKey(nack.resource),
                version: nack.version,
                reason: WireCheck.cut(nack.reason, to: WireLimits.reason)
            )
        case nil:
            throw .missing("message")
        }
    }

    private static func listeners(_ wire: WireListening) throws(WireError) -> [Port: SocketEndpoint] {
        var listeners: [Port: SocketEndpoint] = [:]
        for entry in try WireCheck.count(wire.listeners, "listeners", limit: WireLimits.listeners) {
            let port = try WireCheck.port(entry.port, "listeners.port")
            let address = try WireCheck.endpoint(entry.address, "listeners.address")
            guard listeners.updateValue(address, forKey: port) == nil else {
                throw .repeated("listeners.port")
            }
        }
        return listeners
    }

    public var wire: WireProxyMessage {
        var wire = WireProxyMessage()
        switch self {
        case .hello(let workload, let softwareVersion):
            wire.hello.workloadID = workload.text
            wire.hello.softwareVersion = softwareVersion
        case .listening(let listeners):
            wire.listening.listeners = listeners.sorted { $0.key < $1.key }.map { port, address in
                var entry = WireInboundListener()
                entry.port = UInt32(port.number)
                entry.address = address.description
                return entry
            }
        case .want(let destination):
            wire.want.destination = destination.description
        case .unwant(let destination):
            wire.unwant.destination = destination.description
        case .acknowledged(let resource, let version):
            wire.ack.resource = resource.wire
            wire.ack.version = version
        case .refused(let resource, let version, let reason):
            wire.nack.resource = resource.wire
            wire.nack.version = version
            wire.nack.reason = WireCheck.cut(reason, to: WireLimits.reason)
        }
        return wire
    }
}
