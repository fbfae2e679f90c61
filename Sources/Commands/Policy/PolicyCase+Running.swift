import Authorization
import Identity
import NetworkTypes

extension PolicyCase {
    /// What came of one case: nothing to say, or why it failed.
    enum Outcome: Equatable, Sendable {
        case passed
        /// What was expected and what came, in lines for people.
        case failed([String])
        /// The question cannot be asked.
        case broken(String)
    }

    /// Asks every workload behind the destination; all must answer as expected.
    func run(on compiler: PolicyCompiler) -> Outcome {
        do throws(CommandTrouble) {
            let caller = try Who.parse(from, address: address, trustDomain: compiler.state.trustDomain)
            let whom = try Whom(parsing: to)
            let space = request.firstIndex(of: " ") ?? request.endIndex
            let path = request[space...].drop { $0 == " " }
            let what = try What(
                method: String(request[..<space]),
                path: String(path),
                host: host ?? whom.host,
                headers: headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            )
            for (workload, port) in try whom.resolve(in: compiler.state) {
                let policy = compiler.policy(for: port, of: workload, revision: PolicyRevision(0))
                let answer = Answer.ask(what, by: caller, token: token, of: policy)
                let differences = differences(from: answer)
                guard differences.isEmpty else { return .failed(differences + answer.lines) }
            }
            return .passed
        } catch {
            return .broken(error.description)
        }
    }

    private func differences(from answer: Answer) -> [String] {
        var lines: [String] = []
        func compare(_ what: String, _ expected: String?, _ actual: String) {
            guard let expected, expected != actual else { return }
            lines.append("\(what): expected \(expected), got \(actual)")
        }
        compare("verdict", verdict.rawValue, answer.verdict.rawValue)
        compare("rule", rule, answer.rule?.description ?? "none")
        compare("reason", reason, answer.reason)
        compare("would-be verdict", wouldBe?.rawValue, answer.wouldBe.rawValue)
        return lines
    }
}
