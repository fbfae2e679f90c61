import APIRegistry
import FoundationEssentials
import JSONText
import KubernetesModel
import Logging
import RBAC

/// What goes back, and what is held until it is gone.
struct Answer: Sendable {
    var response: APIResponse
    var auditID: String
    /// The request's place among those in flight.
    var place: InFlight.Place?
    /// What is to be written down once a stream has ended.
    var whenStreamed: AuditEvent?
}

/// Everything between HTTP and what is served: who asks, as whom, whether there is room, whether they may, and a line about
/// it in the audit log.
struct APIHandler: Sendable {
    var authenticator: Authenticator
    var rules: any AccessRules
    var inFlight: InFlight
    var paths: PathService
    var reviews: ReviewService
    var resources: any RequestResponder
    var catalogue: @Sendable () -> ResourceCatalogue
    var audit: AuditLog
    var metrics: ServerMetrics
    var limits: FrontLimits
    var clock: WallClock
    var logger: Logger

    /// Answers, having read the body only for callers who may ask what they ask.
    func answer(
        _ request: IncomingRequest,
        body: @escaping @Sendable () async throws(APIStatus) -> [UInt8]
    ) async -> Answer {
        let start = ContinuousClock.now
        var event = AuditEvent(
            id: UUID().uuidString.lowercased(),
            requestURI: AuditPolicy.shortened(request.target.text),
            verb: request.method.lowercased(),
            user: .anonymous,
            sourceAddress: request.connection.address,
            userAgent: AuditPolicy.shortened(request.values(of: "user-agent").first ?? ""),
            received: clock.now(),
            completed: clock.now()
        )
        var place: InFlight.Place?
        var response: APIResponse
        do throws(APIStatus) {
            let admitted = try await admit(request, &event)
            place = admitted.place
            response = await serve(request, admitted, &event, body: body)
        } catch {
            event.status = error
            response = APIResponse(error)
        }
        response.headers.append(("Audit-Id", event.id))
        response.headers.append(("Cache-Control", "no-cache, private"))
        event.code = response.code
        event.annotations = response.auditAnnotations
        event.completed = clock.now()
        redactIfSecret(&event)

        let isStream = if case .stream = response.body { true } else { false }
        if isStream { event.stage = .responseStarted }
        await audit.append(event)
        metrics.count(label(event), took: isStream ? nil : ContinuousClock.now - start)
        event.stage = .responseComplete
        return Answer(
            response: response,
            auditID: event.id,
            place: place,
            whenStreamed: isStream ? event : nil
        )
    }

    /// Writes down that a stream has ended.
    func streamed(_ event: AuditEvent) async {
        var event = event
        event.completed = clock.now()
        await audit.append(event)
    }

    // MARK: Who, and whether

    private struct Admitted: Sendable {
        var user: UserInfo
        var info: RequestInfo
        var place: InFlight.Place
    }

    private func admit(_ request: IncomingRequest, _ event: inout AuditEvent) async throws(APIStatus)
        -> Admitted
    {
        let info = try RequestInfo(
            method: request.method,
            path: request.target.path,
            query: request.target.query
        )
        event.verb = info.attributes.verb
        event.resource = info.resource
        event.level = AuditPolicy.level(for: info.resource)

        let credentials = Credentials(authorization: request.values(of: "authorization"))
        let caller: UserInfo
        switch await authenticator.authenticate(credentials, over: request.connection) {
        case .user(let user): caller = user
        case .refused(let reason):
            logger.info(
                "A caller was not let in.",
                metadata: ["reason": "\(reason)", "address": "\(request.connection.address)"]
            )
            throw .unauthorized
        }
        event.user = caller
        let user = try impersonate(request, by: caller, &event)
        let place = try inFlight.enter(kind(of: info), user: user.name)

        let answer = rules.judge(info.attributes, by: user)
        event.decision = answer.isAllowed ? "allow" : "forbid"
        event.reason = answer.reason
        guard answer.isAllowed else {
            throw APIStatus.forbidden(user, info.attributes, reason: answer.reason)
        }
        // What cannot be written down is not done. Reads go on: they change nothing, and somebody has to look why.
        guard audit.isWriting || kind(of: info) != .write else {
            throw APIStatus(
                code: 503,
                reason: .serviceUnavailable,
                message: "the audit log cannot be written, so nothing may be changed",
                details: .init(retryAfter: .seconds(5))
            )
        }
        return Admitted(user: user, info: info, place: place)
    }

    private func impersonate(
        _ request: IncomingRequest,
        by caller: UserInfo,
        _ event: inout AuditEvent
    ) throws(APIStatus) -> UserInfo {
        guard let wanted = try ImpersonationFields.read(request.fields) else { return caller }
        for attributes in wanted.required {
            let answer = rules.judge(.resource(attributes), by: caller)
            guard answer.isAllowed else {
                throw APIStatus.forbidden(caller, .resource(attributes), reason: answer.reason)
            }
        }
        event.impersonated = wanted.result
        return wanted.result
    }

    private func kind(of info: RequestInfo) -> InFlight.Kind {
        switch info.attributes.verb {
        case "watch": .watch
        case "get", "list", "head": .read
        default: .write
        }
    }

    // MARK: Serving

    private func serve(
        _ request: IncomingRequest,
        _ admitted: Admitted,
        _ event: inout AuditEvent,
        body: @escaping @Sendable () async throws(APIStatus) -> [UInt8]
    ) async -> APIResponse {
        let auditID = event.id
        let work: @Sendable () async -> (APIResponse, [UInt8]) = {
            do throws(APIStatus) {
                let (bytes, contentType) = try BodyEncoding.json(
                    // What only reads has no use for a body, and need not wait for one that never comes.
                    ["GET", "HEAD"].contains(request.method) ? [] : try await body(),
                    contentType: request.values(of: "content-type").first ?? ""
                )
                let asked = APIRequest(
                    method: request.method,
                    path: request.target.path,
                    query: request.target.query,
                    contentType: contentType,
                    accept: request.list("accept"),
                    userAgent: request.values(of: "user-agent").first ?? "",
                    body: bytes,
                    user: admitted.user,
                    auditID: auditID
                )
                return (await dispatch(asked, admitted.info), bytes)
            } catch {
                return (APIResponse(error), [])
            }
        }
        let done =
            kind(of: admitted.info) == .watch
            ? await work() : await within(deadline(of: request), work)
        guard let (response, bytes) = done else {
            let status = APIStatus(
                code: 504,
                reason: .timeout,
                message: "Timeout: request did not complete within the allotted timeout"
            )
            event.status = status
            return APIResponse(status)
        }
        if response.code >= 400, case .bytes(let answer) = response.body {
            event.status = (try? JSONValue(parsing: answer)).flatMap(APIStatus.init)
        }
        if event.level == .request, bytes.count <= AuditPolicy.largestBody {
            event.requestObject = try? JSONValue(parsing: bytes, limits: AuditPolicy.bodyLimits)
        }
        return response
    }

    private func dispatch(_ request: APIRequest, _ info: RequestInfo) async -> APIResponse {
        guard let resource = info.resource else { return await paths.respond(to: request) }
        // By the verb, which is what was authorized: a POST below /watch/ is none.
        if let kind = ReviewService.Kind(resource), resource.verb == "create" {
            return await reviews.respond(to: request, kind, namespace: resource.namespace)
        }
        return await resources.respond(to: request, info: info)
    }

    /// The caller's own, when it is shorter.
    private func deadline(of request: IncomingRequest) -> Duration {
        guard let text = request.target.query.first(where: { $0.name == "timeout" })?.value,
            let wanted = try? Duration(parsing: text), wanted > .zero
        else { return limits.request }
        return min(wanted, limits.request)
    }

    // MARK: Afterwards

    /// What went wrong with a secret may be told in words that hold it.
    private func redactIfSecret(_ event: inout AuditEvent) {
        guard event.resource != nil, event.level == .metadata, event.code == 400 || event.code == 422 else {
            return
        }
        event.status?.message = ""
        event.status?.details.causes = []
    }

    private func label(_ event: AuditEvent) -> ServerMetrics.Request {
        var label = ServerMetrics.Request(
            verb: Self.verbs.contains(event.verb) ? event.verb.uppercased() : "OTHER",
            group: "",
            version: "",
            resource: "",
            subresource: "",
            code: event.code
        )
        guard let resource = event.resource,
            let definition = catalogue().definition(
                group: resource.group,
                version: resource.version,
                plural: resource.resource
            )
        else { return label }
        label.group = resource.group
        label.version = resource.version
        label.resource = resource.resource
        label.subresource = definition.subresource(resource.subresource)?.name ?? ""
        return label
    }

    private static let verbs: Set<String> = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "post", "put",
        "head",
    ]
}

/// Gives work up after that long; `nil` when it was.
func within<Value: Sendable>(
    _ limit: Duration,
    _ work: @escaping @Sendable () async -> Value
) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await work() }
        group.addTask {
            try? await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}
