import APIRegistry
import JSONText
import KubernetesModel
import NIOCore

extension ResourceService {
    func watch(_ call: Call) async throws(APIStatus) -> APIResponse {
        let format = try AnswerFormat(accept: call.request.accept, isStream: true)
        var options = try ListOptions(call.place.definition, query: call.request.query, isWatch: true)
        var place = call.place
        // The old form of a watch of one object, `/api/v1/watch/namespaces/x/pods/y`.
        if !place.name.isEmpty {
            options.fields.requirements.append(FieldSelector.Requirement("metadata.name", to: place.name))
            place.name = ""
        }
        let encoder = WatchEncoder(
            definition: place.definition,
            format: format,
            inclusion: try ObjectTable.Inclusion(query: call.request.query),
            options: options,
            now: now
        )
        let timeout = options.timeout ?? limits.watchDuration * Double.random(in: 1...2)
        let opening: WatchOpening
        do {
            opening = try await open(place, options, encoder)
        } catch {
            // What is wrong with the version is an event: a watch that was understood is always answered by one.
            guard [410, 504].contains(error.code) else { throw error }
            opening = WatchOpening(
                lines: [WatchEvent.line("ERROR", error.json.bytes())],
                stream: nil,
                end: nil
            )
        }
        return APIResponse(
            body: .stream(
                WatchLines(
                    opening: opening,
                    encoder: encoder,
                    deadline: .now + timeout,
                    bookmarkInterval: options.allowsBookmarks ? limits.bookmarkInterval : nil
                )
            )
        )
    }

    private func open(_ place: ResourcePlace, _ options: ListOptions, _ encoder: WatchEncoder)
        async throws(APIStatus) -> WatchOpening
    {
        var query = WatchQuery(
            resource: place.definition.storage,
            namespace: place.namespace.isEmpty ? nil : place.namespace,
            name: options.fields.requiredValue(of: "metadata.name"),
            after: options.version ?? 0
        )
        let startsFromState = options.sendsInitialEvents ?? [nil, 0].contains(options.version)
        guard startsFromState else {
            if options.sendsInitialEvents == false, query.after == 0 { query.after = store.revision }
            return WatchOpening(lines: [], stream: try begin(query, place), end: nil)
        }
        var listing = options
        listing.limit = nil
        listing.continueToken = nil
        if let version = options.version, version > 0 {
            listing.match = .notOlderThan
        } else {
            listing.resourceVersion = ""
        }
        let page = try await self.page(place, listing)
        query.after = page.revision
        let stream = try begin(query, place)
        var end: ByteBuffer?
        if options.sendsInitialEvents == true, options.allowsBookmarks {
            end = encoder.bookmark(page.revision, endsInitialEvents: true)
        }
        return WatchOpening(initial: page.items, stream: stream, end: end)
    }

    private func begin(_ query: WatchQuery, _ place: ResourcePlace) throws(APIStatus) -> WatchStream {
        do {
            return try store.watch(query)
        } catch {
            throw error.status(place.resource, name: "")
        }
    }
}

/// What a watch begins with.
struct WatchOpening: Sendable {
    /// Objects that are there already, as ADDED.
    var initial: [StoredObject] = []
    /// Lines that are ready.
    var lines: [ByteBuffer] = []
    /// `nil` when nothing follows.
    var stream: WatchStream?
    /// The bookmark that says that everything which was there has been sent.
    var end: ByteBuffer?

    init(initial: [StoredObject] = [], lines: [ByteBuffer] = [], stream: WatchStream?, end: ByteBuffer?) {
        self.initial = initial
        self.lines = lines
        self.stream = stream
        self.end = end
    }
}
