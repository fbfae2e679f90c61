internal import Identity
internal import KubernetesModel
internal import NetworkTypes

/// The checks that the initializers of this module share; each names the field it was given.
enum WireCheck {
    static func text(
        _ value: String,
        _ field: String,
        limit: Int = WireLimits.text
    ) throws(WireError) -> String {
        guard !value.isEmpty else { throw .missing(field) }
        return try bounded(value, field, limit: limit)
    }

    /// As ``text(_:_:limit:)``; may be empty.
    static func bounded(
        _ value: String,
        _ field: String,
        limit: Int = WireLimits.text
    ) throws(WireError) -> String {
        guard value.utf8.count <= limit else { throw .tooLong(field, bytes: value.utf8.count, limit: limit) }
        return value
    }

    static func count<Element>(
        _ values: [Element],
        _ field: String,
        limit: Int
    ) throws(WireError) -> [Element] {
        guard values.count <= limit else { throw .tooMany(field, count: values.count, limit: limit) }
        return values
    }

    /// A list inside a rule, of names that are not empty.
    static func names(_ values: [String], _ field: String) throws(WireError) -> [String] {
        try count(values, field, limit: WireLimits.listInRule).converted { value throws(WireError) in
            try text(value, field, limit: WireLimits.name)
        }
    }

    /// A list inside a rule, of texts that may be empty.
    static func texts(_ values: [String], _ field: String) throws(WireError) -> [String] {
        try count(values, field, limit: WireLimits.listInRule).converted { value throws(WireError) in
            try bounded(value, field)
        }
    }

    static func port(_ number: UInt32, _ field: String) throws(WireError) -> Port {
        guard let port = Port(number) else { throw .outOfRange(field, value: Int(number)) }
        return port
    }

    static func endpoint(_ text: String, _ field: String) throws(WireError) -> SocketEndpoint {
        guard let endpoint = try? SocketEndpoint(parsing: text) else {
            throw .malformed(field, expected: "an address and a port")
        }
        return endpoint
    }

    static func service(_ text: String, _ field: String) throws(WireError) -> ServiceAddress {
        guard let service = try? ServiceAddress(parsing: text) else {
            throw .malformed(field, expected: "`service.namespace:port`")
        }
        return service
    }

    static func network(_ text: String, _ field: String) throws(WireError) -> CIDR {
        guard let network = try? CIDR(parsing: text) else {
            throw .malformed(field, expected: "a CIDR block")
        }
        return network
    }

    static func identity(_ text: String, _ field: String) throws(WireError) -> SPIFFEID {
        guard let identity = try? SPIFFEID(parsing: text) else {
            throw .malformed(field, expected: "a SPIFFE ID")
        }
        return identity
    }

    static func pattern(_ text: String, _ field: String) throws(WireError) -> IdentityPattern {
        guard let pattern = try? IdentityPattern(parsing: text) else {
            throw .malformed(field, expected: "a SPIFFE ID or a pattern of one")
        }
        return pattern
    }

    static func trustDomain(_ text: String, _ field: String) throws(WireError) -> TrustDomain {
        guard let domain = try? TrustDomain(parsing: text) else {
            throw .malformed(field, expected: "a trust domain")
        }
        return domain
    }

    /// A text cut to a number of bytes, at a character's border.
    static func cut(_ value: String, to limit: Int) -> String {
        guard value.utf8.count > limit else { return value }
        var end = value.startIndex
        var bytes = 0
        while end < value.endIndex {
            let next = value.index(after: end)
            bytes += value[end..<next].utf8.count
            guard bytes <= limit else { break }
            end = next
        }
        return String(value[..<end])
    }
}

extension Sequence {
    /// As `map`, with the transform's error kept in the type.
    func converted<Result>(
        _ transform: (Element) throws(WireError) -> Result
    ) throws(WireError) -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(underestimatedCount)
        for element in self { results.append(try transform(element)) }
        return results
    }
}
