public import CanonicalHTTP
public import KubernetesModel
import NetworkTypes

/// What annotations of a workload and of its namespace say to us.
///
/// An annotation that cannot be read counts as absent, which is always the stricter reading, and is reported.
public struct WorkloadAnnotations: Equatable, Sendable {
    public static let defaultInbound = "nullius.dev/default-inbound"
    public static let relax = "nullius.dev/relax"
    public static let opaquePorts = "nullius.dev/opaque-ports"

    public var fallback: DefaultInbound
    public var relaxations: Set<Relaxation>
    public var opaquePorts: [PortReference]

    /// Reads both; the workload's own word goes before its namespace's.
    public init(of workload: Workload, in namespace: ObjectMeta?, _ report: inout [Diagnostic]) {
        fallback = .deny
        for meta in [namespace?.annotations, workload.annotations] {
            guard let text = meta?[Self.defaultInbound] else { continue }
            // An unreadable word is the strictest one, also where the namespace is relaxed.
            fallback = .deny
            if let word = DefaultInbound(rawValue: text) {
                fallback = word
                continue
            }
            let words = DefaultInbound.allCases.map(\.rawValue)
            report.append(Self.unknown(Self.defaultInbound, text, words, workload))
        }
        relaxations = []
        for word in Self.list(workload.annotations[Self.relax]) {
            if let relaxation = Relaxation(rawValue: word) {
                relaxations.insert(relaxation)
                report.append(
                    .warning(
                        "relaxed",
                        "\(workload.kind) \(workload.meta.objectName) relaxes \(word): its paths have two readings",
                        at: workload.meta.location
                    )
                )
            } else {
                report.append(Self.unknown(Self.relax, word, Relaxation.allCases.map(\.rawValue), workload))
            }
        }
        opaquePorts = []
        for word in Self.list(workload.annotations[Self.opaquePorts]) {
            let value = ManifestValue(.string(word), at: workload.meta.location)
            if let port = PortReference(value, Self.opaquePorts, &report) { opaquePorts.append(port) }
        }
        if workload.kind != "Pod" {
            for name in workload.meta.annotations.keys.sorted() where name.hasPrefix("nullius.dev/") {
                report.append(
                    .warning(
                        "misplaced-annotation",
                        "\(name) on the \(workload.kind) itself has no effect",
                        hint: "write it in spec.template.metadata.annotations, or on the Namespace",
                        at: workload.meta.location
                    )
                )
            }
        }
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { part in
            String(part.drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed())
        }.filter { !$0.isEmpty }
    }

    private static func unknown(
        _ annotation: String,
        _ word: String,
        _ words: [String],
        _ workload: Workload
    ) -> Diagnostic {
        .error(
            "unknown-value",
            "annotation \(annotation) says \(Spelling.quoted(word)), for \(workload.kind) \(workload.meta.objectName)",
            hint: Spelling.nearest(to: word, among: words).map { "did you mean \($0)?" }
                ?? "one of \(words.joined(separator: ", "))",
            at: workload.meta.location
        )
    }
}
