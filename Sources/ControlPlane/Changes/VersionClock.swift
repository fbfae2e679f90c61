import Synchronization

/// Version numbers that grow with each use, also across restarts.
///
/// Milliseconds since 1970, or one more than the last if that is more: nothing needs to be written down. A clock
/// that is set back while the control plane is down may repeat numbers; proxies take what a new stream sends
/// whatever its number.
final class VersionClock: Sendable {
    private let last = Mutex<UInt64>(0)

    func next(milliseconds: Int64) -> UInt64 {
        last.withLock { last in
            let number = max(last &+ 1, UInt64(max(0, milliseconds)))
            last = number
            return number
        }
    }
}
