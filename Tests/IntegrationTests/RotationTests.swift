import JSONText
import SystemPackage
import Testing

extension Integration {
    @Suite("Rotation under load")
    struct RotationTests {
        @Test func `leaf certificates rotate without one failed request or dropped connection`() async throws
        {
            try await Mesh.with("--svid-ttl", "8s") { mesh in
                let orders = try await mesh.runOrders()
                let caller = try await mesh.runCaller("web", of: "orders.shop:8080")
                let seen = try await underLoad(of: caller, in: mesh) {
                    var serials: [String] = []
                    try await eventually("two rotations", within: .seconds(60)) { () -> Bool? in
                        let facts = try await peer("handshake.py", orders.inbound)
                        let serial = facts["serial"]?.string ?? ""
                        if !serials.contains(serial) { serials.append(serial) }
                        return serials.count >= 3 ? true : nil
                    }
                }
                expectNoLoss(seen)
            }
        }

        @Test func `the authority's key rotates without one failed request or dropped connection`()
            async throws
        {
            try await Mesh.with("--svid-ttl", "8s") { mesh in
                let orders = try await mesh.runOrders()
                let caller = try await mesh.runCaller("web", of: "orders.shop:8080")
                let before = try await peer("handshake.py", orders.inbound)["issuer"]?.string
                let seen = try await underLoad(of: caller, in: mesh) {
                    let rotate = try await mesh.nullius("ca", "rotate")
                    #expect(rotate.code == 0, "\(rotate.errors)")
                    try await eventually("a certificate by the new key", within: .seconds(60)) {
                        () -> Bool? in
                        let now = try await peer("handshake.py", orders.inbound)["issuer"]?.string
                        return now == before ? nil : true
                    }
                }
                expectNoLoss(seen)
                let status = try await mesh.nullius("ca", "status")
                #expect(status.code == 0)
                #expect(status.output.contains("retired"))
            }
        }

        /// Runs the body while four connections ask without a pause.
        private func underLoad(
            of address: String,
            in mesh: Mesh,
            _ body: () async throws -> Void
        ) async throws -> JSONValue {
            let load = try await mesh.start(
                "load",
                [Place.python(), Place.peers.appending("load.py").string, address]
            )
            try await body()
            try await load.stop()
            return try JSONValue(parsing: read(load.output))
        }

        private func expectNoLoss(_ seen: JSONValue) {
            #expect(seen["failed"]?.int == 0, "\(seen.text())")
            #expect(seen["reconnects"]?.int == 0)
            #expect((seen["requests"]?.int ?? 0) > 100)
        }
    }
}
