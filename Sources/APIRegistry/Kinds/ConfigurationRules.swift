import JSONText
import KubernetesModel

/// Kinds that keep what programs read: ConfigMaps, Secrets, and the accounts they run as.
enum ConfigurationRules {
    static let kinds: [String: KindRules] = [
        "ConfigMap": configMap, "Secret": secret, "ServiceAccount": KindRules(returnsDeletedObject: true),
    ]

    private static let limit = 1 << 20

    // MARK: ConfigMap

    private static let configMap = KindRules(
        malformation: { malformation($0, "binaryData") },
        validate: { object, errors in
            var bytes = 0
            for field in ["data", "binaryData"] {
                for member in object[field]?.object ?? JSONObject() {
                    let path = FieldPath(field).key(member.name)
                    if let problem = Names.dataKeyProblem(member.name) {
                        errors.invalid(path, .string(member.name), problem)
                    }
                    if field == "data", object["binaryData"]?[member.name] != nil {
                        errors.invalid(path, .string(member.name), "duplicate of key present in binaryData")
                    }
                    bytes += member.name.utf8.count + (member.value.string?.utf8.count ?? 0)
                }
            }
            if bytes > limit { errors.tooLong(FieldPath(""), bytes: limit) }
        },
        validateUpdate: { new, old, errors in
            validateImmutable(new, old, ["data", "binaryData"], &errors)
        }
    )

    /// An object marked immutable stays so, and so does what it holds.
    private static func validateImmutable(
        _ new: JSONObject,
        _ old: JSONObject,
        _ fields: [String],
        _ errors: inout FieldErrors
    ) {
        guard old["immutable"]?.bool == true else { return }
        let words = "field is immutable when `immutable` is set"
        if new["immutable"]?.bool != true { errors.forbidden(FieldPath("immutable"), words) }
        for field in fields where !new[field].isEquivalent(to: old[field]) {
            errors.forbidden(FieldPath(field), words)
        }
    }

    /// The first value that should be base64 and is not, as Go says it.
    private static func malformation(_ object: JSONObject, _ field: String) -> String? {
        for member in object[field]?.object ?? JSONObject() {
            guard let text = member.value.string, case .failure(let problem) = Base64.decodedCount(text)
            else {
                continue
            }
            return "illegal base64 data at input byte \(problem.offset)"
        }
        return nil
    }

    // MARK: Secret

    private static let secret = KindRules(
        malformation: { malformation($0, "data") },
        applyDefaults: { object in
            if object.isEmpty("type") { object["type"] = "Opaque" }
            guard let texts = object["stringData"]?.object, !texts.isEmpty else {
                if object["stringData"]?.object != nil { object["stringData"] = nil }
                return
            }
            // What is written as text wins over what is written as data, and is never stored as text.
            guard texts.allSatisfy({ $0.value.string != nil }) else { return }
            object.editOrCreate("data") { data in
                for text in texts { data[text.name] = .string(Base64.encode((text.value.string ?? "").utf8)) }
            }
            object["stringData"] = nil
        },
        validate: validateSecret,
        validateUpdate: { new, old, errors in
            errors.checkUnchanged("type", .object(new), .object(old), FieldPath(""))
            validateImmutable(new, old, ["data"], &errors)
        }
    )

    /// The keys that a type of Secret must have.
    private static let requiredKeys = [
        "kubernetes.io/dockercfg": [".dockercfg"],
        "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
        "kubernetes.io/ssh-auth": ["ssh-privatekey"],
        "kubernetes.io/tls": ["tls.crt", "tls.key"],
    ]

    private static func validateSecret(_ object: JSONObject, _ errors: inout FieldErrors) {
        let data = object["data"]?.object ?? JSONObject()
        var bytes = 0
        for member in data {
            if let problem = Names.dataKeyProblem(member.name) {
                errors.invalid(FieldPath("data").key(member.name), .string(member.name), problem)
            }
            if let text = member.value.string, case .success(let count) = Base64.decodedCount(text) {
                bytes += count
            }
        }
        if bytes > limit { errors.tooLong(FieldPath("data"), bytes: limit) }
        let type = object.string("type") ?? ""
        for key in requiredKeys[type] ?? [] where data[key] == nil {
            errors.required(FieldPath("data").key(key))
        }
        if type == "kubernetes.io/basic-auth", data["username"] == nil, data["password"] == nil {
            errors.required(FieldPath("data[username]"))
            errors.required(FieldPath("data[password]"))
        }
        let account = "kubernetes.io/service-account.name"
        if type == "kubernetes.io/service-account-token",
            (object["metadata"]?["annotations"]?[account]?.string ?? "").isEmpty
        {
            errors.required(FieldPath("metadata.annotations").key(account))
        }
    }
}
