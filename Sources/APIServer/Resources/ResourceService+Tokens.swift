import APIRegistry
import JSONText
import KubernetesModel

extension ResourceService {
    private static let tokenRequest = GroupVersionKind(
        group: "authentication.k8s.io",
        version: "v1",
        kind: "TokenRequest"
    )

    /// Has a token signed for a service account (`serviceaccounts/token`).
    func issueToken(_ call: Call) async throws(APIStatus) -> APIResponse {
        let options = try WriteOptions(.create, query: call.request.query)
        let answer = try answer(call, shapes: false)
        var request = try RequestBody.object(try RequestBody.read(call.request, limits: limits))
        guard request.kind.isEmpty || request.groupVersionKind == Self.tokenRequest else {
            throw .badRequest("\(request.kind) cannot be handled as a TokenRequest")
        }
        guard request.name.isEmpty || request.name == call.place.name else {
            throw .badRequest(
                "the name of the object (\(request.name)) does not match the name on the URL (\(call.place.name))"
            )
        }
        guard let account = try await writer.read(call.place)?.object else {
            throw .notFound(call.place.resource, name: call.place.name)
        }
        let seconds = request["spec", "expirationSeconds"]?.int ?? 3600
        var errors = FieldErrors()
        let path = FieldPath("spec.expirationSeconds")
        if seconds < 600 {
            errors.invalid(path, .int(seconds), "may not specify a duration less than 10 minutes")
        } else if seconds > 1 << 32 {
            errors.invalid(path, .int(seconds), "may not specify a duration larger than 2^32 seconds")
        }
        try errors.check(Self.tokenRequest, name: "")
        let bound = try await boundObject(request["spec", "boundObjectRef"], account)
        guard let tokens else { throw .internalError("this server issues no tokens") }
        try await admitConnect(call, request, options)

        let audiences = request["spec", "audiences"]?.array?.compactMap(\.string) ?? []
        let order = TokenOrder(
            namespace: account.namespace,
            serviceAccount: account.name,
            serviceAccountUID: account.uid,
            audiences: audiences,
            lifetime: .seconds(seconds),
            boundTo: bound
        )
        let issued = try await tokens.issue(order)
        request.content["kind"] = "TokenRequest"
        request.content["apiVersion"] = "authentication.k8s.io/v1"
        request.name = account.name
        request.namespace = account.namespace
        request["metadata", "creationTimestamp"] = .string(now().description)
        request["spec", "audiences"] = .strings(issued.audiences)
        request["spec", "expirationSeconds"] = .int(seconds)
        request["status"] = [
            "token": .string(issued.token), "expirationTimestamp": .string(issued.expires.description),
        ]
        return answer.response(request, code: 201)
    }

    /// What a token is to die with: it must be there, and a pod must run as the account.
    private func boundObject(_ reference: JSONValue?, _ account: UnstructuredObject)
        async throws(APIStatus) -> TokenOrder.BoundObject?
    {
        guard let reference, !reference.isNull else { return nil }
        let kind = reference["kind"]?.string ?? ""
        let apiVersion = reference["apiVersion"]?.string ?? "v1"
        let name = reference["name"]?.string ?? ""
        let given = reference["uid"]?.string ?? ""
        let plurals = ["Pod": "pods", "Secret": "secrets", "Node": "nodes"]
        guard apiVersion == "v1", let plural = plurals[kind] else {
            throw .badRequest("cannot bind token to object of type \(apiVersion), Kind=\(kind)")
        }
        let resource = GroupResource(group: "", resource: plural)
        let key = ObjectKey(
            resource: resource,
            namespace: kind == "Node" ? "" : account.namespace,
            name: name
        )
        guard let found = try await store.find(key)?.object else { throw .notFound(resource, name: name) }
        if kind == "Pod", found["spec", "serviceAccountName"]?.string != account.name {
            throw .badRequest(
                "cannot bind token for serviceaccount \"\(account.name)\" to pod running with different serviceaccount name."
            )
        }
        guard given.isEmpty || given == found.uid else {
            throw .conflict(
                resource,
                name: name,
                "the UID in the bound object reference (\(given)) does not match the UID in record. The object might have been deleted and then recreated"
            )
        }
        return TokenOrder.BoundObject(apiVersion: apiVersion, kind: kind, name: name, uid: found.uid)
    }
}
