import JSONText

/// The kinds of `coordination.k8s.io/v1`.
public enum CoordinationV1 {
    /// What one of several holds for a while, so that the others wait.
    public struct Lease: WritableResource, Hashable {
        public static let resource = ResourceType.leases

        public var original: UnstructuredObject
        public var metadata: ObjectMetadata
        /// Empty when nobody holds it.
        public var holder: String
        public var duration: Duration?
        /// By the holder's clock, to a microsecond.
        public var acquireTime: Timestamp?
        public var renewTime: Timestamp?
        /// How often it went from one holder to another.
        public var transitions: Int

        public init(metadata: ObjectMetadata, holder: String = "", duration: Duration? = nil) {
            original = UnstructuredObject()
            self.metadata = metadata
            self.holder = holder
            self.duration = duration
            transitions = 0
        }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let spec = try ObjectFields(object).optionalFields("spec")
            original = object
            metadata = try ObjectMetadata(object)
            holder = try spec.text("holderIdentity")
            duration = try spec.int("leaseDurationSeconds").map { .seconds($0) }
            acquireTime = try spec.timestamp("acquireTime")
            renewTime = try spec.timestamp("renewTime")
            transitions = try spec.int("leaseTransitions") ?? 0
        }

        public func write(to object: inout UnstructuredObject) {
            object["spec", "holderIdentity"] = holder.isEmpty ? nil : .string(holder)
            object["spec", "leaseDurationSeconds"] = duration.map { .int($0.components.seconds) }
            object["spec", "acquireTime"] = acquireTime.map { .string($0.microTime) }
            object["spec", "renewTime"] = renewTime.map { .string($0.microTime) }
            object["spec", "leaseTransitions"] = .int(transitions)
        }
    }
}
