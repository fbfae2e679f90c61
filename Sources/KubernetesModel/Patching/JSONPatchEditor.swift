import JSONText

/// A document while the operations of a patch are done to it.
///
/// Changes happen in place: a container is taken out, changed and put back, so that ten thousand operations on a
/// large document do not copy it ten thousand times. An operation that fails leaves nothing of use, for a patch
/// is done as a whole or not at all. The depth never passes the limit, and no operation calls itself deeper than
/// the document is. What takes longer the larger the document is, such as moving the elements behind an inserted one,
/// is counted and has a limit for the patch as a whole.
struct JSONPatchEditor {
    private(set) var document: JSONValue
    let limits: JSONPatch.Limits
    private var copied = 0
    private var work: Work

    init(document: JSONValue, limits: JSONPatch.Limits) {
        self.document = document
        self.limits = limits
        work = Work(limit: limits.work)
    }

    mutating func apply(_ operation: JSONPatch.Operation) throws(PatchError) {
        switch operation {
        case .add(let path, let value):
            try checkDepth(of: value, at: path)
            try add(value, at: path, "add")
        case .remove(let path): _ = try remove(path, "remove")
        case .replace(let path, let value): try replace(path, with: value)
        case .move(let source, let target): try move(source, target)
        case .copy(let source, let target): try copy(source, target)
        case .test(let path, let value):
            guard let there = found(at: path, in: document), there.isSame(as: value) else {
                throw .doesNotApply("testing value \(path.shown) failed: test failed")
            }
        }
    }

    private mutating func move(_ source: JSONPointer, _ target: JSONPointer) throws(PatchError) {
        if source == target, found(at: source, in: document) != nil { return }
        guard !source.isPrefix(of: target) else {
            throw .doesNotApply("move operation does not apply: \(target.shown) is inside of what is moved")
        }
        let value = try remove(source, "move")
        // What does not go deeper than it was is not too deep now.
        if target.tokens.count > source.tokens.count { try checkDepth(of: value, at: target) }
        try add(value, at: target, "move")
    }

    private mutating func copy(_ source: JSONPointer, _ target: JSONPointer) throws(PatchError) {
        guard let value = found(at: source, in: document) else {
            throw .doesNotApply(
                "copy operation does not apply: doc is missing from path: \(source.shown): missing value"
            )
        }
        copied += value.size
        guard copied <= limits.copiedBytes else { throw .tooLarge(size: copied, limit: limits.copiedBytes) }
        try checkDepth(of: value, at: target)
        try add(value, at: target, "copy")
    }

    private mutating func add(
        _ value: JSONValue,
        at path: JSONPointer,
        _ name: String
    ) throws(PatchError) {
        guard let last = path.tokens.last else {
            document = value
            return
        }
        try change(path, name) { container, work throws(PatchError) in
            if var object = container.takeObject() {
                object[last] = value
                container = .object(object)
            } else if var elements = container.takeArray() {
                guard let index = Self.insertion(last, elements.count) else {
                    throw Self.badIndex(last, name, path)
                }
                try work.add(elements.count - index)
                elements.insert(value, at: index)
                container = .array(elements)
            } else {
                throw Self.missing(name, path)
            }
        }
    }

    private mutating func remove(_ path: JSONPointer, _ name: String) throws(PatchError) -> JSONValue {
        guard let last = path.tokens.last else {
            throw .doesNotApply("\(name) operation does not apply: the document as a whole cannot be removed")
        }
        return try change(path, name) { container, work throws(PatchError) in
            if var object = container.takeObject() {
                guard let removed = object[last] else {
                    throw .doesNotApply(
                        "error in \(name) for path: '\(path.shown)': Unable to remove nonexistent key: "
                            + "\(Spelling.clean(last)): missing value"
                    )
                }
                try work.add(object.count)
                object[last] = nil
                container = .object(object)
                return removed
            } else if var elements = container.takeArray() {
                guard let index = Self.index(last, elements.count) else {
                    throw Self.badIndex(last, name, path)
                }
                try work.add(elements.count - index)
                let removed = elements.remove(at: index)
                container = .array(elements)
                return removed
            }
            throw Self.missing(name, path)
        }
    }

    private mutating func replace(_ path: JSONPointer, with value: JSONValue) throws(PatchError) {
        try checkDepth(of: value, at: path)
        guard !path.tokens.isEmpty else {
            document = value
            return
        }
        guard
            try Self.change(path.tokens[...], in: &document, { target in target = value }) != nil
        else {
            throw .doesNotApply(
                "replace operation does not apply: doc is missing key: \(path.shown): missing value"
            )
        }
    }

    // MARK: Limits

    private mutating func checkDepth(of value: JSONValue, at path: JSONPointer) throws(PatchError) {
        let (depth, nodes) = value.extent
        try work.add(nodes)
        guard path.tokens.count + depth <= limits.depth else { throw .tooDeep(limit: limits.depth) }
    }

    private struct Work {
        let limit: Int
        private var done = 0

        init(limit: Int) {
            self.limit = limit
        }

        mutating func add(_ more: Int) throws(PatchError) {
            done += more
            guard done <= limit else { throw .tooMuchWork(limit: limit) }
        }
    }

    // MARK: Ways

    /// Lets the body change the container that holds what the pointer leads to.
    private mutating func change<Result>(
        _ path: JSONPointer,
        _ name: String,
        _ body: (_ container: inout JSONValue, _ work: inout Work) throws(PatchError) -> Result
    ) throws(PatchError) -> Result {
        var work = work
        defer { self.work = work }
        let result = try Self.change(path.tokens.dropLast(), in: &document) { container throws(PatchError) in
            try body(&container, &work)
        }
        guard let result else { throw Self.missing(name, path) }
        return result
    }

    /// `nil` when there is nothing at the place.
    private static func change<Result>(
        _ path: ArraySlice<String>,
        in value: inout JSONValue,
        _ body: (inout JSONValue) throws(PatchError) -> Result
    ) throws(PatchError) -> Result? {
        guard let token = path.first else { return try body(&value) }
        if var object = value.takeObject() {
            defer { value = .object(object) }
            return try object.change(token) { member throws(PatchError) in
                try change(path.dropFirst(), in: &member, body)
            } ?? nil
        }
        if var elements = value.takeArray() {
            defer { value = .array(elements) }
            guard let index = index(token, elements.count) else { return nil }
            return try change(path.dropFirst(), in: &elements[index], body)
        }
        return nil
    }

    private func found(at path: JSONPointer, in document: JSONValue) -> JSONValue? {
        var value = document
        for token in path.tokens {
            switch value {
            case .object(let object):
                guard let member = object[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = Self.index(token, elements.count) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// The place of an element that is there.
    private static func index(_ token: String, _ count: Int) -> Int? {
        guard let number = number(token) else { return nil }
        let index = number < 0 ? count + number : number
        return (0..<count).contains(index) ? index : nil
    }

    /// The place where a new element goes; `-` and `-1` are behind the last.
    private static func insertion(_ token: String, _ count: Int) -> Int? {
        if token.utf8.elementsEqual("-".utf8) { return count }
        guard let number = number(token) else { return nil }
        let index = number < 0 ? count + 1 + number : number
        return (0...count).contains(index) ? index : nil
    }

    /// RFC 6901, section 4: digits without leading zeros; and, as in Kubernetes, a minus before them.
    private static func number(_ token: String) -> Int? {
        let digits = token.utf8.first == UInt8(ascii: "-") ? token.utf8.dropFirst() : token.utf8[...]
        guard (1...9).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.first != UInt8(ascii: "0") || (digits.count == 1 && token.utf8.count == 1)
        else { return nil }
        return Int(token)
    }

    private static func missing(_ name: String, _ path: JSONPointer) -> PatchError {
        .doesNotApply(
            "\(name) operation does not apply: doc is missing path: \"\(path.shown)\": missing value"
        )
    }

    private static func badIndex(_ token: String, _ name: String, _ path: JSONPointer) -> PatchError {
        let fault =
            number(token) == nil
            ? "value was not a proper array index: '\(Spelling.clean(token))'"
            : "Unable to access invalid index: \(token): invalid index referenced"
        return .doesNotApply("error in \(name) for path: '\(path.shown)': \(fault)")
    }
}

extension JSONValue {
    // The payload, moved out, so that whoever takes it changes it without a copy.

    fileprivate mutating func takeObject() -> JSONObject? {
        guard case .object(let object) = self else { return nil }
        self = .null
        return object
    }

    fileprivate mutating func takeArray() -> [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        self = .null
        return elements
    }
}

extension JSONPointer {
    /// For messages: the text comes from outside.
    fileprivate var shown: String { Spelling.clean(description, limit: 256) }
}
