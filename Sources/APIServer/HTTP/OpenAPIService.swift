import APIRegistry
import JSONText
import KubernetesModel
import Synchronization

/// Answers with the descriptions of what is served, each written once for each state of the catalogue.
final class OpenAPIService: Sendable {
    private struct Document {
        var hash: String
        var bytes: [UInt8]
    }

    /// More versions of groups than this are written anew each time.
    private static let most = 256
    private let written = Mutex<[GroupVersion: Document]>([:])

    /// `nil` for a path that describes nothing.
    func respond(to path: Substring, _ request: APIRequest, _ catalogue: ResourceCatalogue) -> APIResponse? {
        switch path {
        case "/openapi/v2": return version2(request, catalogue)
        case "/openapi/v3": return APIResponse(OpenAPIDocuments.index(of: catalogue))
        default: break
        }
        let parts = path.split(separator: "/").dropFirst(2)
        guard path.hasPrefix("/openapi/v3/"), let version = Self.version(Array(parts)) else { return nil }
        guard !catalogue.definitions(in: version).isEmpty else { return nil }
        let hash = OpenAPIDocuments.hash(of: version, in: catalogue)
        guard let bytes = document(version, hash, catalogue) else { return nil }
        var response = APIResponse(body: .bytes(bytes))
        response.headers.append(("ETag", "\"\(hash)\""))
        return response
    }

    /// The one form that kubectl asks for.
    private func version2(_ request: APIRequest, _ catalogue: ResourceCatalogue) -> APIResponse {
        guard request.accept.contains(OpenAPIVersion2.mediaType) else {
            return APIResponse(APIStatus.notAcceptable([OpenAPIVersion2.mediaType]))
        }
        return APIResponse(
            contentType: OpenAPIVersion2.contentType,
            body: .bytes(OpenAPIVersion2.document(of: catalogue))
        )
    }

    private func document(_ version: GroupVersion, _ hash: String, _ catalogue: ResourceCatalogue) -> [UInt8]?
    {
        if let known = written.withLock({ $0[version] }), known.hash == hash { return known.bytes }
        guard let bytes = OpenAPIDocuments.document(of: version, in: catalogue)?.bytes() else { return nil }
        written.withLock { written in
            if written.count >= Self.most { written.removeAll() }
            written[version] = Document(hash: hash, bytes: bytes)
        }
        return bytes
    }

    /// `api/v1`, `apis/apps/v1`.
    private static func version(_ parts: [Substring]) -> GroupVersion? {
        switch parts.count {
        case 2 where parts[0] == "api": GroupVersion(group: "", version: String(parts[1]))
        case 3 where parts[0] == "apis": GroupVersion(group: String(parts[1]), version: String(parts[2]))
        default: nil
        }
    }
}
