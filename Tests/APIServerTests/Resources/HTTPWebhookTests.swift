import APIRegistry
import JSONText
import KubernetesModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SystemPackage
import TestSupport
import Testing

@testable import APIServer

/// How a webhook behaves.
private enum Behaviour: CaseIterable {
    case allows
    /// Answers with more than anybody should read.
    case floods
    /// Takes the question, and says nothing.
    case stalls
    /// Says that an answer comes, and does not send it all.
    case trickles
}

/// Answers reviews, over TLS.
private final class ReviewHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let behaviour: Behaviour
    private var body: [UInt8] = []

    init(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: body = []
        case .body(let part): body += part.readableBytesView
        case .end:
            let uid = (try? JSONValue(parsing: body))?["request"]?["uid"] ?? .null
            let answer: JSONValue = [
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                "response": ["uid": uid, "allowed": true, "warnings": ["over TLS"]],
            ]
            guard behaviour != .stalls else { return }
            var text = ByteBuffer(bytes: answer.bytes())
            if behaviour == .floods { text.writeRepeatingByte(UInt8(ascii: " "), count: 4096) }
            let missing = behaviour == .trickles ? 1 : 0
            let headers = HTTPHeaders([("Content-Length", "\(text.readableBytes + missing)")])
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(text))), promise: nil)
            context.flush()
            if missing == 0 { context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
        }
    }
}

@Suite("Calling webhooks over HTTPS")
struct HTTPWebhookTests {
    /// A server's certificate for a name, signed by itself.
    private func certificate(for name: String, in directory: String) throws -> (
        text: String, TLSConfiguration
    ) {
        let made = try run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "1", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)",
            "-keyout", "\(directory)/key.pem", "-out", "\(directory)/cert.pem",
        ])
        try #require(made.status == 0, "\(made.errorText)")
        let text = String(decoding: try readFile("\(directory)/cert.pem"), as: UTF8.self)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(text.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: "\(directory)/key.pem", format: .pem))
        )
        return (text, configuration)
    }

    private func serve(_ behaviour: Behaviour, _ tls: TLSConfiguration) async throws -> any Channel {
        let context = try NIOSSLContext(configuration: tls)
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ReviewHandler(behaviour))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    @Test(arguments: [Behaviour.floods, .stalls, .trickles])
    private func `an answer that is too large or does not come is a failure`(_ behaviour: Behaviour)
        async throws
    {
        let directory = try TemporaryDirectory()
        let (text, tls) = try certificate(for: "localhost", in: directory.path)
        let server = try await serve(behaviour, tls)
        let port = try #require(server.localAddress?.port)
        let api = try await TestAPI()
        var limits = APIServerLimits()
        limits.webhookAnswerBytes = 2048
        let caller = HTTPWebhookCaller(store: api.store, limits: limits)
        let configuration: JSONObject = [
            "metadata": ["name": "c"],
            "webhooks": [
                [
                    "name": "a.example.com", "timeoutSeconds": behaviour == .floods ? 30 : 1,
                    "clientConfig": ["url": .string("https://localhost:\(port)/x")],
                ]
            ],
        ]
        var webhook = try #require(try AdmissionWebhook.all(in: UnstructuredObject(configuration)).first)
        webhook.authorities = text
        let failure = await #expect(throws: WebhookFailure.self) {
            try await caller.call(webhook, ["request": ["uid": "u-1"]])
        }
        await caller.shutDown()
        try await server.close()
        let isLate = failure?.message.contains("context deadline exceeded")
        #expect(failure?.message.hasPrefix("failed to call webhook: ") == true)
        #expect(isLate == (behaviour != .floods))
    }

    @Test func `a webhook behind a Service proves the Service's name`() async throws {
        let directory = try TemporaryDirectory()
        let (text, tls) = try certificate(for: "hook.default.svc", in: directory.path)
        let server = try await serve(.allows, tls)
        let port = try #require(server.localAddress?.port)
        let api = try await TestAPI()
        for name in ["hook", "other"] {
            try await api.create(
                "/api/v1/namespaces/default/services",
                "{\"metadata\": {\"name\": \"\(name)\"}, \"spec\": {\"ports\": [{\"port\": 443}]}}"
            )
            // Past validation: on one machine there is only loopback.
            let slice: JSONObject = [
                "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
                "metadata": [
                    "name": .string(name), "namespace": "default",
                    "labels": ["kubernetes.io/service-name": .string(name)],
                ],
                "endpoints": [["addresses": ["127.0.0.1"]]], "ports": [["port": .int(port)]],
            ]
            let resource = GroupResource(group: "discovery.k8s.io", resource: "endpointslices")
            _ = try await api.store.write(
                ObjectKey(resource: resource, namespace: "default", name: name),
                UnstructuredObject(slice),
                expecting: .absent
            )
        }
        let caller = HTTPWebhookCaller(store: api.store, limits: APIServerLimits())
        let question: JSONValue = ["request": ["uid": "u-1"]]
        let answer = try await caller.call(try webhook("hook", text), question)
        let wrongName = await #expect(throws: WebhookFailure.self) {
            try await caller.call(try webhook("other", text), question)
        }
        await caller.shutDown()
        try await server.close()
        #expect(answer["response"]?["warnings"] == ["over TLS"])
        #expect(wrongName?.message.contains("deadline") == false)
    }

    private func webhook(_ service: String, _ authorities: String) throws -> AdmissionWebhook {
        let configuration: JSONObject = [
            "metadata": ["name": "c"],
            "webhooks": [
                [
                    "name": "a.example.com", "timeoutSeconds": 5,
                    "clientConfig": [
                        "service": ["namespace": "default", "name": .string(service), "path": "/x"]
                    ],
                ]
            ],
        ]
        var webhook = try #require(try AdmissionWebhook.all(in: UnstructuredObject(configuration)).first)
        webhook.authorities = authorities
        return webhook
    }
}
