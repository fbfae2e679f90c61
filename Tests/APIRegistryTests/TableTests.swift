import JSONText
import KubernetesModel
import Testing

@testable import APIRegistry

@Suite("Tables")
struct TableTests {
    // Two minutes and five seconds after the objects were made.
    private let now = Timestamp(clampingSeconds: Objects.now.seconds + 125)

    private func row(_ resource: String, _ text: String) throws -> [JSONValue] {
        let parts = resource.split(separator: "/").map(String.init)
        let lifecycle = try Objects.lifecycle(parts[parts.count - 1], group: parts.count > 1 ? parts[0] : "")
        var object = try Objects.object(text)
        object["metadata", "creationTimestamp"] = .string(Objects.nowText)
        let table = ObjectTable(lifecycle.definition).json([object], now: now)
        let cells = try #require(table["rows"]?[0]?["cells"]?.array)
        #expect(cells.count == table["columnDefinitions"]?.array?.count)
        return cells
    }

    static let facts: [(String, String, [JSONValue])] = [
        (
            "pods",
            #"{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{},{}]},"status":{"phase":"Running","podIP":"10.0.0.1","containerStatuses":[{"ready":true,"restartCount":2,"state":{"running":{}},"lastState":{"terminated":{"finishedAt":"2026-01-02T03:05:00Z"}}},{"ready":false,"restartCount":0,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}"#,
            ["p", "1/2", "CrashLoopBackOff", "2 (70s ago)", "2m5s", "10.0.0.1", "n", "<none>", "<none>"]
        ),
        (
            "pods",
            #"{"metadata":{"name":"p","deletionTimestamp":"2026-01-02T03:04:05Z"},"spec":{"containers":[{}]},"status":{"phase":"Running"}}"#,
            ["p", "0/1", "Terminating", "0", "2m5s", "<none>", "<none>", "<none>", "<none>"]
        ),
        (
            "pods",
            #"{"metadata":{"name":"p"},"spec":{"initContainers":[{"name":"a"},{"name":"b"}],"containers":[{}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"a","state":{"terminated":{"exitCode":0}}},{"name":"b","state":{"running":{}}}]}}"#,
            ["p", "0/1", "Init:1/2", "0", "2m5s", "<none>", "<none>", "<none>", "<none>"]
        ),
        (
            "apps/deployments",
            #"{"metadata":{"name":"d"},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}},"status":{"readyReplicas":1,"updatedReplicas":2}}"#,
            ["d", "1/3", 2, 0, "2m5s", "c", "i", "a=b"]
        ),
        (
            "services",
            #"{"metadata":{"name":"s"},"spec":{"type":"NodePort","clusterIP":"10.96.0.1","ports":[{"port":80,"nodePort":30080,"protocol":"TCP"},{"port":53,"protocol":"UDP"}],"selector":{"a":"b"}}}"#,
            ["s", "NodePort", "10.96.0.1", "<none>", "80:30080/TCP,53/UDP", "2m5s", "a=b"]
        ),
        (
            "endpoints",
            #"{"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"ports":[{"port":80},{"port":81}]}]}"#,
            ["e", "10.0.0.1:80,10.0.0.2:80,10.0.0.1:81 + 1 more...", "2m5s"]
        ),
        ("namespaces", #"{"metadata":{"name":"n"},"status":{"phase":"Active"}}"#, ["n", "Active", "2m5s"]),
        (
            "configmaps", #"{"metadata":{"name":"m"},"data":{"a":"b"},"binaryData":{"c":""}}"#,
            ["m", 2, "2m5s"]
        ),
        (
            "secrets", #"{"metadata":{"name":"s"},"type":"Opaque","data":{"a":"b"}}"#,
            ["s", "Opaque", 1, "2m5s"]
        ),
        (
            "nodes",
            #"{"metadata":{"name":"n","labels":{"node-role.kubernetes.io/control-plane":""}},"spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"kubeletVersion":"v1.32.0"}}}"#,
            [
                "n", "Ready,SchedulingDisabled", "control-plane", "2m5s", "v1.32.0", "<none>", "<none>",
                "<unknown>", "<unknown>", "<unknown>",
            ]
        ),
        (
            "batch/jobs",
            #"{"metadata":{"name":"j"},"spec":{"completions":2,"template":{}},"status":{"succeeded":2,"startTime":"2026-01-02T03:04:05Z","completionTime":"2026-01-02T03:04:25Z","conditions":[{"type":"Complete","status":"True"}]}}"#,
            ["j", "Complete", "2/2", "20s", "2m5s", "", "", "<none>"]
        ),
        (
            "networking.k8s.io/ingresses",
            #"{"metadata":{"name":"i"},"spec":{"ingressClassName":"x","tls":[{}],"rules":[{"host":"a.example"}]}}"#,
            ["i", "x", "a.example", "", "80, 443", "2m5s"]
        ),
        (
            "events",
            #"{"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"p"},"type":"Normal","reason":"Started","message":"ok\n","firstTimestamp":"2026-01-02T03:04:05Z","lastTimestamp":"2026-01-02T03:06:00Z","count":3,"source":{"component":"kubelet"}}"#,
            ["10s", "Normal", "Started", "pod/p", "", "kubelet", "ok", "2m5s", 3, "e"]
        ),
        (
            "events.k8s.io/events",
            #"{"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e"},"regarding":{"kind":"Pod","name":"p"},"type":"Normal","reason":"Started","note":"ok","eventTime":"2026-01-02T03:06:00.000000Z","reportingController":"x"}"#,
            ["10s", "Normal", "Started", "pod/p", "", "x", "ok", "10s", 1, "e"]
        ),
        (
            "rbac.authorization.k8s.io/rolebindings",
            #"{"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"ServiceAccount","namespace":"n","name":"a"}]}"#,
            ["b", "Role/r", "2m5s", "", "", "n/a"]
        ),
        ("rbac.authorization.k8s.io/roles", #"{"metadata":{"name":"r"}}"#, ["r", "2026-01-02T03:04:05Z"]),
        (
            "coordination.k8s.io/leases", #"{"metadata":{"name":"l"},"spec":{"holderIdentity":"me"}}"#,
            ["l", "me", "2m5s"]
        ),
        (
            "networking.k8s.io/networkpolicies",
            #"{"metadata":{"name":"n"},"spec":{"podSelector":{"matchExpressions":[{"key":"a","operator":"In","values":["c","b"]}]}}}"#,
            ["n", "a in (b,c)", "2m5s"]
        ),
    ]

    @Test(arguments: facts) func `the cells of a kind`(resource: String, text: String, expected: [JSONValue])
        throws
    {
        let cells = try row(resource, text)
        #expect(cells == expected)
    }

    @Test func `what goes with a row`() throws {
        let definition = try Objects.lifecycle("configmaps").definition
        let object = try Objects.object(#"{"metadata":{"name":"m"},"data":{"a":"b"}}"#)
        func included(_ inclusion: ObjectTable.Inclusion) -> JSONValue? {
            ObjectTable(definition, inclusion: inclusion).json([object], now: now)["rows"]?[0]?["object"]
        }
        #expect(included(.none) == .null)
        #expect(included(.metadata)?["kind"] == "PartialObjectMetadata")
        #expect(included(.metadata)?["data"] == nil)
        #expect(included(.object)?["data"] == ["a": "b"])
        let later = ObjectTable(definition).json([object], now: now, saysColumns: false)
        #expect(later["columnDefinitions"] == .null)
        let refusal = Objects.refusal {
            try ObjectTable.Inclusion(query: [(name: "includeObject", value: "All")])
        }
        #expect(refusal?.message == #"unrecognized includeObject value: "All""#)
    }

    @Test func `a user's kind shows its columns`() throws {
        func column(_ name: String, _ type: String, _ path: String) -> ResourceDefinition.PrinterColumn {
            ResourceDefinition.PrinterColumn(name: name, type: type, jsonPath: path)
        }
        let definition = ResourceDefinition(
            groupVersion: GroupVersion(group: "example.com", version: "v1"),
            kind: "Widget",
            plural: "widgets",
            isNamespaced: true,
            schema: .anything,
            columns: [
                column("Color", "string", ".spec.color"), column("Size", "integer", ".spec.size"),
                column("Ready", "string", #".status.conditions[?(@.type=="Ready")].status"#),
                column("Since", "date", ".metadata.creationTimestamp"), column("On", "boolean", ".spec.on"),
                column("Parts", "string", ".spec.parts"), column("None", "string", ".spec.nothing"),
            ],
            isCustom: true
        )
        let object = try Objects.object(
            #"{"metadata":{"name":"w","creationTimestamp":"2026-01-02T03:04:05Z"},"spec":{"color":"red","size":3,"on":true,"parts":["a","b"]},"status":{"conditions":[{"type":"Other","status":"No"},{"type":"Ready","status":"True"}]}}"#
        )
        let table = ObjectTable(definition).json([object], metadata: ["resourceVersion": "5"], now: now)
        #expect(table["rows"]?[0]?["cells"] == ["w", "red", 3, "True", "2m5s", true, #"["a","b"]"#, .null])
        #expect(table["columnDefinitions"]?[0]?["format"] == "name")
        #expect(table["metadata"] == ["resourceVersion": "5"])
    }

    @Test(arguments: [
        (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (599, "9m59s"),
        (600, "10m"),
        (10_799, "179m"), (10_800, "3h"), (11_000, "3h3m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"),
        (183_600, "2d3h"), (691_200, "8d"), (63_072_000, "2y"), (63_158_400, "2y1d"), (252_288_000, "8y"),
    ]) func `ages`(seconds: Int, text: String) {
        #expect(HumanDuration.text(.seconds(seconds)) == text)
    }

    @Test(arguments: [
        (".a.b", "[1]"), ("a.b", "[1]"), ("{.a.b}", "[1]"), ("$.a.b", "[1]"), (".l[0].x", "[7]"),
        (".l[-1].x", "[8]"),
        (".l[*].x", "[7,8]"), (".l[5]", "[]"), (".['d.e']", "[2]"), (".d\\.e", "[2]"),
        (".l[?(@.x==8)].y", #"["z"]"#),
        (".l[?(@.y!=\"z\")].x", "[]"), (".l[?(@.y)].x", "[8]"), (".nothing.here", "[]"), (".l.*.x", "[7,8]"),
        (".l[-9223372036854775808]", "[]"),
    ]) func `paths`(path: String, expected: String) throws {
        let object = try JSONValue(parsing: #"{"a":{"b":1},"d.e":2,"l":[{"x":7},{"x":8,"y":"z"}]}"#)
        let parsed = try #require(JSONPath(parsing: path))
        #expect(JSONValue.array(parsed.values(in: object)).text() == expected)
    }

    @Test(arguments: [".a[", ".a..b", ".a[x]", ".a[?(x)]", ".a[?(@.b==)]", "[0]x", ".a[?(@..b)]"])
    func `what is no path`(path: String) {
        #expect(JSONPath(parsing: path) == nil)
    }

    @Test func `events of both groups are the same object`() throws {
        let event = try Objects.object(
            #"{"apiVersion":"v1","kind":"Event","metadata":{"name":"e"},"involvedObject":{"name":"p"},"message":"m","reportingComponent":"c","count":2}"#
        )
        let new = EventConversion.toEventsGroup(event)
        #expect(new["regarding", "name"]?.string == "p")
        #expect(new["note"]?.string == "m")
        #expect(new["deprecatedCount"]?.int == 2)
        #expect(EventConversion.toCore(new) == event)
    }
}
