import Glibc
public import KubernetesModel

/// Tells the time of day: the system's, or a test's.
public struct WallClock: Sendable {
    public let now: @Sendable () -> Timestamp

    public init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    public static let system = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let seconds = Int64(time.tv_sec)
        return Timestamp(microseconds: seconds * 1_000_000 + Int64(time.tv_nsec) / 1000) ?? .epoch
    }
}
