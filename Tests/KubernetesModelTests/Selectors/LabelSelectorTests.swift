import KubernetesModel
import Testing

@Suite("Label selectors")
struct LabelSelectorTests {
    @Test(
        "select as Kubernetes does",
        arguments: [
            (LabelSelector.everything, [:], true),
            (LabelSelector(matchLabels: ["app": "web"]), ["app": "web", "tier": "front"], true),
            (LabelSelector(matchLabels: ["app": "web"]), ["app": "webs"], false),
            (LabelSelector(matchLabels: ["app": "web", "tier": "front"]), ["app": "web"], false),
            (LabelSelector(matchExpressions: [.isIn("app", ["a", "b"])]), ["app": "b"], true),
            (LabelSelector(matchExpressions: [.isIn("app", ["a", "b"])]), [:], false),
            (LabelSelector(matchExpressions: [.isNotIn("app", ["a"])]), ["app": "b"], true),
            (LabelSelector(matchExpressions: [.isNotIn("app", ["a"])]), ["app": "a"], false),
            (LabelSelector(matchExpressions: [.isNotIn("app", ["a"])]), [:], true),
            (LabelSelector(matchExpressions: [.exists("app")]), ["app": ""], true),
            (LabelSelector(matchExpressions: [.exists("app")]), [:], false),
            (LabelSelector(matchExpressions: [.doesNotExist("app")]), [:], true),
            (LabelSelector(matchExpressions: [.doesNotExist("app")]), ["app": ""], false),
            (LabelSelector(matchLabels: ["app": "a"], matchExpressions: [.exists("b")]), ["app": "a"], false),
        ] as [(LabelSelector, [String: String], Bool)]
    )
    func select(_ selector: LabelSelector, _ labels: [String: String], _ expected: Bool) {
        let matches = selector.matches(labels)
        #expect(matches == expected)
    }
}
