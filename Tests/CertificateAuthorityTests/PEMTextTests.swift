import Testing

@testable import CertificateAuthority

@Suite("Reading PEM")
struct PEMTextTests {
    private static let block = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----"

    @Test(arguments: [
        block, block + "\n", block + "\n\n\n", "# a comment\n\n" + block + "\nafter",
        block.split(separator: "\n").joined(separator: "\r\n") + "\r\n",
        "-----BEGIN CERTIFICATE-----  \nAQ\nID \n-----END CERTIFICATE-----\t",
    ])
    func `what tools write around and between lines does not matter`(text: String) throws {
        let blocks = try PEMText(parsing: text).blocks
        #expect(blocks.map(\.bytes) == [[1, 2, 3]])
        #expect(blocks.map(\.label) == ["CERTIFICATE"])
    }

    @Test func `blocks come in order, with the line they begin at`() throws {
        let blocks = try PEMText(parsing: "first\n\(Self.block)\nsecond\n\(Self.block)\n").blocks
        #expect(blocks.map(\.line) == [2, 6])
    }

    @Test(arguments: [
        ("", PEMError.noBlocks), ("nothing here\n", .noBlocks),
        (block.replacingHead(with: "----- BEGIN"), .strayBoundary(line: 1)),
        ("-----END CERTIFICATE-----\n", .strayBoundary(line: 1)),
        ("-----BEGIN -----\n", .strayBoundary(line: 1)), ("-----BEGIN-----", .strayBoundary(line: 1)),
        ("\n-----BEGIN A-----\nAQID\n", .unterminated(line: 2)),
        ("-----BEGIN A-----\nAQID\n-----END B-----", .labelMismatch(line: 3)),
        ("-----BEGIN A-----\nAQID\n-----BEGIN A-----\n", .strayBoundary(line: 3)),
        ("-----BEGIN A-----\nAQ!D\n-----END A-----", .notBase64(line: 2)),
        ("-----BEGIN A-----\nAQI\n-----END A-----", .notBase64(line: 1)),
        ("-----BEGIN A-----\n-----END A-----", .notBase64(line: 1)),
        ("-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAQID\n-----END A-----", .encrypted(line: 2)),
    ])
    func `what is damaged is refused with its line, never skipped`(text: String, error: PEMError) {
        #expect(throws: error) { try PEMText(parsing: text) }
    }

    @Test func `size and count are bounded`() {
        let large = String(repeating: " ", count: PEMText.maximumBytes + 1)
        let many = String(repeating: Self.block + "\n", count: PEMText.maximumBlocks + 1)
        #expect(throws: PEMError.tooLarge(bytes: large.utf8.count)) { try PEMText(parsing: large) }
        #expect(throws: PEMError.tooManyBlocks) { try PEMText(parsing: many) }
    }

    @Test func `a key in a bundle is noticed`() {
        let text = Self.block + "\n-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n"
        #expect(throws: CertificateFormatError.pem(.unexpectedLabel(line: 4))) {
            try CertificateChain(pem: text)
        }
    }
}

extension String {
    fileprivate func replacingHead(with head: String) -> String { head + dropFirst(10) }
}
