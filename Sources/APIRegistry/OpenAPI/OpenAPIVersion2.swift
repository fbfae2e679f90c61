import JSONText
import KubernetesModel

/// The OpenAPI 2 document, as far as kubectl 1.32 still asks for it.
///
/// It does for manifests of `kind: List` alone, before it sends their items one by one, and in protobuf alone
/// (`OpenAPIv2.proto` of gnostic). The document names all kinds and leaves their fields open: the server itself checks
/// each item's fields (`fieldValidation`), so that what the client checks before adds nothing.
public enum OpenAPIVersion2 {
    /// What the document is answered as: no `@` may stand in a `Content-Type`.
    public static let contentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    /// What clients accept that read the document; the content type is as good.
    public static let mediaType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"

    /// What `/openapi/v2` answers.
    ///
    /// | message | fields |
    /// |---|---|
    /// | Document | 1 swagger, 2 info, 8 paths, 9 definitions |
    /// | Info | 1 title, 2 version |
    /// | Definitions | 1 NamedSchema, repeated |
    /// | NamedSchema, NamedAny | 1 name, 2 value |
    /// | Schema | 31 vendor extension (NamedAny) |
    /// | Any | 2 YAML |
    public static func document(of catalogue: ResourceCatalogue) -> [UInt8] {
        var definitions = ProtobufMessage()
        for definition in catalogue.definitions {
            let kind = definition.groupVersionKind
            var value = ProtobufMessage()
            value.add(2, "[\(kind.openAPI.text())]")
            var label = ProtobufMessage()
            label.add(1, "x-kubernetes-group-version-kind")
            label.add(2, value)
            var schema = ProtobufMessage()
            schema.add(31, label)
            var named = ProtobufMessage()
            named.add(1, OpenAPINames.schema(of: kind))
            named.add(2, schema)
            definitions.add(1, named)
        }
        var info = ProtobufMessage()
        info.add(1, "Kubernetes")
        info.add(2, "v1.32.0")
        var document = ProtobufMessage()
        document.add(1, "2.0")
        document.add(2, info)
        document.add(8, ProtobufMessage())
        document.add(9, definitions)
        return document.bytes
    }
}

/// A protobuf message of strings and messages: all that this document needs.
private struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

    mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, message.bytes) }

    private mutating func add(_ field: Int, _ content: [UInt8]) {
        // Wire type 2: a length, then as many bytes.
        addVarint(field << 3 | 2)
        addVarint(content.count)
        bytes += content
    }

    private mutating func addVarint(_ value: Int) {
        var rest = UInt64(value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
