import APIRegistry
import KubernetesModel
import RBAC

/// The header fields of a request that say who asks, and as whom.
struct Credentials: Sendable {
    /// The token after `Bearer`; `nil` when there is none.
    var bearer: String?
    /// Whether there is an `Authorization` field that we cannot use: another scheme, several fields, an empty token.
    var isUnusable = false

    /// Reads the values of the `Authorization` fields.
    init(authorization values: [String]) {
        guard let value = values.first else { return }
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard values.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
            isUnusable = true
            return
        }
        let token = parts[1].drop { $0 == " " }
        guard !token.isEmpty, !token.utf8.contains(UInt8(ascii: " ")) else {
            isUnusable = true
            return
        }
        bearer = String(token)
    }
}

/// Whom a caller wants to be taken for, as header fields say it.
enum ImpersonationFields {
    /// More would only make the authorizer work.
    static let most = 64

    /// `nil` when no field asks for it.
    ///
    /// Names of fields come without regard to case; a group or uid without a user is refused, as Kubernetes does.
    static func read(_ fields: some Sequence<(name: String, value: String)>) throws(APIStatus)
        -> Impersonation?
    {
        var users: [String] = []
        var uids: [String] = []
        var groups: [String] = []
        var extra: [String: [String]] = [:]
        var count = 0
        for (name, value) in fields {
            let name = name.lowercased()
            guard name.hasPrefix("impersonate-") else { continue }
            count += 1
            guard count <= most else { throw .badRequest("more than \(most) fields of impersonation") }
            switch name {
            case "impersonate-user": users.append(value)
            case "impersonate-uid": uids.append(value)
            case "impersonate-group": groups.append(value)
            default:
                // A field that is none of Kubernetes' asks for nothing, there as here.
                guard name.hasPrefix("impersonate-extra-") else { continue }
                let key = String(name.dropFirst("impersonate-extra-".count))
                extra[unescaped(key), default: []].append(value)
            }
        }
        guard let user = users.first, !user.isEmpty else {
            guard groups.isEmpty, extra.isEmpty, uids.isEmpty else {
                throw .badRequestAboutImpersonation
            }
            return nil
        }
        guard users.count == 1, uids.count <= 1 else {
            throw .badRequest("a field of impersonation comes twice")
        }
        return Impersonation(name: user, uid: uids.first ?? "", groups: groups, extra: extra)
    }

    /// Keys may be percent-encoded, since not every key can be a field's name; what is not a valid escape stays.
    private static func unescaped(_ key: String) -> String {
        var result: [UInt8] = []
        let bytes = Array(key.utf8)
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
                let value = UInt8(
                    String(decoding: bytes[(place + 1)...(place + 2)], as: UTF8.self),
                    radix: 16
                )
            {
                result.append(value)
                place += 3
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return String(validating: result, as: UTF8.self) ?? key
    }
}

extension APIStatus {
    /// As Kubernetes answers who asks to have a group, and does not say whose.
    fileprivate static let badRequestAboutImpersonation = APIStatus(
        code: 500,
        reason: .internalError,
        message:
            "Internal error occurred: requested impersonation of groups, a uid or extra without impersonating a user"
    )
}
