internal import Authorization

extension TokenCondition {
    init(_ wire: WireTokenCondition) throws(WireError) {
        let claims = try WireCheck.count(wire.claims, "token.claims", limit: WireLimits.listInRule)
        self.init(
            issuer: try WireCheck.text(wire.issuer, "token.issuer"),
            audiences: try WireCheck.texts(wire.audiences, "token.audiences"),
            claims: try claims.converted { claim throws(WireError) in
                Claim(
                    name: try WireCheck.text(claim.name, "token.claims.name", limit: WireLimits.name),
                    values: try WireCheck.texts(claim.values, "token.claims.values")
                )
            }
        )
    }

    var wire: WireTokenCondition {
        var wire = WireTokenCondition()
        wire.issuer = issuer
        wire.audiences = audiences
        wire.claims = claims.map { claim in
            var entry = WireTokenCondition.Claim()
            entry.name = claim.name
            entry.values = claim.values
            return entry
        }
        return wire
    }
}
