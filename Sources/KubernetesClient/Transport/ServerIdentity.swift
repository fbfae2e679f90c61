import NIOCore
import NIOSSL

/// Whether a certificate is for the name that was asked for.
///
/// NIOSSL takes a certificate for the right name, or for the address that the connection leads to, whichever fits.
/// Where a name is asked for, the address must not do: whoever leads the name elsewhere chooses the address, and a
/// cluster's authority signs for the address of every node. So the names are looked at once more here, before the
/// first request goes out.
struct ServerIdentity: Sendable {
    struct Mismatch: Error {
        var name: String
    }

    /// Lower case, without a dot at the end.
    private let name: [UInt8]
    private let text: String

    init(name: String) {
        text = name
        let lower = name.lowercased()
        self.name = Array((lower.hasSuffix(".") ? String(lower.dropLast()) : lower).utf8)
    }

    /// Closes the connection of a server that shows a certificate for another.
    func check(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
            guard let certificate, matches(certificate) else {
                channel.close(promise: nil)
                throw Mismatch(name: text)
            }
        }
    }

    private func matches(_ certificate: NIOSSLCertificate) -> Bool {
        certificate._subjectAlternativeNames().contains { name in
            name.nameType == .dnsName && matches(Array(name.contents))
        }
    }

    /// By RFC 6125, section 6.4: a star stands for the whole of the leftmost label, and for nothing else.
    func matches(_ pattern: [UInt8]) -> Bool {
        let pattern = pattern.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        if pattern == name { return !name.isEmpty }
        guard pattern.starts(with: "*.".utf8), let dot = name.firstIndex(of: UInt8(ascii: ".")), dot > 0
        else {
            return false
        }
        let rest = pattern.dropFirst()
        return rest.count > 1 && !rest.contains(UInt8(ascii: "*")) && rest == name[dot...]
    }
}
