public import JSONText

/// What `/version` says: the Kubernetes whose behaviour is followed, and that it is not Kubernetes' own server.
public enum ServerVersion {
    public static let gitVersion = "v1.32.0+nullius"

    public static let document: JSONValue = [
        "major": "1",
        "minor": "32",
        "gitVersion": .string(gitVersion),
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "swift",
        "platform": .string("linux/\(architecture)"),
    ]

    private static var architecture: String {
        #if arch(arm64)
        "arm64"
        #else
        "amd64"
        #endif
    }
}
