/// How much one server takes from its callers before it refuses.
public struct APIServerLimits: Hashable, Sendable {
    /// A request's body; the same as kube-apiserver's.
    public var bodyBytes = 3 << 20
    /// How deep a body may be nested.
    public var bodyDepth = 100
    /// Attempts to find a free name for a `generateName`.
    public var nameAttempts = 8
    /// Attempts of a patch, which is applied anew when somebody else was faster.
    public var patchAttempts = 5
    /// An answer of a webhook.
    public var webhookAnswerBytes = 3 << 20
    /// The webhooks of one request that are asked at the same time.
    public var concurrentWebhooks = 16
    /// The events of one watch that wait for a slow reader, before the watch is ended.
    public var waitingEvents = 1024
    /// Watches without a timeout end by themselves after a time between this and its double.
    public var watchDuration = Duration.seconds(1800)
    /// How often a watch tells its revision when nothing else happens.
    public var bookmarkInterval = Duration.seconds(60)

    public init() {}
}
