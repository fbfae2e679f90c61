import JSONText
import KubernetesModel
import Testing

@Suite("Structural schemas")
struct StructuralSchemaTests {
    static func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    static func schema(spec: String) throws -> Schema {
        try Schema.structural(parse(#"{"type":"object","properties":{"spec":\#(spec)}}"#))
    }

    @Test(
        "what a schema must not say",
        arguments: [
            (#"{}"#, "", "FieldValueRequired", "Required value: must not be empty at the root", "type"),
            (
                #"{"type":"string"}"#, "", "FieldValueInvalid",
                "Invalid value: \"string\": must be object at the root", "type"
            ),
            (
                #"{"type":"object","properties":{"a":{}}}"#, "", "FieldValueRequired",
                "Required value: must not be empty for specified object fields", "properties[a].type"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"array","items":{}}}}"#, "",
                "FieldValueRequired", "Required value: must not be empty for specified array items",
                "properties[a].items.type"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"array"}}}"#, "", "FieldValueRequired",
                "Required value: must be specified", "properties[a].items"
            ),
            (
                #"{"type":"object","additionalProperties":true}"#, "", "FieldValueForbidden",
                "Forbidden: must not be used at the root", "additionalProperties"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"string"}},"additionalProperties":{"type":"string"}}}}"#,
                "", "FieldValueForbidden",
                "Forbidden: additionalProperties and properties are mutual exclusive",
                "properties[a].additionalProperties"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"strin"}}}"#, "", "FieldValueNotSupported",
                "Unsupported value: \"strin\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\"",
                "properties[a].type"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"string","$ref":"x"}}}"#, "",
                "FieldValueForbidden", "Forbidden: $ref is not supported", "properties[a].$ref"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"},"uniqueItems":true}}}"#,
                "", "FieldValueForbidden",
                "Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
                "properties[a].uniqueItems"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"string","pattern":"("}}}"#, "",
                "FieldValueInvalid",
                "Invalid value: \"(\": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`",
                "properties[a].pattern"
            ),
            (
                #"{"type":"object","x-kubernetes-validations":[{"rule":"true"}]}"#, "", "FieldValueForbidden",
                "Forbidden: validation rules (CEL) are not supported by this API server",
                "x-kubernetes-validations"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"object","x-kubernetes-int-or-string":true}}}"#,
                "", "FieldValueInvalid",
                "Invalid value: \"object\": must be empty if x-kubernetes-int-or-string is true",
                "properties[a].type"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"string"}},"allOf":[{"properties":{"b":{"minLength":1}}}]}"#,
                "", "FieldValueRequired", "Required value: because it is defined in S.allOf[0].properties[b]",
                "properties[b]"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"string"}},"anyOf":[{"properties":{"a":{"type":"string"}}}]}"#,
                "", "FieldValueForbidden", "Forbidden: must be empty to be structural",
                "anyOf[0].properties[a].type"
            ),
            (
                #"{"type":"object","properties":{"metadata":{"type":"object","properties":{"labels":{"type":"object"}}}}}"#,
                "", "FieldValueForbidden",
                "Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified",
                "properties[metadata]"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"array","x-kubernetes-list-type":"map","items":{"type":"object","properties":{"k":{"type":"string"}}}}}}"#,
                "", "FieldValueRequired",
                "Required value: must not be empty if x-kubernetes-list-type is map",
                "properties[a].x-kubernetes-list-map-keys"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","properties":{"k":{"type":"string"}}}}}}"#,
                "", "FieldValueRequired",
                "Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
                "properties[a].items.properties[k].default"
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"integer","default":"x"}}}"#, "",
                "FieldValueTypeInvalid",
                "Invalid value: \"string\": S.properties[a].default in body must be of type integer: \"string\"",
                "properties[a].default"
            ),
        ]
    )
    func refused(text: String, _: String, reason: String, message: String, field: String) throws {
        let value = try Self.parse(text)
        let error = #expect(throws: InvalidSchema.self) { try Schema.structural(value, at: "S") }
        #expect(error?.causes == [APIStatus.Cause(reason: reason, message: message, field: "S.\(field)")])
    }

    @Test func `depth and size are bounded`() throws {
        var deep: JSONValue = ["type": "string"]
        for _ in 0..<200 { deep = ["type": "object", "properties": ["a": deep]] }
        #expect(throws: InvalidSchema.self) { try Schema.structural(deep) }
        let many = JSONObject((0..<30_000).map { ("f\($0)", ["type": "string"]) })
        #expect(throws: InvalidSchema.self) {
            try Schema.structural(["type": "object", "properties": .object(many)])
        }
    }

    @Test(
        "what is wrong with a value",
        arguments: [
            (
                #"{"type":"integer"}"#, #""x""#, "FieldValueTypeInvalid",
                #"Invalid value: "string": spec in body must be of type integer: "string""#
            ),
            (
                #"{"type":"string"}"#, #"null"#, "FieldValueTypeInvalid",
                #"Invalid value: "null": spec in body must be of type string: "null""#
            ),
            (
                #"{"x-kubernetes-int-or-string":true}"#, #"true"#, "FieldValueTypeInvalid",
                #"Invalid value: "boolean": spec in body must be of type integer,string: "boolean""#
            ),
            (
                #"{"type":"string","enum":["a","b"]}"#, #""c""#, "FieldValueNotSupported",
                #"Unsupported value: "c": supported values: "a", "b""#
            ),
            (
                #"{"type":"string","pattern":"^a+$"}"#, #""b""#, "FieldValueInvalid",
                #"Invalid value: "b": spec in body should match '^a+$'"#
            ),
            (
                #"{"type":"string","minLength":2}"#, #""é""#, "FieldValueInvalid",
                #"Invalid value: "é": spec in body should be at least 2 chars long"#
            ),
            (
                #"{"type":"string","maxLength":1}"#, #""ab""#, "FieldValueTooLong",
                "Too long: may not be more than 1 bytes"
            ),
            (
                #"{"type":"integer","maximum":10}"#, "11", "FieldValueInvalid",
                "Invalid value: 11: spec in body should be less than or equal to 10"
            ),
            (
                #"{"type":"integer","minimum":1,"exclusiveMinimum":true}"#, "1", "FieldValueInvalid",
                "Invalid value: 1: spec in body should be greater than 1"
            ),
            (
                #"{"type":"number","multipleOf":0.5}"#, "0.75", "FieldValueInvalid",
                "Invalid value: 0.75: spec in body should be a multiple of 0.5"
            ),
            (
                #"{"type":"array","items":{"type":"string"},"maxItems":1}"#, #"["a","b"]"#,
                "FieldValueTooMany", "Too many: 2: must have at most 1 items"
            ),
            (
                #"{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}"#, "{}",
                "FieldValueRequired", "Required value"
            ),
            (
                #"{"type":"string","format":"date-time"}"#, #""today""#, "FieldValueInvalid",
                #"Invalid value: "today": spec in body must be of type date-time: "today""#
            ),
            (
                #"{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}}"#, #"["a","a"]"#,
                "FieldValueDuplicate", #"Duplicate value: "a""#
            ),
            (
                #"{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","required":["k"],"properties":{"k":{"type":"string"}}}}"#,
                #"[{"k":"a"},{"k":"a"}]"#, "FieldValueDuplicate", #"Duplicate value: {"k":"a"}"#
            ),
            (
                #"{"type":"integer","oneOf":[{"minimum":1},{"minimum":2}]}"#, "3", "FieldValueInvalid",
                #"Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives"#
            ),
            (
                #"{"type":"integer","not":{"minimum":1}}"#, "3", "FieldValueInvalid",
                #"Invalid value: "": "spec" must not validate the schema (not)"#
            ),
            (
                #"{"type":"integer","format":"int32"}"#, "3000000000", "FieldValueInvalid",
                "Invalid value: 3000000000: Checked value must be of type integer with format int32 in spec"
            ),
        ]
    )
    func invalid(schema: String, value: String, reason: String, message: String) throws {
        let causes = try Self.schema(spec: schema).validate(["spec": Self.parse(value)])
        #expect(causes.count == 1)
        #expect(causes.first?.reason == reason)
        #expect(causes.first?.message == message)
        #expect(causes.first?.field.hasPrefix("spec") == true)
    }

    @Test(
        "values that are right",
        arguments: [
            (#"{"type":"integer"}"#, "1.0"), (#"{"type":"number"}"#, "1"),
            (#"{"type":"string","nullable":true}"#, "null"),
            (
                #"{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}"#,
                #""80%""#
            ),
            (#"{"type":"string","maxLength":1}"#, #""é""#),
            (#"{"x-kubernetes-preserve-unknown-fields":true}"#, "[1,{}]"),
            (#"{"type":"integer","enum":[1,2]}"#, "2.0"),
            (#"{"type":"string","anyOf":[{"pattern":"^a"},{"maxLength":1}]}"#, #""b""#),
        ]
    )
    func valid(schema: String, value: String) throws {
        let causes = try Self.schema(spec: schema).validate(["spec": Self.parse(value)])
        #expect(causes == [])
    }

    @Test(
        "formats",
        arguments: [
            ("date-time", "2024-02-29T23:59:60.5+01:00", "2023-02-29T00:00:00Z"),
            ("date", "2024-12-31", "2024-13-01"),
            ("byte", "YQ==", "YQ"),
            ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-42661417400g"),
            ("uuid4", "123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
            ("ipv4", "10.0.0.1", "::1"), ("ipv6", "::1", "10.0.0.1"), ("cidr", "10.0.0.0/8", "10.0.0.0"),
            ("mac", "00:1b:63:84:45:e6", "00:1b"), ("hostname", "a.example", "-a.example"),
            ("email", "a@b.example", "a.b"),
            ("uri", "https://a.example/x?y", "a b"), ("duration", "1h30m", "1x"), ("unknown", "x", nil),
        ] as [(String, String, String?)]
    )
    func formats(format: String, good: String, bad: String?) throws {
        let schema = try Self.schema(spec: #"{"type":"string","format":"\#(format)"}"#)
        #expect(schema.validate(["spec": .string(good)]) == [])
        if let bad { #expect(schema.validate(["spec": .string(bad)]).count == 1) }
    }

    @Test func `defaults fill what is absent, at every depth`() throws {
        let schema = try Self.schema(
            spec: """
                {"type":"object","default":{},"properties":{"n":{"type":"integer","default":3},
                "l":{"type":"array","items":{"type":"object","properties":{"p":{"type":"string","default":"TCP"}}}},
                "m":{"type":"object","additionalProperties":{"type":"object","properties":{"x":{"type":"boolean","default":true}}}}}}
                """
        )
        var value: JSONValue = ["kind": "A"]
        schema.applyDefaults(to: &value)
        #expect(value == ["kind": "A", "spec": ["n": 3]])
        value = ["spec": ["n": .null, "l": [["p": "UDP"], [:]], "m": ["k": [:]]]]
        schema.applyDefaults(to: &value)
        #expect(value == ["spec": ["n": 3, "l": [["p": "UDP"], ["p": "TCP"]], "m": ["k": ["x": true]]]])
    }

    @Test func `unknown fields are told and pruned, except where they are kept`() throws {
        let schema = try Self.schema(
            spec: """
                {"type":"object","properties":{"l":{"type":"array","items":{"type":"object","properties":{"a":{"type":"string"}}}},
                "any":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"known":{"type":"object"}}},
                "pod":{"type":"object","x-kubernetes-embedded-resource":true,"properties":{"spec":{"type":"object"}}}}}
                """
        )
        var value = try Self.parse(
            """
            {"apiVersion":"a/v1","kind":"A","metadata":{"name":"n","foo":1},"x":1,"spec":{"l":[{"a":"","b":1}],"any":{"z":1,"known":{"y":1}},
            "pod":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"other":1}}}
            """
        )
        let expected = ["metadata.foo", "x", "spec.l[0].b", "spec.any.known.y", "spec.pod.other"]
        #expect(schema.unknownFields(in: value) == expected)
        schema.prune(&value)
        #expect(schema.unknownFields(in: value) == [])
        #expect(value["spec"]?["any"] == ["z": 1, "known": [:]])
        #expect(value["spec"]?["pod"]?["metadata"] == ["name": "p"])
        #expect(Schema.unknownFieldMessage("spec.foo") == #"unknown field "spec.foo""#)
    }

    @Test func `a schema may restrict names`() throws {
        let schema = try Schema.structural(
            Self.parse(
                #"{"type":"object","properties":{"metadata":{"type":"object","properties":{"name":{"type":"string","maxLength":3}}}}}"#
            )
        )
        #expect(schema.validate(["metadata": ["name": "abc", "labels": ["a": "b"]]]) == [])
        #expect(schema.validate(["metadata": ["name": "abcd"]]).first?.field == "metadata.name")
    }

    @Test func `what is costly to validate is refused`() throws {
        let schema = try Self.schema(
            spec: #"{"type":"array","items":{"type":"string","pattern":"(a?){200}b"}}"#
        )
        let text = JSONValue.string(String(repeating: "a", count: 100))
        var limits = Schema.ValidationLimits()
        limits.steps = 1_000
        let causes = schema.validate(["spec": .array(Array(repeating: text, count: 50))], limits: limits)
        #expect(causes.last?.message == "Invalid value: too costly to validate")
        #expect(causes.count < 50)
    }
}
