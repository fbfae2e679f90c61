import JSONText
import KubernetesModel
import TestSupport
import Testing

/// Random managers who apply and update one object.
@Suite("Server-side apply, walked")
struct ApplyWalkTests {
    private static let apply: ServerSideApply = {
        let string = Schema.Child.schema(Schema(type: .string))
        let port = Schema(
            type: .object,
            properties: [
                ("port", .schema(Schema(type: .integer))),
                ("protocol", .schema(Schema(type: .string, defaultValue: "TCP"))), ("name", string),
                ("note", string),
            ]
        )
        let spec = Schema(
            type: .object,
            properties: [
                ("a", string), ("b", string),
                (
                    "ports",
                    .schema(
                        Schema(
                            type: .array,
                            items: .schema(port),
                            listType: .map(keys: ["port", "protocol"])
                        )
                    )
                ),
                ("set", .schema(Schema(type: .array, items: string, listType: .set))),
                ("atomic", .schema(Schema(type: .array, items: string, listType: .atomic))),
                ("labels", .schema(Schema(type: .object, additionalProperties: string))),
                ("whole", .schema(Schema(type: .object, additionalProperties: string, isAtomicMap: true))),
                ("open", .schema(Schema(type: .object, preservesUnknownFields: true))),
            ]
        )
        return ServerSideApply(schema: Schema(type: .object, properties: [("spec", .schema(spec))]))
    }()

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `keeps its promises`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var live: UnstructuredObject?
        for step in 0..<60 {
            let context = "seed \(seed), step \(step)"
            let time = "2026-01-01T00:\(10 + step / 60):\(10 + step % 50)Z"
            let later = "2027-01-01T00:00:00Z"
            let name = ["alice", "bob", "carol"].randomElement(using: &generator) ?? ""
            let manager = ServerSideApply.Manager(name, apiVersion: "x.io/v1")
            let wanted = Self.configuration(&generator)
            if let current = live, Int.random(in: 0...3, using: &generator) == 0 {
                var new = wanted
                new["metadata", "managedFields"] = current["metadata", "managedFields"]
                let updated = Self.apply.update(from: current, to: new, manager: manager, time: time)
                let again = Self.apply.update(from: updated, to: updated, manager: manager, time: later)
                #expect(again == updated, "an update that changes nothing: \(context)")
                live = updated
            } else {
                let isFree = try? Self.apply.apply(
                    wanted,
                    to: live,
                    manager: manager,
                    force: false,
                    time: time
                )
                let applied = try Self.apply.apply(
                    wanted,
                    to: live,
                    manager: manager,
                    force: true,
                    time: time
                )
                if let isFree { #expect(isFree == applied, "force without conflict: \(context)") }
                let again = try Self.apply.apply(
                    wanted,
                    to: applied,
                    manager: manager,
                    force: false,
                    time: later
                )
                let isIdle = again == applied
                #expect(isIdle, "applying again: \(context)\n\(applied.json)\n\(wanted.json)\n\(again.json)")
                live = applied
            }
            let object = try #require(live)
            for entry in object["metadata", "managedFields"]?.array ?? [] {
                let fields = try #require(FieldSet(entry["fieldsV1"] ?? .null), "\(context)")
                #expect(fields.json == entry["fieldsV1"], "\(context)")
                #expect(!fields.isEmpty, "\(context)")
                for path in fields.paths {
                    let text = path.map(\.description).joined()
                    #expect(
                        Self.find(path[...], in: object.json),
                        "owned and not there: \(text), \(context): \(object.json)"
                    )
                }
            }
        }
        // When everybody lets go, what was only applied is gone.
        var left = try #require(live)
        var empty = UnstructuredObject()
        empty.apiVersion = "x.io/v1"
        empty.kind = "Thing"
        for name in ["alice", "bob", "carol"] {
            let manager = ServerSideApply.Manager(name, apiVersion: "x.io/v1")
            left = try Self.apply.apply(
                empty,
                to: left,
                manager: manager,
                force: false,
                time: "2027-01-01T00:00:00Z"
            )
        }
        let operations = (left["metadata", "managedFields"]?.array ?? []).compactMap {
            $0["operation"]?.string
        }
        #expect(!operations.contains("Apply"))
    }

    private static func find(_ path: ArraySlice<PathElement>, in value: JSONValue) -> Bool {
        guard let first = path.first else { return true }
        let inner: JSONValue?
        switch first.kind {
        case .field: inner = first.name.flatMap { value[$0] }
        case .value: inner = value.array?.first { $0 == first.content }
        case .index: inner = nil
        case .key:
            inner = value.array?.first { element in
                (first.content.object ?? JSONObject()).allSatisfy { key in
                    (element[key.name] ?? (key.name == "protocol" ? "TCP" : .null)) == key.value
                }
            }
        }
        return inner.map { find(path.dropFirst(), in: $0) } ?? false
    }

    private static func configuration(_ generator: inout SeededGenerator) -> UnstructuredObject {
        func word() -> JSONValue { .string(["x", "y", "z"].randomElement(using: &generator) ?? "") }
        func maybe() -> Bool { Bool.random(using: &generator) }
        func words() -> JSONObject {
            var object = JSONObject()
            for name in ["k", "l", "m"] where maybe() { object[name] = word() }
            return object
        }
        var spec = JSONObject()
        for name in ["a", "b"] where maybe() { spec[name] = word() }
        if maybe() {
            var ports: [JSONValue] = []
            for number in [80, 443].shuffled(using: &generator) {
                for scheme in ["TCP", "UDP"] where maybe() {
                    var port: JSONObject = ["port": .int(number)]
                    if scheme == "UDP" || maybe() { port["protocol"] = .string(scheme) }
                    for name in ["name", "note"] where maybe() { port[name] = word() }
                    ports.append(.object(port))
                }
            }
            spec["ports"] = .array(ports)
        }
        if maybe() {
            spec["set"] = .strings(["p", "q", "r"].shuffled(using: &generator).filter { _ in maybe() })
        }
        if maybe() { spec["atomic"] = .array([word(), word()]) }
        if maybe() { spec["labels"] = .object(words()) }
        if maybe() { spec["whole"] = .object(words()) }
        if maybe() { spec["open"] = ["u": .object(words()), "v": word()] }
        var object = UnstructuredObject()
        object.apiVersion = "x.io/v1"
        object.kind = "Thing"
        object.name = "thing"
        object["spec"] = .object(spec)
        return object
    }
}
