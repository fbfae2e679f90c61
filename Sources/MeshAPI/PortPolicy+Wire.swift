public import Authorization
internal import CanonicalHTTP
internal import NetworkTypes

extension PortPolicy {
    public init(_ wire: WirePortPolicy) throws(WireError) {
        let probes = try WireCheck.count(wire.probes, "probes", limit: WireLimits.probesPerPort)
        let relaxations = try WireCheck.count(
            wire.relaxations,
            "relaxations",
            limit: Relaxation.allCases.count
        )
        self.init(
            port: try WireCheck.port(wire.port, "port"),
            revision: PolicyRevision(wire.revision),
            coverage: try Coverage(wire.coverage),
            fallback: try DefaultInbound(wire.fallback),
            serves: try ServedProtocol(wire.serves),
            probes: try probes.converted { probe throws(WireError) in try ProbeExemption(probe) },
            relaxations: Set(
                try relaxations.converted { relaxation throws(WireError) in try Relaxation(relaxation) }
            )
        )
    }

    public var wire: WirePortPolicy {
        var wire = WirePortPolicy()
        wire.port = UInt32(port.number)
        wire.revision = revision.number
        wire.coverage = coverage.wire
        wire.fallback = fallback.wire
        wire.serves = serves.wire
        wire.probes = probes.map(\.wire)
        wire.relaxations = Relaxation.allCases.filter(relaxations.contains).map(\.wire)
        return wire
    }
}

extension Coverage {
    fileprivate init(_ wire: WirePortPolicy.OneOf_Coverage?) throws(WireError) {
        switch wire {
        case .unselected:
            self = .unselected
        case .selected(let selected):
            let policies = try WireCheck.count(
                selected.policies,
                "policies",
                limit: WireLimits.policiesPerPort
            )
            let rules = policies.reduce(0) { $0 + $1.rules.count }
            guard rules <= WireLimits.rulesPerPort else {
                throw .tooMany("rules", count: rules, limit: WireLimits.rulesPerPort)
            }
            self = .selected(
                try policies.converted { policy throws(WireError) in try CompiledPolicy(policy) }
            )
        case .unknown(let failure):
            self = .unknown(try LookupFailure(failure))
        case nil:
            // What an older or newer peer cannot say must not read as "no policy".
            throw .missing("coverage")
        }
    }

    fileprivate var wire: WirePortPolicy.OneOf_Coverage {
        switch self {
        case .unselected:
            return .unselected(WirePortPolicy.Unselected())
        case .selected(let policies):
            var selected = WirePortPolicy.Selected()
            selected.policies = policies.map(\.wire)
            return .selected(selected)
        case .unknown(let failure):
            return .unknown(failure.wire)
        }
    }
}

extension LookupFailure {
    fileprivate init(_ wire: WireLookupFailure) throws(WireError) {
        switch wire.failure {
        case .notReceived: self = .notReceived
        case .unreadablePolicy(let name):
            self = .unreadablePolicy(try WireCheck.text(name, "unreadable_policy"))
        case .unknownPort: self = .unknownPort
        case nil: throw .missing("unknown.failure")
        }
    }

    fileprivate var wire: WireLookupFailure {
        var wire = WireLookupFailure()
        switch self {
        case .notReceived: wire.notReceived = WireLookupFailure.NotReceived()
        case .unreadablePolicy(let name): wire.unreadablePolicy = name
        case .unknownPort: wire.unknownPort = WireLookupFailure.UnknownPort()
        }
        return wire
    }
}

extension ProbeExemption {
    fileprivate init(_ wire: WireProbeExemption) throws(WireError) {
        let sources = try WireCheck.count(wire.sources, "probes.sources", limit: WireLimits.sourcesPerProbe)
        self.init(
            path: try WireCheck.text(wire.path, "probes.path"),
            sources: try sources.converted { block throws(WireError) in
                try WireCheck.network(block, "probes.sources")
            }
        )
    }

    fileprivate var wire: WireProbeExemption {
        var wire = WireProbeExemption()
        wire.path = path
        wire.sources = sources.map(\.description)
        return wire
    }
}
