import Glibc

/// A program that runs until the test is done with it.
struct Program: ~Copyable {
    let processID: pid_t

    init(_ path: String, _ arguments: String...) throws {
        var processID: pid_t = 0
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        argv.append(nil)
        defer { argv.forEach { free($0) } }
        let status = posix_spawn(&processID, path, nil, nil, argv, nil)
        guard status == 0 else { throw NotStarted(status: status) }
        self.processID = processID
    }

    deinit {
        kill(processID, SIGKILL)
        waitpid(processID, nil, 0)
    }

    struct NotStarted: Error {
        var status: CInt
    }
}

/// Both ends of a Unix socket in this process.
struct SocketPair: ~Copyable {
    let ends: (CInt, CInt)

    init() {
        var pair: [CInt] = [-1, -1]
        socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair)
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.0)
        close(ends.1)
    }
}
