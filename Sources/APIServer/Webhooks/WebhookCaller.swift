import APIRegistry
import JSONText

/// Puts one question to one webhook.
protocol WebhookCaller: Sendable {
    /// The AdmissionReview that came back, within the webhook's own time limit.
    func call(_ webhook: AdmissionWebhook, _ question: JSONValue) async throws(WebhookFailure) -> JSONValue
}

/// Why a webhook could not be asked; the text reaches whoever made the request.
struct WebhookFailure: Error, Sendable {
    var message: String
}
