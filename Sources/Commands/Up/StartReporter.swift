import ControlPlane
import Synchronization

/// Says what is served, once all of it is.
final class StartReporter: Sendable {
    private struct State {
        var controlPlane: ControlPlaneStarted?
        var api: StartReport.API?
    }

    private let format: OutputFormat
    private let waitsForAPI: Bool
    private let state = Mutex(State())

    init(_ format: OutputFormat, waitsForAPI: Bool) {
        self.format = format
        self.waitsForAPI = waitsForAPI
    }

    func started(_ controlPlane: ControlPlaneStarted) {
        report { $0.controlPlane = controlPlane }
    }

    func started(_ api: StartReport.API) {
        report { $0.api = api }
    }

    private func report(_ change: (inout State) -> Void) {
        let report = state.withLock { state -> StartReport? in
            change(&state)
            guard let controlPlane = state.controlPlane, state.api != nil || !waitsForAPI else { return nil }
            return StartReport(controlPlane, api: state.api)
        }
        guard let report else { return }
        CommandOutput(text: report.text(format), status: .yes).print()
    }
}
