import NIOSSL
import TestSupport
import Testing

/// An authority, a server's certificate and a client's, made by openssl.
///
/// The server's is for 127.0.0.1 and for api.example.
final class Certificates: Sendable {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try authority("ca")
        try authority("stranger")
        try issue("server", extensions: "subjectAltName=IP:127.0.0.1,DNS:api.example")
        try issue("client", extensions: "extendedKeyUsage=clientAuth")
    }

    func path(_ name: String) -> String { "\(directory.path)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] { try readFile(path(name)) }

    /// For a server that asks clients for a certificate and takes none as well.
    func serverConfiguration() throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(bytes("server.pem"))
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: bytes("server.key"), format: .pem))
        )
        configuration.certificateVerification = .optionalVerification
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(bytes("ca.pem")))
        return configuration
    }

    private func authority(_ name: String) throws {
        try openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=\(name)",
            "-keyout",
            path("\(name).key"),
            "-out",
            path("\(name).pem")
        )
    }

    private func issue(_ name: String, extensions: String) throws {
        try writeFile(extensions.utf8, to: path("extensions"))
        try openssl(
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=\(name)",
            "-keyout",
            path("\(name).key"),
            "-out",
            path("\(name).csr")
        )
        try openssl(
            "x509",
            "-req",
            "-days",
            "2",
            "-in",
            path("\(name).csr"),
            "-CA",
            path("ca.pem"),
            "-CAkey",
            path("ca.key"),
            "-CAcreateserial",
            "-extfile",
            path("extensions"),
            "-out",
            path("\(name).pem")
        )
    }

    private func openssl(_ arguments: String...) throws {
        let completed = try run(["openssl"] + arguments)
        try #require(completed.status == 0, "\(completed.errorText)")
    }
}
