import Glibc

/// What `stat(2)` says of a path, and of the files in it if it is a directory: differs when any was changed,
/// replaced, added or removed.
///
/// Cheap enough to be asked several times a second. Links are followed, for a mounted ConfigMap changes by a link
/// that is switched.
struct DirectorySignature: Hashable, Sendable {
    private struct Entry: Hashable {
        var name: String
        var device: UInt
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    private var entries: [Entry]

    init(of path: String) {
        entries = [Self.entry(path, name: "")].compactMap(\.self)
        guard let stream = opendir(path) else { return }
        defer { closedir(stream) }
        while let item = readdir(stream) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != "..", let entry = Self.entry("\(path)/\(name)", name: name) else {
                continue
            }
            entries.append(entry)
        }
        entries.sort { $0.name < $1.name }
    }

    private static func entry(_ path: String, name: String) -> Entry? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Entry(
            name: name,
            device: UInt(status.st_dev),
            inode: UInt(status.st_ino),
            size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }
}
