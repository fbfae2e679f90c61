extension Rule {
    /// What one rule said to one request.
    struct Answer {
        var misses: Misses
        /// The entry of `to` that matched, or came nearest.
        var operation: Int?
    }

    /// Compares a request with the rule; the one place where that happens.
    func answer(_ request: AccessRequest) -> Answer {
        if unresolved != nil {
            return Answer(misses: action == .deny ? [] : .unresolved, operation: nil)
        }
        var answer = nearestOperation(request.operation)
        if !peers.contains(where: { $0.matches(request.caller) }) { answer.misses.insert(.peer) }
        if let token {
            switch request.operation {
            case .http: answer.misses.formUnion(token.misses(request.token))
            case .connection: answer.misses.insert(.notHTTP)
            }
        }
        return answer
    }

    private func nearestOperation(_ operation: AccessRequest.Operation) -> Answer {
        guard !operations.isEmpty else { return Answer(misses: [], operation: nil) }
        guard case .http(let request) = operation else { return Answer(misses: .notHTTP, operation: nil) }
        var nearest: Answer?
        for (index, candidate) in operations.enumerated() {
            let misses = candidate.misses(request, for: action)
            if misses.isEmpty { return Answer(misses: [], operation: index) }
            if nearest.map({ misses.distance < $0.misses.distance }) ?? true {
                nearest = Answer(misses: misses, operation: index)
            }
        }
        return nearest ?? Answer(misses: [], operation: nil)
    }
}
