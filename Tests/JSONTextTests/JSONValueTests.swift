import JSONText
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test func `members keep their order and are found by name`() {
        let value: JSONValue = ["z": 1, "a": [true, .null, "x"], "n": .null]

        #expect(value.object?.names == ["z", "a", "n"])
        #expect(value["z"]?.int == 1)
        #expect(value["a"]?[2]?.string == "x")
        #expect(value["a"]?[3] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["n"]?.isNull == true)
        #expect(value["absent"] == nil)
        #expect(value["z"]?["z"] == nil)
    }

    @Test func `setting a member replaces, appends or removes`() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = 3
        object["c"] = 4
        object["b"] = nil
        object["absent"] = nil
        #expect(object == ["a": 3, "c": 4])
    }

    @Test func `an object of many members is changed as one of few is`() {
        var object = JSONObject()
        for index in 0..<100 { object["m\(index)"] = .int(index) }
        for index in 0..<100 where index.isMultiple(of: 3) { object["m\(index)"] = nil }
        object.removeAll { $0.value.int.map { $0 > 90 } ?? false }
        object["m1"] = "one"
        let changed: Void? = object.change("m2") { value in value = "two" }
        let absent: Void? = object.change("m3") { value in value = "three" }

        #expect(changed != nil)
        #expect(absent == nil)
        #expect(object.count == 60)
        #expect(object["m1"] == "one")
        #expect(object["m2"] == "two")
        #expect(object["m3"] == nil)
        #expect(object["m89"] == 89)
        #expect(object["m91"] == nil)
        for index in 0..<100 where index != 4 { object["m\(index)"] = nil }
        #expect(object == ["m4": 4])
    }

    @Test func `names and strings are compared by their bytes`() throws {
        let value = try JSONValue(parsing: "{\"\u{212A}\":\"\u{E9}\"}")

        #expect(value["K"] == nil)
        #expect(value["\u{212A}"] == "\u{E9}")
        #expect(value["\u{212A}"] != "e\u{301}")
    }

    @Test(
        "A number is an integer only when it is spelled as one and fits",
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("-9223372036854775808", Int.min),
            ("9223372036854775807", Int.max),
            ("9223372036854775808", nil), ("1.0", nil), ("1e2", nil), ("-0.0", nil),
        ] as [(String, Int?)]
    )
    func integers(text: String, expected: Int?) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.int == expected)
    }

    @Test(
        "A number is a double when one can hold its size",
        arguments: [("1.5", 1.5), ("1e2", 100), ("1e400", nil), ("-1e400", nil), ("1e-400", 0)]
            as [(String, Double?)]
    )
    func doubles(text: String, expected: Double?) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.double == expected)
    }

    @Test(
        "Doubles are written so that they read back the same",
        arguments: [0.1, -0.0, 1, 1e20, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1.0 / 3]
    )
    func doublesRoundTrip(value: Double) throws {
        let again = try JSONValue(parsing: JSONValue.double(value).text())
        #expect(again.double?.bitPattern == value.bitPattern)
    }

    @Test func `what is not finite is written as null`() {
        let values = [JSONValue.double(.infinity), .double(-.infinity), .double(.nan)]
        #expect(values == [.null, .null, .null])
    }

    @Test func `integers of every width are written in full`() {
        let value = JSONValue.array([.int(UInt64.max), .int(Int8.min), .int(Int64.min)])
        #expect(value.text() == "[18446744073709551615,-128,-9223372036854775808]")
    }

    @Test func `pretty text has one member on a line`() {
        let value: JSONValue = ["a": [1, [:]], "b": [], "c": ["d": .null]]
        let expected = """
            {
              "a": [
                1,
                {}
              ],
              "b": [],
              "c": {
                "d": null
              }
            }
            """
        #expect(value.text(.pretty) == expected)
    }

    @Test func `every byte of a written text is printable, whatever the string`() {
        let scalars = (UInt32(0)...0x2100).compactMap(Unicode.Scalar.init)
        let text = JSONValue.string(String(String.UnicodeScalarView(scalars))).text()
        let controls = text.unicodeScalars.filter { $0.properties.generalCategory == .control }
        #expect(controls.isEmpty)
    }
}
