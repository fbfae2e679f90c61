import APIRegistry
import JSONText
import KubernetesModel
import RBAC
import Synchronization

/// Which object of which resource a request is about, or where a new one goes.
struct ResourcePlace: Sendable {
    var definition: ResourceDefinition
    /// Empty for an object of the cluster.
    var namespace: String
    /// Empty for a collection.
    var name: String
    var subresource: String

    init(
        _ definition: ResourceDefinition,
        namespace: String = "",
        name: String = "",
        subresource: String = ""
    ) {
        self.definition = definition
        self.namespace = definition.isNamespaced ? namespace : ""
        self.name = name
        self.subresource = subresource
    }

    var lifecycle: ObjectLifecycle { ObjectLifecycle(definition) }
    var resource: GroupResource { definition.groupResource }

    func key(_ name: String) -> ObjectKey {
        ObjectKey(resource: definition.storage, namespace: namespace, name: name)
    }

    var key: ObjectKey { key(name) }
}

/// Who writes, and how.
struct WriteCall: Sendable {
    var user: UserInfo
    /// Who is written down as the manager of fields.
    var manager: String
    var fieldValidation: WriteOptions.FieldValidation
    var isDryRun: Bool
    /// As webhooks are told: CreateOptions and the like.
    var options: JSONValue
    let warnings: Warnings

    init(
        user: UserInfo,
        manager: String,
        fieldValidation: WriteOptions.FieldValidation = .ignore,
        isDryRun: Bool = false,
        options: JSONValue = .null,
        warnings: Warnings = Warnings()
    ) {
        self.user = user
        self.manager = manager
        self.fieldValidation = fieldValidation
        self.isDryRun = isDryRun
        self.options = options
        self.warnings = warnings
    }

    /// The call of a controller inside the server, which no webhook and no rule of RBAC stops.
    static func controller(_ name: String) -> WriteCall {
        WriteCall(
            user: UserInfo(
                name: "system:serviceaccount:kube-system:\(name)",
                groups: ["system:masters", "system:authenticated"]
            ),
            manager: "nullius-\(name)"
        )
    }
}

/// What is said while a request is worked on, besides its answer: warnings for callers, each text once, and notes for the audit
/// log.
final class Warnings: Sendable {
    private let texts = Mutex<[String]>([])
    private let notes = Mutex<(all: [(name: String, value: String)], bytes: Int)>(([], 0))
    /// Kubernetes drops what goes beyond 4 KiB of warnings; so many texts nobody reads.
    private static let limit = 64
    private static let noteCount = 64
    private static let noteBytes = 16 << 10

    /// Notes something for the audit log; the first of a name stays, and what goes beyond the bounds is left out.
    func note(_ name: String, _ value: String) {
        let size = name.utf8.count + value.utf8.count
        notes.withLock { notes in
            guard notes.all.count < Self.noteCount, size <= Self.noteBytes - notes.bytes,
                !notes.all.contains(where: { $0.name == name })
            else { return }
            notes.all.append((name, value))
            notes.bytes += size
        }
    }

    var auditAnnotations: [(name: String, value: String)] { notes.withLock { $0.all } }

    func add(_ text: String) {
        texts.withLock { texts in
            if texts.count < Self.limit, !texts.contains(text) { texts.append(text) }
        }
    }

    var all: [String] { texts.withLock { $0 } }
}
