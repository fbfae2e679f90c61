import Glibc
import SystemPackage

/// TCP ports of this machine.
enum Loopback {
    /// A port that nobody listens on just now.
    static func freePort() throws -> UInt16 {
        try withSocket(to: 0) { socket, address, length in
            guard bind(socket, address, length) == 0 else { throw Errno(rawValue: errno) }
            var length = length
            guard getsockname(socket, address, &length) == 0 else { throw Errno(rawValue: errno) }
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }

    /// Whether somebody takes connections there.
    static func isListening(_ port: UInt16) throws -> Bool {
        try withSocket(to: port) { socket, address, length in connect(socket, address, length) == 0 }
    }

    private static func withSocket<Result>(
        to port: UInt16,
        body: (Int32, UnsafeMutablePointer<sockaddr>, socklen_t) throws -> Result
    ) throws -> Result {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                try body(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
