import JSONText
import KubernetesModel
import RBAC
import Testing

@testable import APIServer

@Suite("Verbs on resources")
struct VerbTests {
    static let maps = "/api/v1/namespaces/default/configmaps"

    @Test func `an object is created, read, changed and deleted`() async throws {
        let api = try await TestAPI()
        let created = try await api.create(
            Self.maps,
            "{\"metadata\": {\"name\": \"a\"}, \"data\": {\"k\": \"1\"}}"
        )
        #expect(created["kind"] == "ConfigMap")
        #expect(created["metadata"]?["namespace"] == "default")
        #expect(created["metadata"]?["managedFields"]?[0]?["manager"] == "test")
        let again = try await api.send("POST", Self.maps, "{\"metadata\": {\"name\": \"a\"}}")
        #expect(again.code == 409)
        #expect(again.message == "configmaps \"a\" already exists")

        var changed = try #require(UnstructuredObject(created))
        changed["data", "k"] = "2"
        let updated = try await api.send("PUT", "\(Self.maps)/a", changed.json.text())
        #expect(updated.code == 200)
        let stale = try await api.send("PUT", "\(Self.maps)/a", changed.json.text())
        #expect(stale.code == 409)
        #expect(
            stale.message
                == "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again"
        )

        let deleted = try await api.send("DELETE", "\(Self.maps)/a")
        #expect(deleted.value["status"] == "Success")
        #expect(deleted.value["details"]?["kind"] == "configmaps")
        let gone = try await api.get("\(Self.maps)/a")
        #expect(gone.code == 404)
        #expect(gone.message == "configmaps \"a\" not found")
    }

    @Test func `a dry run changes nothing`() async throws {
        let api = try await TestAPI()
        let answer = try await api.send(
            "POST",
            "\(Self.maps)?dryRun=All",
            "{\"metadata\": {\"name\": \"a\"}}"
        )
        let read = try await api.get("\(Self.maps)/a")
        #expect(answer.code == 201)
        #expect(read.code == 404)
    }

    @Test func `a generated name begins as asked`() async throws {
        let api = try await TestAPI()
        let created = try await api.create(Self.maps, "{\"metadata\": {\"generateName\": \"web-\"}}")
        let name = try #require(created["metadata"]?["name"]?.string)
        #expect(name.hasPrefix("web-"))
        #expect(name.utf8.count == 9)
    }

    @Test func `a body must agree with its path`() async throws {
        let api = try await TestAPI()
        let kind = try await api.send(
            "POST",
            Self.maps,
            "{\"kind\": \"Secret\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"a\"}}"
        )
        let namespace = try await api.send(
            "POST",
            Self.maps,
            "{\"metadata\": {\"name\": \"a\", \"namespace\": \"b\"}}"
        )
        let protobuf = try await api.send("POST", Self.maps, "x", type: "application/vnd.kubernetes.protobuf")
        #expect(kind.code == 400)
        #expect(
            namespace.message
                == "the namespace of the provided object does not match the namespace sent on the request"
        )
        #expect(protobuf.code == 415)
    }

    @Test(arguments: [("Strict", 400, 0), ("Warn", 201, 1), ("Ignore", 201, 0)])
    func `unknown fields are refused, warned of or ignored`(_ mode: String, _ code: Int, _ warnings: Int)
        async throws
    {
        let api = try await TestAPI()
        let answer = try await api.send(
            "POST",
            "\(Self.maps)?fieldValidation=\(mode)",
            "{\"metadata\": {\"name\": \"a\"}, \"dta\": {}}"
        )
        #expect(answer.code == code)
        #expect(answer.warnings == Array(repeating: "unknown field \"dta\"", count: warnings))
        if code == 400 {
            #expect(
                answer.message
                    == "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dta\""
            )
        }
    }

    @Test func `lists are selected, cut in pages and shown as tables`() async throws {
        let api = try await TestAPI()
        for name in ["a", "b", "c"] {
            try await api.create(
                Self.maps,
                "{\"metadata\": {\"name\": \"\(name)\", \"labels\": {\"app\": \"\(name)\"}}}"
            )
        }
        let selected = try await api.get("\(Self.maps)?labelSelector=app in (a,c)")
        let named = try await api.get("\(Self.maps)?fieldSelector=metadata.name=b")
        let first = try await api.get("\(Self.maps)?limit=2")
        let token = try #require(first.value["metadata"]?["continue"]?.string)
        let second = try await api.get("\(Self.maps)?limit=2&continue=\(token)")
        let table = try await api.send(
            "GET",
            Self.maps,
            accept: "application/json;as=Table;v=v1;g=meta.k8s.io"
        )
        let wrong = try await api.get("\(Self.maps)?fieldSelector=data.k=b")
        #expect(selected.names == ["a", "c"])
        #expect(named.names == ["b"])
        #expect(first.names == ["a", "b"])
        #expect(second.names == ["c"])
        #expect(selected.value["kind"] == "ConfigMapList")
        #expect(selected.items.first?["kind"] == nil)
        #expect(table.value["kind"] == "Table")
        #expect(table.value["rows"]?.array?.count == 3)
        #expect(wrong.code == 400)
    }

    @Test func `patches of all kinds change the same object`() async throws {
        let api = try await TestAPI()
        try await api.create(Self.maps, "{\"metadata\": {\"name\": \"a\"}, \"data\": {\"k\": \"1\"}}")
        let json = try await api.send(
            "PATCH",
            "\(Self.maps)/a",
            "[{\"op\": \"add\", \"path\": \"/data/j\", \"value\": \"2\"}]",
            type: "application/json-patch+json"
        )
        let merge = try await api.send(
            "PATCH",
            "\(Self.maps)/a",
            "{\"data\": {\"m\": \"3\"}}",
            type: "application/merge-patch+json"
        )
        let strategic = try await api.send(
            "PATCH",
            "\(Self.maps)/a",
            "{\"data\": {\"k\": null}}",
            type: "application/strategic-merge-patch+json"
        )
        let applied = try await api.send(
            "PATCH",
            "\(Self.maps)/a?fieldManager=me",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  y: '4'\n",
            type: "application/apply-patch+yaml"
        )
        let conflict = try await api.send(
            "PATCH",
            "\(Self.maps)/a?fieldManager=other",
            "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"data\": {\"y\": \"5\"}}",
            type: "application/apply-patch+yaml"
        )
        let unknown = try await api.send("PATCH", "\(Self.maps)/a", "{}", type: "application/odd")
        #expect(json.value["data"]?["j"] == "2")
        #expect(merge.value["data"]?["m"] == "3")
        #expect(strategic.value["data"]?["k"] == nil)
        #expect(applied.value["data"] == ["j": "2", "m": "3", "y": "4"])
        #expect(conflict.code == 409)
        #expect(unknown.code == 415)
    }

    @Test func `applying what is not there creates it`() async throws {
        let api = try await TestAPI()
        let applied = try await api.send(
            "PATCH",
            "\(Self.maps)/new?fieldManager=me",
            "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"new\"}, \"data\": {\"y\": \"1\"}}",
            type: "application/apply-patch+yaml"
        )
        let fields = applied.value["metadata"]?["managedFields"]?.array ?? []
        #expect(applied.code == 201)
        #expect(fields.compactMap { $0["operation"] } == ["Apply"])
    }

    @Test func `finalizers hold an object until they are gone`() async throws {
        let api = try await TestAPI()
        try await api.create(
            Self.maps,
            "{\"metadata\": {\"name\": \"a\", \"finalizers\": [\"example.com/x\"]}}"
        )
        let deleted = try await api.send("DELETE", "\(Self.maps)/a")
        let held = try await api.get("\(Self.maps)/a")
        let freed = try await api.send(
            "PATCH",
            "\(Self.maps)/a",
            "{\"metadata\": {\"finalizers\": null}}",
            type: "application/merge-patch+json"
        )
        let gone = try await api.get("\(Self.maps)/a")
        #expect(deleted.value["kind"] == "ConfigMap")
        #expect(held.value["metadata"]?["deletionTimestamp"] != nil)
        #expect(freed.code == 200)
        #expect(gone.code == 404)
    }

    @Test func `a collection is deleted as far as it is selected`() async throws {
        let api = try await TestAPI()
        for name in ["a", "b"] {
            try await api.create(
                Self.maps,
                "{\"metadata\": {\"name\": \"\(name)\", \"labels\": {\"app\": \"\(name)\"}}}"
            )
        }
        let deleted = try await api.send("DELETE", "\(Self.maps)?labelSelector=app=a")
        let left = try await api.get(Self.maps)
        #expect(deleted.names == ["a"])
        #expect(left.names == ["b"])
    }

    @Test func `deployments scale, and count changes of their spec`() async throws {
        let api = try await TestAPI()
        let path = "/apis/apps/v1/namespaces/default/deployments"
        try await api.create(
            path,
            """
            {"metadata": {"name": "web"}, "spec": {"replicas": 1, "selector": {"matchLabels": {"a": "b"}},
             "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}
            """
        )
        let before = try await api.get("\(path)/web/scale")
        let scaled = try await api.send(
            "PATCH",
            "\(path)/web/scale",
            "{\"spec\": {\"replicas\": 3}}",
            type: "application/merge-patch+json"
        )
        let after = try await api.get("\(path)/web")
        let status = try await api.send(
            "PATCH",
            "\(path)/web/status",
            "{\"status\": {\"replicas\": 2}, \"spec\": {\"replicas\": 9}}",
            type: "application/merge-patch+json"
        )
        #expect(before.value["spec"]?["replicas"] == 1)
        #expect(before.value["status"]?["selector"] == "a=b")
        #expect(scaled.value["spec"]?["replicas"] == 3)
        #expect(after.value["metadata"]?["generation"] == 2)
        #expect(status.value["spec"]?["replicas"] == 3)
        #expect(status.value["status"]?["replicas"] == 2)
    }

    @Test func `nobody grants what they do not have`() async throws {
        let api = try await TestAPI()
        let user = UserInfo(name: "eve", groups: ["system:authenticated"])
        let answer = try await api.send(
            "POST",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles",
            "{\"metadata\": {\"name\": \"x\"}, \"rules\": [{\"apiGroups\": [\"\"], \"resources\": [\"pods\"], \"verbs\": [\"get\"]}]}",
            as: user
        )
        #expect(answer.code == 403)
        #expect(
            answer.message
                == "clusterroles.rbac.authorization.k8s.io \"x\" is forbidden: user \"eve\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\"]}"
        )
    }

    @Test func `services get addresses that no other has`() async throws {
        let api = try await TestAPI()
        let path = "/api/v1/namespaces/default/services"
        let one = try await api.create(
            path,
            "{\"metadata\": {\"name\": \"a\"}, \"spec\": {\"ports\": [{\"port\": 80}]}}"
        )
        let two = try await api.create(
            path,
            "{\"metadata\": {\"name\": \"b\"}, \"spec\": {\"ports\": [{\"port\": 80}]}}"
        )
        let own = try await api.get("\(path)/kubernetes")
        let addresses = [one, two, own.value].compactMap { $0["spec"]?["clusterIP"]?.string }
        #expect(Set(addresses).count == 3)
        #expect(addresses.last == "10.96.0.1")
    }

    @Test func `a token is issued for an account that is there`() async throws {
        let api = try await TestAPI()
        let path = "/api/v1/namespaces/default/serviceaccounts"
        let token = try await api.send(
            "POST",
            "\(path)/default/token",
            "{\"spec\": {\"expirationSeconds\": 600}}"
        )
        let short = try await api.send(
            "POST",
            "\(path)/default/token",
            "{\"spec\": {\"expirationSeconds\": 60}}"
        )
        let none = try await api.send("POST", "\(path)/nobody/token", "{}")
        #expect(token.code == 201)
        #expect(token.value["status"]?["token"] == "token-of-default-none")
        #expect(short.code == 422)
        #expect(none.code == 404)
    }
}
