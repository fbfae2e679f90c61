import Glibc
import ServiceLifecycle

/// Ends when the process that started us does: it must not leave us behind.
///
/// Asked twice a second rather than by `PR_SET_PDEATHSIG`, which fires when the parent's *thread* ends (prctl(2)), and
/// a program with a thread pool has no say in that.
struct ParentWatch: ServiceLifecycle.Service {
    let parent: Int32

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while getppid() == parent {
                guard (try? await Task.sleep(for: .milliseconds(500))) != nil else { return }
            }
        }
    }
}
