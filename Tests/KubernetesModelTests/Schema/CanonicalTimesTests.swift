import JSONText
import KubernetesModel
import Testing

@Suite("Times in one spelling")
struct CanonicalTimesTests {
    @Test(
        "Times are written in UTC, to the second or microsecond as their type says",
        arguments: [
            (
                "coordination.k8s.io", "Lease",
                #"{"metadata":{"creationTimestamp":"2026-01-01T02:00:00+02:00"},"spec":{"renewTime":"2026-01-01T00:00:00.5+00:00","holderIdentity":"2026-01-01T00:00:00+00:00"}}"#,
                #"{"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"renewTime":"2026-01-01T00:00:00.500000Z","holderIdentity":"2026-01-01T00:00:00+00:00"}}"#
            ),
            (
                "", "Pod",
                #"{"metadata":{"managedFields":[{"time":"2026-01-01T00:00:00+00:00"}]},"status":{"conditions":[{"lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:00.9Z"}]}}"#,
                #"{"metadata":{"managedFields":[{"time":"2026-01-01T00:00:00Z"}]},"status":{"conditions":[{"lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:00Z"}]}}"#
            ),
            (
                "", "Pod", #"{"metadata":{"creationTimestamp":"soon"}}"#,
                #"{"metadata":{"creationTimestamp":"soon"}}"#
            ),
        ]
    )
    func canonical(_ group: String, _ kind: String, _ given: String, _ expected: String) throws {
        let schema = try #require(
            BuiltInSchemas.shared.schema(for: GroupVersionKind(group: group, version: "v1", kind: kind))
        )
        var value = try JSONValue(parsing: Array(given.utf8))
        schema.canonicalizeTimes(in: &value)
        #expect(value.text() == expected)
    }
}
