/// Instructions that the machine follows all ways at once.
struct RegularExpressionProgram: Sendable {
    enum Instruction: Sendable {
        case scalar(Unicode.Scalar)
        case set(Int)
        case assertion(RegularExpressionAssertion)
        /// Both, the first with priority.
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    let groupNames: [String?]
    private let limit: Int
    private let pattern: String

    init(
        _ parsed: (node: RegularExpressionNode, groupNames: [String?]),
        pattern: String,
        limit: Int
    ) throws(RegularExpressionError) {
        groupNames = parsed.groupNames
        self.limit = limit
        self.pattern = String(pattern.prefix(200))
        try compile(.group(parsed.node, index: 0))
        try append(.match)
    }

    @discardableResult
    private mutating func append(_ instruction: Instruction) throws(RegularExpressionError) -> Int {
        guard instructions.count < limit else { throw RegularExpressionError(.tooLarge, at: pattern) }
        instructions.append(instruction)
        return instructions.count - 1
    }

    private mutating func compile(_ node: RegularExpressionNode) throws(RegularExpressionError) {
        switch node {
        case .empty: break
        case .scalar(let scalar, let ignoresCase):
            let variants = ignoresCase ? CaseFolding.variants(of: scalar) : [scalar]
            if variants.count == 1 {
                try append(.scalar(scalar))
            } else {
                var set = ScalarSet(variants.map { $0.value...$0.value })
                set.normalize()
                sets.append(set)
                try append(.set(sets.count - 1))
            }
        case .set(let set):
            sets.append(set)
            try append(.set(sets.count - 1))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let parts): for part in parts { try compile(part) }
        case .choice(let choices): try compile(choices: choices)
        case .group(let inner, let index):
            try append(.save(2 * index))
            try compile(inner)
            try append(.save(2 * index + 1))
        case .repetition(let inner, let least, let most, let isGreedy):
            try compile(repeated: inner, least: least, most: most, isGreedy: isGreedy)
        }
    }

    private mutating func compile(choices: [RegularExpressionNode]) throws(RegularExpressionError) {
        var ends: [Int] = []
        for (index, choice) in choices.enumerated() {
            guard index < choices.count - 1 else {
                try compile(choice)
                break
            }
            let split = try append(.split(0, 0))
            try compile(choice)
            ends.append(try append(.jump(0)))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func compile(
        repeated inner: RegularExpressionNode,
        least: Int,
        most: Int?,
        isGreedy: Bool
    ) throws(RegularExpressionError) {
        for _ in 0..<least { try compile(inner) }
        guard let most else {
            let split = try append(.split(0, 0))
            try compile(inner)
            try append(.jump(split))
            set(split, isGreedy: isGreedy, into: split + 1, past: instructions.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(try append(.split(0, 0)))
            try compile(inner)
        }
        for split in splits { set(split, isGreedy: isGreedy, into: split + 1, past: instructions.count) }
    }

    private mutating func set(_ split: Int, isGreedy: Bool, into inner: Int, past end: Int) {
        instructions[split] = isGreedy ? .split(inner, end) : .split(end, inner)
    }
}
