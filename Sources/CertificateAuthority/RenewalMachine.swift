public import FoundationEssentials

/// Decides when a workload asks for a certificate, and that a valid one stays in use while asking fails.
///
///     idle ──started──▶ requesting ──issued──▶ waiting ──timer──▶ requesting …
///                          └──failed──▶ waiting (shorter) ──timer──▶ requesting …
///
/// Time and randomness (`0..<1`) are arguments; the driver makes keys and requests, and sets the timer.
public struct RenewalMachine: Equatable, Sendable {
    public enum Effect: Equatable, Sendable {
        /// Make a fresh key and ask for a certificate; then report ``issued(until:at:random:)`` or
        /// ``failed(at:random:)``.
        case request
        /// Call ``timerFired(at:)`` at this time; replaces an earlier timer.
        case wake(at: Date)
    }

    /// What the workload can show to peers.
    public enum Standing: Equatable, Sendable {
        case none
        case valid(until: Date)
        case expired(at: Date)
    }

    private enum State: Equatable {
        case idle
        case requesting
        case waiting(until: Date)
    }

    public let schedule: RotationSchedule
    /// In a row, since the last certificate.
    public private(set) var failures = 0
    private var state = State.idle
    private var end: Date?

    public init(schedule: RotationSchedule = RotationSchedule()) {
        self.schedule = schedule
    }

    public func standing(at now: Date) -> Standing {
        guard let end else { return .none }
        return now < end ? .valid(until: end) : .expired(at: end)
    }

    /// The workload began; also the answer to "renew now".
    ///
    /// - Returns: `nil` while a request is under way: its answer will do.
    public mutating func renew() -> Effect? {
        guard state != .requesting else { return nil }
        state = .requesting
        return .request
    }

    /// A certificate came; one that is over on arrival (a clock is wrong somewhere) counts as a failure.
    public mutating func issued(until end: Date, at now: Date, random: Double) -> Effect {
        guard end > now else { return failed(at: now, random: random) }
        self.end = end
        failures = 0
        return wait(until: schedule.renewal(from: now, until: end, random: random))
    }

    /// No certificate came; the one in use stays in use.
    public mutating func failed(at now: Date, random: Double) -> Effect {
        failures = min(failures + 1, Int(Int32.max))
        return wait(until: schedule.retry(after: failures, at: now, until: end, random: random))
    }

    /// The timer fired, perhaps early: clocks are set back, machines sleep.
    ///
    /// - Returns: `nil` when no timer was wanted.
    public mutating func timerFired(at now: Date) -> Effect? {
        guard case .waiting(let due) = state else { return nil }
        guard now >= due else { return .wake(at: due) }
        state = .requesting
        return .request
    }

    private mutating func wait(until due: Date) -> Effect {
        state = .waiting(until: due)
        return .wake(at: due)
    }
}
