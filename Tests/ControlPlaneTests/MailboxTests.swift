import MeshAPI
import Testing

@testable import ControlPlane

@Suite("What is still to be sent to a proxy")
struct MailboxTests {
    private func keys(_ version: UInt64, of issuer: String = "a") -> ControlUpdate {
        ControlUpdate(
            version: version,
            resource: .issuerKeys(IssuerKeysUpdate(issuer: issuer, state: .unavailable("")))
        )
    }

    @Test func `a slow reader finds the newest of each resource, in the order of their first`() async {
        let mailbox = Mailbox()
        for version in 1...1000 { mailbox.put(keys(UInt64(version))) }
        mailbox.put(keys(7, of: "b"))
        mailbox.put(keys(1001))

        let first = await mailbox.next()
        let second = await mailbox.next()
        mailbox.finish()
        let end = await mailbox.next()

        #expect(first == keys(1001))
        #expect(second == keys(7, of: "b"))
        #expect(end == nil)
    }

    @Test func `a waiting reader gets an update at once`() async {
        let mailbox = Mailbox()
        async let next = mailbox.next()
        mailbox.put(keys(1))
        let update = await next
        #expect(update == keys(1))
    }

    @Test func `what was taken back is not sent`() async {
        let mailbox = Mailbox()
        mailbox.put(keys(1))
        mailbox.put(keys(2, of: "b"))
        mailbox.discard(.issuerKeys("a"))
        let next = await mailbox.next()
        #expect(next == keys(2, of: "b"))
    }

    @Test func `nothing is taken after the end`() async {
        let mailbox = Mailbox()
        mailbox.put(keys(1))
        mailbox.finish()
        mailbox.put(keys(2))
        let next = await mailbox.next()
        #expect(next == nil)
    }
}
