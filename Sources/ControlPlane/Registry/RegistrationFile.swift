import Identity
import JSONText
import KubernetesModel
import LocalPeers
import MeshAPI
import NetworkTypes

/// A registration as it is written down, so that a control plane that is started again knows who runs.
///
/// `registration.json` in the workload's directory. Nothing in it is believed without a look at the process: its
/// pid and start time must still be those of a living one.
struct RegistrationFile: Equatable {
    static let name = "registration.json"

    var namespace: String
    var serviceAccount: String
    var workload: String
    var ports: [Port]
    var process: ProcessIdentity
    var listeners: [Port: SocketEndpoint]

    init(_ registration: Registration) {
        namespace = registration.identity.namespace
        serviceAccount = registration.identity.serviceAccount
        workload = registration.isDeclared ? registration.workload.meta.name : ""
        ports = registration.ports
        process = registration.process
        listeners = registration.listeners
    }

    /// `nil` for what we did not write.
    init?(parsing bytes: [UInt8]) {
        guard
            let value = try? JSONValue(parsing: bytes),
            let namespace = value["namespace"]?.string,
            let serviceAccount = value["serviceAccount"]?.string,
            let workload = value["workload"]?.string,
            let processID = value["pid"]?.int.flatMap({ Int32(exactly: $0) }),
            let startTime = value["startTime"]?.string.flatMap({ UInt64($0) }),
            let ports = value["ports"]?.array?.compactMap({ $0.int.flatMap { Port($0) } }),
            let listeners = value["listeners"]?.object
        else { return nil }
        self.namespace = namespace
        self.serviceAccount = serviceAccount
        self.workload = workload
        self.ports = ports
        process = ProcessIdentity(processID: processID, startTime: startTime)
        self.listeners = [:]
        for member in listeners {
            guard
                let port = try? Port(parsing: member.name),
                let endpoint = member.value.string.flatMap({ try? SocketEndpoint(parsing: $0) })
            else { return nil }
            self.listeners[port] = endpoint
        }
    }

    var bytes: [UInt8] {
        var addresses = JSONObject()
        for (port, address) in listeners.sorted(by: { $0.key < $1.key }) {
            addresses[port.description] = .string(address.description)
        }
        let value: JSONValue = [
            "namespace": .string(namespace),
            "serviceAccount": .string(serviceAccount),
            "workload": .string(workload),
            "ports": .array(ports.map { .int(Int64($0.number)) }),
            "pid": .int(Int64(process.processID)),
            "startTime": .string("\(process.startTime)"),
            "listeners": .object(addresses),
        ]
        return value.bytes() + [UInt8(ascii: "\n")]
    }
}
