import FoundationEssentials
import JSONText
import KubernetesModel
import Manifests
import Secrets
import Subprocess
import SystemPackage

/// Credentials that a program gives out (`client.authentication.k8s.io`, ExecCredential).
///
/// The program runs when there are no credentials, when they have expired, and when the server refused them; never
/// twice at once. It ends after five minutes, for a person may have to log in. What it writes to its standard error
/// is for that person, and goes to ours.
actor ExecPlugin: CredentialSource {
    private struct Held {
        var credential: Credential
        var expires: Timestamp?
    }

    private let configuration: ExecPluginConfiguration
    /// What the program is told about the cluster, if it wants to know.
    private let cluster: JSONValue?
    private let environment: [String: String]
    private let hasTerminal: Bool
    private let now: @Sendable () -> Timestamp
    private var held: Held?
    private var serial: UInt64 = 0
    private var running: Task<Result<Held, ClientError>, Never>?
    private var waiting: [AsyncStream<Never>.Continuation] = []

    static let longest = Duration.seconds(300)

    init(
        _ configuration: ExecPluginConfiguration,
        cluster: JSONValue?,
        environment: [String: String],
        hasTerminal: Bool,
        now: @escaping @Sendable () -> Timestamp = {
            Timestamp(clampingSeconds: Int64(Date().timeIntervalSince1970))
        }
    ) {
        self.configuration = configuration
        self.cluster = cluster
        self.environment = environment
        self.hasTerminal = hasTerminal
        self.now = now
    }

    func current() async throws(ClientError) -> Credential {
        if let held, held.expires.map({ now() < $0 }) ?? true { return held.credential }
        let result = await runOnce()
        return try result.get().credential
    }

    func refused(_ credential: Credential) async -> Bool {
        // Whoever asked at the same time may have had the next one already.
        guard let held, held.credential.serial == credential.serial else { return true }
        self.held = nil
        guard case .success(let next) = await runOnce() else { return false }
        return !next.credential.isSame(as: credential)
    }

    /// Joins the run that is under way, or starts one; a caller that is cancelled leaves it alone.
    private func runOnce() async -> Result<Held, ClientError> {
        let run = running ?? start()
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        waiting.append(continuation)
        for await _ in stream {}
        guard !Task.isCancelled else { return .failure(.cancelled) }
        return await run.value
    }

    private func start() -> Task<Result<Held, ClientError>, Never> {
        serial &+= 1
        let serial = serial
        // Not the caller's own: others wait for it too. It ends by itself.
        let run = Task { () async -> Result<Held, ClientError> in
            do throws(ClientError) {
                let output = try await self.output()
                return .success(try self.read(output, serial: serial))
            } catch {
                return .failure(error)
            }
        }
        running = run
        Task { self.ended(await run.value) }
        return run
    }

    private func ended(_ result: Result<Held, ClientError>) {
        running = nil
        if case .success(let new) = result { held = new }
        for continuation in waiting { continuation.finish() }
        waiting = []
    }

    // MARK: The program

    private nonisolated var name: String { "exec plugin \(Spelling.quoted(configuration.command))" }

    private nonisolated func output() async throws(ClientError) -> [UInt8] {
        let mayAsk = hasTerminal && configuration.interaction != .never
        guard mayAsk || configuration.interaction != .always else {
            throw .credentials("\(name) wants to ask a person, and there is no terminal")
        }
        do {
            return try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { try await self.run(mayAsk: mayAsk) }
                group.addTask {
                    try await Task.sleep(for: Self.longest)
                    throw ClientError.credentials("\(self.name) took longer than \(Self.longest)")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? []
            }
        } catch let error as ClientError {
            throw error
        } catch let error as SubprocessError where error.code == .executableNotFound {
            let hint =
                configuration.installHint.isEmpty ? "" : "; \(Spelling.quoted(configuration.installHint))"
            throw .credentials("\(name) is not there\(hint)")
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw .credentials("\(name) wrote more than \(Self.outputLimit) bytes")
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .credentials("\(name) could not be run")
        }
    }

    private static let outputLimit = 1 << 20

    private nonisolated func run(mayAsk: Bool) async throws -> [UInt8] {
        var values = environment
        for variable in configuration.environment { values[variable.name] = variable.value.reveal { $0 } }
        values["KUBERNETES_EXEC_INFO"] = info(mayAsk: mayAsk).text()
        let variables = values.map { (Environment.Key(stringLiteral: $0), $1) }
        let executable: Executable =
            configuration.command.contains("/")
            ? .path(FilePath(configuration.command)) : .name(configuration.command)
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        let surroundings = Environment.custom(Dictionary(variables) { _, last in last })
        let arguments = Arguments(configuration.arguments)
        let status: TerminationStatus
        let output: [UInt8]
        if mayAsk {
            let result = try await Subprocess.run(
                executable,
                arguments: arguments,
                environment: surroundings,
                platformOptions: options,
                input: .currentStandardInput,
                output: .bytes(limit: Self.outputLimit),
                error: .currentStandardError
            )
            (status, output) = (result.terminationStatus, result.standardOutput)
        } else {
            let result = try await Subprocess.run(
                executable,
                arguments: arguments,
                environment: surroundings,
                platformOptions: options,
                input: .none,
                output: .bytes(limit: Self.outputLimit),
                error: .currentStandardError
            )
            (status, output) = (result.terminationStatus, result.standardOutput)
        }
        guard status == .exited(0) else {
            throw ClientError.credentials("\(name) failed: \(status)")
        }
        return output
    }

    private nonisolated func info(mayAsk: Bool) -> JSONValue {
        var spec: JSONObject = ["interactive": .bool(mayAsk)]
        if let cluster { spec["cluster"] = cluster }
        return .object([
            "apiVersion": .string(configuration.apiVersion), "kind": "ExecCredential", "spec": .object(spec),
        ])
    }
}

extension ExecPlugin {
    /// Reads what the program wrote; no message repeats any of it.
    private nonisolated func read(_ output: [UInt8], serial: UInt64) throws(ClientError) -> Held {
        guard let value = try? JSONValue(parsing: output), let object = UnstructuredObject(value) else {
            throw .credentials("\(name) wrote \(output.count) bytes that are no JSON object")
        }
        guard object.kind == "ExecCredential", object.apiVersion == configuration.apiVersion else {
            throw .credentials("\(name) did not write an ExecCredential of \(configuration.apiVersion)")
        }
        do throws(ObjectError) {
            let status = try ObjectFields(object).optionalFields("status")
            let token = try status.text("token")
            let chain = try status.text("clientCertificateData")
            let key = try status.text("clientKeyData")
            let expires = try status.timestamp("expirationTimestamp")
            guard chain.isEmpty == key.isEmpty else {
                throw ObjectError("status", "holds a certificate or a key, and not both")
            }
            guard !token.isEmpty || !chain.isEmpty else {
                throw ObjectError("status", "holds neither a token nor a certificate")
            }
            var credential = Credential(serial: serial)
            if !token.isEmpty {
                guard let header = try? AuthorizationHeader.bearer(Secret(token)) else {
                    throw ObjectError("status.token", "holds bytes that no token has")
                }
                credential.authorization = header
            }
            if !chain.isEmpty {
                credential.certificate = ClientCertificate(
                    chain: Array(chain.utf8),
                    key: Secret(Array(key.utf8))
                )
            }
            return Held(credential: credential, expires: expires)
        } catch {
            throw .credentials("\(name) wrote an ExecCredential whose \(error)")
        }
    }

    /// The cluster as plugins are told (`client.authentication.k8s.io`, Cluster); files become data.
    static func description(
        of cluster: Kubeconfig.Cluster,
        _ configuration: ClientConfiguration
    ) throws(ClientError) -> JSONValue {
        var members: JSONObject = ["server": .string(cluster.server)]
        if !cluster.tlsServerName.isEmpty { members["tls-server-name"] = .string(cluster.tlsServerName) }
        switch configuration.trust {
        case .authorities(let pem):
            members["certificate-authority-data"] = .string(Base64.encode(pem))
        case .file(let path):
            members["certificate-authority-data"] = .string(Base64.encode(try BoundedFile.read(path)))
        case .anyone: members["insecure-skip-tls-verify"] = true
        case .system: break
        }
        if !cluster.proxyURL.isEmpty { members["proxy-url"] = .string(cluster.proxyURL) }
        if let given = cluster.pluginConfiguration { members["config"] = given.json }
        return .object(members)
    }
}
