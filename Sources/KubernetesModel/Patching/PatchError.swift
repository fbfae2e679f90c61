/// Why a patch was refused; the text is what kube-apiserver's libraries say.
public enum PatchError: Error, Hashable, Sendable {
    /// The patch is no list of operations, or no object where one is needed.
    case malformed(String)
    case tooManyOperations(Int)
    /// An operation that cannot be done on this document.
    case doesNotApply(String)
    /// Copies that would make the document too large.
    case tooLarge(size: Int, limit: Int)
    case tooDeep(limit: Int)
    /// Operations each of which shifts or looks at much of a large document.
    case tooMuchWork(limit: Int)
    /// A strategic merge patch whose directives contradict themselves or each other.
    case directive(String)
    /// A strategic merge patch of a shape that the lists' schemas do not allow.
    case unmergeable(String)
}

extension PatchError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let text), .doesNotApply(let text), .directive(let text), .unmergeable(let text): text
        case .tooManyOperations(let count):
            "The allowed maximum operations in a JSON patch is \(JSONPatch.operationLimit), got \(count)"
        case .tooLarge(let size, let limit):
            "unable to copy, the accumulated size increase of copy is \(size), exceeding the limit \(limit)"
        case .tooDeep(let limit): "the patched object is nested deeper than \(limit)"
        case .tooMuchWork(let limit):
            "the operations of the JSON patch would touch more than \(limit) values of the document"
        }
    }
}

extension PatchError {
    /// What the server answers.
    ///
    /// An operation that does not apply is answered without its reason, as kube-apiserver does: clients show what is
    /// in the answer, and must show the same. The reason is for logs.
    public var status: APIStatus {
        switch self {
        case .malformed, .directive: .init(code: 400, reason: .badRequest, message: description)
        case .tooManyOperations, .tooMuchWork:
            .init(code: 413, reason: .requestEntityTooLarge, message: description)
        case .doesNotApply, .tooLarge, .tooDeep:
            .init(
                code: 422,
                reason: .invalid,
                message: "the server rejected our request due to an error in our request"
            )
        // kube-apiserver gives these no reason.
        case .unmergeable: .init(code: 500, reason: .unknown, message: description)
        }
    }
}
