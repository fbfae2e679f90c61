import JSONText
import KubernetesModel

/// One entry of `metadata.ownerReferences`.
struct OwnerReference: Hashable, Sendable {
    var apiVersion: String
    var kind: String
    var name: String
    var uid: String
    /// Whether the owner's foreground deletion waits for this object.
    var blocksOwnerDeletion: Bool

    init?(_ value: JSONValue) {
        guard let apiVersion = value["apiVersion"]?.string, let kind = value["kind"]?.string,
            let name = value["name"]?.string, let uid = value["uid"]?.string
        else { return nil }
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        blocksOwnerDeletion = value["blockOwnerDeletion"]?.bool ?? false
    }

    static func all(of object: UnstructuredObject) -> [OwnerReference] {
        (object["metadata", "ownerReferences"]?.array ?? []).compactMap(OwnerReference.init)
    }
}

/// What is done about owner references when an object is written.
enum OwnerReferences {
    /// Drops references that are the same as an earlier one, and warns.
    static func removeDuplicates(from object: inout UnstructuredObject, _ warnings: Warnings) {
        guard let references = object["metadata", "ownerReferences"]?.array, references.count > 1 else {
            return
        }
        var seen: Set<JSONValue> = []
        var kept: [JSONValue] = []
        var dropped: [String] = []
        for reference in references {
            if seen.insert(reference).inserted {
                kept.append(reference)
            } else {
                dropped.append(reference["uid"]?.string ?? "")
            }
        }
        guard !dropped.isEmpty else { return }
        object["metadata", "ownerReferences"] = .array(kept)
        warnings.add(
            ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: \(dropped.joined(separator: ", "))"
        )
    }
}
