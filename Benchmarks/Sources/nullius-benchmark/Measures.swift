import Glibc

/// What this process has used so far.
enum Measures {
    /// User and system time of all threads.
    static var cpuSeconds: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
    static var wallSeconds: Double { seconds(CLOCK_MONOTONIC) }

    /// Comparable between processes of one machine.
    static var microseconds: Int { Int(seconds(CLOCK_REALTIME) * 1_000_000) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// A line of `/proc/PID/status` such as `VmRSS`, in MiB.
    static func mebibytes(_ field: String, of process: String = "self") -> Double {
        let text = String(decoding: file("/proc/\(process)/status"), as: UTF8.self)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field + ":") }),
            let number = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first,
            let kibibytes = Double(number)
        else { return 0 }
        return kibibytes / 1024
    }

    /// Begins a new `VmHWM`, the highest resident size.
    static func forgetPeak() {
        guard let clear = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", clear)
        fclose(clear)
    }

    /// The first 64 KiB of a file; nothing when it cannot be read.
    static func file(_ path: String) -> [UInt8] {
        guard let handle = fopen(path, "r") else { return [] }
        defer { fclose(handle) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, handle)
        return Array(bytes[..<count])
    }
}

/// Percentiles of many numbers.
struct Spread {
    private let sorted: [Int]

    init(_ numbers: [Int]) { sorted = numbers.sorted() }

    subscript(percent: Int) -> Int {
        sorted.isEmpty ? 0 : sorted[min(sorted.count * percent / 100, sorted.count - 1)]
    }

    /// From microseconds.
    var milliseconds: String {
        func text(_ number: Int) -> String { "\(Double(number / 10) / 100)" }
        return
            "n \(sorted.count), p50 \(text(self[50])) ms, p99 \(text(self[99])) ms, max \(text(self[100])) ms"
    }
}

/// Two digits after the point.
func rounded(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
