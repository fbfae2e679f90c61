public import NIOCore
import Synchronization

/// Where a proxy finds out what a name stands for.
public protocol DestinationSource: Sendable {
    /// Succeeds at once when the destination is known, else when it becomes known; `nil` when there is none.
    func destination(named name: String, on loop: any EventLoop) -> EventLoopFuture<Destination?>
}

/// The destinations received so far; who asks for one that was not is told when it arrives.
public final class DestinationsInForce: DestinationSource {
    private struct State {
        var known: [String: Destination?] = [:]
        var waiters: [String: [EventLoopPromise<Destination?>]] = [:]
        var wants: (@Sendable (String) -> Void)?
    }

    private let state = Mutex(State())
    private let patience: TimeAmount

    /// - Parameter patience: How long a connection waits for an answer before it is told that there is none.
    public init(patience: TimeAmount = .seconds(5)) {
        self.patience = patience
    }

    /// Sets what is called when somebody needs a destination that was not received.
    public func onWant(_ wants: @escaping @Sendable (String) -> Void) {
        state.withLock { $0.wants = wants }
    }

    public func destination(named name: String, on loop: any EventLoop) -> EventLoopFuture<Destination?> {
        let promise = loop.makePromise(of: Destination?.self)
        let (answer, wants) = state.withLock { state -> (Destination??, (@Sendable (String) -> Void)?) in
            if let known = state.known[name] { return (.some(known), nil) }
            state.waiters[name, default: []].append(promise)
            return (nil, state.wants)
        }
        if let answer {
            promise.succeed(answer)
            return promise.futureResult
        }
        wants?(name)
        let patience = loop.scheduleTask(in: patience) { [weak self] in self?.giveUp(name, promise) }
        promise.futureResult.whenComplete { _ in patience.cancel() }
        return promise.futureResult
    }

    /// Puts a destination in force, or the knowledge that there is none of that name.
    public func install(_ destination: Destination?, named name: String) {
        let waiters = state.withLock { state in
            state.known[name] = .some(destination)
            return state.waiters.removeValue(forKey: name) ?? []
        }
        for waiter in waiters { waiter.succeed(destination) }
    }

    public var all: [Destination] {
        state.withLock { $0.known.values.compactMap { $0 } }.sorted { $0.name < $1.name }
    }

    /// Answers one who waited long enough, unless the answer came first.
    private func giveUp(_ name: String, _ promise: EventLoopPromise<Destination?>) {
        let waited = state.withLock { state -> Bool in
            guard let index = state.waiters[name]?.firstIndex(of: promise) else { return false }
            state.waiters[name]?.remove(at: index)
            if state.waiters[name]?.isEmpty == true { state.waiters[name] = nil }
            return true
        }
        if waited { promise.succeed(nil) }
    }
}
