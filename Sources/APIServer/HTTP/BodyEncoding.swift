import APIRegistry
import KubernetesModel

/// Brings a body to JSON, which is all that the service of resources reads.
///
/// Typed clients of Go send built-in kinds in protobuf and take answers in JSON, if the Content-Type says so.
enum BodyEncoding {
    private static let protobuf = "application/vnd.kubernetes.protobuf"

    static func json(_ bytes: [UInt8], contentType: String) throws(APIStatus) -> ([UInt8], String) {
        let type = contentType.prefix { $0 != ";" }
        guard type.trimmingSuffix(while: { $0 == " " }).lowercased() == protobuf, !bytes.isEmpty else {
            return (bytes, contentType)
        }
        do throws(ProtobufError) {
            return (try ProtobufObject.json(bytes), "application/json")
        } catch {
            switch error {
            case .unknownKind(let kind):
                throw .unsupportedMediaType(
                    "the body of the request was in an unknown format - \(kind) is accepted in: application/json"
                )
            case .notAnObject, .malformed, .tooDeep:
                throw .badRequest("the object provided is not valid protobuf")
            }
        }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var text = self
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return text
    }
}
