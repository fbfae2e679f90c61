import Authorization
import Identity
import KubernetesModel
import Manifests
import Testing

@testable import ControlPlane

@Suite("What is in force when manifests break")
struct LastGoodManifestsTests {
    static func policy(_ name: String, allowing account: String = "web") -> String {
        """
        apiVersion: nullius.dev/v1alpha1
        kind: AccessPolicy
        metadata: { name: \(name), namespace: shop }
        spec:
          rules:
          - name: r
            action: Allow
            from: [{ serviceAccount: { name: \(account) } }]

        """
    }

    static let service = """
        apiVersion: v1
        kind: Service
        metadata: { name: orders, namespace: shop }
        spec: { selector: { app: orders }, ports: [{ port: 8080 }] }

        """

    private static func reading(_ files: [(String, String)]) -> ManifestReading {
        var reading = ManifestReading()
        for (file, text) in files { reading.add(text, file: file) }
        return reading
    }

    private func names(_ outcome: LastGoodManifests.Outcome) -> [String] {
        outcome.state.policies.map(\.id.name).sorted()
    }

    @Test func `a policy whose file breaks stays as it was, and the rest goes on`() throws {
        var manifests = LastGoodManifests(trustDomain: .default)
        let before = manifests.take(Self.reading([("a", Self.policy("one")), ("b", Self.policy("two"))]))

        let after = manifests.take(
            Self.reading([("a", "apiVersion: [broken"), ("b", Self.policy("two", allowing: "other"))])
        )

        #expect(names(after) == ["one", "two"])
        #expect(
            after.state.policies.first { $0.id.name == "one" }
                == before.state.policies.first { $0.id.name == "one" }
        )
        #expect(
            after.state.policies.first { $0.id.name == "two" }
                != before.state.policies.first { $0.id.name == "two" }
        )
        #expect(after.state.unreadable.isEmpty)
        #expect(after.diagnostics.hasErrors)
        #expect(after.standIns.map(\.file) == ["a"])
    }

    @Test func `one broken policy of a file leaves the others of that file to their new versions`() {
        var manifests = LastGoodManifests(trustDomain: .default)
        _ = manifests.take(Self.reading([("a", Self.policy("one") + "---\n" + Self.policy("two"))]))

        let broken = Self.policy("one").replacing("Allow", with: "Alow")
        let after = manifests.take(
            Self.reading([("a", broken + "---\n" + Self.policy("two", allowing: "other"))])
        )

        #expect(names(after) == ["one", "two"])
        #expect(after.state.unreadable.isEmpty)
        let two = after.state.policies.first { $0.id.name == "two" }
        let allowed = two?.rules.first?.from
        #expect(allowed == [.serviceAccount(ObjectName(namespace: "shop", name: "other"))])
    }

    @Test func `a policy that was never good is not known, which is not the same as absent`() {
        var manifests = LastGoodManifests(trustDomain: .default)
        let broken = Self.policy("one").replacing("Allow", with: "Alow")
        let outcome = manifests.take(Self.reading([("a", broken)]))
        #expect(outcome.state.policies.isEmpty)
        #expect(outcome.state.unreadable.map(\.name) == ["one"])
    }

    @Test func `a mended file takes the place of what stood in for it`() {
        var manifests = LastGoodManifests(trustDomain: .default)
        _ = manifests.take(Self.reading([("a", Self.policy("one"))]))
        _ = manifests.take(Self.reading([("a", "]")]))
        let after = manifests.take(Self.reading([("a", Self.policy("three"))]))
        #expect(names(after) == ["three"])
        #expect(after.standIns.isEmpty)
    }

    @Test func `a policy that is taken out, or goes with its file, is gone`() {
        var manifests = LastGoodManifests(trustDomain: .default)
        _ = manifests.take(
            Self.reading([("a", Self.policy("one") + "---\n" + Self.policy("two")), ("b", Self.policy("x"))])
        )
        let after = manifests.take(Self.reading([("a", Self.policy("one"))]))
        #expect(names(after) == ["one"])
    }

    @Test func `a policy written a second time in another file does not change the first`() {
        var manifests = LastGoodManifests(trustDomain: .default)
        let before = manifests.take(Self.reading([("b", Self.policy("one"))]))
        let after = manifests.take(
            Self.reading([("a", Self.policy("one", allowing: "mallory")), ("b", Self.policy("one"))])
        )
        #expect(after.state.policies == before.state.policies)
        #expect(after.state.unreadable.isEmpty)
    }

    @Test func `a Service in a broken file stays, too`() {
        var manifests = LastGoodManifests(trustDomain: .default)
        _ = manifests.take(Self.reading([("a", Self.service)]))
        let after = manifests.take(Self.reading([("a", "kind: [")]))
        #expect(after.state.services.map(\.meta.name) == ["orders"])
    }

    @Test func `a directory that cannot be read takes nothing away`() throws {
        var manifests = LastGoodManifests(trustDomain: .default)
        _ = manifests.take(Self.reading([("/gone/a.yaml", Self.policy("one"))]))
        let after = manifests.take(ManifestDirectory.read("/gone"))
        #expect(names(after) == ["one"])
        #expect(after.state.unreadable.isEmpty)
    }
}
