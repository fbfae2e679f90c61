import APIRegistry
import JSONText
import KubernetesModel
import NetworkTypes

/// What every cluster holds from its first moment on.
///
/// Made when it is absent, and otherwise left as it is: whoever changed a role keeps the change.
struct Bootstrap: Sendable {
    private static let call = WriteCall.controller("bootstrap")

    func run(_ writer: ObjectWriter) async throws(APIStatus) {
        for name in NamespaceAdmission.system {
            try await create("namespaces", in: "", ["metadata": ["name": .string(name)]], writer)
        }
        for role in BootstrapRoles.clusterRoles {
            try await create("clusterroles", in: BootstrapRoles.group, role, writer)
        }
        for binding in BootstrapRoles.clusterRoleBindings {
            try await create("clusterrolebindings", in: BootstrapRoles.group, binding, writer)
        }
        try await serve(writer)
    }

    private func create(
        _ plural: String,
        in group: String,
        namespace: String = "",
        _ content: JSONObject,
        _ writer: ObjectWriter
    ) async throws(APIStatus) {
        guard let place = place(plural, in: group, namespace: namespace, writer) else { return }
        let object = UnstructuredObject(content)
        guard try await writer.store.find(place.key(object.name)) == nil else { return }
        do {
            _ = try await writer.create(object, at: place, by: Self.call)
        } catch {
            guard error.reason == .alreadyExists else { throw error }
        }
    }

    private func place(_ plural: String, in group: String, namespace: String, _ writer: ObjectWriter)
        -> ResourcePlace?
    {
        writer.catalogue.snapshot().definition(group: group, version: "v1", plural: plural)
            .map { ResourcePlace($0, namespace: namespace) }
    }

    // MARK: The Service `kubernetes`

    private func serve(_ writer: ObjectWriter) async throws(APIStatus) {
        let labels: JSONValue = ["component": "apiserver", "provider": "kubernetes"]
        try await create(
            "services",
            in: "",
            namespace: "default",
            [
                "metadata": ["name": "kubernetes", "labels": labels],
                "spec": [
                    "clusterIP": .string(Self.firstAddress(of: writer.services.range)),
                    "ports": [
                        [
                            "name": "https", "port": 443, "protocol": "TCP",
                            "targetPort": 443,
                        ]
                    ],
                    "type": "ClusterIP",
                ],
            ],
            writer
        )
    }

    /// Writes where the server listens now; the port may be another one than at the last start.
    ///
    /// Past validation, which refuses loopback addresses: on one machine the server has no other.
    func publish(_ endpoint: (address: String, port: Int), _ writer: ObjectWriter) async throws(APIStatus) {
        if var service = place("services", in: "", namespace: "default", writer) {
            service.name = "kubernetes"
            try await writer.edit(service) { object throws(APIStatus) in
                var ports = object["spec", "ports"]?.array ?? []
                guard !ports.isEmpty, var port = ports[0].object else { return false }
                port["targetPort"] = .int(endpoint.port)
                ports[0] = .object(port)
                object["spec", "ports"] = .array(ports)
                return true
            }
        }
        let endpoints: JSONObject = [
            "subsets": [
                [
                    "addresses": [["ip": .string(endpoint.address)]],
                    "ports": [["name": "https", "port": .int(endpoint.port), "protocol": "TCP"]],
                ]
            ]
        ]
        let slice: JSONObject = [
            "addressType": .string(endpoint.address.contains(":") ? "IPv6" : "IPv4"),
            "endpoints": [
                ["addresses": [.string(endpoint.address)], "conditions": ["ready": true]]
            ],
            "ports": [["name": "https", "port": .int(endpoint.port), "protocol": "TCP"]],
        ]
        try await put("endpoints", in: "", endpoints, [:], writer)
        try await put(
            "endpointslices",
            in: "discovery.k8s.io",
            slice,
            ["kubernetes.io/service-name": "kubernetes"],
            writer
        )
    }

    private func put(
        _ plural: String,
        in group: String,
        _ content: JSONObject,
        _ labels: [String: String],
        _ writer: ObjectWriter
    ) async throws(APIStatus) {
        guard var place = place(plural, in: group, namespace: "default", writer) else { return }
        place.name = "kubernetes"
        let stored = try await writer.read(place)
        var object = stored?.object ?? UnstructuredObject()
        for member in content { object.content[member.name] = member.value }
        if stored == nil {
            object.kind = place.definition.kind
            object.apiVersion = place.definition.groupVersion.apiVersion
            object.name = place.name
            object.namespace = place.namespace
            object.labels = labels
            object.uid = UID.make()
            object["metadata", "creationTimestamp"] = .string(writer.now().description)
        }
        if object == stored?.object { return }
        _ = try await writer.write(
            object,
            at: place,
            expecting: stored.map { .revision($0.revision) } ?? .absent
        )
    }

    static func firstAddress(of range: CIDR) -> String {
        IPAddress(v4: UInt32(truncatingIfNeeded: range.base.low) &+ 1).description
    }
}
