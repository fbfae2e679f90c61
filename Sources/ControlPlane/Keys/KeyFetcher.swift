import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NetworkTypes

/// Why keys were not fetched.
enum KeyFetchError: Error, Equatable {
    case notAURL
    /// The URL's host is not one that `--jwks-allow-host` names.
    case hostNotAllowed(String)
    case notHTTPS
    case status(Int)
    case tooLarge(limit: Int)
    case unreachable(String)
    case timedOut
}

extension KeyFetchError: CustomStringConvertible {
    var description: String {
        switch self {
        case .notAURL: "that is no URL"
        case .hostNotAllowed(let host): "host \(host) is not allowed; allow it with --jwks-allow-host \(host)"
        case .notHTTPS:
            "keys are fetched over https only; http is for loopback addresses, with --jwks-allow-http"
        case .status(let code): "the server answered \(code)"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .unreachable(let reason): "the server could not be reached: \(reason)"
        case .timedOut: "the server took too long"
        }
    }
}

/// Fetches key sets from the hosts that an operator allowed, and from no other.
///
/// The URL may come from a policy some day, so it is hostile: https only, hosts from a list, no redirects (each could
/// lead into our own network), a size and a time limit, no cookies and no credentials.
struct KeyFetcher: Sendable {
    static let sizeLimit = 256 * 1024

    /// Lower case, without port.
    var allowedHosts: Set<String>
    /// Whether plain http may be used, for loopback addresses only.
    var allowsLoopbackHTTP: Bool
    let client: HTTPClient
    /// For the whole of an answer, however slowly it trickles in.
    var timeLimit = Duration.seconds(10)

    static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: .seconds(5), read: .seconds(5))
        configuration.decompression = .disabled
        configuration.connectionPool.idleTimeout = .seconds(10)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Checks whether a URL may be asked, without asking it.
    func check(_ text: String) throws(KeyFetchError) {
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host, !host.isEmpty,
            url.user == nil, url.password == nil
        else { throw .notAURL }
        let name = host.lowercased()
        switch scheme {
        case "https": break
        case "http":
            let bare = name.hasPrefix("[") ? String(name.dropFirst().dropLast()) : name
            let isLoopback = (try? IPAddress(parsing: bare))?.isLoopback ?? (name == "localhost")
            guard allowsLoopbackHTTP, isLoopback else { throw .notHTTPS }
        default: throw .notHTTPS
        }
        guard allowedHosts.contains(name) else { throw .hostNotAllowed(name) }
    }

    func fetch(_ url: String) async throws(KeyFetchError) -> [UInt8] {
        try check(url)
        // The client's own deadline ends with the head of the answer.
        let first = await withTaskGroup(of: Result<[UInt8], KeyFetchError>.self) { group in
            group.addTask {
                do throws(KeyFetchError) {
                    return .success(try await ask(url))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: timeLimit)
                return .failure(.timedOut)
            }
            defer { group.cancelAll() }
            return await group.next()
        }
        return try (first ?? .failure(.timedOut)).get()
    }

    private func ask(_ url: String) async throws(KeyFetchError) -> [UInt8] {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "accept", value: "application/jwk-set+json, application/json")
        do {
            let response = try await client.execute(request, deadline: .distantFuture)
            guard response.status == .ok else { throw KeyFetchError.status(Int(response.status.code)) }
            let body = try await response.body.collect(upTo: Self.sizeLimit)
            return Array(body.readableBytesView)
        } catch let error as KeyFetchError {
            throw error
        } catch is NIOTooManyBytesError {
            throw .tooLarge(limit: Self.sizeLimit)
        } catch let error as HTTPClientError
            where error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout
        {
            throw .timedOut
        } catch {
            throw .unreachable("\(type(of: error))")
        }
    }
}
