public import FoundationEssentials
import KubernetesModel
import Manifests

extension Kubeconfig {
    /// Reads what `KUBECONFIG` names, or `~/.kube/config`; files that are missing are passed over.
    ///
    /// - Throws: ``ClientError/configuration(_:)`` with every mistake in every file, each with its place.
    public static func load(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ClientError) -> Kubeconfig {
        try load(files: paths(environment: environment))
    }

    /// The files that are looked for, each once.
    public static func paths(environment: [String: String]) -> [String] {
        guard let list = environment["KUBECONFIG"], !list.isEmpty else {
            return environment["HOME"].map { ["\($0)/.kube/config"] } ?? []
        }
        var paths: [String] = []
        for path in list.split(separator: ":").map(String.init) where !paths.contains(path) {
            paths.append(path)
        }
        return paths
    }

    /// Reads files and merges them; the first counts most.
    public static func load(files: [String], mustExist: Bool = false) throws(ClientError) -> Kubeconfig {
        var whole = Kubeconfig()
        var problems: [String] = []
        for path in files {
            guard mustExist || FileManager.default.fileExists(atPath: path) else { continue }
            do throws(ClientError) {
                let bytes = try BoundedFile.read(path, limit: limits.bytes)
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw .configuration("\(path) is not UTF-8")
                }
                whole.merge(try Kubeconfig(parsing: text, file: path))
            } catch {
                problems.append("\(error)")
            }
        }
        guard problems.isEmpty else { throw .configuration(problems.joined(separator: "\n")) }
        return whole
    }

    private static let limits: YAMLReader.Limits = {
        var limits = YAMLReader.Limits()
        limits.bytes = 8 << 20
        return limits
    }()

    /// Reads one file's text, YAML or JSON.
    ///
    /// Unknown fields are passed over, as kubectl does.
    public init(parsing text: String, file: String) throws(ClientError) {
        self.init()
        files = [file]
        let read = YAMLReader(limits: Self.limits).read(text, file: file)
        var report = read.diagnostics
        if read.documents.count > 1 {
            report.append(
                .error("many-documents", "a kubeconfig is one document", at: read.documents[1].location)
            )
        }
        // An empty file says nothing, which is no mistake.
        if let document = read.documents.first, let fields = FieldReader(document, "", &report) {
            self.read(fields, &report)
        }
        guard !report.hasErrors else {
            throw .configuration(report.map(\.description).joined(separator: "\n"))
        }
    }

    private mutating func read(_ given: FieldReader, _ report: inout [Diagnostic]) {
        var fields = given
        for (name, expected) in [("apiVersion", "v1"), ("kind", "Config")] {
            guard let text = fields.string(name, &report), !text.isEmpty, text != expected else { continue }
            report.append(
                .error(
                    "wrong-kind",
                    "\(name) is \(Spelling.quoted(text)), not \(expected)",
                    at: fields.place(of: name)
                )
            )
        }
        currentContext = fields.string("current-context", &report) ?? ""
        clusters = Self.entries("clusters", "cluster", of: &fields, &report) { Cluster(&$0, &$1) }
        users = Self.entries("users", "user", of: &fields, &report) { User(&$0, &$1) }
        contexts = Self.entries("contexts", "context", of: &fields, &report) { Context(&$0, &$1) }
    }

    /// A list of names, each with what it stands for.
    private static func entries<Entry>(
        _ list: String,
        _ member: String,
        of fields: inout FieldReader,
        _ report: inout [Diagnostic],
        _ read: (inout FieldReader, inout [Diagnostic]) -> Entry
    ) -> [String: Entry] {
        var result: [String: Entry] = [:]
        for (index, value) in (fields.list(list, &report) ?? []).enumerated() {
            let path = "\(list)[\(index)]"
            guard var entry = FieldReader(value, path, &report),
                let name = entry.requiredString("name", &report)
            else { continue }
            let empty = ManifestValue(.null, at: value.location)
            guard var content = FieldReader(entry.value(member) ?? empty, "\(path).\(member)", &report) else {
                continue
            }
            guard result[name] == nil else {
                report.append(
                    .error(
                        "duplicate-name",
                        "\(list) names \(Spelling.quoted(name)) twice",
                        at: entry.place(of: "name")
                    )
                )
                continue
            }
            result[name] = read(&content, &report)
        }
        return result
    }
}
