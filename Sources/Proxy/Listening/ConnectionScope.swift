import CanonicalHTTP
import NIOCore
import ProxyCore

/// What the connections of one listener share on one event loop, and the list of those that must hear of draining.
///
/// Confined to its event loop.
final class ConnectionScope {
    let loop: any EventLoop
    let settings: ProxySettings
    let observer: any ProxyObserver
    let direction: Direction
    private var drains: [ObjectIdentifier: () -> Void] = [:]
    private(set) var isDraining = false
    private var channels: [ObjectIdentifier: any Channel] = [:]
    private var emptied: EventLoopPromise<Void>?

    init(loop: any EventLoop, settings: ProxySettings, observer: any ProxyObserver, direction: Direction) {
        self.loop = loop
        self.settings = settings
        self.observer = observer
        self.direction = direction
    }

    /// Registers what is to be done when the proxy leaves; at once when it is leaving already.
    func drained(by owner: AnyObject, _ drain: @escaping () -> Void) {
        drains[ObjectIdentifier(owner)] = drain
        if isDraining { drain() }
    }

    func forget(_ owner: AnyObject) {
        drains[ObjectIdentifier(owner)] = nil
    }

    /// Keeps count of an accepted connection until it is closed.
    func accepted(_ channel: any Channel) {
        channels[ObjectIdentifier(channel)] = channel
        observer.connectionOpened(direction)
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in
            channels[ObjectIdentifier(channel)] = nil
            observer.connectionClosed(direction)
            if channels.isEmpty { emptied?.succeed() }
        }
    }

    /// Asks every connection to end when its work is done; the future says when the last one has.
    func drain() -> EventLoopFuture<Void> {
        isDraining = true
        let promise = emptied ?? loop.makePromise(of: Void.self)
        emptied = promise
        for drain in drains.values { drain() }
        if channels.isEmpty { promise.succeed() }
        return promise.futureResult
    }

    func closeAll() {
        for channel in channels.values { channel.closeNow() }
    }
}

/// Which way a connection goes, seen from the workload.
public enum Direction: String, Sendable {
    case inbound
    case outbound
}
