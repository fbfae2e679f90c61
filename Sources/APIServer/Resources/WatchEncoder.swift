import APIRegistry
import JSONText
import KubernetesModel
import NIOCore

/// Turns changes into the lines of one watch: which of them it sees, and in which form.
struct WatchEncoder: Sendable {
    let definition: ResourceDefinition
    let format: AnswerFormat
    let inclusion: ObjectTable.Inclusion
    let options: ListOptions
    let now: @Sendable () -> Timestamp

    /// The line of an object that was there when the watch began; the first table says what its columns are.
    func added(_ object: StoredObject, isFirst: Bool) -> ByteBuffer {
        line(.added, object.object, bytes: object, isFirst: isFirst)
    }

    /// The line of a change; `nil` when the watch does not see it.
    ///
    /// An object that begins to match has been added for this watch, and one that ceases to has been deleted.
    func line(_ event: WatchEvent, isFirst: Bool) -> ByteBuffer? {
        let isSelected = selects(event.object)
        let wasSelected = event.previous.map { selects($0) } ?? false
        switch (event.kind, wasSelected, isSelected) {
        case (.deleted, _, true), (.deleted, true, _):
            return line(.deleted, event.object.object, event: event, isFirst: isFirst)
        case (.added, _, true), (.modified, false, true):
            return line(
                .added,
                event.object.object,
                event: event.kind == .added ? event : nil,
                bytes: event.object,
                isFirst: isFirst
            )
        case (.modified, true, true):
            return line(.modified, event.object.object, event: event, isFirst: isFirst)
        case (.modified, true, false):
            // As it last was when it matched, at the version at which it ceased to.
            var object = event.previous?.object ?? event.object.object
            object.resourceVersion = event.object.object.resourceVersion
            return line(.deleted, object, isFirst: isFirst)
        case (.added, _, false), (.modified, false, false), (.deleted, false, false): return nil
        }
    }

    /// A line that tells how far the watch has come.
    func bookmark(_ revision: UInt64, endsInitialEvents: Bool = false) -> ByteBuffer {
        var metadata: JSONObject = [
            "resourceVersion": .string("\(revision)"), "creationTimestamp": .null,
        ]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let content: JSONObject = [
            "kind": .string(definition.kind),
            "apiVersion": .string(definition.groupVersion.apiVersion),
            "metadata": .object(metadata),
        ]
        let object = UnstructuredObject(content)
        let value: JSONValue
        switch format.shape {
        case .object: value = object.json
        case .metadata(let version): value = PartialMetadata.json(object, version: version)
        case .table(let version):
            value = ObjectTable(definition, inclusion: inclusion, version: version)
                .json([], metadata: metadata, now: now(), saysColumns: false)
        }
        return WatchEvent.line("BOOKMARK", value.bytes())
    }

    static func failure(_ status: APIStatus) -> ByteBuffer { WatchEvent.line("ERROR", status.json.bytes()) }

    private func selects(_ object: StoredObject) -> Bool {
        guard !options.labels.isEverything || !options.fields.isEverything else { return true }
        return options.selects(VersionConversion.selectable(object.object, as: definition))
    }

    private func line(
        _ kind: WatchEvent.Kind,
        _ object: @autoclosure () -> UnstructuredObject,
        event: WatchEvent? = nil,
        bytes: StoredObject? = nil,
        isFirst: Bool
    ) -> ByteBuffer {
        if case .object = format.shape, VersionConversion.isIdentity(definition) {
            // Written once for all who watch.
            if let event, event.kind == kind { return event.line }
            if let bytes { return WatchEvent.line(kind, bytes.bytes) }
        }
        let shown = VersionConversion.present(object(), as: definition)
        let value: JSONValue
        switch format.shape {
        case .object: value = shown.json
        case .metadata(let version): value = PartialMetadata.json(shown, version: version)
        case .table(let version):
            value = ObjectTable(definition, inclusion: inclusion, version: version).json(
                [shown],
                metadata: ["resourceVersion": .string(shown.resourceVersion)],
                now: now(),
                saysColumns: isFirst
            )
        }
        return WatchEvent.line(kind, value.bytes())
    }
}
