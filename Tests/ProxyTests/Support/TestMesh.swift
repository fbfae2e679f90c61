import Authorization
import CanonicalHTTP
import Identity
import NIOCore
import NIOPosix
import NetworkTypes
import Proxy

/// Two workloads on one machine, `web` and `orders`, each behind its proxy, and the program of `orders`.
///
///     test ──▶ web's proxy, outbound ══mTLS══▶ orders' proxy, inbound ──▶ program
final class TestMesh: Sendable {
    static let port = Port(8080).unsafelyUnwrapped

    let authority: TestAuthority
    let web: ProxyServer
    let orders: ProxyServer
    let webCredentials: CredentialsInForce
    let ordersCredentials: CredentialsInForce
    let policies = PolicyInForce()
    let destinations = DestinationsInForce(patience: .seconds(30))
    let observer = TestObserver()
    let webObserver = TestObserver()
    /// Where the program of `web` connects to reach `orders`.
    let upstream: SocketEndpoint
    /// Where `orders`' proxy listens for the mesh.
    let inbound: SocketEndpoint

    init(
        program: SocketEndpoint,
        policy: PortPolicy = TestMesh.policy(allowing: ["web"]),
        settings: ProxySettings = TestMesh.patient,
        serves: ServedProtocol = .detected,
        ordersEnvironment: ProxyEnvironment = ProxyEnvironment()
    ) async throws {
        authority = try TestAuthority()
        webCredentials = CredentialsInForce(try authority.credentials("web"))
        ordersCredentials = CredentialsInForce(try authority.credentials("orders"))
        policies.install([policy])
        let group = MultiThreadedEventLoopGroup.singleton
        orders = try await ProxyServer(
            group: group,
            settings: settings,
            sources: ProxySources(
                policies: policies,
                credentials: ordersCredentials,
                destinations: DestinationsInForce(),
                tokens: TokensInForce()
            ),
            observer: observer,
            environment: ordersEnvironment
        )
        inbound = try await orders.listenInbound(port: Self.port, program: program)
        web = try await ProxyServer(
            group: group,
            settings: settings,
            sources: ProxySources(
                policies: PolicyInForce(),
                credentials: webCredentials,
                destinations: destinations,
                tokens: TokensInForce()
            ),
            observer: webObserver
        )
        destinations.install(
            Destination(
                name: "orders.shop:8080",
                endpoints: [inbound],
                identities: [try authority.identity("orders")],
                serves: serves
            ),
            named: "orders.shop:8080"
        )
        upstream = try await web.listenOutbound(to: "orders.shop:8080")
    }

    /// Runs a test with a mesh, and takes the mesh down.
    static func with(
        program: SocketEndpoint,
        policy: PortPolicy = TestMesh.policy(allowing: ["web"]),
        settings: ProxySettings = TestMesh.patient,
        serves: ServedProtocol = .detected,
        ordersEnvironment: ProxyEnvironment = ProxyEnvironment(),
        _ body: (TestMesh) async throws -> Void
    ) async throws {
        let mesh = try await TestMesh(
            program: program,
            policy: policy,
            settings: settings,
            serves: serves,
            ordersEnvironment: ordersEnvironment
        )
        do {
            try await body(mesh)
        } catch {
            await mesh.end()
            throw error
        }
        await mesh.end()
    }

    func end() async {
        await web.drain(within: .milliseconds(200))
        await orders.drain(within: .milliseconds(200))
    }

    /// Settings under which a machine that is busy with other tests fails none.
    static var patient: ProxySettings {
        var settings = ProxySettings()
        settings.connectTimeout = .seconds(60)
        settings.handshakeTimeout = .seconds(60)
        settings.headTimeout = .seconds(60)
        settings.silentClientDelay = .seconds(60)
        return settings
    }

    /// Requests of `web`, and nothing that is not HTTP: where a program is told who calls.
    static var requestsOfWeb: PortPolicy { policy(allowing: ["web"], serves: .http) }

    /// Lets service accounts of `shop` do what the operations say, everything when there are none.
    static func policy(
        allowing accounts: [String],
        to operations: [OperationMatch] = [],
        revision: UInt64 = 1,
        serves: ServedProtocol = .detected,
        anyone: Bool = false
    ) -> PortPolicy {
        var peers: [Peer] = accounts.compactMap { account in
            (try? WorkloadIdentity(trustDomain: .default, namespace: "shop", serviceAccount: account))
                .map(Peer.serviceAccount)
        }
        if anyone { peers.append(.anyone) }
        let rule = Rule(
            id: RuleID(namespace: "shop", policy: "orders", rule: "web"),
            action: .allow,
            peers: peers,
            operations: operations
        )
        return PortPolicy(
            port: port,
            revision: PolicyRevision(revision),
            coverage: .selected([
                CompiledPolicy(id: PolicyID(namespace: "shop", name: "orders"), rules: [rule])
            ]),
            serves: serves
        )
    }
}
