/// Fields that one applies and others own with another value.
struct ApplyConflicts: Error {
    struct Conflict {
        let owner: ManagedFieldsEntry
        let fields: FieldSet

        /// `nil` when there are no fields.
        init?(_ owner: ManagedFieldsEntry, _ fields: FieldSet) {
            guard !fields.isEmpty else { return nil }
            self.owner = owner
            self.fields = fields
        }

        func without(_ allowed: FieldSet) -> Conflict? { Conflict(owner, fields.difference(allowed)) }

        /// As messages of Kubernetes name a manager: without the time, which it leaves out since it is part of no
        /// identity.
        var manager: String {
            var text = Spelling.quoted(owner.manager)
            if !owner.subresource.isEmpty {
                text += " with subresource \(Spelling.quoted(owner.subresource))"
            }
            if owner.operation == .update { text += " using \(Spelling.clean(owner.apiVersion))" }
            return text
        }

        var paths: [String] {
            fields.paths.map { path in path.map(\.description).joined() }
        }
    }

    let conflicts: [Conflict]

    /// How many conflicts an answer names: enough for a person, and few enough for a log.
    private static let shownLimit = 1000

    var status: APIStatus {
        let all = conflicts.flatMap { conflict in
            conflict.paths.map { (manager: conflict.manager, path: $0) }
        }
        let causes = all.prefix(Self.shownLimit).map { conflict in
            APIStatus.Cause(
                reason: "FieldManagerConflict",
                message: "conflict with \(conflict.manager)",
                field: conflict.path
            )
        }
        var message = "Apply failed with \(all.count) conflicts: "
        if all.count == 1, let only = all.first {
            message = "Apply failed with 1 conflict: conflict with \(only.manager): \(only.path)"
        } else {
            let lines = conflicts.sorted { $0.manager < $1.manager }.flatMap { conflict in
                ["conflicts with \(conflict.manager):"] + conflict.paths.map { "- \($0)" }
            }
            message += lines.prefix(Self.shownLimit).joined(separator: "\n")
        }
        return APIStatus(code: 409, reason: .conflict, message: message, details: .init(causes: causes))
    }
}
