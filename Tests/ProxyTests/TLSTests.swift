import CertificateAuthority
import Crypto
import FoundationEssentials
import Glibc
import Identity
import NetworkTypes
import Proxy
import Testing

@Suite("TLS at the inbound listener, with OpenSSL as the client")
struct TLSTests {
    /// Files that OpenSSL can read, in a directory of their own.
    private struct Files {
        let directory: String

        init() throws {
            var template = Array("/tmp/nullius-tls-XXXXXX".utf8CString)
            guard let path = mkdtemp(&template) else { throw Tool.Failure(message: "mkdtemp") }
            directory = String(cString: path)
        }

        func write(_ svid: X509SVID, _ key: SVIDKey) throws -> String {
            let certificate = "\(directory)/cert.pem"
            let keyFile = "\(directory)/key.pem"
            try write(svid.chain.pem, to: certificate)
            try write(key.reveal { $0.pemRepresentation }, to: keyFile)
            return "-cert \(certificate) -key \(keyFile)"
        }

        private func write(_ text: String, to path: String) throws {
            guard let file = fopen(path, "w") else { throw Tool.Failure(message: "fopen") }
            fputs(text, file)
            fclose(file)
        }

        func remove() async throws {
            _ = try await Tool.shell("rm -r \(directory)")
        }
    }

    private static let request = "GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n"

    /// Connects with OpenSSL and sends one request inside.
    private func openssl(
        _ mesh: TestMesh,
        _ arguments: String = "",
        svid: (svid: X509SVID, key: SVIDKey)? = nil
    ) async throws -> String {
        let files = try Files()
        let identity = try svid.map { try files.write($0.svid, $0.key) } ?? ""
        let result = try await Tool.shell(
            "(printf '\(Self.request)'; sleep 1) | openssl s_client -connect \(mesh.inbound) \(identity) \(arguments) -quiet -verify_quiet"
        )
        try await files.remove()
        return result.output
    }

    @Test func `a caller with a good certificate is served and known by its name`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint, policy: TestMesh.requestsOfWeb) { mesh in
            let answer = try await openssl(mesh, svid: try mesh.authority.issue("web"))
            #expect(answer.contains("HTTP/1.1 200 OK"))
            #expect(answer.contains("nullius-caller: spiffe://cluster.local/ns/shop/sa/web"))
        }
        await program.end()
    }

    @Test func `TLS 1.2 is refused`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await openssl(mesh, "-tls1_2", svid: try mesh.authority.issue("web"))
            #expect(answer.contains("alert protocol version"))
            #expect(!answer.contains("HTTP/1.1"))
        }
        await program.end()
    }

    @Test func `a caller without certificate is refused in the handshake`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await openssl(mesh)
            #expect(!answer.contains("HTTP/1.1"))
            #expect(mesh.observer.all.handshakeFailures.count == 1)
            #expect(mesh.observer.all.judged.isEmpty)
        }
        await program.end()
    }

    @Test func `a certificate of another trust domain is refused`() async throws {
        let program = try await TestProgram.http()
        let foreign = try TestAuthority("partner.example")
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await openssl(mesh, svid: try foreign.issue("web"))
            #expect(!answer.contains("HTTP/1.1"))
            let domain = foreign.trustDomain
            #expect(mesh.observer.all.handshakeFailures == [.violation(.unknownTrustDomain(domain))])
        }
        await program.end()
    }

    @Test func `another authority that claims our trust domain is refused`() async throws {
        let program = try await TestProgram.http()
        let impostor = try TestAuthority()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await openssl(mesh, svid: try impostor.issue("web"))
            #expect(!answer.contains("HTTP/1.1"))
            #expect(mesh.observer.all.handshakeFailures.count == 1)
        }
        await program.end()
    }

    @Test func `an expired certificate is refused`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            // Dated back to the second in which the authority was made; what it signed then is over by now.
            let svid = try mesh.authority.issue("web", lifetime: .seconds(1), at: mesh.authority.started)
            let answer = try await openssl(mesh, svid: svid)
            #expect(!answer.contains("HTTP/1.1"))
            guard case .violation(.expired) = mesh.observer.all.handshakeFailures.first else {
                Issue.record("not refused as expired: \(mesh.observer.all.handshakeFailures)")
                return
            }
        }
        await program.end()
    }

    @Test func `a resumed session proves nobody and is closed`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let session = "/tmp/nullius-session-\(UInt64.random(in: 0 ... .max))"
            let svid = try mesh.authority.issue("web")
            let first = try await openssl(mesh, "-sess_out \(session)", svid: svid)
            let second = try await openssl(mesh, "-sess_in \(session)", svid: svid)
            _ = try await Tool.shell("rm -f \(session)")
            #expect(first.contains("HTTP/1.1 200 OK"))
            // Either the session was not resumed and the handshake proved everything anew, or nothing was served.
            let proved = second.contains("nullius-caller: spiffe://cluster.local/ns/shop/sa/web")
            #expect(proved || !second.contains("HTTP/1.1"))
        }
        await program.end()
    }

    @Test func `the proxies agree on the hybrid key exchange`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let result = try await Tool.shell(
                "openssl s_client -connect \(mesh.inbound) -groups P-384 </dev/null"
            )
            // P-384 is not among ours, so a client that offers nothing else fails.
            #expect(result.output.contains("alert handshake failure"))
        }
        await program.end()
    }

    @Test func `a server with another identity than the destination's is not talked to`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            mesh.ordersCredentials.install(try mesh.authority.credentials("impostor", generation: 2))
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 503"))
            #expect(program.connections == 0)
            #expect(mesh.webObserver.all.handshakeFailures == [.unexpectedIdentity])
        }
        await program.end()
    }
}
