import APIRegistry
import JSONText
import KubernetesModel

/// Answers requests for paths that name no resource: health, version, discovery, keys, metrics.
struct PathService: Sendable {
    var health: HealthChecks
    var catalogue: @Sendable () -> ResourceCatalogue
    var keyDocument: JSONValue
    /// `127.0.0.1:6443`: where clients reach the server.
    var address: @Sendable () -> String
    var metrics: @Sendable () async -> String
    let openAPI = OpenAPIService()

    func respond(to request: APIRequest) async -> APIResponse {
        guard ["GET", "HEAD"].contains(request.method) else { return APIResponse(APIStatus.methodNotAllowed) }
        if let response = await health.respond(to: request.path, query: request.query) { return response }
        var path = request.path[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        switch path {
        case "/version": return APIResponse(ServerVersion.document)
        case "/metrics":
            let text = await metrics()
            return APIResponse(
                contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: .bytes(Array(text.utf8))
            )
        case "/openid/v1/jwks":
            return APIResponse(contentType: "application/jwk-set+json", body: .bytes(keyDocument.bytes()))
        case "/.well-known/openid-configuration": return APIResponse(issuerDocument)
        case "/": return APIResponse(["paths": .strings(Self.paths + groupPaths)])
        default: break
        }
        if path.hasPrefix("/openapi/") {
            return openAPI.respond(to: path, request, catalogue()) ?? APIResponse(.noSuchPath)
        }
        return discovery(path.split(separator: "/"), accept: request.accept) ?? APIResponse(.noSuchPath)
    }

    private func discovery(_ parts: [Substring], accept: String) -> APIResponse? {
        let documents = DiscoveryDocuments(catalogue())
        switch parts.count {
        case 1 where parts[0] == "api" || parts[0] == "apis":
            let isCore = parts[0] == "api"
            guard let format = DiscoveryFormat(accept: accept) else {
                return APIResponse(APIStatus.notAcceptable(["application/json"]))
            }
            let document: JSONValue
            switch format {
            case .aggregated(let version): document = documents.aggregated(isCore: isCore, version: version)
            case .separate:
                document = isCore ? documents.coreVersions(serverAddress: address()) : documents.groupList
            }
            var response = APIResponse(contentType: format.contentType, body: .bytes(document.bytes()))
            response.headers.append(("Vary", "Accept"))
            return response
        case 2 where parts[0] == "api":
            return documents.resources(GroupVersion(group: "", version: String(parts[1]))).map {
                APIResponse($0)
            }
        case 2 where parts[0] == "apis":
            return documents.group(String(parts[1])).map { APIResponse($0) }
        case 3 where parts[0] == "apis":
            let version = GroupVersion(group: String(parts[1]), version: String(parts[2]))
            return documents.resources(version).map { APIResponse($0) }
        default: return nil
        }
    }

    private static let paths = [
        "/.well-known/openid-configuration", "/healthz", "/livez", "/metrics", "/openapi/v3",
        "/openid/v1/jwks",
        "/readyz", "/version", "/api", "/apis",
    ]

    private var groupPaths: [String] {
        catalogue().groups.flatMap { group in
            let versions = group.versions.map { GroupVersion(group: group.name, version: $0).path }
            return group.name.isEmpty ? versions : ["/apis/\(group.name)"] + versions
        }
    }

    /// OpenID Connect Discovery 1.0, section 4: as much as is needed to verify tokens of service accounts.
    private var issuerDocument: JSONValue {
        [
            "issuer": .string(ServiceAccountTokens.issuer),
            "jwks_uri": .string("https://\(address())/openid/v1/jwks"),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        ]
    }
}
