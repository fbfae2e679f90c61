import APIRegistry
import JSONText
import KubernetesModel
import Manifests

/// The value in a request's body.
enum RequestBody {
    /// Reads JSON or YAML, as the content type says; a body without one is JSON.
    static func read(_ request: APIRequest, limits: APIServerLimits) throws(APIStatus) -> JSONValue {
        switch mediaType(request.contentType) {
        case "", "application/json", "*/*": return try json(request.body, limits: limits)
        case "application/yaml": return try yaml(request.body, limits: limits)
        default:
            throw .unsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml"
            )
        }
    }

    /// The type without its parameters, in lower case.
    static func mediaType(_ contentType: String) -> String {
        let type = contentType.prefix { $0 != ";" }.lowercased()
        return String(type.filter { $0 != " " && $0 != "\t" })
    }

    static func json(_ bytes: [UInt8], limits: APIServerLimits) throws(APIStatus) -> JSONValue {
        do {
            return try JSONValue(
                parsing: bytes,
                limits: JSONLimits(bytes: limits.bodyBytes, depth: limits.bodyDepth)
            )
        } catch {
            if case .tooLong(let limit) = error.reason {
                throw .requestEntityTooLarge("limit is \(limit)")
            }
            throw .badRequest(
                "the object provided is unrecognized: couldn't get version/kind; json parse error: \(error)"
            )
        }
    }

    /// The one document of a text; several are refused, since one request writes one object.
    static func yaml(_ bytes: [UInt8], limits: APIServerLimits) throws(APIStatus) -> JSONValue {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .badRequest("error decoding YAML: the text is not UTF-8")
        }
        var bounds = YAMLReader.Limits()
        bounds.bytes = limits.bodyBytes
        bounds.depth = limits.bodyDepth
        let result = YAMLReader(limits: bounds).read(text, file: "body")
        if let mistake = result.diagnostics.first {
            throw .badRequest("error decoding YAML: \(mistake.message)")
        }
        let documents = result.documents
        guard let first = documents.first, documents.count == 1 else {
            throw .badRequest("error decoding YAML: one document is expected, not \(documents.count)")
        }
        return first.json
    }

    static func object(_ value: JSONValue) throws(APIStatus) -> UnstructuredObject {
        guard let object = UnstructuredObject(value) else {
            throw .badRequest("the object provided is unrecognized: it is \(value.kind), not an object")
        }
        return object
    }
}
