public import JSONText

/// A list of changes, done in order and all or none (RFC 6902).
///
/// As in kube-apiserver, a negative index counts from the end, an operation more than 10,000 is refused, and what
/// `copy` adds is bounded together.
public struct JSONPatch: Hashable, Sendable {
    public enum Operation: Hashable, Sendable {
        case add(JSONPointer, JSONValue)
        case remove(JSONPointer)
        case replace(JSONPointer, JSONValue)
        case move(from: JSONPointer, to: JSONPointer)
        case copy(from: JSONPointer, to: JSONPointer)
        case test(JSONPointer, JSONValue)
    }

    /// How large a document the operations may make.
    public struct Limits: Hashable, Sendable {
        /// What all copies together may add, in bytes of JSON.
        public var copiedBytes: Int
        /// How many arrays and objects may be inside each other.
        public var depth: Int
        /// How many values all operations together may look at or shift to do what is asked.
        ///
        /// Ten thousand removals from an object of ten thousand members are within it.
        public var work: Int

        public init(copiedBytes: Int = 3 << 20, depth: Int = 64, work: Int = 100_000_000) {
            self.copiedBytes = copiedBytes
            self.depth = depth
            self.work = work
        }

        public static let standard = Limits()
    }

    /// How many operations a patch may have.
    public static let operationLimit = 10_000

    public let operations: [Operation]

    public init(_ operations: [Operation]) {
        self.operations = operations
    }

    /// Reads a patch, such as `[{"op": "remove", "path": "/spec/x"}]`.
    public init(parsing document: JSONValue) throws(PatchError) {
        guard case .array(let elements) = document else {
            throw .malformed("a JSON patch is a list of operations, not \(document.kind)")
        }
        guard elements.count <= Self.operationLimit else { throw .tooManyOperations(elements.count) }
        var operations: [Operation] = []
        for element in elements {
            operations.append(try Operation(element))
        }
        self.operations = operations
    }

    /// The patched document.
    public func applied(
        to document: JSONValue,
        limits: Limits = .standard
    ) throws(PatchError) -> JSONValue {
        var editor = JSONPatchEditor(document: document, limits: limits)
        for operation in operations {
            try editor.apply(operation)
        }
        return editor.document
    }

    /// The patched object; the operations must leave one.
    public func applied(
        to object: UnstructuredObject,
        limits: Limits = .standard
    ) throws(PatchError) -> UnstructuredObject {
        guard case .object(let result) = try applied(to: object.json, limits: limits) else {
            throw .doesNotApply("the patch leaves no object")
        }
        return UnstructuredObject(result)
    }
}

extension JSONPatch.Operation {
    init(_ value: JSONValue) throws(PatchError) {
        guard case .object = value else {
            throw .malformed("an operation of a JSON patch is an object, not \(value.kind)")
        }
        let name = value["op"]?.string ?? "unknown"
        guard ["add", "remove", "replace", "move", "copy", "test"].contains(name) else {
            throw .doesNotApply("Unexpected kind: \(Spelling.clean(name))")
        }
        let path = try Self.pointer("path", of: value, name)
        switch name {
        case "remove": self = .remove(path)
        case "move": self = .move(from: try Self.pointer("from", of: value, name), to: path)
        case "copy": self = .copy(from: try Self.pointer("from", of: value, name), to: path)
        default:
            guard let given = value["value"] else {
                throw .doesNotApply("\(name) operation, missing value field: missing value")
            }
            switch name {
            case "add": self = .add(path, given)
            case "replace": self = .replace(path, given)
            default: self = .test(path, given)
            }
        }
    }

    private static func pointer(
        _ field: String,
        of value: JSONValue,
        _ name: String
    ) throws(PatchError) -> JSONPointer {
        guard let text = value[field]?.string else {
            throw .doesNotApply("\(name) operation failed to decode \(field): missing value")
        }
        guard let pointer = JSONPointer(parsing: text) else {
            throw .doesNotApply(
                "\(name) operation does not apply: \(Spelling.clean(text)) is no JSON pointer"
            )
        }
        return pointer
    }
}
