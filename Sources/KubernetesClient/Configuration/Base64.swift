import FoundationEssentials

/// Base64 with padding, as kubeconfig files and Secrets write bytes (RFC 4648, section 4).
enum Base64 {
    static func encode(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// `nil` when it is none; line ends and spaces between are passed over, for people wrap long lines.
    static func decode(_ text: String) -> [UInt8]? {
        let plain = text.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 }
        return Data(base64Encoded: Data(plain)).map { Array($0) }
    }
}
