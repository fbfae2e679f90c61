import Testing

extension Tag {
    /// A seeded random walk.
    @Tag static var walk: Self
}
