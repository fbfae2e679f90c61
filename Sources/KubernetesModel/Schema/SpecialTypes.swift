/// Types of Kubernetes that are written as scalars, or as JSON of any shape.
enum SpecialTypes {
    private static let meta = "io.k8s.apimachinery.pkg.apis.meta.v1."

    /// By their names in the OpenAPI document.
    static let byName: [String: Schema] = [
        meta + "Time": time,
        meta + "MicroTime": microTime,
        meta + "FieldsV1": Schema(type: .object, isNullable: true, preservesUnknownFields: true),
        "io.k8s.apimachinery.pkg.runtime.RawExtension":
            Schema(type: .object, isNullable: true, preservesUnknownFields: true),
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString":
            Schema(type: nil, isIntOrString: true, isNullable: true),
        "io.k8s.apimachinery.pkg.api.resource.Quantity": quantity,
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON":
            Schema(type: nil, isNullable: true, preservesUnknownFields: true),
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus":
            Schema(type: .object, isNullable: true),
    ]

    static let time = scalar(.string, format: "date-time")
    static let microTime = scalar(.string, format: "date-time")

    /// The name of a type for a code of the table; `nil` when the code is no special type's.
    static func name(_ code: Substring) -> String? {
        switch code {
        case "t": meta + "Time"
        case "u": meta + "MicroTime"
        case "f": meta + "FieldsV1"
        case "r": "io.k8s.apimachinery.pkg.runtime.RawExtension"
        case "x": "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
        case "q": "io.k8s.apimachinery.pkg.api.resource.Quantity"
        case "a": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON"
        case "o": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus"
        default: nil
        }
    }

    /// The schema for a code of the table that the OpenAPI document writes in place; shared by all fields.
    static func scalar(_ code: Substring) -> Schema? {
        switch code {
        case "s": string
        case "b": boolean
        case "i": int32
        case "l": int64
        case "n": number
        case "y": bytes
        default: nil
        }
    }

    private static let string = scalar(.string)
    private static let boolean = scalar(.boolean)
    private static let int32 = scalar(.integer, format: "int32")
    private static let int64 = scalar(.integer, format: "int64")
    private static let number = scalar(.number, format: "double")
    private static let bytes = scalar(.string, format: "byte")

    private static let quantity: Schema = {
        var constraints = Schema.Constraints()
        constraints.oneOf = [Schema(type: .string), Schema(type: .number)]
        return Schema(type: nil, isNullable: true, constraints: constraints)
    }()

    private static func scalar(_ type: Schema.ValueType, format: String = "") -> Schema {
        var constraints = Schema.Constraints()
        constraints.format = format
        return Schema(type: type, isNullable: true, constraints: constraints)
    }
}
