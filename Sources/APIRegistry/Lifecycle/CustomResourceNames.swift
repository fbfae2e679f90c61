import JSONText
public import KubernetesModel

/// Whether the names of a CustomResourceDefinition are free, and what its status says of them.
public enum CustomResourceNames {
    /// Holds a definition that is being deleted until its objects are gone.
    public static let cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io"

    /// Fills in the status of a definition: accepted names, conditions, stored versions.
    ///
    /// Names are compared with those of other resources in the same group; the catalogue may hold the definition's own
    /// resources already. A definition that was established stays so: its objects exist.
    public static func decide(
        _ definition: inout UnstructuredObject,
        catalogue: ResourceCatalogue,
        now: Timestamp
    ) {
        let names = definition["spec", "names"]
        let group = definition["spec", "group"]?.string ?? ""
        let plural = names?["plural"]?.string ?? ""
        let others = catalogue.definitions.filter { $0.groupVersion.group == group && $0.plural != plural }
        let resources = Set(others.flatMap { [$0.plural, $0.singular] + $0.shortNames })
        let kinds = Set(others.flatMap { [$0.kind, $0.listKind] })

        var accepted = definition["status", "acceptedNames"]?.object ?? JSONObject()
        var conflict: (reason: String, message: String)?
        func take(_ field: String, _ reason: String, from taken: Set<String>) {
            guard let value = names?[field], !value.isEmptyValue else {
                accepted[field] = nil
                return
            }
            let words = value.string.map { [$0] } ?? (value.array ?? []).compactMap(\.string)
            if let used = words.first(where: taken.contains) {
                conflict = (reason, "\(GoText.quoted(used)) is already in use")
            } else {
                accepted[field] = value
            }
        }
        take("plural", "PluralConflict", from: resources)
        take("singular", "SingularConflict", from: resources)
        take("shortNames", "ShortNamesConflict", from: resources)
        take("kind", "KindConflict", from: kinds)
        take("listKind", "ListKindConflict", from: kinds)
        accepted["categories"] = names?["categories"]
        // Kubernetes requires both in every status it writes.
        accepted.setDefault("plural", "")
        accepted.setDefault("kind", "")

        definition["status", "acceptedNames"] = .object(accepted)
        setCondition(
            &definition,
            type: "NamesAccepted",
            status: conflict == nil ? "True" : "False",
            reason: conflict?.reason ?? "NoConflicts",
            message: conflict?.message ?? "no conflicts found",
            now: now
        )
        if conflict == nil {
            setCondition(
                &definition,
                type: "Established",
                status: "True",
                reason: "InitialNamesAccepted",
                message: "the initial names have been accepted",
                now: now
            )
        } else if !isEstablished(definition) {
            setCondition(
                &definition,
                type: "Established",
                status: "False",
                reason: "NotAccepted",
                message: "not all names are accepted",
                now: now
            )
        }
        addStoredVersion(&definition)
    }

    /// Whether the resources of a definition are served.
    public static func isEstablished(_ definition: UnstructuredObject) -> Bool {
        (definition["status", "conditions"]?.array ?? []).contains {
            $0["type"]?.string == "Established" && $0["status"]?.string == "True"
        }
    }

    /// Every version in which an object may have been stored so far.
    private static func addStoredVersion(_ definition: inout UnstructuredObject) {
        let versions = definition["spec", "versions"]?.array ?? []
        guard let name = versions.first(where: { $0["storage"]?.bool == true })?["name"]?.string else {
            return
        }
        var stored = definition["status", "storedVersions"]?.array?.compactMap(\.string) ?? []
        if !stored.contains(name) { stored.append(name) }
        definition["status", "storedVersions"] = .strings(stored)
    }

    /// Sets a condition; its time changes with its status alone.
    public static func setCondition(
        _ object: inout UnstructuredObject,
        type: String,
        status: String,
        reason: String,
        message: String,
        now: Timestamp
    ) {
        var conditions = object["status", "conditions"]?.array ?? []
        let place = conditions.firstIndex { $0["type"]?.string == type }
        let before = place.map { conditions[$0] }
        let isSame = before?["status"]?.string == status
        let since = isSame ? before?["lastTransitionTime"]?.string ?? now.description : now.description
        let condition: JSONValue = [
            "type": .string(type), "status": .string(status), "lastTransitionTime": .string(since),
            "reason": .string(reason), "message": .string(message),
        ]
        if let place { conditions[place] = condition } else { conditions.append(condition) }
        object["status", "conditions"] = .array(conditions)
    }
}
