/// A point on a monotonic clock, as the time since an origin that its driver chose.
///
/// Machines take it as an argument. Only points of one driver can be compared; it says nothing about the time of day.
public struct Moment: InstantProtocol {
    public var sinceOrigin: Duration

    public init(_ sinceOrigin: Duration) {
        self.sinceOrigin = sinceOrigin
    }

    public static let origin = Moment(.zero)

    public func advanced(by duration: Duration) -> Moment { Moment(sinceOrigin + duration) }

    public func duration(to other: Moment) -> Duration { other.sinceOrigin - sinceOrigin }

    public static func < (left: Moment, right: Moment) -> Bool { left.sinceOrigin < right.sinceOrigin }
}
