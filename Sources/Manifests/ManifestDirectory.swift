import Authorization
import FoundationEssentials
import KubernetesModel

/// Reads the manifests of a directory: each `.yaml`, `.yml` and `.json` file in it, not in those below.
///
/// Never gives up the good for the bad: a file that cannot be read leaves a diagnostic, and the rest goes on.
public enum ManifestDirectory {
    /// More files than anyone writes by hand.
    public static let maximumFiles = 2000

    /// Reads a directory, or one file.
    public static func read(_ path: String, limits: YAMLReader.Limits = YAMLReader.Limits())
        -> ManifestReading
    {
        read([path], limits: limits)
    }

    /// Reads files and directories as if they were one directory.
    public static func read(_ paths: [String], limits: YAMLReader.Limits = YAMLReader.Limits())
        -> ManifestReading
    {
        var reading = ManifestReading()
        for path in paths {
            var isDirectory = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                reading.refuse(path, "there is no such file or directory")
                continue
            }
            guard isDirectory else {
                add(path, to: &reading, limits)
                continue
            }
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                reading.refuse(path, "the directory cannot be read")
                continue
            }
            let wanted = names.filter(isManifest).sorted()
            if wanted.count > maximumFiles {
                reading.refuse(
                    path,
                    "the directory holds more than \(maximumFiles) manifests; the rest is left out"
                )
            }
            for name in wanted.prefix(maximumFiles) {
                add(path.hasSuffix("/") ? path + name : "\(path)/\(name)", to: &reading, limits)
            }
        }
        return reading
    }

    private static func isManifest(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }

    private static func add(_ path: String, to reading: inout ManifestReading, _ limits: YAMLReader.Limits) {
        // Links are followed, for that is how a ConfigMap is mounted; pipes and devices would never end.
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: real)
        guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular else {
            reading.refuse(path, "it is no file that can be read")
            return
        }
        if let size = attributes[.size] as? UInt64 ?? (attributes[.size] as? Int).map(UInt64.init),
            size > limits.bytes
        {
            reading.refuse(path, "the file is larger than \(limits.bytes) bytes")
            return
        }
        guard let data = FileManager.default.contents(atPath: real) else {
            reading.refuse(path, "the file cannot be read")
            return
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            reading.refuse(path, "the file is not UTF-8")
            return
        }
        reading.add(text, file: path, limits: limits)
    }
}

extension ManifestReading {
    /// Notes a file that could not be read at all: it may hold policies about any workload.
    fileprivate mutating func refuse(_ path: String, _ problem: String) {
        let place = SourceLocation(file: path, line: 1, column: 1)
        files.append(path)
        diagnostics.append(.error("unreadable-file", problem, at: place))
        unreadable.append(UnreadablePolicy(namespace: nil, name: nil, selector: nil, location: place))
    }
}
