//! What there is once for growth and once for decline.

/// One for growth, one for decline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpDown<T> {
    /// For growth.
    pub up: T,
    /// For decline.
    pub down: T,
}
