import TestSupport
import Testing

@testable import KubernetesClient

@Suite("Frames of a watch")
struct FrameDecoderTests {
    @Test(arguments: 0..<UInt64(20))
    func `pieces of any size give the same frames`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let frames = (0..<20).map { _ in
            [UInt8](repeating: UInt8(ascii: "x"), count: Int.random(in: 1...50, using: &random))
        }
        var rest = frames.flatMap { $0 + [UInt8(ascii: "\n")] }[...]
        var decoder = FrameDecoder(limit: 50)
        var received: [[UInt8]] = []
        while !rest.isEmpty {
            let length = Int.random(in: 0...70, using: &random)
            received += try decoder.received(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        try decoder.ended()
        #expect(received == frames, "seed \(seed)")
    }

    @Test func `empty lines are no frames`() throws {
        var decoder = FrameDecoder(limit: 10)
        let frames = try decoder.received(Array("\n\r\n {}\n\n".utf8))
        #expect(frames == [Array(" {}".utf8)])
    }

    @Test func `half a frame at the end is an error`() throws {
        var decoder = FrameDecoder(limit: 10)
        _ = try decoder.received(Array("{}\n{".utf8))
        #expect(throws: FrameDecoder.Failure.half(bytes: 1)) { try decoder.ended() }
    }

    @Test func `a frame that is too long is an error before it has ended`() throws {
        var decoder = FrameDecoder(limit: 10)
        _ = try decoder.received([UInt8](repeating: 0x78, count: 10))
        #expect(throws: FrameDecoder.Failure.tooLong(limit: 10)) { try decoder.received([0x78]) }
    }
}
