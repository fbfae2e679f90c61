import JSONText
public import KubernetesModel
public import NetworkTypes

/// Who hands out the addresses and ports of Services.
public protocol ServiceAllocator {
    /// Takes any free address; `nil` when none is left.
    mutating func takeAddress() -> IPAddress?
    /// Takes one address; false when it is taken. `nil` when it lies outside the range.
    mutating func take(_ address: IPAddress) -> Bool?
    /// Takes any free port of the nodes; `nil` when none is left.
    mutating func takeNodePort() -> Int?
    /// Takes one port; false when it is taken. `nil` when it lies outside the range.
    mutating func take(nodePort: Int) -> Bool?
    /// What the range of addresses is, for messages.
    var range: CIDR { get }
    var nodePorts: ClosedRange<Int> { get }
}

/// The addresses and node ports that the stored Services have, and the ranges they come from.
///
/// A value made from a list of Services: the store's list is the truth, so nothing leaks when a write fails.
public struct ServiceAddressPool: ServiceAllocator, Sendable {
    public let range: CIDR
    public let nodePorts: ClosedRange<Int>
    private var addresses: Set<IPAddress> = []
    private var ports: Set<Int> = []
    private var next: UInt32

    /// The first part of a range of IPv4 addresses, at most 65,536 of them; the first and the last are not handed out.
    ///
    /// `nil` for a range of IPv6, or of fewer than four addresses.
    public init?(
        range: CIDR,
        nodePorts: ClosedRange<Int> = 30000...32767,
        services: some Sequence<UnstructuredObject> = EmptyCollection()
    ) {
        guard range.base.family == .v4, range.prefixLength <= 30 else { return nil }
        self.range = range
        self.nodePorts = nodePorts
        // The beginning is left for addresses that people choose, as Kubernetes does.
        next = UInt32(min(16, (Self.size(of: range) - 2) / 2))
        for service in services { insert(service) }
    }

    private mutating func insert(_ service: UnstructuredObject) {
        if let text = service["spec", "clusterIP"]?.string, let address = try? IPAddress(parsing: text) {
            addresses.insert(address)
        }
        for port in service["spec", "ports"]?.array ?? [] {
            if let number = port["nodePort"]?.int, number != 0 { ports.insert(number) }
        }
        if let number = service["spec", "healthCheckNodePort"]?.int, number != 0 { ports.insert(number) }
    }

    private static func size(of range: CIDR) -> Int { 1 << min(16, 32 - range.prefixLength) }

    public mutating func takeAddress() -> IPAddress? {
        let usable = UInt32(Self.size(of: range) - 2)
        for _ in 0..<usable {
            let offset = next % usable + 1
            next = next &+ 1
            let address = IPAddress(v4: UInt32(truncatingIfNeeded: range.base.low) &+ offset)
            if addresses.insert(address).inserted { return address }
        }
        return nil
    }

    public mutating func take(_ address: IPAddress) -> Bool? {
        guard address.family == .v4, range.contains(address), address != range.base else { return nil }
        return addresses.insert(address).inserted
    }

    public mutating func takeNodePort() -> Int? {
        for port in nodePorts where ports.insert(port).inserted { return port }
        return nil
    }

    public mutating func take(nodePort: Int) -> Bool? {
        guard nodePorts.contains(nodePort) else { return nil }
        return ports.insert(nodePort).inserted
    }
}

/// Gives Services what only the server can give.
public enum ServiceAddresses {
    /// Gives a Service its cluster address and node ports, where its type wants them and it has none.
    ///
    /// The Service has its defaults. For an update, give the stored Service: what it has is its own already.
    public static func assign(
        _ service: inout UnstructuredObject,
        old: UnstructuredObject? = nil,
        from allocator: inout some ServiceAllocator
    ) throws(APIStatus) {
        let type = service["spec", "type"]?.string ?? "ClusterIP"
        guard type != "ExternalName" else {
            for name in ["clusterIP", "clusterIPs"] { service["spec", name] = nil }
            return
        }
        try assignAddress(&service, old, &allocator)
        if type == "NodePort" || type == "LoadBalancer" { try assignPorts(&service, old, type, &allocator) }
    }

    private static func assignAddress(
        _ service: inout UnstructuredObject,
        _ old: UnstructuredObject?,
        _ allocator: inout some ServiceAllocator
    ) throws(APIStatus) {
        var wanted = service["spec", "clusterIP"]?.string ?? ""
        if wanted.isEmpty { wanted = service["spec", "clusterIPs"]?[0]?.string ?? "" }
        let path = FieldPath("spec.clusterIPs")
        var errors = FieldErrors()
        if wanted.isEmpty {
            guard let address = allocator.takeAddress() else {
                throw .internalError("failed to allocate a serviceIP: range is full")
            }
            wanted = address.description
        } else if wanted != "None", wanted != old?["spec", "clusterIP"]?.string {
            if let address = try? IPAddress(parsing: wanted) {
                switch allocator.take(address) {
                case true?: break
                case false?:
                    errors.invalid(
                        path,
                        text: "[]string{\(GoText.quoted(wanted))}",
                        "failed to allocate IP \(address): provided IP is already allocated"
                    )
                case nil:
                    errors.invalid(
                        path,
                        text: "[]string{\(GoText.quoted(wanted))}",
                        "failed to allocate IP \(address): the provided IP (\(address)) is not in the valid range. The range of valid IPs is \(allocator.range)"
                    )
                }
            } else {
                errors.invalid(
                    path[0],
                    .string(wanted),
                    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
                )
            }
        }
        try errors.check(serviceKind, name: service.name)
        service["spec", "clusterIP"] = .string(wanted)
        service["spec", "clusterIPs"] = [.string(wanted)]
    }

    private static func assignPorts(
        _ service: inout UnstructuredObject,
        _ old: UnstructuredObject?,
        _ type: String,
        _ allocator: inout some ServiceAllocator
    ) throws(APIStatus) {
        let own = Set((old?["spec", "ports"]?.array ?? []).compactMap { $0["nodePort"]?.int })
        let allocates =
            type == "NodePort" || service["spec", "allocateLoadBalancerNodePorts"]?.bool != false
        var ports = service["spec", "ports"]?.array ?? []
        var errors = FieldErrors()
        // One number may serve a port of each protocol.
        var taken: Set<Int> = []
        for index in ports.indices {
            guard var port = ports[index].object else { continue }
            let path = FieldPath("spec.ports")[index].child("nodePort")
            if let wanted = port["nodePort"]?.int, wanted != 0 {
                guard !own.contains(wanted), taken.insert(wanted).inserted else { continue }
                switch allocator.take(nodePort: wanted) {
                case true?: break
                case false?: errors.invalid(path, .int(wanted), "provided port is already allocated")
                case nil:
                    let range = allocator.nodePorts
                    errors.invalid(
                        path,
                        .int(wanted),
                        "provided port is not in the valid range. The range of valid ports is \(range.lowerBound)-\(range.upperBound)"
                    )
                }
            } else if allocates {
                guard let number = allocator.takeNodePort() else {
                    throw .internalError("failed to allocate a nodePort: range is full")
                }
                port["nodePort"] = .int(number)
                ports[index] = .object(port)
            }
        }
        try errors.check(serviceKind, name: service.name)
        service["spec", "ports"] = .array(ports)
    }

    private static let serviceKind = GroupVersionKind(group: "", version: "v1", kind: "Service")
}
