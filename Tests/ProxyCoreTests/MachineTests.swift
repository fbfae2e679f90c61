import Testing

@testable import ProxyCore

@Suite("A connection of requests, one after the other")
struct HTTP1ServerMachineTests {
    @Test func `after an exchange the next request is read`() {
        var machine = HTTP1ServerMachine()
        machine.requestStarted(keepsAlive: true)
        let first = machine.requestEnded()
        machine.responseStarted(closes: false)
        let second = machine.responseEnded()
        #expect(first == nil)
        #expect(second == .readRequest)
        #expect(machine.acceptsRequest)
    }

    @Test func `a client that wants to close gets its answer first`() {
        var machine = HTTP1ServerMachine()
        machine.requestStarted(keepsAlive: false)
        _ = machine.requestEnded()
        machine.responseStarted(closes: false)
        let says = machine.closesAfterResponse
        let effect = machine.responseEnded()
        #expect(says)
        #expect(effect == .close)
    }

    @Test func `a response that overtakes its request is the last`() {
        var machine = HTTP1ServerMachine()
        machine.requestStarted(keepsAlive: true)
        machine.responseStarted(closes: false)
        let effect = machine.responseEnded()
        #expect(machine.closesAfterResponse)
        #expect(effect == .close)
    }

    @Test func `draining closes an idle connection at once and a busy one after its answer`() {
        var idle = HTTP1ServerMachine()
        let now = idle.drain()
        var busy = HTTP1ServerMachine()
        busy.requestStarted(keepsAlive: true)
        _ = busy.requestEnded()
        let later = busy.drain()
        busy.responseStarted(closes: false)
        let says = busy.closesAfterResponse
        let end = busy.responseEnded()
        #expect(now == .close)
        #expect(later == nil)
        #expect(says)
        #expect(end == .close)
    }

    @Test func `a client that leaves within its request ends the exchange`() {
        var machine = HTTP1ServerMachine()
        machine.requestStarted(keepsAlive: true)
        let effect = machine.inputClosed(hasBufferedRequest: false)
        #expect(effect == .abortExchange)
    }

    @Test func `after a switch nothing is read as a request`() {
        var machine = HTTP1ServerMachine()
        machine.requestStarted(keepsAlive: true)
        _ = machine.requestEnded()
        machine.switched()
        #expect(!machine.acceptsRequest)
        #expect(machine.drain() == nil)
    }

    @Test(
        "a random walk never reads a request out of turn, nor acts after the end",
        .tags(.walk),
        arguments: UInt64(0)..<200
    )
    func walk(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = HTTP1ServerMachine()
        var open = 0
        var isClosed = false
        for _ in 0..<60 {
            var effect: HTTP1ServerMachine.Effect?
            switch UInt8.random(in: 0...8, using: &generator) {
            case 0, 1:
                guard machine.acceptsRequest else { continue }
                machine.requestStarted(keepsAlive: Bool.random(using: &generator))
                open += 1
            case 2, 3: effect = machine.requestEnded()
            case 4: machine.responseStarted(closes: false)
            case 5, 6: effect = machine.responseEnded()
            case 7: effect = machine.inputClosed(hasBufferedRequest: Bool.random(using: &generator))
            default: effect = UInt8.random(in: 0...9, using: &generator) == 0 ? machine.drain() : nil
            }
            if isClosed { #expect(effect == nil, "seed \(seed)") }
            switch effect {
            case .readRequest:
                open -= 1
                #expect(machine.isIdle, "seed \(seed)")
            case .close, .abortExchange: isClosed = true
            case nil: break
            }
            #expect(open <= 1, "seed \(seed)")
        }
    }
}

@Suite("One request and its response")
struct ExchangeMachineTests {
    private func forwarding(idempotent: Bool = true, ended: Bool = true) -> ExchangeMachine {
        var machine = ExchangeMachine(isIdempotent: idempotent)
        if ended { _ = machine.requestEnded() }
        machine.forward()
        _ = machine.connected()
        return machine
    }

    @Test func `nothing of the request is taken before somebody can have it`() {
        var machine = ExchangeMachine(isIdempotent: true)
        let routing = machine.wantsRequest
        machine.forward()
        let connecting = machine.wantsRequest
        let effect = machine.connected()
        #expect(!routing)
        #expect(!connecting)
        #expect(effect == .startForwarding)
        #expect(machine.wantsRequest)
    }

    @Test func `a stale connection is replaced once, when that is safe`() {
        var machine = forwarding()
        let first = machine.upstreamFailed(.closed, isReused: true)
        let again = machine.connected()
        let second = machine.upstreamFailed(.closed, isReused: true)
        #expect(first == .reconnect)
        #expect(again == .startForwarding)
        #expect(second == .answer(.badGateway))
    }

    @Test func `a request that may have been carried out is not sent again`() {
        var post = forwarding(idempotent: false)
        let posted = post.upstreamFailed(.closed, isReused: true)
        var withBody = forwarding(ended: false)
        let taken = withBody.requestBody()
        let put = withBody.upstreamFailed(.closed, isReused: true)
        var fresh = forwarding()
        let failed = fresh.upstreamFailed(.closed, isReused: false)
        var begun = forwarding()
        let started = begun.responseStarted()
        let broken = begun.upstreamFailed(.closed, isReused: true)
        #expect(posted == .answer(.badGateway))
        #expect(taken)
        #expect(put == .answer(.badGateway))
        #expect(failed == .answer(.badGateway))
        #expect(started)
        #expect(broken == .abortDownstream)
    }

    @Test func `a time-out is told from a failure`() {
        var machine = forwarding()
        let effect = machine.upstreamFailed(.timedOut, isReused: true)
        #expect(effect == .answer(.timeout))
    }

    @Test func `the rest of a refused request is dropped`() {
        var machine = ExchangeMachine(isIdempotent: true)
        machine.refuse()
        let wants = machine.wantsRequest
        let goesOn = machine.requestBody()
        #expect(wants)
        #expect(!goesOn)
    }

    @Test func `a connection that comes too late is handed back`() {
        var machine = ExchangeMachine(isIdempotent: true)
        machine.forward()
        let gone = machine.downstreamGone()
        let late = machine.connected()
        #expect(gone == .finish)
        #expect(late == .release)
    }

    @Test("a random walk finishes once, and sends nothing after", .tags(.walk), arguments: UInt64(0)..<300)
    func walk(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = ExchangeMachine(isIdempotent: Bool.random(using: &generator))
        var ends = 0
        var reconnects = 0
        var hasStarted = false
        for _ in 0..<40 {
            let wasOver = machine.isOver
            var effect: ExchangeMachine.Effect?
            var passes = false
            switch UInt8.random(in: 0...10, using: &generator) {
            case 0: machine.forward()
            case 1 where UInt8.random(in: 0...5, using: &generator) == 0: machine.refuse()
            case 2, 3: effect = machine.connected()
            case 4: effect = machine.connectionFailed()
            case 5: passes = machine.requestBody()
            case 6:
                let (tell, next) = machine.requestEnded()
                passes = tell
                effect = next
            case 7:
                passes = machine.responseStarted()
                hasStarted = hasStarted || passes
            case 8: effect = machine.responseEnded()
            case 9: effect = machine.upstreamFailed(.closed, isReused: Bool.random(using: &generator))
            case 10 where UInt8.random(in: 0...5, using: &generator) == 0: effect = machine.downstreamGone()
            default: break
            }
            if wasOver {
                #expect(!passes, "seed \(seed)")
                #expect(effect == nil || effect == .release, "seed \(seed)")
            }
            switch effect {
            case .finish, .abortUpstream, .abortDownstream: ends += 1
            case .reconnect:
                reconnects += 1
                #expect(!hasStarted, "seed \(seed)")
            case .answer: #expect(!hasStarted, "seed \(seed)")
            default: break
            }
            #expect(ends <= 1, "seed \(seed)")
            #expect(reconnects <= 1, "seed \(seed)")
            #expect(machine.isOver == (ends == 1), "seed \(seed)")
        }
    }
}

@Suite("Idle connections")
struct PoolMachineTests {
    @Test func `the one used last is taken first`() {
        var pool = PoolMachine<String, Int>(limitPerKey: 4, limit: 8)
        _ = pool.put(1, for: "a", at: 0)
        _ = pool.put(2, for: "a", at: 1)
        let other = pool.take("b")
        let first = pool.take("a")
        let second = pool.take("a")
        let third = pool.take("a")
        #expect(other == nil)
        #expect([first, second, third] == [2, 1, nil])
    }

    @Test func `old ones and useless ones are taken out`() {
        var pool = PoolMachine<String, Int>(limitPerKey: 4, limit: 8)
        _ = pool.put(1, for: "a", at: 10)
        _ = pool.put(2, for: "a", at: 20)
        _ = pool.put(3, for: "b", at: 30)
        let retired = pool.retire(idleSince: 15) { $0 == "b" }
        #expect(retired.sorted() == [1, 3])
        #expect(pool.count == 1)
    }

    @Test(
        "a random walk hands out only what was put in, once, within the limits",
        .tags(.walk),
        arguments: UInt64(0)..<100
    )
    func walk(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var pool = PoolMachine<Int, Int>(limitPerKey: 3, limit: 7)
        var inside: [Int: Int] = [:]
        var next = 0
        for time in 0..<UInt64(200) {
            let key = Int.random(in: 0..<4, using: &generator)
            switch UInt8.random(in: 0...5, using: &generator) {
            case 0, 1, 2:
                next += 1
                inside[next] = key
                if let surplus = pool.put(next, for: key, at: time) { inside[surplus] = nil }
            case 3, 4:
                guard let name = pool.take(key) else { continue }
                #expect(inside.removeValue(forKey: name) == key, "seed \(seed)")
            default:
                for name in pool.retire(idleSince: time > 50 ? time - 50 : 0) { inside[name] = nil }
            }
            #expect(pool.count == inside.count, "seed \(seed)")
            #expect(pool.count <= 7, "seed \(seed)")
        }
    }
}

extension Tag {
    @Tag static var walk: Self
}
