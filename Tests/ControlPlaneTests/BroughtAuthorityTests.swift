import CertificateAuthority
import Glibc
import MeshAPI
import Storage
import SystemPackage
import TestSupport
import Testing
import X509

@testable import ControlPlane

/// An authority that `openssl` made.
@Suite("An authority that is brought along", .timeLimit(.minutes(1)))
struct BroughtAuthorityTests {
    private static func openssl(_ arguments: String..., in directory: String) throws -> String {
        let completed = try run(["sh", "-c", "cd '\(directory)' && " + arguments.joined(separator: " && ")])
        try #require(completed.status == 0, "\(completed.errorText)")
        return completed.outputText
    }

    private static func makeRoot(_ key: String, in directory: String) throws {
        _ = try openssl(
            "umask 077",
            """
            openssl req -x509 -newkey \(key) -nodes -keyout ca.key -out root.pem -days 30 \
            -subj '/O=Example/CN=Corporate root' -addext keyUsage=critical,keyCertSign,cRLSign
            """,
            "cp root.pem ca.pem",
            in: directory
        )
    }

    /// A root that signs an authority below it, which is what is brought along.
    private static func makeHierarchy(in directory: String) throws {
        try makeRoot("ec -pkeyopt ec_paramgen_curve:P-384", in: directory)
        _ = try openssl(
            "umask 077",
            "mv ca.key root.key",
            "printf 'basicConstraints=critical,CA:TRUE,pathlen:0\\nkeyUsage=critical,keyCertSign,cRLSign\\n"
                + "subjectKeyIdentifier=hash\\nauthorityKeyIdentifier=keyid\\n' > extensions",
            """
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.csr \
            -subj '/O=Example/CN=Mesh'
            """,
            """
            openssl x509 -req -in ca.csr -CA root.pem -CAkey root.key -CAcreateserial -days 20 \
            -extfile extensions -out mesh.pem
            """,
            "cat mesh.pem root.pem > ca.pem",
            in: directory
        )
    }

    private static func bring(_ directory: String) -> (inout ControlPlaneConfiguration) -> Void {
        {
            $0.broughtAuthority = ControlPlaneConfiguration.BroughtAuthority(
                chain: FilePath(directory + "/ca.pem"),
                key: FilePath(directory + "/ca.key")
            )
        }
    }

    @Test(arguments: [
        "ec -pkeyopt ec_paramgen_curve:P-256", "ec -pkeyopt ec_paramgen_curve:P-384", "rsa:2048", "hierarchy",
    ])
    func `openssl leads what it signs back to its root, also after a restart`(key: String) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        if key == "hierarchy" {
            try Self.makeHierarchy(in: path)
        } else {
            try Self.makeRoot(key, in: path)
        }
        var fingerprints: [String] = []
        for start in 1...2 {
            // The files are needed once: what is kept then is the control plane's own copy.
            if start == 2 { unlink(path + "/ca.key") }
            fingerprints += try await Harness.run(in: path, configure: Self.bring(path)) { mesh in
                let web = try await mesh.register("web")
                let credentials = try await Credentials.issued(to: web)
                try writeFile(Array(credentials.svid.chain.pem.utf8), to: path + "/leaf.pem")
                let verified = try Self.openssl(
                    "openssl verify -x509_strict -CAfile root.pem -untrusted leaf.pem leaf.pem",
                    in: path
                )
                #expect(verified == "leaf.pem: OK\n")
                let status = try await mesh.authority()
                #expect(status.slots.map(\.isExternal) == [true])
                return status.slots.map(\.fingerprint)
            }
        }
        let expected = try Self.openssl(
            "openssl x509 -in root.pem -outform DER | sha256sum | cut -d' ' -f1 | tr -d '\\n'",
            in: path
        )
        #expect(fingerprints == [expected, expected])
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o620] as [mode_t])
    func `a key that others can read is refused, with what to do about it`(mode: mode_t) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        try Self.makeRoot("ec -pkeyopt ec_paramgen_curve:P-256", in: path)
        chmod(path + "/ca.key", mode)
        let key = FilePath(path + "/ca.key")
        let error = await #expect(throws: StorageError.self) {
            try await Harness.run(in: path, configure: Self.bring(path)) { _ in }
        }
        #expect(error == .openToOthers(key, mode: mode))
        #expect(error?.description.contains("run: chmod go= \(key)") == true)

        chmod(path + "/ca.key", 0o600)
        let slots = try await Harness.run(in: path, configure: Self.bring(path)) { mesh in
            try await mesh.authority().slots.count
        }
        #expect(slots == 1)
    }

    @Test func `another authority is taken up by a rotation, not by a restart alone`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        try Self.makeRoot("ec -pkeyopt ec_paramgen_curve:P-256", in: path)
        let first = try await Harness.run(in: path, configure: Self.bring(path)) { mesh in
            try await mesh.authority().slots.map(\.fingerprint)
        }
        try Self.makeRoot("rsa:2048", in: path)
        let slots = try await Harness.run(in: path, configure: Self.bring(path)) { mesh in
            let before = try await mesh.authority().slots.map(\.fingerprint)
            #expect(before == first)
            _ = try await mesh.operators { try await $0.caRotate(WireCARotateRequest()) }
            return try await Harness.eventually(mesh.authority) {
                $0.slots.count == 1 || $0.slots[1].state == .retired
            }
            .slots
        }
        #expect(slots.first?.fingerprint != first.first)
        #expect(slots.first?.state == .active)
    }
}
