public import APIRegistry

/// Answers requests that were authenticated and authorized.
///
/// ``ResourceService`` is the one that serves resources; whoever puts HTTP in front needs no more than this.
public protocol RequestResponder: Sendable {
    /// Never throws: what goes wrong is a Status in the answer.
    ///
    /// Cancelling the task gives the request up; a write that has begun is finished.
    func respond(to request: APIRequest, info: RequestInfo) async -> APIResponse
}
