import FoundationEssentials
import Glibc
import SystemPackage

/// A directory of the test's own, removed with all that is in it when the test is done.
struct TemporaryDirectory: ~Copyable {
    let path: FilePath

    init() {
        var template = Array("/tmp/nullius-storage-XXXXXX".utf8CString)
        path = FilePath(mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path.string)
    }
}

/// The lowest nine bits of a file's mode.
func mode(of path: FilePath) -> UInt32? {
    var status = stat()
    return lstat(path.string, &status) == 0 ? status.st_mode & 0o777 : nil
}

func names(in path: FilePath) -> [String] {
    guard let stream = opendir(path.string) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        names.append(
            withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
        )
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
}
