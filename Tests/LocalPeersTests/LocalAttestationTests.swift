import Glibc
import SystemPackage
import Testing

@testable import LocalPeers

@Suite("Callers of a Unix socket")
struct LocalAttestationTests {
    private static let me = ProcessIdentity(running: getpid())

    @Test func `the kernel names the peer`() throws {
        let pair = SocketPair()
        let peer = try PeerCredentials.of(FileDescriptor(rawValue: pair.ends.0))
        #expect(peer.processID == getpid())
        #expect(peer.userID == getuid())
        #expect(peer.groupID == getgid())
    }

    @Test func `what is no connected Unix socket has no peer`() throws {
        let closed = #expect(throws: Errno.self) { try PeerCredentials.of(FileDescriptor(rawValue: -1)) }
        #expect(closed == .badFileDescriptor)
        let file = try FileDescriptor.open("/dev/null", .readOnly)
        defer { try? file.close() }
        let notSocket = #expect(throws: Errno.self) { try PeerCredentials.of(file) }
        #expect(notSocket == .notSocket)
        let unconnected = FileDescriptor(rawValue: socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0))
        defer { try? unconnected.close() }
        let nobody = #expect(throws: Errno.self) { try PeerCredentials.of(unconnected) }
        #expect(nobody == .noSuchProcess)
    }

    @Test func `the registered process passes`() throws {
        let pair = SocketPair()
        let me = try #require(Self.me)
        let peer = try LocalAttestation(userID: getuid(), process: me)
            .check(FileDescriptor(rawValue: pair.ends.0))
        #expect(peer.processID == getpid())
    }

    @Test func `another process of the same user is refused`() throws {
        let pair = SocketPair()
        let program = try Program("/bin/sleep", "60")
        let registered = try #require(ProcessIdentity(running: program.processID))
        let connection = FileDescriptor(rawValue: pair.ends.0)
        let refusal = #expect(throws: LocalRefusal.self) {
            try LocalAttestation(userID: getuid(), process: registered).check(connection)
        }
        #expect(refusal == .otherProcess(getpid()))
    }

    @Test func `a process that has the registered pid but started at another time is refused`() throws {
        let pair = SocketPair()
        let me = try #require(Self.me)
        let earlier = ProcessIdentity(processID: me.processID, startTime: me.startTime - 1)
        let connection = FileDescriptor(rawValue: pair.ends.0)
        let refusal = #expect(throws: LocalRefusal.self) {
            try LocalAttestation(userID: getuid(), process: earlier).check(connection)
        }
        #expect(refusal == .otherProcess(getpid()))
    }

    @Test(.enabled(if: getuid() != 0, "root may use every socket"))
    func `another user is refused`() throws {
        let pair = SocketPair()
        let connection = FileDescriptor(rawValue: pair.ends.0)
        let refusal = #expect(throws: LocalRefusal.self) {
            try LocalAttestation(userID: getuid() + 1).check(connection)
        }
        #expect(refusal == .otherUser(getuid()))
    }

    @Test func `children of this process descend from it, whatever they call themselves`() throws {
        let me = try #require(Self.me)
        let directory = "/tmp/nullius-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        mkdir(directory, 0o700)
        defer { rmdir(directory) }
        let name = "\(directory)/x) S 1 (y"
        symlink("/bin/sleep", name)
        defer { unlink(name) }
        let plain = try Program("/bin/sleep", "60")
        let odd = try Program(name, "60")
        let answers = [
            ProcessAncestry.isDescendant(plain.processID, of: me),
            ProcessAncestry.isDescendant(odd.processID, of: me),
            ProcessAncestry.isDescendant(getppid(), of: me),
        ]
        #expect(answers == [true, true, false])
    }

    @Test func `a process that ended runs no more`() throws {
        let identity: ProcessIdentity
        do {
            let program = try Program("/bin/sleep", "60")
            identity = try #require(ProcessIdentity(running: program.processID))
            #expect(identity.isRunning)
        }
        let running = identity.isRunning
        #expect(!running)
    }
}
