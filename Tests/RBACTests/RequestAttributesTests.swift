import RBAC
import Testing

@Suite("Who asks")
struct RequestAttributesTests {
    @Test func `a service account has the groups of all service accounts and of its namespace`() {
        let user = UserInfo.serviceAccount(namespace: "shop", name: "web")
        #expect(user.name == "system:serviceaccount:shop:web")
        #expect(user.groups.contains("system:serviceaccounts:shop"))
    }
}
