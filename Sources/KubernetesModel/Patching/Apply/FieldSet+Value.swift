import JSONText

extension FieldSet {
    /// The fields of an object that is applied: leaves, elements of lists, and members that no schema declares.
    init(of value: JSONValue, _ schema: Schema?) {
        self.init()
        switch (ApplyShape(of: value, schema), value) {
        case (.object, .object(let object)):
            for member in object {
                let inner = schema?.property(member.name)
                let isLeaf = ApplyShape(of: member.value, inner) == .leaf
                let isEmpty = member.value.object?.isEmpty ?? false
                add(
                    .field(member.name),
                    isMember: isLeaf || isEmpty || !(schema?.declares(member.name) ?? false),
                    FieldSet(of: member.value, inner)
                )
            }
        case (let shape, .array(let list)) where shape != .leaf:
            let inner = schema?.element
            let identified = IdentifiedList(list, shape, inner)
            for identity in identified.identities {
                let values = identified.values(identity)
                // Who repeats an element owns it as a whole.
                let children = values.count == 1 ? FieldSet(of: values[0], inner) : FieldSet()
                add(identity, isMember: true, children)
            }
        default: break
        }
    }

    /// All there is inside of a value, leaves and what holds them.
    static func everything(in value: JSONValue, _ schema: Schema?) -> FieldSet {
        var result = FieldSet()
        switch (ApplyShape(of: value, schema), value) {
        case (.object, .object(let object)):
            for member in object {
                let children = everything(in: member.value, schema?.property(member.name))
                result.add(.field(member.name), isMember: true, children)
            }
        case (let shape, .array(let list)) where shape != .leaf:
            let inner = schema?.element
            let identified = IdentifiedList(list, shape, inner)
            for identity in identified.identities {
                let values = identified.values(identity)
                let children = values.count == 1 ? everything(in: values[0], inner) : FieldSet()
                result.add(identity, isMember: true, children)
            }
        default: break
        }
        return result
    }
}
