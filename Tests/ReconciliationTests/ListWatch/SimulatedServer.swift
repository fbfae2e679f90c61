import KubernetesModel
import Reconciliation
import Testing

/// What a server that misbehaves may do, each with its probability for one answer.
struct Misbehaviour: CustomTestStringConvertible {
    var drop = 0.0
    var garbage = 0.0
    var expired = 0.0
    var overloaded = 0.0
    var tooLarge = 0.0
    var silence = 0.0
    var duplicate = 0.0
    var compaction = 0.0
    var refused = 0.0

    var testDescription: String {
        expired > 0 ? "of every kind" : drop > 0 ? "of connections only" : "none"
    }

    static let none = Misbehaviour()
    static let all = Misbehaviour(
        drop: 0.08,
        garbage: 0.04,
        expired: 0.04,
        overloaded: 0.06,
        tooLarge: 0.03,
        silence: 0.02,
        duplicate: 0.2,
        compaction: 0.05,
        refused: 0.02
    )
    /// Everything that a watch may survive without a new list.
    static let withoutLoss = Misbehaviour(drop: 0.1, overloaded: 0.08, silence: 0.03, duplicate: 0.2)
}

/// The truth, and its history, as an API server keeps them.
///
/// Versions are numbers here, so that the test can tell old from new; the machine cannot.
struct SimulatedServer {
    enum Kind {
        case state
        case deleted
    }

    struct Event {
        var revision: Int
        var kind: Kind
        var object: ObjectIdentity
    }

    private(set) var log: [Event] = []
    private(set) var objects: [ObjectName: ObjectIdentity] = [:]
    private(set) var revision = 10
    /// History up to here is gone.
    private(set) var compacted = 0
    private var lives = 0

    mutating func mutate(using random: inout some RandomNumberGenerator) throws {
        let name = ObjectName(
            namespace: "n\(Int.random(in: 0..<2, using: &random))",
            name: "o\(Int.random(in: 0..<6, using: &random))"
        )
        revision += Int.random(in: 1...3, using: &random)
        let known = objects[name]
        if let known, Int.random(in: 0..<3, using: &random) == 0 {
            let last = try #require(ObjectIdentity(name: name, uid: known.uid, version: "\(revision)"))
            objects[name] = nil
            log.append(Event(revision: revision, kind: .deleted, object: last))
            return
        }
        if known == nil { lives += 1 }
        let uid = known?.uid ?? ObjectUID("life-\(lives)")
        let state = try #require(ObjectIdentity(name: name, uid: uid, version: "\(revision)"))
        objects[name] = state
        log.append(Event(revision: revision, kind: .state, object: state))
    }

    mutating func compact() {
        compacted = revision
    }

    /// All objects as they were at a revision, in the order of names.
    func snapshot(at revision: Int) -> [ObjectIdentity] {
        var result: [ObjectName: ObjectIdentity] = [:]
        for event in log where event.revision <= revision {
            result[event.object.name] = event.kind == .state ? event.object : nil
        }
        return result.values.sorted { $0.name < $1.name }
    }

    func event(after revision: Int) -> Event? {
        var low = 0
        var high = log.count
        while low < high {
            let middle = (low + high) / 2
            if log[middle].revision > revision { high = middle } else { low = middle + 1 }
        }
        return low < log.count ? log[low] : nil
    }
}

/// Holds what the emitted changes say, and complains about a change that does not follow from the ones before.
struct SimulatedListener {
    private(set) var objects: [ObjectName: ObjectIdentity] = [:]
    private var newest: [ObjectName: Int] = [:]
    private(set) var complaints: [String] = []

    mutating func apply(_ change: ObjectChange) {
        let object = change.object
        let held = objects[object.name]
        let version = Int(object.version) ?? -1
        switch change {
        case .added:
            if held != nil { complaints.append("\(object.name) was added twice") }
            if version <= newest[object.name, default: 0] {
                complaints.append("\(object.name) came back at \(version)")
            }
            objects[object.name] = object
        case .updated:
            if held == nil { complaints.append("\(object.name) was updated and is unknown") }
            if held?.uid != object.uid { complaints.append("\(object.name) was updated to another life") }
            if version <= newest[object.name, default: 0] {
                complaints.append("\(object.name) went back to \(version)")
            }
            objects[object.name] = object
        case .deleted, .vanished:
            if held?.uid != object.uid { complaints.append("\(object.name) was deleted and is unknown") }
            objects[object.name] = nil
        }
        newest[object.name] = max(version, newest[object.name, default: 0])
    }

    mutating func complain(_ text: String) {
        complaints.append(text)
    }
}
