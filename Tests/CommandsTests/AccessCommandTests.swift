import ArgumentParser
import TestSupport
import Testing

@testable import Commands

@Suite("Asking RBAC about manifests")
struct AccessCommandTests {
    static let manifests = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: reader, labels: {aggregate: "true"}}
        rules:
        - {apiGroups: [apps], resources: [deployments], verbs: [get, list]}
        - {nonResourceURLs: ["/metrics"], verbs: [get]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: all}
        aggregationRule: {clusterRoleSelectors: [{matchLabels: {aggregate: "true"}}]}
        ---
        apiVersion: v1
        kind: List
        items:
        - apiVersion: rbac.authorization.k8s.io/v1
          kind: RoleBinding
          metadata: {name: web, namespace: shop}
          roleRef: {kind: ClusterRole, name: all}
          subjects: [{kind: ServiceAccount, name: web}]
        - apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: {name: gone}
          roleRef: {kind: ClusterRole, name: gone}
          subjects: [{kind: User, name: eve}]
        """

    static func whoCan(_ arguments: String, _ text: String = manifests) async throws -> CommandOutput {
        let directory = try TemporaryDirectory()
        try writeFile(text.utf8, to: "\(directory.path)/rbac.yaml")
        let words = arguments.split(separator: " ").map(String.init) + ["-f", directory.path]
        return try await WhoCanCommand.parse(words).answer()
    }

    static func canI(_ arguments: String) async throws -> CommandOutput {
        let directory = try TemporaryDirectory()
        try writeFile(manifests.utf8, to: "\(directory.path)/rbac.yaml")
        let words = arguments.split(separator: " ").map(String.init) + ["-f", directory.path]
        return try await CanICommand.parse(words).answer()
    }

    @Test func `a short name is understood, and the way to the rule is told`() async throws {
        let output = try await Self.whoCan("get deploy/web -n shop")
        #expect(
            output.text == """
                Can get deployments.apps web in shop:
                  ServiceAccount shop/web  RoleBinding shop/web → ClusterRole all, rule 1 \
                (aggregated from ClusterRole reader): {APIGroups:["apps"], Resources:["deployments"], Verbs:["get", "list"]}
                """
        )
        #expect(output.status == .yes)
        #expect(output.notes.contains("ClusterRoleBinding gone refers to ClusterRole gone"))
    }

    @Test(
        "Answers",
        arguments: [
            ("get deployments.apps -n shop --service-account shop/web", CommandStatus.yes),
            ("get deployments.extensions -n shop --service-account shop/web", .no),
            ("get deployments -n bank --service-account shop/web", .no),
            ("get deployments -A --service-account shop/web", .no),
            // A path is never granted by a RoleBinding.
            ("get /metrics --service-account shop/web", .no),
            ("get deploy --as eve", .no),
            ("get deploy --as eve --as-group system:masters", .yes),
            ("get deploy --service-account shop", .trouble),
        ]
    )
    func canI(_ arguments: String, _ status: CommandStatus) async throws {
        let output = try await Self.canI(arguments)
        #expect(output.status == status)
    }

    @Test func `a role that cannot be read in full leaves no answer`() async throws {
        let broken = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: r, namespace: shop}
            rules: [{verbs: get}]
            """
        let output = try await Self.whoCan("get pods", broken)
        #expect(output.status == .trouble)
        #expect(output.notes.contains("rbac.yaml:1:1"))
        #expect(output.notes.contains("rules[0].verbs is no list"))
    }

    @Test func `a role that every cluster has need not be defined`() async throws {
        let binding = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: ann, namespace: shop}
            roleRef: {kind: ClusterRole, name: edit}
            subjects: [{kind: User, name: ann}]
            """
        let output = try await Self.whoCan("get secrets -n shop", binding)
        #expect(output.status == .yes)
        #expect(output.text.contains("aggregated from ClusterRole system:aggregate-to-edit"))
        #expect(output.notes == "")
    }

    @Test func `manifests do not say who asks`() {
        #expect(throws: (any Error).self) { try CanICommand.parse(["get", "pods", "-f", "manifests"]) }
    }
}
