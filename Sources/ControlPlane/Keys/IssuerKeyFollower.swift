import FoundationEssentials
import Glibc
import Logging
import MeshAPI
import Telemetry
import TokenVerification

/// Keeps the keys of token issuers: reads files when they change, fetches URLs from time to time, and holds on to
/// the last good set when the next cannot be had.
///
/// Never a made-up or empty set: an issuer whose keys were never had is ``IssuerKeysUpdate/State/unavailable(_:)``,
/// and nothing that asks for it matches.
struct IssuerKeyFollower: Sendable {
    /// An issuer whose keys cannot be had now.
    struct Problem: Sendable, Equatable {
        var source: IssuerSource
        var reason: String
        /// Whether those that were had before are used meanwhile.
        var usesEarlierKeys: Bool
    }

    var fileInterval = Duration.milliseconds(500)
    var fetchInterval = Duration.seconds(300)
    var retryInterval = Duration.seconds(10)

    let sources: [IssuerSource]
    let fetcher: KeyFetcher
    let published: Watch<[String: IssuerKeysUpdate.State]>
    let metrics: ControlPlaneMetrics
    let logger: Logger
    private let reasons = Watch<[String: String]>([:])
    /// Of the files, taken before they were read at first.
    private let firstSignatures: [String: DirectorySignature]

    init(sources: [IssuerSource], fetcher: KeyFetcher, metrics: ControlPlaneMetrics, logger: Logger) {
        self.sources = sources
        self.fetcher = fetcher
        self.metrics = metrics
        self.logger = logger
        let unread = sources.map { ($0.issuer, IssuerKeysUpdate.State.unavailable("not read yet")) }
        published = Watch(Dictionary(unread, uniquingKeysWith: { first, _ in first }))
        let files = sources.compactMap { source in
            if case .file(let path) = source.origin { (path, DirectorySignature(of: path)) } else { nil }
        }
        firstSignatures = Dictionary(files, uniquingKeysWith: { first, _ in first })
        for source in sources {
            if case .file(let path) = source.origin { _ = take(Self.read(path), from: source) }
        }
    }

    /// In the order of the sources.
    var problems: [Problem] {
        let reasons = reasons.value
        let states = published.value
        return sources.compactMap { source in
            guard let reason = reasons[source.issuer] else { return nil }
            var usesEarlierKeys = false
            if case .keys? = states[source.issuer] { usesEarlierKeys = true }
            return Problem(source: source, reason: reason, usesEarlierKeys: usesEarlierKeys)
        }
    }

    /// Runs until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for source in sources {
                group.addTask {
                    switch source.origin {
                    case .file(let path): await follow(path, of: source)
                    case .url(let url): await fetch(url, of: source)
                    }
                }
            }
        }
    }

    private func follow(_ path: String, of source: IssuerSource) async {
        var signature = firstSignatures[path]
        while (try? await Task.sleep(for: fileInterval)) != nil {
            let now = DirectorySignature(of: path)
            guard now != signature else { continue }
            signature = now
            _ = take(Self.read(path), from: source)
        }
    }

    private func fetch(_ url: String, of source: IssuerSource) async {
        while !Task.isCancelled {
            let result: Result<[UInt8], KeyFetchError>
            do throws(KeyFetchError) {
                result = .success(try await fetcher.fetch(url))
            } catch {
                result = .failure(error)
            }
            guard !Task.isCancelled else { return }
            let isGood = take(result, from: source)
            guard (try? await Task.sleep(for: isGood ? fetchInterval : retryInterval)) != nil else {
                return
            }
        }
    }

    /// Takes a key set if it is one with a key that can be used; else keeps what there was.
    private func take(_ result: Result<[UInt8], KeyFetchError>, from source: IssuerSource) -> Bool {
        let problem: String
        switch result {
        case .success(let bytes):
            if let keys = try? KeySet(parsing: bytes), !keys.keys.isEmpty {
                metrics.issuerKeysRefreshed(.accepted)
                reasons.update { $0[source.issuer] = nil }
                if published.value[source.issuer] != .keys(bytes) {
                    published.update { $0[source.issuer] = .keys(bytes) }
                    logger.info(
                        "issuer keys read",
                        metadata: ["issuer": "\(source.issuer)", "keys": "\(keys.keys.count)"]
                    )
                }
                return true
            }
            problem = "it is no key set with a key that can be used"
        case .failure(let error):
            problem = error.description
        }
        if reasons.value[source.issuer] != problem {
            logger.error(
                "issuer keys cannot be had",
                metadata: ["issuer": "\(source.issuer)", "reason": "\(problem)"]
            )
        }
        reasons.update { $0[source.issuer] = problem }
        published.update { states in
            if case .keys? = states[source.issuer] { return }
            states[source.issuer] = .unavailable(problem)
        }
        metrics.issuerKeysRefreshed(.refused)
        return false
    }

    private static func read(_ path: String) -> Result<[UInt8], KeyFetchError> {
        guard let file = fopen(path, "re") else { return .failure(.unreachable("the file cannot be opened")) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: KeyFetcher.sizeLimit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { return .failure(.unreachable("the file cannot be read")) }
        guard count <= KeyFetcher.sizeLimit else { return .failure(.tooLarge(limit: KeyFetcher.sizeLimit)) }
        return .success(Array(bytes.prefix(count)))
    }
}
