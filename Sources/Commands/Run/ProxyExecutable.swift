import ArgumentParser
import Glibc
import SystemPackage

/// Finds the `nullius-proxy` that belongs to this `nullius`: the file beside it.
enum ProxyExecutable {
    static func find() throws -> FilePath {
        let beside = try own().removingLastComponent().appending("nullius-proxy")
        guard access(beside.string, X_OK) == 0 else {
            throw ValidationError(
                "there is no nullius-proxy beside this program; say where it is with --proxy"
            )
        }
        return beside
    }

    /// The file that this process runs.
    private static func own() throws -> FilePath {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        guard length > 0, length < buffer.count else {
            throw ValidationError(
                "cannot tell where this program is; say where nullius-proxy is with --proxy"
            )
        }
        return FilePath(String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}
