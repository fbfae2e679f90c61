import JSONText

/// Why a body in protobuf cannot be read.
public enum ProtobufError: Error, Hashable, Sendable {
    /// It does not begin as Kubernetes' objects do.
    case notAnObject
    case malformed
    /// A kind that has no protobuf form here, such as one of a CustomResourceDefinition.
    case unknownKind(GroupVersionKind)
    case tooDeep
}

/// Turns an object in Kubernetes' protobuf encoding into the JSON text of the same object.
///
/// Typed clients of Go, kubectl's `create` and `auth` among them, send built-in kinds so. What protobuf always writes and
/// JSON leaves out (empty strings, zeros that are no pointers) is left out. Fields that are not known are left out too:
/// a newer client may have more of them. The result goes to the JSON parser, whose limits then hold.
public enum ProtobufObject {
    static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    static let deepest = 64

    /// The text of the object in an envelope (`runtime.Unknown`), with its `apiVersion` and `kind`.
    public static func json(_ bytes: [UInt8]) throws(ProtobufError) -> [UInt8] {
        guard bytes.starts(with: magic) else { throw .notAnObject }
        var envelope = WireReader(bytes.dropFirst(magic.count))
        var apiVersion = ""
        var kind = ""
        var raw = ArraySlice<UInt8>()
        while let (number, value) = try envelope.next() {
            switch (number, value) {
            case (1, .bytes(let typeMeta)):
                var reader = WireReader(typeMeta)
                while let (number, value) = try reader.next() {
                    guard case .bytes(let text) = value else { throw .malformed }
                    if number == 1 { apiVersion = try string(text) }
                    if number == 2 { kind = try string(text) }
                }
            case (2, .bytes(let object)): raw = object
            default: break
            }
        }
        guard let version = GroupVersion(apiVersion: apiVersion), !kind.isEmpty else { throw .notAnObject }
        let name = typeName(GroupVersionKind(version, kind: kind))
        guard case .fields(let fields) = ProtobufTypes.builtIn.message(name) else {
            throw .unknownKind(GroupVersionKind(version, kind: kind))
        }
        var text: [UInt8] = [UInt8(ascii: "{")]
        for (name, value) in [("apiVersion", apiVersion), ("kind", kind)] {
            append(name, &text)
            text.append(jsonString: value)
        }
        try members(raw, fields, depth: 0, &text)
        text.append(UInt8(ascii: "}"))
        return text
    }

    /// `rbac.authorization.k8s.io/v1` Role is `rbac.v1.Role`; options are of `meta` in whatever version they come.
    private static func typeName(_ kind: GroupVersionKind) -> String {
        if kind.kind.hasSuffix("Options") { return "meta.v1.\(kind.kind)" }
        let group = kind.group.isEmpty ? "core" : kind.group.prefix { $0 != "." }
        return "\(group).\(kind.version).\(kind.kind)"
    }

    // MARK: Messages

    private static func object(
        _ bytes: ArraySlice<UInt8>,
        _ type: String,
        depth: Int,
        _ text: inout [UInt8]
    ) throws(ProtobufError) {
        guard depth < deepest else { throw .tooDeep }
        switch ProtobufTypes.builtIn.message(type) {
        case .fields(let fields):
            text.append(UInt8(ascii: "{"))
            try members(bytes, fields, depth: depth, &text)
            text.append(UInt8(ascii: "}"))
        case .wrappedList:
            let items = ProtobufTypes.Field(name: "", code: .string, shape: .list, isWrittenWhenZero: true)
            var values: [WireReader.Value] = []
            var reader = WireReader(bytes)
            while let (number, value) = try reader.next() {
                if number == 1 { values.append(value) }
            }
            try list(values, items, depth: depth, &text)
        case nil: throw .malformed
        }
    }

    /// Appends the fields of a message to an object whose end is not written yet.
    private static func members(
        _ bytes: ArraySlice<UInt8>,
        _ fields: [Int: ProtobufTypes.Field],
        depth: Int,
        _ text: inout [UInt8]
    ) throws(ProtobufError) {
        var values: [Int: [WireReader.Value]] = [:]
        var order: [Int] = []
        var reader = WireReader(bytes)
        while let (number, value) = try reader.next() {
            guard fields[number] != nil else { continue }
            if values[number] == nil { order.append(number) }
            values[number, default: []].append(value)
        }
        for number in order {
            guard let field = fields[number], let found = values[number], let last = found.last else {
                continue
            }
            switch field.shape {
            case .single:
                // Twice means the later one, or both merged; no encoder of Kubernetes writes it.
                guard found.count == 1 else { throw .malformed }
                guard field.isWrittenWhenZero || !isZero(last, field.code) else { continue }
                append(field.name, &text)
                try append(last, field.code, depth: depth, &text)
            case .inline:
                guard found.count == 1, case .bytes(let inner) = last, case .message(let type) = field.code,
                    case .fields(let fields) = ProtobufTypes.builtIn.message(type), depth < deepest
                else { throw .malformed }
                try members(inner, fields, depth: depth + 1, &text)
            case .list:
                append(field.name, &text)
                try list(found, field, depth: depth, &text)
            case .map:
                append(field.name, &text)
                try map(found, field, depth: depth, &text)
            }
        }
    }

    private static func list(
        _ values: [WireReader.Value],
        _ field: ProtobufTypes.Field,
        depth: Int,
        _ text: inout [UInt8]
    ) throws(ProtobufError) {
        text.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            try append(value, field.code, depth: depth, &text)
        }
        text.append(UInt8(ascii: "]"))
    }

    private static func map(
        _ entries: [WireReader.Value],
        _ field: ProtobufTypes.Field,
        depth: Int,
        _ text: inout [UInt8]
    ) throws(ProtobufError) {
        text.append(UInt8(ascii: "{"))
        for entry in entries {
            guard case .bytes(let bytes) = entry else { throw .malformed }
            var key = ""
            var value = zero(of: field.code)
            var reader = WireReader(bytes)
            while let (number, found) = try reader.next() {
                if number == 1, case .bytes(let text) = found { key = try string(text) }
                if number == 2 { value = found }
            }
            append(key, &text)
            try append(value, field.code, depth: depth, &text)
        }
        text.append(UInt8(ascii: "}"))
    }

    // MARK: Values

    private static func append(
        _ value: WireReader.Value,
        _ code: ProtobufTypes.Code,
        depth: Int,
        _ text: inout [UInt8]
    ) throws(ProtobufError) {
        switch (code, value) {
        case (.string, .bytes(let bytes)): text.append(jsonString: try string(bytes))
        case (.integer, .varint(let number)): text += "\(Int64(bitPattern: number))".utf8
        case (.boolean, .varint(let number)): text += (number == 0 ? "false" : "true").utf8
        case (.double, .fixed64(let bits)): JSONValue.double(Double(bitPattern: bits)).append(to: &text)
        case (.bytes, .bytes(let bytes)): text.append(jsonString: base64(bytes))
        case (.json, .bytes(let bytes)):
            // Checked with the rest when the text is parsed; until then it could only break that.
            let inner = try ProtobufScalars(bytes).text(1)
            text += inner.isEmpty ? Array("null".utf8) : try checked(inner)
        case (.message(let type), .bytes(let bytes)): try object(bytes, type, depth: depth + 1, &text)
        case (_, .bytes(let bytes)): try ProtobufScalars(bytes).append(code, to: &text)
        case (_, .varint), (_, .fixed64): throw .malformed
        }
    }

    /// A text that stands within another one must be a whole value by itself.
    private static func checked(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> [UInt8] {
        do {
            return try JSONValue(parsing: bytes, limits: JSONLimits(bytes: bytes.count, depth: 100)).bytes()
        } catch {
            throw .malformed
        }
    }

    private static func isZero(_ value: WireReader.Value, _ code: ProtobufTypes.Code) -> Bool {
        switch (code, value) {
        case (.string, .bytes(let bytes)), (.bytes, .bytes(let bytes)): bytes.isEmpty
        case (.integer, .varint(let number)), (.boolean, .varint(let number)): number == 0
        // A time that is not set is an empty message, and a raw value that is not set too.
        case (.time, .bytes(let bytes)), (.microTime, .bytes(let bytes)), (.json, .bytes(let bytes)):
            bytes.isEmpty
        default: false
        }
    }

    private static func zero(of code: ProtobufTypes.Code) -> WireReader.Value {
        switch code {
        case .integer, .boolean: .varint(0)
        case .double: .fixed64(0)
        default: .bytes([])
        }
    }

    private static func append(_ name: String, _ text: inout [UInt8]) {
        if text.last != UInt8(ascii: "{") { text.append(UInt8(ascii: ",")) }
        text.append(jsonString: name)
        text.append(UInt8(ascii: ":"))
    }

    static func string(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
        return text
    }

    private static func base64(_ bytes: ArraySlice<UInt8>) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var rest = bytes
        while !rest.isEmpty {
            let group = Array(rest.prefix(3))
            rest = rest.dropFirst(3)
            var bits: UInt32 = 0
            for place in 0..<3 { bits = bits << 8 | UInt32(place < group.count ? group[place] : 0) }
            for place in 0..<4 {
                let index = Int(bits >> UInt32(18 - 6 * place) & 0x3F)
                text.append(place <= group.count ? alphabet[index] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
