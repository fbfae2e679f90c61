import Glibc
import NetworkTypes
import SystemPackage

/// A TCP socket that is bound and not served yet, so that its port is known before anything is started.
///
/// Owned by whoever serves it.
struct MeshListener {
    let descriptor: Int32
    let address: SocketEndpoint

    /// Takes the port that is asked for; with 0, that of the last run if it is free, else any.
    static func bind(to address: IPAddress, port: UInt16, last: SocketEndpoint?) throws -> MeshListener {
        if port == 0, let last, last.address == address,
            let listener = try? bind(to: address, port: last.port.number)
        {
            return listener
        }
        return try bind(to: address, port: port)
    }

    private static func bind(to address: IPAddress, port: UInt16) throws -> MeshListener {
        let family = address.family == .v4 ? AF_INET : AF_INET6
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(address, port) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, address, port) == 0, let bound = self.port(of: descriptor) else {
            defer { _ = close(descriptor) }
            throw failure(address, port)
        }
        return MeshListener(descriptor: descriptor, address: SocketEndpoint(address: address, port: bound))
    }

    private static func bind(_ descriptor: Int32, _ address: IPAddress, _ port: UInt16) -> Int32 {
        switch address.family {
        case .v4:
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.low).bigEndian
            return withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .v6:
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &name.sin6_addr) { bytes in
                bytes.storeBytes(of: address.high.bigEndian, toByteOffset: 0, as: UInt64.self)
                bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
    }

    /// The port is at the same place in both families (`sin_port`, `sin6_port`).
    private static func port(of descriptor: Int32) -> Port? {
        var name = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let status = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return status == 0 ? Port(UInt16(bigEndian: name.sin6_port)) : nil
    }

    private static func failure(_ address: IPAddress, _ port: UInt16) -> ControlPlaneError {
        .cannotListen("\(address) port \(port): \(Errno(rawValue: errno))")
    }
}
