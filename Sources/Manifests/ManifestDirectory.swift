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
        for found in files(paths) {
            do throws(Diagnostic) {
                reading.add(try text(of: found, limits), file: found.path, limits: limits)
            } catch {
                reading.refuse(found.path, error)
            }
        }
        return reading
    }

    /// One file that is asked for, or that lies in a directory that is; or what is wrong with it.
    private struct Found {
        var path: String
        var problem: Diagnostic?
    }

    /// The files at some paths, those of a directory by name.
    private static func files(_ paths: [String]) -> [Found] {
        var found: [Found] = []
        func refuse(_ path: String, _ problem: String) {
            found.append(Found(path: path, problem: .unreadable(path, problem)))
        }
        for path in paths {
            var isDirectory = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                refuse(path, "there is no such file or directory")
                continue
            }
            guard isDirectory else {
                found.append(Found(path: path))
                continue
            }
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                refuse(path, "the directory cannot be read")
                continue
            }
            let wanted = names.filter(isManifest).sorted()
            if wanted.count > maximumFiles {
                refuse(path, "the directory holds more than \(maximumFiles) manifests; the rest is left out")
            }
            found += wanted.prefix(maximumFiles).map { name in
                Found(path: path.hasSuffix("/") ? path + name : "\(path)/\(name)")
            }
        }
        return found
    }

    private static func isManifest(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }

    /// Reads the documents of files and directories as they are, whatever they hold.
    public static func documents(
        _ paths: [String],
        limits: YAMLReader.Limits = YAMLReader.Limits()
    ) -> YAMLReader.Result {
        var result = YAMLReader.Result()
        for found in files(paths) {
            do throws(Diagnostic) {
                let read = YAMLReader(limits: limits).read(try text(of: found, limits), file: found.path)
                result.documents += read.documents
                result.diagnostics += read.diagnostics
            } catch {
                result.diagnostics.append(error)
            }
        }
        return result
    }

    private static func text(of found: Found, _ limits: YAMLReader.Limits) throws(Diagnostic) -> String {
        if let problem = found.problem { throw problem }
        let path = found.path
        // Links are followed, for that is how a ConfigMap is mounted; pipes and devices would never end.
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: real)
        guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular else {
            throw .unreadable(path, "it is no file that can be read")
        }
        if let size = attributes[.size] as? UInt64, size > limits.bytes {
            throw .unreadable(path, "the file is larger than \(limits.bytes) bytes")
        }
        guard let data = FileManager.default.contents(atPath: real) else {
            throw .unreadable(path, "the file cannot be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .unreadable(path, "the file is not UTF-8")
        }
        return text
    }
}

extension Diagnostic {
    fileprivate static func unreadable(_ path: String, _ problem: String) -> Diagnostic {
        .error("unreadable-file", problem, at: SourceLocation(file: path, line: 1, column: 1))
    }
}

extension ManifestReading {
    /// Notes a file that could not be read at all: it may hold policies about any workload.
    fileprivate mutating func refuse(_ path: String, _ problem: Diagnostic) {
        files.append(path)
        diagnostics.append(problem)
        let place = SourceLocation(file: path, line: 1, column: 1)
        unreadable.append(UnreadablePolicy(namespace: nil, name: nil, selector: nil, location: place))
    }
}
