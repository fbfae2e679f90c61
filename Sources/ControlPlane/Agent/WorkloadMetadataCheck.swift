import GRPCCore

/// Refuses calls of the Workload API without the metadata that its standard demands.
///
/// `workload.spiffe.io: true` (SPIFFE Workload Endpoint, section 3): something that only forwards requests, such as a
/// proxy fooled by a web page, does not set it.
struct WorkloadMetadataCheck: ServerInterceptor {
    static let key = "workload.spiffe.io"

    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>,
        context: ServerContext,
        next:
            @concurrent @Sendable (
                _ request: StreamingServerRequest<Input>,
                _ context: ServerContext
            ) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        guard Array(request.metadata[stringValues: Self.key]) == ["true"] else {
            throw RPCError(code: .invalidArgument, message: "the metadata \(Self.key): true is needed")
        }
        return try await next(request, context)
    }
}
