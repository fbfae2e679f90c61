import KubernetesModel
import TestSupport
import Testing

@Suite("Quantities")
struct QuantityTests {
    @Test(
        arguments: [
            ("0", "0"), ("-0", "0"), ("1", "1"), ("+1", "1"), ("-1", "-1"), (".5", "500m"), ("5.", "5"),
            ("100m", "100m"), ("1000m", "1"), ("1500m", "1500m"), ("0.1", "100m"), ("1.5", "1500m"),
            ("1k", "1k"), ("1000", "1k"), ("1024", "1024"), ("1200", "1200"), ("1000000k", "1G"),
            ("1Ki", "1Ki"), ("1024Ki", "1Mi"), ("1.5Gi", "1536Mi"), ("0.5Ki", "512"), ("1000Ki", "1000Ki"),
            ("0.3Ki", "307200m"), ("1.0005Ki", "1024512m"), ("16Ei", nil), ("7Ei", "7Ei"), ("8Ei", nil),
            ("1e3", "1e3"), ("1E3", "1e3"), ("12e2", "1200"), ("1e-3", "1e-3"), ("1E", "1E"), ("9E", "9E"),
            ("10E", nil), ("1u", "1u"), ("1n", "1n"), ("0.1n", "1n"), ("-0.1n", "-1n"),
            ("1.0000000001", "1000000001n"),
            ("1e-100", "1e-9"), ("1e100", nil), ("1e99999999999", nil), ("0e999", "0"),
            ("9223372036854775807", "9223372036854775807"),
            ("9223372036854775808", nil), ("-9223372036854775807", "-9223372036854775807"),
            ("0.100000000000000000000000000000000000000000000000000000", "100m"),
            ("", nil), ("-", nil), (".", nil), ("1.2.3", nil), ("1 ", nil), ("1kk", nil), ("1K", nil),
            ("1ki", nil),
            ("m", nil), ("1e", nil), ("1e1.5", nil), ("--1", nil), ("١", nil), ("1i", nil),
            (String(repeating: "9", count: 100), nil), (String(repeating: "1", count: 1000), nil),
        ] as [(String, String?)]
    )
    func `are written in one way`(text: String, expected: String?) {
        let quantity = try? Quantity(parsing: text)
        #expect(quantity?.description == expected)
    }

    @Test func `are compared and added by their amounts`() throws {
        let half = try Quantity(parsing: "500m")
        let gibibyte = try Quantity(parsing: "1Gi")
        #expect(try half.adding(half) == Quantity(parsing: "1"))
        #expect(try Quantity(parsing: "1024") == Quantity(parsing: "1Ki"))
        #expect(half < gibibyte)
        #expect(try gibibyte.subtracting(Quantity(parsing: "512Mi"))?.description == "512Mi")
        #expect(half.units == 1)
        #expect(half.thousandths == 500)
        #expect(try Quantity(parsing: "-500m").units == -1)
        let most = try Quantity(parsing: "9223372036854775807")
        #expect(most.adding(half) == nil)
        #expect(most.units == Int64.max)
        #expect(most.thousandths == Int64.max)
        #expect(Quantity(Int64.min).isNegative)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `read back as what was written, and no text traps`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let letters = Array("0123456789.+-eEinumkKMGTP")
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...8, using: &generator)
            let text = String((0..<length).map { _ in letters.randomElement(using: &generator) ?? "0" })
            guard let quantity = try? Quantity(parsing: text) else { continue }
            let again = try Quantity(parsing: quantity.description)
            #expect(again == quantity, "seed \(seed): \(text)")
            #expect(again.description == quantity.description, "seed \(seed): \(text)")
        }
    }
}
