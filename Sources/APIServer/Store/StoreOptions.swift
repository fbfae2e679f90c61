/// Bounds of the store.
public struct StoreOptions: Equatable, Sendable {
    /// How many changes remain readable for watches, and for the later pages of a list.
    public var historyCount = 100_000
    /// How many bytes the objects of those changes may have.
    public var historyBytes = 256 << 20
    /// How long at least a change remains readable, unless one of the bounds above drops it.
    public var historyAge: Duration = .seconds(600)
    /// How many changes are kept in memory, where watches read them without the disk.
    public var recentCount = 8192
    public var recentBytes = 32 << 20
    /// The largest object, as JSON; as much as etcd takes by default.
    public var objectBytes = 3 << 19
    /// Objects of all kinds.
    public var objects = 500_000
    /// How many writes may wait for the one that is on its way to the disk.
    public var waitingWrites = 4096
    public var waitingBytes = 64 << 20
    /// How many reads the disk serves at once.
    public var readers = 4
    /// Up to this size a file is verified whole when it is opened; beyond, each row when it is read.
    public var verifiedBytes = 64 << 20
    /// How large the file may grow, in bytes; `nil` for as large as the disk.
    public var fileBytes: Int?

    public init() {}
}
