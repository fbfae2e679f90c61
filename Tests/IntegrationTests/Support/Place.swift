import Glibc
import SystemPackage

/// Where the things under test are: the executables beside this test bundle, the sources above this file.
enum Place {
    /// The package's root.
    static let root = FilePath(#filePath).removingLastComponents(4)
    static let shop = root.appending("Examples/shop")
    static let programs = shop.appending("programs")
    static let peers = root.appending("Tests/IntegrationTests/Peers")

    /// The directory of the running test bundle, which is that of the executables.
    ///
    /// `NULLIUS_TEST_BUILD` names another, such as that of a release build.
    static func build() throws -> FilePath {
        if let path = getenv("NULLIUS_TEST_BUILD") { return FilePath(String(cString: path)) }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw Errno(rawValue: errno) }
        let path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return FilePath(path).removingLastComponent()
    }

    /// The private Python that `scripts/bootstrap` makes.
    static func python() throws -> String {
        let path =
            getenv("NULLIUS_TEST_PYTHON").map { String(cString: $0) }
            ?? root.appending(".venv/bin/python").string
        guard access(path, X_OK) == 0 else { throw Trouble("\(path) is missing; run scripts/bootstrap") }
        return path
    }
}

extension FilePath {
    fileprivate func removingLastComponents(_ count: Int) -> FilePath {
        (0..<count).reduce(self) { path, _ in path.removingLastComponent() }
    }
}
