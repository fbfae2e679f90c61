import FoundationEssentials
import JSONText
import TestSupport
import Testing

@testable import KubernetesModel

@Suite("Objects in protobuf")
struct ProtobufObjectTests {
    /// Members in the order of their names, since protobuf has an order of its own.
    static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(
                JSONObject(object.members.sorted { $0.name < $1.name }.map { ($0.name, sorted($0.value)) })
            )
        case .array(let elements): .array(elements.map(sorted))
        case .null, .bool, .number, .string: value
        }
    }

    @Test("kubectl's objects are read as it prints them", arguments: ProtobufSample.all)
    func sample(_ sample: ProtobufSample) throws {
        var read = try JSONValue(parsing: ProtobufObject.json(sample.bytes))
        let expected = try JSONValue(parsing: Array(sample.json.utf8))
        // kubectl adds the namespace to what it sends.
        if var object = read.object, var metadata = object["metadata"]?.object {
            metadata["namespace"] = nil
            object["metadata"] = .object(metadata)
            read = .object(object)
        }
        #expect(Self.sorted(read) == Self.sorted(expected))
    }

    @Test func `a replica count of zero is not left out`() throws {
        let spec: [UInt8] = [0x08, 0x00]
        let text = try ProtobufObject.json(Self.envelope("apps/v1", "Deployment", [0x12, 0x02] + spec))
        #expect(
            String(decoding: text, as: UTF8.self)
                == #"{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":0}}"#
        )
    }

    @Test func `a kind of a CustomResourceDefinition has no protobuf form`() {
        let bytes = Self.envelope("example.com/v1", "Widget", [])
        let kind = GroupVersionKind(group: "example.com", version: "v1", kind: "Widget")
        #expect(throws: ProtobufError.unknownKind(kind)) { try ProtobufObject.json(bytes) }
    }

    @Test func `raw JSON within a field must be one value`() {
        // A ControllerRevision, whose `data` would end its object early.
        let raw = Array(#"{}},"x":{"#.utf8)
        let data = [0x0A, UInt8(raw.count)] + raw
        let bytes = Self.envelope("apps/v1", "ControllerRevision", [0x12, UInt8(data.count)] + data)
        #expect(throws: ProtobufError.malformed) { try ProtobufObject.json(bytes) }
    }

    @Test func `schemas within schemas end somewhere`() {
        // PodSpec has no field of its own type, so depth comes from lies about lengths only.
        let bytes = Self.envelope("v1", "Pod", [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x07])
        #expect(throws: ProtobufError.malformed) { try ProtobufObject.json(bytes) }
    }

    @Test func `damaged samples are read or refused, and never worse`() throws {
        var random = SeededGenerator(seed: 20_261_121)
        for sample in ProtobufSample.all {
            for _ in 0..<400 {
                var bytes = sample.bytes
                for _ in 0...Int.random(in: 0..<4, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                        in: 0...255,
                        using: &random
                    )
                }
                if Bool.random(using: &random) {
                    bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                }
                guard let text = try? ProtobufObject.json(bytes) else { continue }
                // Duplicate names are the parser's to refuse.
                _ = try? JSONValue(parsing: text)
            }
        }
    }

    private static func envelope(_ apiVersion: String, _ kind: String, _ raw: [UInt8]) -> [UInt8] {
        let type =
            [0x0A, UInt8(apiVersion.utf8.count)] + Array(apiVersion.utf8) + [0x12, UInt8(kind.utf8.count)]
            + Array(kind.utf8)
        return ProtobufObject.magic + [0x0A, UInt8(type.count)] + type + [0x12, UInt8(raw.count)] + raw
    }
}
