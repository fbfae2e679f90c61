import JSONText
import KubernetesModel
import Testing

@Suite("Selectors as text")
struct SelectorTextTests {
    @Test(
        arguments: [
            ("", []),
            ("a", [.exists("a")]),
            ("!a", [.doesNotExist("a")]),
            ("! a", [.doesNotExist("a")]),
            ("a=b", [.isIn("a", ["b"])]),
            ("a == b", [.isIn("a", ["b"])]),
            ("a!=b", [.isNotIn("a", ["b"])]),
            ("a=", [.isIn("a", [""])]),
            ("a=,b", [.isIn("a", [""]), .exists("b")]),
            ("in in (in)", [.isIn("in", ["in"])]),
            ("x.io/a in (c,b,c)", [.isIn("x.io/a", ["b", "c"])]),
            ("a notin (b)", [.isNotIn("a", ["b"])]),
            ("a in ()", [.isIn("a", [""])]),
            ("a in (,b)", [.isIn("a", ["", "b"])]),
            ("a in (b,)", [.isIn("a", ["", "b"])]),
            ("a>3,b < 4", [.isGreater("a", than: 3), .isLess("b", than: 4)]),
            (" a = b ,\tc", [.isIn("a", ["b"]), .exists("c")]),
        ] as [(String, [LabelSelector.Requirement])]
    )
    func `labels are selected as kubectl's users write it`(
        text: String,
        expected: [LabelSelector.Requirement]
    ) throws {
        let selector = try LabelSelector(parsing: text)
        #expect(selector.matchExpressions == expected)
        #expect(try LabelSelector(parsing: selector.text).text == selector.text)
    }

    private static let nameRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

    @Test(
        arguments: [
            (",", "found ',', expected: !, identifier, or 'end of string'"),
            ("a,", "found '', expected: identifier after ','"),
            ("a,,b", "found ',', expected: identifier after ','"),
            ("a=b c", "found 'c', expected: ',' or 'end of string'"),
            ("a==b=c", "found '=', expected: ',' or 'end of string'"),
            ("!", "unable to parse requirement: found '', expected: identifier"),
            ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("a in b", "unable to parse requirement: found 'b' expected: '('"),
            ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
            ("a in (b c)", "unable to parse requirement: found 'c', expected: ',' or ')'"),
            (
                "a>b",
                "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, "
                    + "the value must be an integer"
            ),
            ("_a", "unable to parse requirement: <nil>: Invalid value: \"_a\": \(nameRule)"),
            (
                "a=b/c",
                "unable to parse requirement: values[0][a]: Invalid value: \"b/c\": a valid label must be an "
                    + "empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
                    + "an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation "
                    + "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            ),
        ]
    )
    func `what is no label selector is refused in kube-apiserver's words`(text: String, message: String) {
        let error = #expect(throws: SelectorError.self) { try LabelSelector(parsing: text) }
        #expect(error?.description == message)
        #expect(error?.status.code == 400)
    }

    @Test func `numbers are compared as numbers, and other labels never match`() throws {
        let selector = try LabelSelector(parsing: "size>3,size<10")
        let answers = ["4", "9", "3", "10", "x", "", "99999999999999999999"].map {
            selector.matches(["size": $0])
        }
        #expect(answers == [true, true, false, false, false, false, false])
        #expect(!selector.matches([:]))
    }

    @Test(
        arguments: [
            ("", []),
            ("metadata.name=x", [.init("metadata.name", to: "x")]),
            ("metadata.name==x,", [.init("metadata.name", to: "x")]),
            ("a=x,b!=y", [.init("a", to: "x"), .init("b", isEqual: false, to: "y")]),
            (#"a=x\,y\=z\\"#, [.init("a", to: #"x,y=z\"#)]),
            ("a!=", [.init("a", isEqual: false, to: "")]),
        ] as [(String, [FieldSelector.Requirement])]
    )
    func `fields are selected, and escapes undone`(text: String, expected: [FieldSelector.Requirement]) throws
    {
        let selector = try FieldSelector(parsing: text)
        #expect(selector.requirements == expected)
        #expect(try FieldSelector(parsing: selector.text) == selector)
    }

    @Test(
        arguments: [
            ("a", "invalid selector: 'a'; can't understand 'a'"),
            (#"a=\x"#, #"invalid field selector: invalid escape sequence: \x"#),
            (#"a=x\"#, #"invalid field selector: invalid escape sequence: \"#),
            ("a=b=c", "invalid field selector: unescaped character in value: 61"),
        ]
    )
    func `what is no field selector is refused`(text: String, message: String) {
        let error = #expect(throws: SelectorError.self) { try FieldSelector(parsing: text) }
        #expect(error?.description == message)
    }

    @Test func `a field that is absent is empty`() throws {
        let selector = try FieldSelector(parsing: "a=,b!=x")
        #expect(selector.matches([:]))
        #expect(selector.matches(["b": "y"]))
        #expect(!selector.matches(["a": "z"]))
        #expect(!selector.matches(["b": "x"]))
    }

    @Test func `a selector of an object is read and written`() throws {
        let text =
            #"{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"c","operator":"In","values":["d"]},"#
            + #"{"key":"e","operator":"Exists"}]}"#
        let selector = try LabelSelector(JSONValue(parsing: text))
        #expect(selector.matches(["a": "b", "c": "d", "e": ""]))
        #expect(selector.json?.text() == text)
        #expect(selector.text == "a=b,c=d,e")
    }

    @Test(
        arguments: [
            #"[]"#, #"{"matchLabel":{}}"#, #"{"matchLabels":{"a":1}}"#, #"{"matchLabels":{"a b":""}}"#,
            #"{"matchExpressions":[{"key":"a","operator":"In"}]}"#,
            #"{"matchExpressions":[{"key":"a","operator":"Exists","values":["x"]}]}"#,
            #"{"matchExpressions":[{"key":"a","operator":"Gt","values":["1"]}]}"#,
            #"{"matchExpressions":[{"key":"a","operator":"In","values":[1]}]}"#,
            #"{"matchExpressions":{}}"#,
        ]
    )
    func `a selector with any mistake is none`(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(throws: SelectorError.self) { try LabelSelector(value) }
    }
}

@Suite("Rules for labels")
struct LabelRuleTests {
    @Test(
        arguments: [
            ("a", 0), ("example.com/MyName", 0), ("A_b.c-d", 0), ("", 2), ("/a", 1), ("a/", 2), ("a/b/c", 1),
            ("Ex.com/a", 1), ("a..b/c", 1), ("-a.b/c", 1), ("-a", 1), (String(repeating: "a", count: 64), 1),
            ("ä", 1),
        ]
    )
    func `a qualified name has a name and maybe a subdomain`(text: String, faults: Int) {
        let reasons = LabelRule.qualifiedName(text)
        #expect(reasons.count == faults)
    }
}
