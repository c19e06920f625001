//! A token bucket that requests fill.

/// Every request adds `ratio` tokens, up to `burst`; a retry takes one. The bucket starts full.
///
/// Time plays no part, so an idle client keeps its tokens (AWS SDKs, `standard` retry mode, is of this kind).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioBudget {
    ratio: f64,
    burst: f64,
    tokens: f64,
}

impl RatioBudget {
    /// A full bucket. `ratio` is in tokens per request, `burst` in tokens.
    pub const fn new(ratio: f64, burst: f64) -> Self {
        Self { ratio, burst, tokens: burst }
    }

    /// A request was sent for the first time.
    pub fn deposit(&mut self) {
        self.tokens = (self.tokens + self.ratio).min(self.burst);
    }

    /// Takes a token for a retry, if there is one.
    pub fn try_withdraw(&mut self) -> bool {
        let allowed = self.tokens >= 1.0;
        if allowed {
            self.tokens -= 1.0;
        }
        allowed
    }
}
