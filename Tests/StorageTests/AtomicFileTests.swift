import Glibc
import SystemPackage
import Testing

@testable import Storage

@Suite("Writing files whole")
struct AtomicFileTests {
    private static func contents(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
            return String(decoding: bytes.prefix(count), as: UTF8.self)
        }
    }

    @Test func `a file is replaced, with the mode asked for, and nothing else is left`() throws {
        let directory = TemporaryDirectory()
        let path = directory.path.appending("key.pem")
        try AtomicFile.write(path, "old".utf8, permissions: [.ownerReadWrite, .groupRead, .otherRead])
        try AtomicFile.write(path, "new".utf8)
        let contents = try Self.contents(path)
        #expect(contents == "new")
        #expect(mode(of: path) == 0o600)
        #expect(names(in: directory.path) == ["key.pem"])
    }

    @Test func `a symbolic link in the place of the file is refused`() throws {
        let directory = TemporaryDirectory()
        let target = directory.path.appending("target")
        let link = directory.path.appending("link")
        try AtomicFile.write(target, "precious".utf8)
        symlink(target.string, link.string)
        #expect(throws: StorageError.symbolicLink(link)) { try AtomicFile.write(link, "evil".utf8) }
        let contents = try Self.contents(target)
        #expect(contents == "precious")
    }

    @Test func `what is no regular file is refused`() throws {
        let directory = TemporaryDirectory()
        let pipe = directory.path.appending("pipe")
        mkfifo(pipe.string, 0o600)
        #expect(throws: StorageError.notARegularFile(pipe)) { try AtomicFile.write(pipe, [1]) }
        #expect(throws: StorageError.badName("/tmp/..")) { try AtomicFile.write("/tmp/..", [1]) }
        let nowhere = directory.path.appending("no/where")
        #expect(throws: StorageError.failed(.create, nowhere, .noSuchFileOrDirectory)) {
            try AtomicFile.write(nowhere, [1])
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root may mount a small disk"))
    func `a full disk is an error, and the old content stays`() throws {
        let directory = TemporaryDirectory()
        try #require(mount("tmpfs", directory.path.string, "tmpfs", 0, "size=64k") == 0)
        defer { umount2(directory.path.string, CInt(MNT_DETACH)) }
        let path = directory.path.appending("records")
        try AtomicFile.write(path, "old".utf8)
        #expect(throws: StorageError.failed(.write, path, .noSpace)) {
            try AtomicFile.write(path, [UInt8](repeating: 7, count: 1 << 20))
        }
        let contents = try Self.contents(path)
        #expect(contents == "old")
        #expect(names(in: directory.path) == ["records"])
    }
}
