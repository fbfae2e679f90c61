internal import Authorization
internal import CanonicalHTTP

extension OperationMatch {
    init(_ wire: WireOperationMatch) throws(WireError) {
        switch wire.match {
        case .http(let match): self = .http(try HTTPMatch(match))
        case .grpc(let match): self = .grpc(try GRPCMatch(match))
        case nil: throw .missing("operation.match")
        }
    }

    var wire: WireOperationMatch {
        var wire = WireOperationMatch()
        switch self {
        case .http(let match): wire.http = match.wire
        case .grpc(let match): wire.grpc = match.wire
        }
        return wire
    }
}

extension HTTPMatch {
    fileprivate init(_ wire: WireHTTPMatch) throws(WireError) {
        let hosts = try WireCheck.names(wire.hosts, "http.hosts")
        let headers = try WireCheck.count(wire.headers, "http.headers", limit: WireLimits.listInRule)
        self.init(
            methods: try WireCheck.names(wire.methods, "http.methods"),
            path: wire.hasPath ? try PathPattern(wire.path) : nil,
            hosts: try hosts.converted { host throws(WireError) in
                guard let pattern = HostPattern(host) else {
                    throw .malformed("http.hosts", expected: "a host or a pattern of one")
                }
                return pattern
            },
            headers: try headers.converted { header throws(WireError) in try HeaderMatch(header) }
        )
    }

    fileprivate var wire: WireHTTPMatch {
        var wire = WireHTTPMatch()
        wire.methods = methods
        if let path { wire.path = path.wire }
        wire.hosts = hosts.map(\.description)
        wire.headers = headers.map(\.wire)
        return wire
    }
}

extension PathPattern {
    fileprivate init(_ wire: WirePathPattern) throws(WireError) {
        let kind: Kind
        switch wire.kind {
        case .exact: kind = .exact
        case .prefix: kind = .prefix
        case .template: kind = .template
        case .unspecified, .UNRECOGNIZED:
            throw .unknownCase("http.path.kind", number: wire.kind.rawValue)
        }
        let text = try WireCheck.text(wire.text, "http.path.text")
        do {
            try self.init(kind, text)
        } catch {
            throw .malformed("http.path.text", expected: "a path pattern")
        }
    }

    fileprivate var wire: WirePathPattern {
        var wire = WirePathPattern()
        switch kind {
        case .exact: wire.kind = .exact
        case .prefix: wire.kind = .prefix
        case .template: wire.kind = .template
        }
        wire.text = text
        return wire
    }
}

extension HeaderMatch {
    fileprivate init(_ wire: WireHeaderMatch) throws(WireError) {
        let name = try WireCheck.text(wire.name, "header.name", limit: WireLimits.name)
        let isUpper = { (byte: UInt8) in (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
        guard name.utf8.allSatisfy({ HeaderFields.isTokenByte($0) && !isUpper($0) }) else {
            throw .malformed("header.name", expected: "a lower-case field name")
        }
        switch wire.condition {
        case .present:
            self.init(name: name, condition: .present)
        case .oneOf(let values):
            self.init(
                name: name,
                condition: .oneOf(try WireCheck.texts(values.values, "header.one_of.values"))
            )
        case nil:
            throw .missing("header.condition")
        }
    }

    fileprivate var wire: WireHeaderMatch {
        var wire = WireHeaderMatch()
        wire.name = name
        switch condition {
        case .present: wire.present = WireHeaderMatch.Present()
        case .oneOf(let values): wire.oneOf.values = values
        }
        return wire
    }
}

extension GRPCMatch {
    fileprivate init(_ wire: WireGRPCMatch) throws(WireError) {
        self.init(
            service: try WireCheck.text(wire.service, "grpc.service", limit: WireLimits.name),
            methods: try WireCheck.names(wire.methods, "grpc.methods")
        )
    }

    fileprivate var wire: WireGRPCMatch {
        var wire = WireGRPCMatch()
        wire.service = service
        wire.methods = methods
        return wire
    }
}
