import NIOHPACK
import NIOHTTP2
import ProxyCore

/// What our HTTP/2 connections promise and allow (RFC 9113, section 6.5.2).
enum HTTP2Tuning {
    static func connection(
        _ settings: ProxySettings,
        isServer: Bool
    ) -> NIOHTTP2Handler.ConnectionConfiguration {
        var result = NIOHTTP2Handler.ConnectionConfiguration()
        var initial: HTTP2Settings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: isServer ? settings.maximumStreams : 0),
            HTTP2Setting(parameter: .maxHeaderListSize, value: settings.message.head),
            HTTP2Setting(parameter: .initialWindowSize, value: window),
        ]
        if !isServer { initial.append(HTTP2Setting(parameter: .enablePush, value: 0)) }
        result.initialSettings = initial
        // The connection's window lets several streams move while one waits for a slow reader.
        result.targetWindowSize = 16 * window
        result.maximumBufferedControlFrames = 1_000
        return result
    }

    static var stream: NIOHTTP2Handler.StreamConfiguration {
        var result = NIOHTTP2Handler.StreamConfiguration()
        result.targetWindowSize = window
        result.outboundBufferSizeHighWatermark = 64 * 1024
        result.outboundBufferSizeLowWatermark = 16 * 1024
        return result
    }

    /// Bytes that a peer may send on a stream before we took any.
    static let window = 256 * 1024
}
