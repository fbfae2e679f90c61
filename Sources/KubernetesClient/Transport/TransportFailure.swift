import AsyncHTTPClient
import KubernetesModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SystemPackage

/// Says what went wrong on the way, without repeating what was sent: headers hold credentials.
enum TransportFailure {
    static func classify(_ error: any Error) -> (failure: ClientError, outcome: RetryDecision.Outcome) {
        switch error {
        case let error as ClientError:
            // Only the reading of an answer makes one of these out of a lost connection.
            if case .connection = error { return (error, .connectionLost) }
            return (error, .connectionRefused)
        case is CancellationError:
            return (.cancelled, .connectionRefused)
        case let error as HTTPClientError:
            return classify(error)
        case let error as NIOConnectionError:
            let reasons = Set(error.connectionErrors.map { text(of: $0.error) }).sorted()
            let reason = reasons.isEmpty ? "the name has no address" : reasons.joined(separator: "; ")
            return (.connection("\(error.host):\(error.port): \(reason)"), .connectionRefused)
        case let error as ServerIdentity.Mismatch:
            let name = Spelling.quoted(error.name)
            return (.connection("TLS: the server's certificate is not for \(name)"), .connectionRefused)
        case let error as HTTPParserError:
            guard error == .invalidEOFState else {
                return (.malformed("it does not speak HTTP"), .connectionLost)
            }
            return (.connection("the connection broke off"), .connectionLost)
        case let error as NIOSSLError:
            if case .uncleanShutdown = error {
                return (.connection("the connection broke off"), .connectionLost)
            }
            return (.connection("TLS: \(error)"), .connectionRefused)
        case let error as BoringSSLError:
            return (.connection("TLS: \(error)"), .connectionRefused)
        case let error as NIOSSLExtraError:
            return (.connection("TLS: \(error)"), .connectionRefused)
        default:
            return (.connection(text(of: error)), .connectionLost)
        }
    }

    private static func classify(_ error: HTTPClientError) -> (ClientError, RetryDecision.Outcome) {
        switch error {
        case .cancelled:
            (.cancelled, .connectionRefused)
        case .deadlineExceeded:
            (.deadline(.zero), .connectionRefused)
        case .remoteConnectionClosed, .uncleanShutdown:
            (.connection("the connection broke off"), .connectionLost)
        case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .alreadyShutdown:
            (.connection(error.shortDescription), .connectionRefused)
        default:
            (.connection(error.shortDescription), .connectionLost)
        }
    }

    private static func text(of error: any Error) -> String {
        switch error {
        case let error as IOError: "\(Errno(rawValue: error.errnoCode))"
        case let error as SocketAddressError: "\(error)"
        default: "\(type(of: error))"
        }
    }
}
