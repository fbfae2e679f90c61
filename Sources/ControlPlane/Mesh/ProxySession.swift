import FoundationEssentials
import KubernetesModel
import MeshAPI

/// What one open stream of one proxy was sent, asked for and acknowledged.
struct ProxySession {
    let number: UInt64
    let mailbox: Mailbox
    /// When the certificate that opened the stream ends.
    let certificateEnd: Date
    private(set) var wanted: [ServiceAddress: DestinationUpdate.State?] = [:]
    private(set) var sent: [ResourceKey: UInt64] = [:]
    private(set) var acknowledged: [ResourceKey: UInt64] = [:]
    /// The last word on each resource, if it was a refusal.
    private(set) var refusals: [ResourceKey: String] = [:]
    private var keys: [String: IssuerKeysUpdate.State] = [:]

    init(number: UInt64, mailbox: Mailbox, certificateEnd: Date) {
        self.number = number
        self.mailbox = mailbox
        self.certificateEnd = certificateEnd
    }

    mutating func send(_ update: ControlUpdate) {
        sent[update.key] = update.version
        mailbox.put(update)
    }

    // MARK: Destinations

    /// `false` when it asks for more than it may.
    mutating func want(_ name: ServiceAddress) -> Bool {
        guard wanted[name] == nil else { return true }
        guard wanted.count < WireLimits.destinationsPerProxy else { return false }
        wanted[name] = .some(nil)
        return true
    }

    mutating func unwant(_ name: ServiceAddress) {
        let key = ResourceKey.destination(name)
        wanted[name] = nil
        sent[key] = nil
        acknowledged[key] = nil
        refusals[key] = nil
        mailbox.discard(key)
    }

    /// Sends a destination's state if it is not what was sent last.
    mutating func send(_ state: DestinationUpdate.State, of name: ServiceAddress, version: () -> UInt64)
        -> Bool
    {
        guard let last = wanted[name], last != state else { return false }
        wanted[name] = .some(state)
        send(
            ControlUpdate(
                version: version(),
                resource: .destination(DestinationUpdate(name: name, state: state))
            )
        )
        return true
    }

    // MARK: Issuers

    /// Sends an issuer's keys if they are not what was sent last.
    mutating func send(_ state: IssuerKeysUpdate.State, of issuer: String, version: () -> UInt64) -> Bool {
        guard keys[issuer] != state else { return false }
        keys[issuer] = state
        send(
            ControlUpdate(
                version: version(),
                resource: .issuerKeys(IssuerKeysUpdate(issuer: issuer, state: state))
            )
        )
        return true
    }

    // MARK: Answers

    /// Notes an acknowledgement; one for what was never sent is ignored.
    mutating func acknowledge(_ key: ResourceKey, version: UInt64) -> Bool {
        guard let last = sent[key], version <= last else { return false }
        acknowledged[key] = max(acknowledged[key] ?? 0, version)
        if version == last { refusals[key] = nil }
        return true
    }

    mutating func refuse(_ key: ResourceKey, version: UInt64, reason: String) -> Bool {
        guard let last = sent[key], version <= last else { return false }
        if version == last { refusals[key] = "\(key), version \(version): \(reason)" }
        return true
    }

    /// One line about what the proxy refuses; `nil` when it takes everything.
    var refusal: String? { refusals.values.min() }
}
