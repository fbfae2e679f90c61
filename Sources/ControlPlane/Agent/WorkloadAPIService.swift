import CertificateAuthority
import Crypto
import FoundationEssentials
import GRPCCore
import Identity
import MeshAPI
import SwiftProtobuf
import TokenVerification

/// Serves the SPIFFE Workload API on one workload's socket: whoever can open it is that workload.
///
/// SPIFFE Workload API and SPIFFE Workload Endpoint: each call carries `workload.spiffe.io: true`; each message of a
/// stream is the whole state; a new one comes when any of it changes.
struct WorkloadAPIService: SPIFFESpiffeWorkloadAPI.SimpleServiceProtocol {
    /// More audiences than any token needs.
    static let mostAudiences = 16
    /// Bytes of one audience.
    static let longestAudience = 1024
    /// Bytes of a token to validate.
    static let longestToken = 16 * 1024

    let identity: SPIFFEID
    let authority: AuthorityKeeper
    /// Ends the streams when the workload is gone.
    let end: Watch<Bool>
    var tokenLifetime = Duration.seconds(300)

    private var domainID: String { "spiffe://\(identity.trustDomain)" }

    // MARK: X.509

    func fetchX509SVID(
        request: SPIFFEX509SVIDRequest,
        response: RPCWriter<SPIFFEX509SVIDResponse>,
        context: ServerContext
    ) async throws {
        let authority = authority
        let identity = identity
        try await untilEnd {
            var change = authority.trust.current
            while true {
                let (svid, key) = try await Self.issue(identity, authority)
                // Signing may have waited for a rotation.
                change = authority.trust.current
                try await response.write(Self.message(svid, key, change.value.bundle))
                let renewal = RotationSchedule().renewal(
                    from: Date(),
                    until: svid.notAfter,
                    random: .random(in: 0..<1)
                )
                guard try await Self.wait(for: authority.trust, after: change.number, until: renewal) else {
                    return
                }
            }
        }
    }

    func fetchX509Bundles(
        request: SPIFFEX509BundlesRequest,
        response: RPCWriter<SPIFFEX509BundlesResponse>,
        context: ServerContext
    ) async throws {
        let domainID = domainID
        try await followTrust { trust in
            var message = SPIFFEX509BundlesResponse()
            message.bundles = [domainID: Data(trust.bundle.der.joined())]
            try await response.write(message)
        }
    }

    // MARK: JWT

    func fetchJWTSVID(request: SPIFFEJWTSVIDRequest, context: ServerContext) async throws
        -> SPIFFEJWTSVIDResponse
    {
        guard !request.audience.isEmpty else {
            throw RPCError(code: .invalidArgument, message: "at least one audience is needed")
        }
        guard
            request.audience.count <= Self.mostAudiences,
            request.audience.allSatisfy({ (1...Self.longestAudience).contains($0.utf8.count) })
        else {
            throw RPCError(
                code: .invalidArgument,
                message: "at most \(Self.mostAudiences) audiences of 1 to \(Self.longestAudience) bytes"
            )
        }
        guard request.spiffeID.isEmpty || (try? SPIFFEID(parsing: request.spiffeID)) == identity else {
            throw RPCError(code: .permissionDenied, message: "the caller has no such identity")
        }
        var response = SPIFFEJWTSVIDResponse()
        do {
            let token = try await authority.signToken(
                for: identity,
                audiences: request.audience,
                lifetime: tokenLifetime
            )
            response.svids = [
                .with {
                    $0.spiffeID = identity.description
                    $0.svid = token
                }
            ]
        } catch {
            throw RPCError(error)
        }
        return response
    }

    func fetchJWTBundles(
        request: SPIFFEJWTBundlesRequest,
        response: RPCWriter<SPIFFEJWTBundlesResponse>,
        context: ServerContext
    ) async throws {
        let domainID = domainID
        try await followTrust { trust in
            var message = SPIFFEJWTBundlesResponse()
            message.bundles = [domainID: Data(trust.tokenKeyDocument)]
            try await response.write(message)
        }
    }

    func validateJWTSVID(
        request: SPIFFEValidateJWTSVIDRequest,
        context: ServerContext
    ) async throws -> SPIFFEValidateJWTSVIDResponse {
        guard (1...Self.longestAudience).contains(request.audience.utf8.count) else {
            throw RPCError(
                code: .invalidArgument,
                message: "an audience of 1 to \(Self.longestAudience) bytes is needed"
            )
        }
        guard (1...Self.longestToken).contains(request.svid.utf8.count) else {
            throw RPCError(
                code: .invalidArgument,
                message: "a token of 1 to \(Self.longestToken) bytes is needed"
            )
        }
        let trust = authority.trust.value
        do {
            let keys = try KeySet(parsing: trust.tokenKeyDocument, for: .jwtSVID)
            let svid = try JWTSVID.verify(
                request.svid,
                audience: request.audience,
                bundles: [trust.trustDomain: keys],
                now: Int64(Date().timeIntervalSince1970)
            )
            return .with {
                $0.spiffeID = svid.id.description
                $0.claims.fields = [
                    "sub": Google_Protobuf_Value(stringValue: svid.id.description),
                    "aud": Google_Protobuf_Value(
                        listValue: Google_Protobuf_ListValue(
                            values: svid.audiences.map { Google_Protobuf_Value(stringValue: $0) }
                        )
                    ),
                    "exp": Google_Protobuf_Value(numberValue: Double(svid.expiry)),
                ]
            }
        } catch {
            throw RPCError(code: .invalidArgument, message: "the token is refused: \(error)")
        }
    }

    // MARK: Streams

    /// Sends the trust at once, and again whenever it changes.
    private func followTrust(_ send: @Sendable @escaping (TrustSnapshot) async throws -> Void) async throws {
        let trust = authority.trust
        try await untilEnd {
            var change = trust.current
            while true {
                try await send(change.value)
                guard let next = await trust.next(after: change.number) else { return }
                change = next
            }
        }
    }

    /// Runs a stream until it ends by itself, or the workload is gone.
    private func untilEnd(_ body: @Sendable @escaping () async throws -> Void) async throws {
        let end = end
        try await withThrowingTaskGroup { group in
            group.addTask { try await body() }
            group.addTask { _ = await end.next(after: .max) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Waits for a change of trust or for a time, whichever is first; `false` when there is nothing more to wait for.
    private static func wait(
        for trust: Watch<TrustSnapshot>,
        after number: UInt64,
        until time: Date
    ) async throws -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await trust.next(after: number) != nil }
            group.addTask {
                (try? await Task.sleep(for: .seconds(max(0.1, time.timeIntervalSince(Date()))))) != nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private static func issue(
        _ identity: SPIFFEID,
        _ authority: AuthorityKeeper
    ) async throws -> (X509SVID, SVIDKey) {
        do {
            return try await authority.issueWithKey(for: identity)
        } catch {
            throw RPCError(error)
        }
    }

    private static func message(_ svid: X509SVID, _ key: SVIDKey, _ bundle: TrustBundle)
        -> SPIFFEX509SVIDResponse
    {
        .with {
            $0.svids = [
                .with {
                    $0.spiffeID = svid.spiffeID.description
                    $0.x509Svid = Data(svid.chain.der.joined())
                    $0.x509SvidKey = key.reveal { Data($0.derRepresentation) }
                    $0.bundle = Data(bundle.der.joined())
                }
            ]
        }
    }
}
