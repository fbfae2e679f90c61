import Authorization
import Logging
import Storage

/// Numbers the states of the manifests, from 1 and on where the last run of the control plane ended.
///
/// The number is written down before it is used. When that fails (a full disk) numbers go on from memory, and one
/// may be used again after a restart; a policy in force matters more than its number.
struct RevisionCounter {
    private static let file = "revision"

    private let directory: PrivateDirectory
    private let logger: Logger
    private(set) var current: PolicyRevision

    init(in directory: PrivateDirectory, logger: Logger) throws(StorageError) {
        self.directory = directory
        self.logger = logger
        let bytes = try directory.read(Self.file, limit: 64) ?? []
        let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        current = PolicyRevision(UInt64(text) ?? 0)
    }

    mutating func advance() -> PolicyRevision {
        current = PolicyRevision(current.number &+ 1)
        do {
            try directory.write(Self.file, Array("\(current.number)\n".utf8))
        } catch {
            logger.error("the policy revision cannot be written down", metadata: ["error": "\(error)"])
        }
        return current
    }
}
