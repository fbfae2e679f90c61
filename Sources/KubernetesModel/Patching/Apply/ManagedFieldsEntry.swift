public import JSONText

/// Which fields of an object one manager set, by one kind of operation (`meta/v1` ManagedFieldsEntry).
public struct ManagedFieldsEntry: Hashable, Sendable {
    public enum Operation: String, Hashable, Sendable {
        case apply = "Apply"
        case update = "Update"
    }

    /// What makes two entries one: an applier is the same in every version, an updater is not.
    public struct Identity: Hashable, Sendable {
        public var manager: String
        public var operation: Operation
        public var apiVersion: String
        public var subresource: String
    }

    public var manager: String
    public var operation: Operation
    public var apiVersion: String
    /// RFC 3339, in UTC; when the set last changed.
    public var time: String?
    public var fields: FieldSet
    /// Empty for the object itself.
    public var subresource: String

    public init(
        manager: String,
        operation: Operation,
        apiVersion: String,
        time: String? = nil,
        fields: FieldSet = FieldSet(),
        subresource: String = ""
    ) {
        self.manager = manager
        self.operation = operation
        self.apiVersion = apiVersion
        self.time = time
        self.fields = fields
        self.subresource = subresource
    }

    public var identity: Identity {
        Identity(
            manager: manager,
            operation: operation,
            apiVersion: operation == .apply ? "" : apiVersion,
            subresource: subresource
        )
    }

    /// Reads an entry; what is none is refused in kube-apiserver's words.
    init(_ value: JSONValue, index: Int) throws(ManagedFieldsError) {
        guard let operation = Operation(rawValue: value["operation"]?.string ?? "") else {
            throw ManagedFieldsError("operation must be `Apply` or `Update`")
        }
        guard let apiVersion = value["apiVersion"]?.string, !apiVersion.isEmpty else {
            throw ManagedFieldsError("apiVersion must not be empty")
        }
        switch value["fieldsType"]?.string ?? "" {
        case "FieldsV1": break
        case "": throw ManagedFieldsError("missing fieldsType in managed fields entry \(index)")
        case let other:
            throw ManagedFieldsError(
                "invalid fieldsType \(Spelling.quoted(other)) in managed fields entry \(index)"
            )
        }
        guard let fields = FieldSet(value["fieldsV1"] ?? .object(JSONObject())) else {
            throw ManagedFieldsError("fieldsV1 of managed fields entry \(index) is malformed")
        }
        self.init(
            manager: value["manager"]?.string ?? "unknown",
            operation: operation,
            apiVersion: apiVersion,
            time: value["time"]?.string,
            fields: fields,
            subresource: value["subresource"]?.string ?? ""
        )
    }

    public var json: JSONValue {
        var members: JSONObject = [
            "manager": .string(manager), "operation": .string(operation.rawValue),
            "apiVersion": .string(apiVersion),
        ]
        if let time { members["time"] = .string(time) }
        members["fieldsType"] = "FieldsV1"
        members["fieldsV1"] = fields.json
        if !subresource.isEmpty { members["subresource"] = .string(subresource) }
        return .object(members)
    }
}

/// Why `managedFields` cannot be read.
public struct ManagedFieldsError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
