public import Authorization
import Identity
import JSONText
import NetworkTypes

extension RecordLog {
    /// Records a decision; an allow only if the sampling rule keeps it.
    public func append(_ record: DecisionRecord) {
        let isAllow = record.verdict == .allow && record.wouldBe == .allow
        if isAllow {
            let source = record.source.identity?.description ?? record.source.address.description
            guard keepsAllow(from: source, to: record.destination.identity) else { return }
        }
        append(record.json.bytes(), weight: isAllow ? .allow : .denial)
    }
}
