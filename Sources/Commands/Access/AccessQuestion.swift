import APIRegistry
import ArgumentParser
import KubernetesModel
import RBAC

/// What `who-can` and `can-i` ask about: a verb on a resource, or on a path that is none.
struct AccessQuestion: ParsableArguments {
    @Argument(help: "get, list, watch, create, update, patch, delete, …, or * for every verb.")
    var verb: String

    @Argument(
        help: ArgumentHelp(
            "A resource, such as pods, deploy or widgets.example.com; RESOURCE/NAME for one object; or a path, such as /metrics.",
            valueName: "resource[/name] | /path"
        )
    )
    var what: String

    @Option(name: .shortAndLong, help: "The namespace that is asked about.")
    var namespace: String = "default"

    @Flag(name: [.customShort("A"), .long], help: "Ask about all namespaces together.")
    var allNamespaces = false

    @Option(help: "A part of the resource, such as log or status.")
    var subresource: String = ""

    /// The question in RBAC's words.
    ///
    /// The catalogue knows the group of a resource that is named without one, and whether it has namespaces.
    func request(in catalogue: ResourceCatalogue) throws(CommandTrouble) -> RequestAttributes {
        guard !what.hasPrefix("/") else { return .path(what, verb: verb) }
        let parts = what.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init
        )
        guard !parts[0].isEmpty, parts.count == 1 || !parts[1].isEmpty else {
            throw CommandTrouble("\(Spelling.quoted(what)) names no resource; write pods or pods/web-0")
        }
        let (name, group) = Self.split(parts[0])
        let known = catalogue.definitions.filter { definition in
            (group == nil || definition.groupVersion.group == group)
                && ([definition.plural, definition.singular] + definition.shortNames).contains(name)
        }
        // Virtual resources, such as users of `impersonate`, and resources that only the cluster knows are asked
        // about as they are written.
        let definition = known.first
        return .resource(
            ResourceAttributes(
                verb: verb,
                group: definition?.groupVersion.group ?? group ?? "",
                version: definition?.groupVersion.version ?? "*",
                resource: definition?.plural ?? name,
                subresource: subresource,
                namespace: allNamespaces || definition?.isNamespaced == false ? "" : namespace,
                name: parts.count == 2 ? parts[1] : ""
            )
        )
    }

    /// `widgets.example.com` is `widgets` of the group `example.com`.
    private static func split(_ text: String) -> (name: String, group: String?) {
        guard let dot = text.firstIndex(of: ".") else { return (text, nil) }
        return (String(text[..<dot]), String(text[text.index(after: dot)...]))
    }
}

extension RequestAttributes {
    /// As a sentence says it: `get pods/log in shop`.
    var phrase: String {
        switch self {
        case .path(let path, let verb): return "\(verb) \(path)"
        case .resource(let wanted):
            var text = "\(wanted.verb) \(wanted.resource)"
            if !wanted.group.isEmpty { text += ".\(wanted.group)" }
            if !wanted.subresource.isEmpty { text += "/\(wanted.subresource)" }
            if !wanted.name.isEmpty { text += " \(wanted.name)" }
            return wanted.namespace.isEmpty ? text : "\(text) in \(wanted.namespace)"
        }
    }
}
