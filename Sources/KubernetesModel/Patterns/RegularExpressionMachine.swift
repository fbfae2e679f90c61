/// Follows all threads of a program through a text at once (Pike).
///
/// A thread is an instruction; no instruction is in the list twice, so a scalar costs at most one visit of each. The
/// order in the list is the priority: Perl would try earlier threads first.
struct RegularExpressionMachine {
    typealias Position = String.Index

    private struct Threads {
        var list: [Int] = []
        /// By instruction: where it is in the list, if the list agrees.
        var places: [Int]
        /// By place in the list: where the groups began and ended.
        var captures: [[Position?]] = []

        init(_ count: Int) {
            places = Array(repeating: 0, count: count)
        }

        mutating func removeAll() {
            list.removeAll(keepingCapacity: true)
            captures.removeAll(keepingCapacity: true)
        }

        /// Whether it was not there yet.
        mutating func insert(_ instruction: Int) -> Bool {
            let place = places[instruction]
            if place < list.count, list[place] == instruction { return false }
            places[instruction] = list.count
            list.append(instruction)
            return true
        }
    }

    private enum Step {
        case visit(Int)
        case restore(slot: Int, Position?)
    }

    private let program: RegularExpressionProgram
    private let keepsCaptures: Bool
    private var stack: [Step] = []

    init(_ program: RegularExpressionProgram, keepsCaptures: Bool) {
        self.program = program
        self.keepsCaptures = keepsCaptures
    }

    /// The ranges of the groups of the leftmost match; empty ones when captures are not kept; `nil` without a match.
    mutating func search<Scalars: BidirectionalCollection<Unicode.Scalar>>(
        _ text: Scalars,
        from start: Position
    ) -> [Range<Position>?]? where Scalars.Index == Position {
        var current = Threads(program.instructions.count)
        var following = Threads(program.instructions.count)
        var found: [Position?]?
        let none = [Position?](repeating: nil, count: keepsCaptures ? 2 * program.groupNames.count : 0)
        var position = start
        var before = start > text.startIndex ? text[text.index(before: start)] : nil
        let isAnchored = startsAtTextStart
        while true {
            let scalar = position < text.endIndex ? text[position] : nil
            if found == nil, !isAnchored || before == nil {
                add(0, to: &current, captures: none, at: position, between: before, and: scalar)
            }
            if current.list.isEmpty && (found != nil || isAnchored) { break }
            let after = position < text.endIndex ? text.index(after: position) : position
            let afterNext = after < text.endIndex ? text[after] : nil
            threads: for (place, instruction) in current.list.enumerated() {
                switch program.instructions[instruction] {
                case .match:
                    if !keepsCaptures { return [] }
                    found = current.captures[place]
                    // What stands behind in the list has less priority than this match.
                    break threads
                case .scalar(let wanted):
                    if wanted != scalar { continue threads }
                case .set(let index):
                    guard let scalar, program.sets[index].contains(scalar) else { continue threads }
                case .assertion, .split, .jump, .save: continue threads
                }
                let captures = keepsCaptures ? current.captures[place] : none
                add(
                    instruction + 1,
                    to: &following,
                    captures: captures,
                    at: after,
                    between: scalar,
                    and: afterNext
                )
            }
            swap(&current, &following)
            following.removeAll()
            guard position < text.endIndex else { break }
            before = scalar
            position = after
        }
        return found.map { slots in
            stride(from: 0, to: slots.count, by: 2).map { slot in
                if let lower = slots[slot], let upper = slots[slot + 1] { lower..<upper } else { nil }
            }
        }
    }

    /// Whether no match can begin behind the text's start.
    private var startsAtTextStart: Bool {
        for instruction in program.instructions {
            switch instruction {
            case .save: continue
            case .assertion(.textStart): return true
            default: return false
            }
        }
        return false
    }

    /// Adds a thread and those that it becomes without reading; with a stack of its own, as programs are long.
    private mutating func add(
        _ instruction: Int,
        to threads: inout Threads,
        captures given: [Position?],
        at position: Position,
        between before: Unicode.Scalar?,
        and after: Unicode.Scalar?
    ) {
        var captures = given
        stack.append(.visit(instruction))
        while let step = stack.popLast() {
            switch step {
            case .restore(let slot, let old): captures[slot] = old
            case .visit(let instruction):
                guard threads.insert(instruction) else { continue }
                if keepsCaptures { threads.captures.append(captures) }
                switch program.instructions[instruction] {
                case .scalar, .set, .match: break
                case .jump(let target): stack.append(.visit(target))
                case .split(let first, let second):
                    stack.append(.visit(second))
                    stack.append(.visit(first))
                case .save(let slot):
                    if keepsCaptures {
                        stack.append(.restore(slot: slot, captures[slot]))
                        captures[slot] = position
                    }
                    stack.append(.visit(instruction + 1))
                case .assertion(let assertion):
                    if assertion.holds(between: before, and: after) { stack.append(.visit(instruction + 1)) }
                }
            }
        }
    }
}

extension RegularExpressionAssertion {
    func holds(between before: Unicode.Scalar?, and after: Unicode.Scalar?) -> Bool {
        switch self {
        case .textStart: before == nil
        case .textEnd: after == nil
        case .lineStart: before == nil || before == "\n"
        case .lineEnd: after == nil || after == "\n"
        case .wordBoundary: Self.isWord(before) != Self.isWord(after)
        case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": return true
        default: return false
        }
    }
}
