import Authorization
import CanonicalHTTP
import Identity
import KubernetesModel
import NetworkTypes

/// Who asks, as the command line and test cases write it.
enum Who {
    /// `namespace/service-account`, `spiffe://…`, `anyone`, or an address.
    ///
    /// Without an address of its own the caller comes from 192.0.2.1, which nobody has (RFC 5737), so that a rule about
    /// networks does not match by accident.
    static func parse(
        _ text: String,
        address: String?,
        trustDomain: TrustDomain
    ) throws(CommandTrouble) -> Caller {
        let from = try address.map { text throws(CommandTrouble) in try parseAddress(text) }
        if let own = try? IPAddress(parsing: text) {
            guard from == nil else {
                throw CommandTrouble("the caller is an address already; leave --address out")
            }
            return Caller(identity: nil, address: own)
        }
        return Caller(identity: try identity(text, trustDomain), address: from ?? nobody)
    }

    private static let nobody = IPAddress(v4: 0xc000_0201)

    private static func parseAddress(_ text: String) throws(CommandTrouble) -> IPAddress {
        guard let address = try? IPAddress(parsing: text) else {
            throw CommandTrouble("\(Spelling.quoted(text)) is no IP address")
        }
        return address
    }

    private static func identity(_ text: String, _ trustDomain: TrustDomain) throws(CommandTrouble)
        -> SPIFFEID?
    {
        if text == "anyone" { return nil }
        if text.hasPrefix("spiffe:") {
            do throws(IdentityError) {
                return try SPIFFEID(parsing: text)
            } catch {
                throw CommandTrouble("\(Spelling.quoted(text)) is no SPIFFE ID: \(error)")
            }
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, DNSName.isLabel(parts[0]), DNSName.isSubdomain(parts[1]),
            let workload = try? WorkloadIdentity(
                trustDomain: trustDomain,
                namespace: String(parts[0]),
                serviceAccount: String(parts[1])
            )
        {
            return workload.spiffeID
        }
        throw CommandTrouble(
            "\(Spelling.quoted(text)) is no caller; write namespace/service-account, spiffe://…, an IP address, or anyone"
        )
    }
}

/// Whom the question is about: `namespace/name:port`, the name of a Service or of a workload.
struct Whom: Equatable {
    var name: ObjectName
    var port: PortReference

    init(parsing text: some StringProtocol) throws(CommandTrouble) {
        let trouble = CommandTrouble(
            "\(Spelling.quoted(text)) is no destination; write namespace/name:port, such as shop/orders:8080"
        )
        let halves = text.split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count == 2 else { throw trouble }
        let names = halves[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, DNSName.isLabel(names[0]), DNSName.isSubdomain(names[1]) else {
            throw trouble
        }
        name = ObjectName(namespace: String(names[0]), name: String(names[1]))
        if let number = try? Port(parsing: halves[1]) {
            port = .number(number)
        } else {
            guard PortReference.isName(String(halves[1])) else { throw trouble }
            port = .name(String(halves[1]))
        }
    }

    /// What a client of the mesh would write as `Host`.
    var host: String {
        switch port {
        case .number(let number): "\(name.name).\(name.namespace):\(number)"
        case .name: "\(name.name).\(name.namespace)"
        }
    }

    /// The workloads behind it, each with the port where the request arrives.
    func resolve(in state: MeshState) throws(CommandTrouble) -> [(workload: Workload, port: Port)] {
        var found: [(workload: Workload, port: Port)] = []
        if let service = state.services.first(where: { $0.meta.objectName == name }) {
            for entry in service.ports where isNamed(entry) {
                for workload in state.workloads where service.selects(workload) {
                    switch entry.target {
                    case .number(let number): found.append((workload, number))
                    case .name: found += workload.resolve(entry.target).map { (workload, $0) }
                    }
                }
            }
        }
        if found.isEmpty {
            for workload in state.workloads where workload.meta.objectName == name {
                switch port {
                case .number(let number): found.append((workload, number))
                case .name: found += workload.resolve(port).map { (workload, $0) }
                }
            }
        }
        guard found.isEmpty else { return found }
        let names = state.workloads.map(\.meta.objectName) + state.services.map(\.meta.objectName)
        let near = Spelling.nearest(to: name.description, among: names.map(\.description))
        throw CommandTrouble(
            "no Service and no workload \(name) with port \(port) in the manifests"
                + (near.map { "; did you mean \($0)?" } ?? "")
        )
    }

    private func isNamed(_ entry: Service.ServicePort) -> Bool {
        switch port {
        case .number(let number): entry.port == number
        case .name(let name): entry.name == name
        }
    }
}

/// What the caller wants to do there.
enum What: Equatable {
    case connection
    case http(RequestHead)

    /// `method` is an HTTP method, `GRPC` with `/service/method` as the path, or `TCP` without one.
    init(
        method: String,
        path: String,
        host: String,
        headers: [(name: String, value: String)] = []
    ) throws(CommandTrouble) {
        if method.uppercased() == "TCP" {
            guard path.isEmpty else {
                throw CommandTrouble("TCP takes no path: what is in a connection is not known")
            }
            self = .connection
            return
        }
        var fields = HeaderFields()
        let isGRPC = method.uppercased() == "GRPC"
        do throws(HeaderFieldError) {
            for header in headers { try fields.append(name: header.name.utf8, value: header.value.utf8) }
            if isGRPC { try fields.append("content-type", "application/grpc") }
        } catch {
            throw CommandTrouble("a header is malformed: \(error)")
        }
        self = .http(
            RequestHead(
                method: isGRPC ? "POST" : method,
                target: path.isEmpty ? [UInt8(ascii: "/")] : Array(path.utf8),
                authorities: [Array(host.utf8)],
                fields: fields,
                version: .http1_1
            )
        )
    }
}
