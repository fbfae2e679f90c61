import Glibc
import SystemPackage
import Testing

@testable import Storage

@Suite("A directory for secrets")
struct PrivateDirectoryTests {
    @Test func `it and what is missing above it are made for the owner only`() throws {
        let temporary = TemporaryDirectory()
        let path = temporary.path.appending("state").appending("ca")
        let directory = try PrivateDirectory(at: path)
        try directory.write("key.pem", "secret".utf8)
        let bytes = try directory.read("key.pem")
        let absent = try directory.read("other.pem")
        #expect(bytes == Array("secret".utf8))
        #expect(absent == nil)
        let modes = [
            mode(of: path.removingLastComponent()), mode(of: path), mode(of: path.appending("key.pem")),
        ]
        #expect(modes == [0o700, 0o700, 0o600])
    }

    @Test(arguments: [0o755, 0o770, 0o701] as [UInt32])
    func `one that others can look into is refused`(bits: UInt32) throws {
        let temporary = TemporaryDirectory()
        chmod(temporary.path.string, bits)
        let expected = StorageError.openToOthers(temporary.path, mode: bits)
        #expect(throws: expected) { try PrivateDirectory(at: temporary.path) }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o644] as [UInt32])
    func `a file that others can read or change is refused`(bits: UInt32) throws {
        let temporary = TemporaryDirectory()
        let directory = try PrivateDirectory(at: temporary.path)
        try directory.write("key.pem", "secret".utf8)
        chmod(temporary.path.appending("key.pem").string, bits)
        let expected = StorageError.openToOthers(temporary.path.appending("key.pem"), mode: bits)
        #expect(throws: expected) { try directory.read("key.pem") }
    }

    @Test(.enabled(if: getuid() == 0, "only root may give files away"))
    func `a file of another user is refused`() throws {
        let temporary = TemporaryDirectory()
        let directory = try PrivateDirectory(at: temporary.path)
        try directory.write("key.pem", "secret".utf8)
        let path = temporary.path.appending("key.pem")
        chown(path.string, 12_345, 12_345)
        #expect(throws: StorageError.ownedByOther(path, userID: 12_345)) { try directory.read("key.pem") }
    }

    @Test func `links, pipes and names that lead away are refused`() throws {
        let temporary = TemporaryDirectory()
        let directory = try PrivateDirectory(at: temporary.path)
        symlink("/etc/passwd", temporary.path.appending("link").string)
        mkfifo(temporary.path.appending("pipe").string, 0o600)
        #expect(throws: StorageError.symbolicLink(temporary.path.appending("link"))) {
            try directory.read("link")
        }
        #expect(throws: StorageError.notARegularFile(temporary.path.appending("pipe"))) {
            try directory.read("pipe")
        }
        for name in ["../x", "..", ".", "", "a/b", "/etc/passwd"] {
            #expect(throws: StorageError.badName(name)) { try directory.read(name) }
        }
        let link = temporary.path.appending("ca")
        symlink("/root", link.string)
        #expect(throws: StorageError.symbolicLink(link)) { try PrivateDirectory(at: link) }
    }

    @Test func `a file larger than the limit is refused`() throws {
        let temporary = TemporaryDirectory()
        let directory = try PrivateDirectory(at: temporary.path)
        try directory.write("big", [UInt8](repeating: 1, count: 101))
        let expected = StorageError.tooLarge(temporary.path.appending("big"), limit: 100)
        #expect(throws: expected) { try directory.read("big", limit: 100) }
        let fits = try directory.read("big", limit: 101)
        #expect(fits?.count == 101)
    }

    @Test func `what a write that was cut short left behind is swept at the next start`() throws {
        let temporary = TemporaryDirectory()
        let directory = try PrivateDirectory(at: temporary.path)
        try directory.write("key.pem", "old".utf8)
        let half = temporary.path.appending(".key.pem.99.123.nullius-tmp")
        try AtomicFile.write(half, "ne".utf8)

        let again = try PrivateDirectory(at: temporary.path)
        let content = try again.read("key.pem")
        #expect(content == Array("old".utf8))
        let names = try again.names()
        #expect(names == ["key.pem"])
    }

    @Test func `one process at a time works on it`() throws {
        let temporary = TemporaryDirectory()
        let directory = try PrivateDirectory(at: temporary.path)
        try take(directory)
        // Given up above, so free again.
        try take(directory)
    }

    private func take(_ directory: PrivateDirectory) throws {
        let held = try DirectoryLock(directory)
        #expect(throws: StorageError.inUse(directory.path.appending("lock"))) {
            _ = try DirectoryLock(directory)
        }
        _ = consume held
    }
}
