import KubernetesModel
import Reconciliation
import Testing

@Suite("List and watch, on random walks", .tags(.walk))
struct ListWatchWalkTests {
    @Test(arguments: [Misbehaviour.all, .withoutLoss, .none])
    func `what is told converges to the truth once the server behaves`(_ misbehaviour: Misbehaviour) throws {
        var lists = 0
        var repetitions = 0
        for seed in UInt64(0)..<400 {
            var walk = ListWatchWalk(seed: seed, misbehaviour: misbehaviour)
            try walk.start()
            for _ in 0..<100 { try walk.step() }
            walk.misbehaviour = .none
            var patience = 3000
            repeat {
                try walk.step(mutating: false)
                patience -= 1
            } while !walk.isAtRest && patience > 0
            let converged = walk.listener.objects == walk.server.objects
            let complaint = walk.listener.complaints.first
            #expect(complaint == nil, "seed \(seed)")
            #expect(patience > 0, "seed \(seed): it never came to rest")
            #expect(converged, "seed \(seed)")
            guard complaint == nil, patience > 0, converged else { return }
            lists += walk.completedLists
            repetitions += walk.repetitions
        }
        // The walk went somewhere.
        #expect(lists >= 400)
        if misbehaviour.duplicate > 0 { #expect(repetitions > 500) }
    }

    @Test func `without an expired version there is one list, whatever happens to watches`() throws {
        for seed in UInt64(0)..<200 {
            var walk = ListWatchWalk(seed: seed, misbehaviour: .withoutLoss)
            try walk.start()
            for _ in 0..<150 { try walk.step() }
            let lists = walk.completedLists
            #expect(lists <= 1, "seed \(seed)")
            guard lists <= 1 else { return }
        }
    }
}
