import CanonicalHTTP
import KubernetesModel

extension OperationMatch {
    init?(_ value: ManifestValue, _ path: String, _ report: inout [Diagnostic]) {
        guard var fields = FieldReader(value, path, &report) else { return nil }
        let hasHTTP = fields.value("http") != nil
        let hasGRPC = fields.value("grpc") != nil
        let before = report.count
        fields.finish(&report)
        guard hasHTTP != hasGRPC else {
            if report.count == before {
                report.append(
                    .error("one-of", "\(path) holds exactly one of http and grpc", at: value.location)
                )
            }
            return nil
        }
        if hasHTTP {
            guard let match = fields.fields("http", &report).flatMap({ HTTPMatch($0, &report) }) else {
                return nil
            }
            self = .http(match)
        } else {
            guard let match = fields.fields("grpc", &report).flatMap({ GRPCMatch($0, &report) }) else {
                return nil
            }
            self = .grpc(match)
        }
    }
}

extension HTTPMatch {
    fileprivate init?(_ reader: FieldReader, _ report: inout [Diagnostic]) {
        var fields = reader
        let before = report.count
        let methods = fields.strings("methods", &report) ?? []
        for (method, place) in methods where !Self.isMethod(method) {
            report.append(
                .error(
                    "bad-method",
                    "\(fields.path(of: "methods")): \(Spelling.quoted(method)) is no method",
                    hint: "methods are upper-case tokens: \(method.uppercased())",
                    at: place
                )
            )
        }
        let path = Self.path(&fields, &report)
        var hosts: [HostPattern] = []
        for (text, place) in fields.strings("hosts", &report) ?? [] {
            if let host = HostPattern(text) {
                hosts.append(host)
            } else {
                report.append(
                    .error(
                        "bad-host",
                        "\(fields.path(of: "hosts")): \(Spelling.quoted(text)) is no host",
                        hint: "a name such as orders.shop, or *.shop",
                        at: place
                    )
                )
            }
        }
        var headers: [HeaderMatch] = []
        for (index, entry) in (fields.list("headers", &report) ?? []).enumerated() {
            if let header = HeaderMatch(entry, "\(fields.path(of: "headers"))[\(index)]", &report) {
                headers.append(header)
            }
        }
        for list in ["methods", "hosts"] { Self.refuseEmpty(list, &fields, &report) }
        fields.finish(&report)
        guard report.count == before else { return nil }
        self.init(methods: methods.map(\.0), path: path, hosts: hosts, headers: headers)
    }

    private static func path(_ fields: inout FieldReader, _ report: inout [Diagnostic]) -> PathPattern? {
        guard fields.value("path") != nil, var inner = fields.fields("path", &report) else { return nil }
        var found: [PathPattern] = []
        var given = 0
        for kind in PathPattern.Kind.allCases {
            guard inner.value(kind.rawValue) != nil else { continue }
            given += 1
            guard let text = inner.requiredString(kind.rawValue, &report) else { continue }
            do throws(PathPatternError) {
                found.append(try PathPattern(kind, text))
            } catch {
                report.append(
                    .error(
                        "bad-path",
                        "\(inner.path(of: kind.rawValue)): \(error)",
                        at: inner.place(of: kind.rawValue)
                    )
                )
            }
        }
        let before = report.count
        inner.finish(&report)
        if given != 1, report.count == before {
            report.append(
                .error(
                    "one-of",
                    "\(inner.path) holds exactly one of exact, prefix and template",
                    at: inner.location
                )
            )
        }
        return found.first
    }

    /// An empty list means everything to the engine; whoever writes one means nothing.
    fileprivate static func refuseEmpty(
        _ name: String,
        _ fields: inout FieldReader,
        _ report: inout [Diagnostic]
    ) {
        guard case .sequence(let values)? = fields.value(name)?.content, values.isEmpty else { return }
        report.append(
            .error(
                "empty",
                "\(fields.path(of: name)) is empty",
                hint: "leave \(name) out to mean all",
                at: fields.place(of: name)
            )
        )
    }

    private static func isMethod(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                HeaderFields.isTokenByte(byte) && !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            }
    }
}

extension GRPCMatch {
    fileprivate init?(_ reader: FieldReader, _ report: inout [Diagnostic]) {
        var fields = reader
        let before = report.count
        let service = fields.requiredString("service", &report)
        let methods = fields.strings("methods", &report) ?? []
        HTTPMatch.refuseEmpty("methods", &fields, &report)
        if let service, !Self.isName(service, allowsDots: true) {
            report.append(
                .error(
                    "bad-service",
                    "\(fields.path(of: "service")) \(Spelling.quoted(service)) is no gRPC service",
                    hint: "the package and the service as in the .proto file, such as shop.v1.Orders",
                    at: fields.place(of: "service")
                )
            )
        }
        for (method, place) in methods where !Self.isName(method, allowsDots: false) {
            report.append(
                .error(
                    "bad-method",
                    "\(fields.path(of: "methods")): \(Spelling.quoted(method)) is no gRPC method",
                    hint: "the name only, as in the .proto file",
                    at: place
                )
            )
        }
        fields.finish(&report)
        guard let service, report.count == before else { return nil }
        self.init(service: service, methods: methods.map(\.0))
    }

    /// An identifier of the protocol-buffers language, perhaps with a package before it.
    private static func isName(_ text: String, allowsDots: Bool) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard allowsDots || parts.count == 1, text.utf8.count <= 256 else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
                    default: false
                    }
                }
        }
    }
}

extension HeaderMatch {
    fileprivate init?(_ value: ManifestValue, _ path: String, _ report: inout [Diagnostic]) {
        guard var fields = FieldReader(value, path, &report) else { return nil }
        let before = report.count
        let name = fields.requiredString("name", &report)?.lowercased()
        let exact = fields.string("exact", &report)
        let values = fields.strings("values", &report)?.map(\.0)
        let present = fields.bool("present", &report)
        fields.finish(&report)
        if let name, !name.utf8.allSatisfy(HeaderFields.isTokenByte) {
            report.append(
                .error("bad-header", "\(path).name is no field name", at: fields.place(of: "name"))
            )
        }
        if let name, ["host", ":authority", ":path", ":method"].contains(name) {
            report.append(
                .error(
                    "bad-header",
                    "\(path): \(name) is not matched as a header",
                    hint: "use methods, path and hosts",
                    at: fields.place(of: "name")
                )
            )
        }
        let conditions = [exact.map { [$0] }, values].compactMap(\.self)
        guard report.count == before, let name else { return nil }
        switch (conditions.first, conditions.count, present) {
        case (let values?, 1, nil) where !values.isEmpty:
            self.init(name: name, condition: .oneOf(values))
        case (nil, 0, true):
            self.init(name: name, condition: .present)
        default:
            report.append(
                .error(
                    "one-of",
                    "\(path) holds exactly one of exact, values and present: true",
                    at: value.location
                )
            )
            return nil
        }
    }
}
