import Testing

/// Everything here runs real programs and real peers, one test after the other: two cores are soon full.
@Suite("With real peers", .serialized)
enum Integration {}
