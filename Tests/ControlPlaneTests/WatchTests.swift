import Testing

@testable import ControlPlane

@Suite("A value that is watched")
struct WatchTests {
    @Test func `who asks late gets the newest, not what it missed`() async {
        let watch = Watch(1)
        let first = watch.current
        watch.set(2)
        watch.set(3)
        let next = await watch.next(after: first.number)
        #expect(next?.value == 3)
    }

    @Test func `who waits is told`() async {
        let watch = Watch("old")
        let number = watch.current.number
        async let next = watch.next(after: number)
        watch.set("new")
        let value = await next?.value
        #expect(value == "new")
    }

    @Test func `who waits is let go when there is nothing more, or when cancelled`() async {
        let watch = Watch(0)
        async let ended = watch.next(after: .max)
        watch.finish()
        let change = await ended
        #expect(change == nil)

        let other = Watch(0)
        let task = Task { await other.next(after: .max) == nil }
        task.cancel()
        let isNil = await task.value
        #expect(isNil)
    }
}
