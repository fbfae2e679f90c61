import Glibc

/// A value behind a lock, on whose changes a thread can wait.
///
/// For threads that may block; never wait on an event loop or in a task. `@unchecked`: `state` is only touched
/// while `mutex` is held.
final class Monitor<State: Sendable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    init(_ state: State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Deadlines must not move with the wall clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Changes the state and wakes those who wait.
    func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
        return body(&state)
    }

    /// Waits until `body` has an answer, and returns it; `nil` when there was none before the time was over.
    func wait<Result>(atMost limit: Duration? = nil, for body: (inout State) -> Result?) -> Result? {
        var deadline = limit.map(Self.deadline)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let answer = body(&state) {
                pthread_cond_broadcast(changed)
                return answer
            }
            if deadline == nil {
                pthread_cond_wait(changed, mutex)
            } else if var point = deadline {
                guard pthread_cond_timedwait(changed, mutex, &point) != ETIMEDOUT else {
                    deadline = nil
                    let answer = body(&state)
                    if answer != nil { pthread_cond_broadcast(changed) }
                    return answer
                }
            }
        }
    }

    private static func deadline(after duration: Duration) -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let (seconds, attoseconds) = duration.components
        let nanoseconds = now.tv_nsec + Int(attoseconds / 1_000_000_000)
        return timespec(
            tv_sec: now.tv_sec + Int(seconds) + nanoseconds / 1_000_000_000,
            tv_nsec: nanoseconds % 1_000_000_000
        )
    }
}
