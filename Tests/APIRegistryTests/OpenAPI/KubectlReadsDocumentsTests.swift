import APIRegistry
import JSONText
import KubernetesModel
import TestSupport
import Testing

private let hasKubectl = (try? run(["kubectl", "version", "--client"]).status == 0) ?? false

/// What kubectl makes of the documents, from a server that only hands them out.
@Suite("kubectl reads the documents", .enabled(if: hasKubectl))
struct KubectlReadsDocumentsTests {
    /// Serves the answers by their paths and says what kubectl printed, and what it asked for that was not there.
    private static let server = """
        import http.server, json, os, subprocess, sys, tempfile, threading
        given = json.load(sys.stdin)
        missed, asked = [], []
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.split('?')[0].rstrip('/')
                body = given['answers'].get(path)
                if path == '/openapi/v2':
                    data = bytes(given['version2'])
                    self.send_response(200)
                    self.send_header('Content-Type', given['contentType'])
                    self.send_header('Content-Length', str(len(data)))
                    self.end_headers()
                    asked.append(self.headers['Accept'])
                    return self.wfile.write(data)
                if body is None: missed.append(path)
                data = json.dumps(body if body is not None else {'kind': 'Status', 'code': 404, 'status': 'Failure'}).encode()
                self.send_response(200 if body is not None else 404)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            def do_PATCH(self): self.do_POST()
            def do_POST(self):
                length = int(self.headers.get('Content-Length', 0))
                sent.append([self.path, self.headers['Content-Type'], self.rfile.read(length).decode()])
                data = json.dumps(given['answers'][given['object']]).encode()
                self.send_response(200)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            def log_message(self, *_): pass
        sent = []
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with tempfile.TemporaryDirectory() as home:
            results = []
            for command, text in given['commands']:
                done = subprocess.run(
                    ['kubectl', f'--server=http://127.0.0.1:{server.server_port}', *command],
                    input=text, capture_output=True, text=True, timeout=60,
                    env={**os.environ, 'HOME': home, 'KUBECONFIG': '/dev/null'})
                results.append([done.returncode, done.stdout, done.stderr])
        print(json.dumps({'results': results, 'missed': missed, 'asked': asked, 'sent': sent}))
        """

    private static func ask(_ commands: [(words: [String], input: String)], object: JSONValue = .null) throws
        -> JSONValue
    {
        let catalogue = try ResourceCatalogue.builtIn.adding([OpenAPIDocumentsTests.widgets()])
        let discovery = DiscoveryDocuments(catalogue)
        var answers = JSONObject()
        answers["/api"] = discovery.coreVersions(serverAddress: "127.0.0.1:1")
        answers["/apis"] = discovery.groupList
        answers["/openapi/v3"] = OpenAPIDocuments.index(of: catalogue)
        for group in catalogue.groups {
            for version in group.versions {
                let groupVersion = GroupVersion(group: group.name, version: version)
                answers[groupVersion.path] = discovery.resources(groupVersion)
                answers["/openapi/v3\(groupVersion.path)"] = OpenAPIDocuments.document(
                    of: groupVersion,
                    in: catalogue
                )
            }
        }
        let place = "/apis/apps/v1/namespaces/default/deployments/a"
        answers[place] = object
        let input: JSONValue = [
            "version2": .array(OpenAPIVersion2.document(of: catalogue).map { .int($0) }),
            "contentType": .string(OpenAPIVersion2.contentType), "answers": .object(answers),
            "object": .string(place),
            "commands": .array(commands.map { [.strings($0.words), .string($0.input)] }),
        ]
        let done = try runPython(server, input: Array(input.text().utf8))
        try #require(done.status == 0, "\(done.errorText)")
        return try JSONValue(parsing: done.output)
    }

    @Test func `kubectl explains built-in kinds and those of users`() throws {
        let answer = try Self.ask([
            (["explain", "deployment.spec.strategy.rollingUpdate"], ""),
            (["explain", "widgets.spec.size"], ""),
            (["explain", "pod.spec.containers.ports", "--recursive"], ""),
        ])
        let texts = answer["results"]?.array?.map { ($0[1]?.string ?? "") + ($0[2]?.string ?? "") } ?? []
        try #require(texts.count == 3)
        #expect(texts[0].contains("maxSurge\t<IntOrString>"), "\(texts[0])")
        #expect(texts[1].contains("How large it is."), "\(texts[1])")
        #expect(texts[2].contains("containerPort\t<integer> -required-"), "\(texts[2])")
        #expect(Self.missedDocuments(answer) == [])
    }

    @Test func `kubectl apply merges lists as the document says, and asks for no other one`() throws {
        let object: JSONValue = [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": [
                "name": "a", "namespace": "default",
                "annotations": [
                    "kubectl.kubernetes.io/last-applied-configuration":
                        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"annotations\":{},\"name\":\"a\",\"namespace\":\"default\"},\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"image\":\"one\",\"name\":\"x\"}]}}}}"
                ],
            ],
            "spec": ["template": ["spec": ["containers": [["name": "x", "image": "one"]]]]],
        ]
        let manifest = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a, namespace: default}
            spec: {template: {spec: {containers: [{name: x, image: two}]}}}
            """
        let answer = try Self.ask([(["apply", "-f", "-"], manifest)], object: object)
        let result = answer["results"]?[0]
        #expect(result?[0]?.int == 0, "\(result?[2]?.string ?? "")")
        let sent = try #require(answer["sent"]?[0])
        #expect(sent[0]?.string?.contains("fieldValidation=Strict") == true)
        #expect(sent[1]?.string == "application/strategic-merge-patch+json")
        #expect(sent[2]?.string?.contains(#""$setElementOrder/containers":[{"name":"x"}]"#) == true)
        #expect(Self.missedDocuments(answer) == [])
        #expect(answer["asked"] == [])
    }

    @Test func `kubectl apply sends the items of a List, which it checks by the document of version 2`()
        throws
    {
        let list = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: default}}
            - {apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: default}, spec: {replicas: 2}}
            """
        let object: JSONValue = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "a", "namespace": "default"],
        ]
        let answer = try Self.ask([(["apply", "-f", "-"], list)], object: object)
        #expect(answer["results"]?[0]?[0]?.int == 0, "\(answer["results"]?[0]?[2]?.string ?? "")")
        #expect(answer["sent"]?.array?.count == 2)
        #expect(answer["sent"]?[0]?[0]?.string?.contains("fieldValidation=Strict") == true)
        #expect(answer["asked"]?[0]?.string == OpenAPIVersion2.mediaType)
    }

    private static func missedDocuments(_ answer: JSONValue) -> [String] {
        (answer["missed"]?.array ?? []).compactMap(\.string).filter { $0.hasPrefix("/openapi") }
    }
}
