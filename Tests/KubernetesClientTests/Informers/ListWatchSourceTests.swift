import KubernetesModel
import Reconciliation
import TestSupport
import Testing

@testable import KubernetesClient

@Suite("What an informer asks of a server")
struct ListWatchSourceTests {
    private func text(_ query: [(name: String, value: String)]) -> String {
        query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    @Test func `a page after the first names its token and no version, which would be refused beside it`()
        throws
    {
        var random = SeededGenerator(seed: 1)
        var machine = ListWatchMachine()
        var queries: [String] = []
        var watches: [String] = []
        func note(_ effects: [ListWatchMachine.Effect]) -> ListWatchRequestID? {
            var id: ListWatchRequestID?
            for effect in effects {
                switch effect {
                case .list(let request):
                    var options = ListOptions(limit: request.limit)
                    options.page(request)
                    queries.append(text(options.query))
                    id = request.id
                case .watch(let request):
                    watches.append(request.version)
                    id = request.id
                default: break
                }
            }
            return id
        }
        let first = try #require(note(machine.start(at: .origin)))
        let page = ListedPage(objects: [], version: "9", continuation: "t")
        let second = try #require(
            note(machine.pageArrived(page, for: first, at: .origin, using: &random))
        )
        let last = ListedPage(objects: [], version: "9")
        let watch = try #require(
            note(machine.pageArrived(last, for: second, at: .origin, using: &random))
        )
        _ = note(machine.watchEnded(.expired, for: watch, at: .origin, using: &random))
        _ = note(machine.timerFired(at: Moment(.seconds(9)), using: &random))
        #expect(
            queries == [
                "limit=500", "limit=500&continue=t",
                "limit=500&resourceVersion=9&resourceVersionMatch=NotOlderThan",
            ]
        )
        #expect(watches == ["9"])
    }

    @Test func `errors of the client mean the same to the machine`() {
        let status = APIStatus(code: 410, reason: .expired, message: "")
        let expired = ListWatchFailure(ClientError.status(status))
        let malformed = ListWatchFailure(ClientError.malformed("half"))
        let lost = ListWatchFailure(ClientError.connection("reset"))
        #expect(expired == .expired)
        #expect(malformed == .malformed("half"))
        if case .connection = lost {} else { Issue.record("\(lost)") }
    }
}
