import Crypto
import FoundationEssentials
import Identity
import SwiftASN1
import Testing
import X509

@testable import CertificateAuthority

/// What another implementation makes of our certificates, and we of its.
@Suite("Together with openssl")
struct OpenSSLTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `openssl verifies our leaf for both roles, and shows what was promised`() throws {
        let shell = try CommandLine()
        let mesh = try Mesh()
        let svid = try mesh.issue()
        try shell.write("root.pem", mesh.authority.chain.pem)
        try shell.write("leaf.pem", svid.chain.pem)
        for purpose in ["sslserver", "sslclient"] {
            let output = try shell.run(
                "openssl verify -x509_strict -attime 1800000000 -purpose \(purpose) -CAfile root.pem leaf.pem"
            )
            #expect(output == "leaf.pem: OK\n")
        }

        let lines = try shell.run("openssl x509 -in leaf.pem -noout -text -certopt no_sigdump,no_pubkey")
            .split(separator: "\n").map { $0.trimming { $0 == " " } }
        for expected in [
            "Version: 3 (0x2)", "Signature Algorithm: ecdsa-with-SHA256", "Subject:",
            "Not Before: Jan 15 07:59:00 2027 GMT", "Not After : Jan 15 09:00:00 2027 GMT",
            "X509v3 Basic Constraints: critical", "CA:FALSE",
            "X509v3 Key Usage: critical", "Digital Signature",
            "X509v3 Extended Key Usage:", "TLS Web Server Authentication, TLS Web Client Authentication",
            "X509v3 Subject Alternative Name: critical", "URI:spiffe://cluster.local/ns/shop/sa/web",
            "X509v3 Subject Key Identifier:", "X509v3 Authority Key Identifier:",
        ] {
            #expect(lines.contains { $0 == expected }, "\(expected) is not in \(lines)")
        }
        #expect(lines.count { $0.hasPrefix("X509v3") && $0 != "X509v3 extensions:" } == 6)
    }

    @Test func `openssl shows the root as promised`() throws {
        let shell = try CommandLine()
        try shell.write("root.pem", try Mesh().authority.chain.pem)
        let text = try shell.run("openssl x509 -in root.pem -noout -text")
        for expected in [
            "CA:TRUE, pathlen:0", "X509v3 Basic Constraints: critical", "X509v3 Key Usage: critical",
            "Certificate Sign, CRL Sign\n", "URI:spiffe://cluster.local\n", "Subject: CN = cluster.local ",
        ] {
            #expect(text.contains(expected), "\(expected) is not in \(text)")
        }
    }

    @Test func `a root of the longest trust domain there is keeps to X dot 509's lengths`() throws {
        let shell = try CommandLine()
        let domain = String(repeating: "a", count: 255)
        let mesh = try Mesh(domain)
        try shell.write("root.pem", mesh.authority.chain.pem)
        try shell.write("leaf.pem", try mesh.issue().chain.pem)
        let output = try shell.run(
            "openssl verify -x509_strict -attime 1800000000 -CAfile root.pem leaf.pem"
        )
        #expect(output == "leaf.pem: OK\n")
        let subject = try shell.run("openssl x509 -in root.pem -noout -subject -nameopt multiline")
        #expect(subject.split(separator: "= ").last?.trimming { $0 == "\n" }.count == 64)
    }

    @Test func `openssl accepts our request and its proof of possession`() throws {
        let shell = try CommandLine()
        let id = try SPIFFEID(parsing: "spiffe://cluster.local/ns/shop/sa/web")
        try shell.write("request.der", try CertificateRequest.make(for: id, key: SVIDKey()))
        let output = try shell.run("openssl req -inform DER -in request.der -verify -noout -text")
        #expect(output.contains("verify OK"))
        #expect(output.contains("URI:spiffe://cluster.local/ns/shop/sa/web"))
    }

    @Test(arguments: [
        "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1",
        "-newkey ec -pkeyopt ec_paramgen_curve:secp384r1",
        "-newkey rsa:2048", "-newkey rsa:4096",
    ])
    func `requests made by openssl are signed`(key: String) throws {
        let shell = try CommandLine()
        let mesh = try Mesh()
        try shell.run(
            "openssl req -new \(key) -nodes -keyout key.pem -subj '/CN=anything at all' -outform DER"
                + " -addext 'subjectAltName=URI:\(mesh.id)' -out request.der"
        )
        let request = try CertificateRequest(der: shell.bytes("request.der"))
        #expect(request.requestedID == mesh.id)
        var random = SystemRandomNumberGenerator()
        let svid = try Issuer(mesh.authority).issue(
            for: mesh.id,
            request: request,
            at: mesh.now,
            using: &random
        )
        #expect(svid.leaf.subject.isEmpty)
        let peer = try SVIDVerifier.verify(
            chain: svid.chain,
            against: mesh.bundles,
            as: .client,
            at: mesh.now
        )
        #expect(peer.spiffeID == mesh.id)
    }

    @Test(arguments: [
        ("-newkey rsa:1024", "URI:spiffe://a/b", CertificateRequestViolation.unsupportedKey),
        ("-newkey ec -pkeyopt ec_paramgen_curve:secp521r1", "URI:spiffe://a/b", .unsupportedKey),
        ("-newkey ec -pkeyopt ec_paramgen_curve:secp256k1", "URI:spiffe://a/b", .unsupportedKey),
        ("-newkey ed25519", "URI:spiffe://a/b", .unsupportedKey),
        ("-newkey rsa:2048 -sha1", "URI:spiffe://a/b", .unsupportedSignatureAlgorithm),
        ("-newkey rsa:2048", "URI:spiffe://a/b,URI:spiffe://a/c", .severalURINames(2)),
        ("-newkey rsa:2048", "URI:spiffe://a/b,DNS:a", .otherNames(1)),
        ("-newkey rsa:2048", "URI:https://a/b", .notASPIFFEID(.schemeNotSPIFFE)),
        ("-newkey rsa:2048 -addext basicConstraints=CA:TRUE", "URI:spiffe://a/b", .wantsAuthority),
    ])
    func `requests that ask too much are refused`(
        options: String,
        names: String,
        violation: CertificateRequestViolation
    ) throws {
        let shell = try CommandLine()
        try shell.run(
            "openssl req -new \(options) -nodes -keyout key.pem -subj / -addext 'subjectAltName=\(names)'"
                + " -outform DER -out request.der"
        )
        let bytes = try shell.bytes("request.der")
        #expect(throws: violation) { try CertificateRequest(der: bytes) }
    }

    @Test(arguments: [
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem",
        "openssl ecparam -name prime256v1 -genkey -out key.pem",
        "openssl ecparam -name secp384r1 -genkey -noout -out key.pem",
        "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem",
        "openssl genrsa -traditional -out key.pem 3072",
    ])
    func `an authority made by openssl signs leaves that openssl verifies`(makeKey: String) throws {
        let shell = try CommandLine()
        try shell.run(makeKey)
        try shell.run(
            "openssl req -x509 -new -key key.pem -days 3650 -subj '/O=Example/CN=Corporate root'"
                + " -addext keyUsage=critical,keyCertSign,cRLSign -out root.pem"
        )
        let now = Date()
        let authority = try SigningAuthority(
            trustDomain: .default,
            pemChain: shell.read("root.pem"),
            pemKey: shell.read("key.pem"),
            at: now
        )
        let id = try SPIFFEID(parsing: "spiffe://cluster.local/ns/shop/sa/web")
        let request = try CertificateRequest(der: CertificateRequest.make(for: id, key: SVIDKey()))
        var random = SystemRandomNumberGenerator()
        let svid = try Issuer(authority).issue(for: id, request: request, at: now, using: &random)
        try shell.write("leaf.pem", svid.chain.pem)
        let output = try shell.run("openssl verify -x509_strict -CAfile root.pem leaf.pem")
        #expect(output == "leaf.pem: OK\n")
        let peer = try SVIDVerifier.verify(
            chain: svid.chain,
            against: TrustBundles([authority.bundle]),
            as: .server,
            at: now
        )
        #expect(peer.spiffeID == id)
    }

    @Test func `an intermediate brought along goes into each chain, the root stays out`() throws {
        let shell = try CommandLine()
        try shell.run(Self.hierarchy)
        let now = Date()
        let authority = try SigningAuthority(
            trustDomain: .default,
            pemChain: shell.read("intermediate.pem") + shell.read("root.pem"),
            pemKey: shell.read("intermediate.key"),
            at: now
        )
        let id = try SPIFFEID(parsing: "spiffe://cluster.local/ns/shop/sa/web")
        let request = try CertificateRequest(der: CertificateRequest.make(for: id, key: SVIDKey()))
        var random = SystemRandomNumberGenerator()
        let svid = try Issuer(authority).issue(for: id, request: request, at: now, using: &random)
        try shell.write("leaf.pem", svid.chain.pem)
        let output = try shell.run(
            "openssl verify -x509_strict -CAfile root.pem -untrusted intermediate.pem leaf.pem"
        )
        #expect(output == "leaf.pem: OK\n")
        #expect(svid.chain.certificates.count == 2)
        let peer = try SVIDVerifier.verify(
            chain: svid.chain,
            against: TrustBundles([authority.bundle]),
            as: .client,
            at: now
        )
        #expect(peer.path.count == 3)
    }

    @Test func `authorities that do not fit together are refused before they sign`() throws {
        let shell = try CommandLine()
        try shell.run(Self.hierarchy)
        try shell.run(
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -subj /CN=other -out other.pem"
        )
        try shell.run("openssl pkcs8 -topk8 -in root.key -passout pass:x -out encrypted.key")
        try shell.run("cat root.key other.key > two.key; cat root.pem root.key > mixed.pem")
        try shell.run("openssl ec -in root.key -pubout -out public.pem")
        let cases: [(chain: String, key: String, error: SigningAuthorityError)] = [
            ("root.pem", "other.key", .keyDoesNotMatch),
            ("intermediate.pem root.pem", "root.key", .keyDoesNotMatch),
            ("other.pem", "other.key", .bundle(.notAnAuthority(index: 0))),
            ("intermediate.pem other-root.pem", "intermediate.key", .chain(.noPathToRoot)),
            ("root.pem", "encrypted.key", .keyPEM(.encrypted(line: 1))),
            ("root.pem", "public.pem", .keyPEM(.unexpectedLabel(line: 1))),
            ("root.pem", "two.key", .severalKeys(2)),
            ("root.pem", "/dev/null", .keyPEM(.noBlocks)),
            ("/dev/null", "root.key", .format(.pem(.noBlocks))),
        ]
        for sample in cases {
            try shell.run("cat \(sample.chain) > chain; cat \(sample.key) > key")
            let (chain, key) = (try shell.read("chain"), try shell.read("key"))
            let error = #expect(throws: SigningAuthorityError.self) {
                try SigningAuthority(trustDomain: .default, pemChain: chain, pemKey: key, at: Date())
            }
            #expect(error == sample.error, "\(sample.chain), \(sample.key)")
        }
    }

    private static let hierarchy = """
        for name in root other-root; do
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout $name.key \
                -subj "/CN=$name" -addext keyUsage=critical,keyCertSign -out $name.pem
        done
        openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout intermediate.key \
            -subj "/CN=intermediate" -out intermediate.csr
        printf 'basicConstraints=critical,CA:TRUE,pathlen:0\\nkeyUsage=critical,keyCertSign\\n\
        subjectKeyIdentifier=hash\\nauthorityKeyIdentifier=keyid\\n' > extensions
        openssl x509 -req -in intermediate.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 \
            -extfile extensions -out intermediate.pem
        """
}

extension StringProtocol {
    fileprivate func trimming(_ isBlank: (Character) -> Bool) -> String {
        let head = drop(while: isBlank)
        return String(head.reversed().drop(while: isBlank).reversed())
    }
}
