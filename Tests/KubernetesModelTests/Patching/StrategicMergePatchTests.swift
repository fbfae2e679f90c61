import JSONText
import KubernetesModel
import Testing

@Suite("Strategic merge patches")
struct StrategicMergePatchTests {
    static let string = Schema(type: .string)
    static let schema: Schema = {
        let port = Schema(
            type: .object,
            properties: [
                ("containerPort", .schema(Schema(type: .integer))), ("name", .schema(string)),
            ]
        )
        let ports = Schema(
            type: .array,
            items: .schema(port),
            patchStrategy: .init(merges: true, mergeKey: "containerPort")
        )
        let container = Schema(
            type: .object,
            properties: [
                ("name", .schema(string)), ("image", .schema(string)), ("ports", .schema(ports)),
                ("args", .schema(Schema(type: .array, items: .schema(string)))),
            ]
        )
        let containers = Schema(
            type: .array,
            items: .schema(container),
            patchStrategy: .init(merges: true, mergeKey: "name")
        )
        let finalizers = Schema(
            type: .array,
            items: .schema(string),
            patchStrategy: .init(merges: true)
        )
        let strategy = Schema(
            type: .object,
            properties: [("type", .schema(string)), ("rollingUpdate", .schema(Schema(type: .object)))],
            patchStrategy: .init(merges: false, retainsKeys: true)
        )
        let whole = Schema(
            type: .object,
            additionalProperties: .schema(string),
            patchStrategy: .init(merges: false)
        )
        return Schema(
            type: .object,
            properties: [
                ("containers", .schema(containers)), ("finalizers", .schema(finalizers)),
                ("strategy", .schema(strategy)), ("whole", .schema(whole)),
                ("labels", .schema(Schema(type: .object, additionalProperties: .schema(string)))),
            ]
        )
    }()

    private static let twoContainers = #"{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}"#

    @Test(
        arguments: [
            // Objects.
            (
                #"{"labels":{"a":"1","b":"2"}}"#, #"{"labels":{"b":null,"c":"3"}}"#,
                #"{"labels":{"a":"1","c":"3"}}"#
            ),
            (#"{"labels":{"a":"1"}}"#, #"{"labels":{"$patch":"replace","c":"3"}}"#, #"{"labels":{"c":"3"}}"#),
            (#"{"labels":{"a":"1"}}"#, #"{"labels":{"$patch":"delete"}}"#, #"{"labels":{}}"#),
            (#"{"labels":{"a":"1"}}"#, #"{"labels":null}"#, "{}"),
            (#"{"whole":{"a":"1"}}"#, #"{"whole":{"b":"2"}}"#, #"{"whole":{"b":"2"}}"#),
            ("{}", #"{"labels":{"a":"1","b":null}}"#, #"{"labels":{"a":"1"}}"#),
            (
                #"{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}"#,
                #"{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}"#,
                #"{"strategy":{"type":"Recreate"}}"#
            ),
            // Lists of objects.
            (
                twoContainers, #"{"containers":[{"name":"b","image":"3"}]}"#,
                #"{"containers":[{"name":"a","image":"1"},{"name":"b","image":"3"}]}"#
            ),
            (
                twoContainers, #"{"containers":[{"name":"c","image":"3"}]}"#,
                #"{"containers":[{"name":"c","image":"3"},{"name":"a","image":"1"},{"name":"b","image":"2"}]}"#
            ),
            (
                twoContainers, #"{"containers":[{"name":"a","$patch":"delete"}]}"#,
                #"{"containers":[{"name":"b","image":"2"}]}"#
            ),
            (
                twoContainers, #"{"containers":[{"$patch":"replace"},{"name":"z"}]}"#,
                #"{"containers":[{"name":"z"}]}"#
            ),
            (
                twoContainers, #"{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}"#,
                #"{"containers":[{"name":"b","image":"2"},{"name":"a","image":"1"}]}"#
            ),
            (
                twoContainers,
                #"{"$setElementOrder/containers":[{"name":"c"},{"name":"b"}],"containers":[{"name":"c"}]}"#,
                #"{"containers":[{"name":"c"},{"name":"a","image":"1"},{"name":"b","image":"2"}]}"#
            ),
            (
                #"{"containers":[{"name":"a","ports":[{"containerPort":80,"name":"x"}]}]}"#,
                #"{"containers":[{"name":"a","ports":[{"containerPort":80,"name":"y"},{"containerPort":81}]}]}"#,
                #"{"containers":[{"name":"a","ports":[{"containerPort":80,"name":"y"},{"containerPort":81}]}]}"#
            ),
            (
                #"{"containers":[{"name":"a","args":["x","y"]}]}"#,
                #"{"containers":[{"name":"a","args":["z"]}]}"#,
                #"{"containers":[{"name":"a","args":["z"]}]}"#
            ),
            (
                "{}", #"{"containers":[{"name":"a","$patch":"delete"},{"name":"b"}]}"#,
                #"{"containers":[{"name":"b"}]}"#
            ),
            // Lists of scalars.
            (#"{"finalizers":["a","b"]}"#, #"{"finalizers":["c","a"]}"#, #"{"finalizers":["c","a","b"]}"#),
            (
                #"{"finalizers":["a","b"]}"#, #"{"$deleteFromPrimitiveList/finalizers":["a"]}"#,
                #"{"finalizers":["b"]}"#
            ),
            (
                #"{"finalizers":["a","b"]}"#,
                #"{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["c","b"],"finalizers":["c"]}"#,
                #"{"finalizers":["c","b"]}"#
            ),
        ]
    )
    func `merge as kube-apiserver does`(document: String, patch: String, expected: String) throws {
        let object = try #require(UnstructuredObject(JSONValue(parsing: document)))
        let result = try StrategicMergePatch(JSONValue(parsing: patch), schema: Self.schema).applied(
            to: object
        )
        #expect(result.json.text() == expected)
    }

    @Test(
        arguments: [
            ("[]", 400, "invalid JSON document"),
            (#"{"labels":{"$patch":"melt"}}"#, 500, "unknown patch type 'melt' in map"),
            (#"{"containers":[{"image":"x"}]}"#, 500, "map: does not contain declared merge key: name"),
            (#"{"containers":["x"]}"#, 500, "expected a map[string]interface {}, but received a string"),
            (
                #"{"containers":[{"$patch":"merge"}]}"#, 500,
                "merging lists cannot yet be specified in the patch"
            ),
            (#"{"labels":{"$retainKeys":"x"}}"#, 400, "invalid patch format of retainKeys"),
            (#"{"labels":{"$retainKeys":["x"],"y":"1"}}"#, 400, "invalid patch format of retainKeys"),
            (#"{"$setElementOrder/containers":{}}"#, 400, "invalid patch format of setElementOrder list"),
            (#"{"$deleteFromPrimitiveList/finalizers":"x"}"#, 400, "invalid patch format of primitive list"),
            (#"{"finalizers":[["x"]]}"#, 422, "lists of lists are not supported"),
            (
                #"{"$setElementOrder/containers":[{"name":"x"}],"containers":[{"name":"y"}]}"#, 500,
                "The order in patch list doesn't match $setElementOrder list"
            ),
        ]
    )
    func `are refused when they contradict themselves`(patch: String, code: Int, message: String) throws {
        let document = #"{"labels":{"a":"1"},"containers":[{"name":"a"}],"finalizers":["f"]}"#
        let object = try #require(UnstructuredObject(JSONValue(parsing: document)))
        let content = try JSONValue(parsing: patch)
        let error = #expect(throws: PatchError.self) {
            try StrategicMergePatch(content, schema: Self.schema).applied(to: object)
        }
        #expect(error?.description == message)
        #expect(error?.status.code == code)
    }

    @Test func `long lists are merged without looking at each pair`() throws {
        let containers = (0..<20_000).map { JSONValue.object(["name": .string("c\($0)"), "image": "1"]) }
        let patch = (0..<20_000).map { JSONValue.object(["name": .string("c\(19_999 - $0)"), "image": "2"]) }
        let object = UnstructuredObject(JSONObject([("containers", .array(containers))]))
        let content: JSONValue = ["containers": .array(patch)]
        let result = try StrategicMergePatch(content, schema: Self.schema).applied(to: object)
        #expect(result["containers"]?[0] == ["name": "c19999", "image": "2"])
        #expect(result["containers"]?.array?.count == 20_000)
    }
}
