import Glibc

/// What every Prometheus client tells of its process, under the names that all of them use.
///
/// Read when somebody asks, from `/proc/self` and the kernel; what cannot be read is not a number.
enum ProcessMetrics {
    static func declare(in registry: MetricRegistry) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let start = Double(now.tv_sec)
        registry.measured(
            "process_start_time_seconds",
            .gauge,
            "When the process began to measure, in seconds since 1970."
        ) { start }
        registry.measured(
            "process_cpu_seconds_total",
            .counter,
            "Processor time spent, in user and system mode."
        ) { cpuSeconds() }
        registry.measured(
            "process_resident_memory_bytes",
            .gauge,
            "Memory that is resident."
        ) { residentBytes() }
        registry.measured("process_open_fds", .gauge, "Open file descriptors.") { openDescriptors() }
        registry.measured(
            "process_max_fds",
            .gauge,
            "How many file descriptors may be open."
        ) { mostDescriptors() }
    }

    private static func cpuSeconds() -> Double {
        var spent = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent) == 0 else { return .nan }
        return Double(spent.tv_sec) + Double(spent.tv_nsec) / 1e9
    }

    /// The second number of `statm` is the resident size in pages (proc(5)).
    private static func residentBytes() -> Double {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .nan }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return .nan }
        let fields = buffer[..<count].split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = Double(String(decoding: fields[1], as: UTF8.self)) else {
            return .nan
        }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openDescriptors() -> Double {
        guard let stream = opendir("/proc/self/fd") else { return .nan }
        defer { closedir(stream) }
        var count = 0
        while readdir(stream) != nil { count += 1 }
        // `.`, `..` and the descriptor of the listing itself.
        return Double(max(0, count - 3))
    }

    private static func mostDescriptors() -> Double {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .nan }
        return Double(limit.rlim_cur)
    }
}
