import CanonicalHTTP
import NIOCore

@testable import ProxyCore

/// Reads a whole byte stream and writes down what came out, bodies joined, so that two readings can be compared.
enum Decoding {
    static func requests(_ text: String, pieces: [Int] = [], limits: MessageLimits = MessageLimits())
        -> [String]
    {
        requests(Array(text.utf8), pieces: pieces, limits: limits)
    }

    /// `pieces` are the offsets at which the stream is cut.
    static func requests(
        _ bytes: [UInt8],
        pieces: [Int] = [],
        limits: MessageLimits = MessageLimits()
    ) -> [String] {
        var decoder = HTTP1RequestDecoder(limits: limits)
        var log = Log()
        for piece in cut(bytes, at: pieces) {
            decoder.feed(piece)
            do throws(MessageError) {
                while let part = try decoder.next() { log.note(part) }
            } catch {
                return log.finished + ["refused: \(error)"]
            }
        }
        return log.finished
    }

    static func response(
        _ text: String,
        toMethod method: String = "GET",
        pieces: [Int] = [],
        closes: Bool = true
    ) -> [String] {
        var decoder = HTTP1ResponseDecoder()
        decoder.expect(method: method)
        var log = Log()
        do throws(MessageError) {
            for piece in cut(Array(text.utf8), at: pieces) {
                decoder.feed(piece)
                while let part = try decoder.next() { log.note(part) }
            }
            if closes, let part = try decoder.finish() { log.note(part) }
        } catch {
            return log.finished + ["refused: \(error)"]
        }
        return log.finished
    }

    static func cut(_ bytes: [UInt8], at pieces: [Int]) -> [ByteBuffer] {
        let bounds = [0] + pieces.filter { (1..<max(1, bytes.count)).contains($0) }.sorted() + [bytes.count]
        return zip(bounds, bounds.dropFirst()).map { ByteBuffer(bytes: bytes[$0..<$1]) }
    }

    private struct Log {
        private var lines: [String] = []
        private var body: [UInt8] = []

        var finished: [String] {
            body.isEmpty ? lines : lines + ["body \(String(decoding: body, as: UTF8.self))"]
        }

        mutating func note(_ part: RequestPart) {
            switch part {
            case .head(let head, let length):
                let hosts = head.authorities.map { String(decoding: $0, as: UTF8.self) }
                let target = String(decoding: head.target, as: UTF8.self)
                lines.append(
                    "\(head.method) \(target) \(hosts) \(head.version) \(length) \(text(head.fields))"
                )
            case .body(let bytes): body += bytes.readableBytesView
            case .end(let trailers): end(trailers)
            }
        }

        mutating func note(_ part: ResponsePart) {
            switch part {
            case .informational(let head): lines.append("informational \(head.status)")
            case .head(let head, let length): lines.append("\(head.status) \(length) \(text(head.fields))")
            case .body(let bytes): body += bytes.readableBytesView
            case .end(let trailers): end(trailers)
            case .switching: lines.append("switching")
            }
        }

        private mutating func end(_ trailers: HeaderFields) {
            lines = finished + ["end \(text(trailers))"]
            body = []
        }

        private func text(_ fields: HeaderFields) -> String {
            fields.map {
                "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))"
            }
            .joined(separator: ",")
        }
    }
}

/// A small generator whose seed a failing test can print.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &+ 0x9e37_79b9_7f4a_7c15
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
