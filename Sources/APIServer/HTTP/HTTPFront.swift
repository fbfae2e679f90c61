import APIRegistry
import Hummingbird
import HummingbirdCore
import KubernetesModel
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

// Hummingbird hands the collection on by name, but not what is in it.
private typealias HTTPField = HTTPFields.Element

/// Carries requests from HTTP to the handler and answers back, within the limits; decides nothing.
struct HTTPFront: Sendable {
    let handler: APIHandler
    let limits: FrontLimits
    let logger: Logger

    /// Thrown once a refusal was written, where the rest of what the caller sends is not wanted.
    private struct Unread: Error {}

    /// Not on the caller's executor, as everything here: that is where Hummingbird writes.
    @concurrent
    func respond(
        to request: Request,
        _ writer: consuming ResponseWriter,
        on channel: any Channel,
        _ client: ClientConnection
    ) async throws {
        let incoming: IncomingRequest
        do throws(APIStatus) {
            incoming = IncomingRequest(
                method: request.method.rawValue.uppercased(),
                target: try RequestTarget(parsing: request.head.path ?? ""),
                fields: request.headers.map { ($0.name.rawName, $0.value) },
                connection: client
            )
        } catch {
            try await write(APIResponse(error), to: request, writer)
            throw Unread()
        }
        let wasRead = Mutex(!Self.announcesBody(request))
        let limits = limits
        let answer = await handler.answer(incoming) { () async throws(APIStatus) -> [UInt8] in
            let bytes = try await Self.body(of: request, limit: limits.bodyBytes)
            wasRead.withLock { $0 = true }
            return bytes
        }
        // Held until here, that is until the last byte is written.
        defer { withExtendedLifetime(answer.place) {} }
        switch answer.response.body {
        case .bytes: try await write(answer.response, to: request, writer)
        case .stream(let chunks): try await stream(chunks, answer, on: channel, writer)
        }
        // Whoever was refused before the body was read may be about to send a large one.
        guard wasRead.withLock({ $0 }) else { throw Unread() }
    }

    // MARK: In

    private static func announcesBody(_ request: Request) -> Bool {
        if let length = request.headers[.contentLength] { return length != "0" }
        if request.headers[.transferEncoding] != nil { return true }
        return !["GET", "HEAD", "DELETE"].contains(request.method.rawValue)
    }

    private static func body(of request: Request, limit: Int) async throws(APIStatus) -> [UInt8] {
        let tooLarge = APIStatus.requestEntityTooLarge("limit is \(limit)")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw tooLarge
        }
        do {
            var bytes: [UInt8] = []
            for try await chunk in request.body {
                guard bytes.count + chunk.readableBytes <= limit else { throw tooLarge }
                bytes.append(contentsOf: chunk.readableBytesView)
            }
            return bytes
        } catch let status as APIStatus {
            throw status
        } catch {
            throw .badRequest("the request's body did not come whole")
        }
    }

    // MARK: Out

    private func head(_ response: APIResponse) -> HTTPResponse {
        var fields = HTTPFields()
        fields[.contentType] = response.contentType
        for (name, value) in response.headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        if let name = HTTPField.Name("Warning") {
            for warning in response.warnings {
                let text = warning.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                fields.append(HTTPField(name: name, value: "299 - \"\(text)\""))
            }
        }
        return HTTPResponse(status: .init(code: response.code), headerFields: fields)
    }

    @concurrent
    private func write(
        _ response: APIResponse,
        to request: Request,
        _ writer: consuming ResponseWriter
    ) async throws {
        var head = head(response)
        guard case .bytes(let bytes) = response.body else { return }
        head.headerFields[.contentLength] = "\(bytes.count)"
        guard request.method != .head else {
            try await writer.writeResponse(head)
            return
        }
        try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    // MARK: Watches

    /// Writes chunks as they come, until there are no more, the caller leaves or stops reading, or the server stops.
    @concurrent
    private func stream(
        _ chunks: any AsyncSequence<ByteBuffer, any Error> & Sendable,
        _ answer: Answer,
        on channel: any Channel,
        _ writer: consuming ResponseWriter
    ) async throws {
        let handler = handler
        let limits = limits
        let hasLeft = Mutex(false)
        let (left, leave) = AsyncStream<Void>.makeStream()
        let departure = DepartureHandler {
            hasLeft.withLock { $0 = true }
            leave.finish()
        }
        do {
            try await channel.pipeline.addHandler(departure, position: .first).get()
            let progress = WriteProgress()
            // One task writes; the others only wait for a reason to stop it.
            nonisolated(unsafe) var body = try await writer.writeHead(head(answer.response))
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        for try await chunk in chunks {
                            progress.begin()
                            try await body.write(chunk)
                            progress.end()
                        }
                    } catch {
                        // The store closed, or the connection did: either way the watch is over.
                    }
                }
                group.addTask { try? await gracefulShutdown() }
                group.addTask { for await _ in left {} }
                group.addTask { await progress.waitForStall(limits.stalledWatch) }
                await group.next()
                group.cancelAll()
            }
            if hasLeft.withLock({ $0 }) || progress.isWriting { throw Unread() }
            try await body.finish(nil)
            try await channel.pipeline.removeHandler(departure).get()
        } catch {
            if let event = answer.whenStreamed { await handler.streamed(event) }
            throw error
        }
        if let event = answer.whenStreamed { await handler.streamed(event) }
    }
}

/// Knows since when one chunk is being written.
private final class WriteProgress: Sendable {
    private let start = Mutex<ContinuousClock.Instant?>(nil)

    var isWriting: Bool { start.withLock { $0 != nil } }

    func begin() { start.withLock { $0 = ContinuousClock.now } }
    func end() { start.withLock { $0 = nil } }

    /// Returns once a chunk has waited for that long, or with the task.
    func waitForStall(_ limit: Duration) async {
        while !Task.isCancelled {
            if let begun = start.withLock({ $0 }), ContinuousClock.now - begun >= limit { return }
            try? await Task.sleep(for: limit / 2)
        }
    }
}
