//! The throttle of gRPC's retries.

/// What a client does after an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// It tries again.
    Retry,
    /// It stops: too many attempts failed lately.
    Throttled,
    /// It stops: all attempts are made.
    AttemptsExhausted,
}

/// Retries stop while half of the tokens are lost (gRPC proposal A6, throttling of retries).
///
/// The bucket starts full. A failed attempt takes one token, an RPC that succeeds adds `token_ratio`; retries are made
/// only while more than half of `max_tokens` are left. The arithmetic is grpc-go's; other versions count thousandths of
/// a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrpcThrottle {
    max_tokens: f64,
    token_ratio: f64,
    tokens: f64,
}

impl GrpcThrottle {
    /// A full bucket. Units: tokens, and tokens per RPC that succeeds.
    pub const fn new(max_tokens: f64, token_ratio: f64) -> Self {
        Self { max_tokens, token_ratio, tokens: max_tokens }
    }

    /// Tokens left.
    pub const fn tokens(&self) -> f64 {
        self.tokens
    }

    /// An RPC succeeded.
    pub fn succeeded(&mut self) {
        self.tokens = (self.tokens + self.token_ratio).min(self.max_tokens);
    }

    /// An attempt failed, the `attempts`-th of an RPC that may make `attempts_max`.
    pub fn failed(&mut self, attempts: u32, attempts_max: u32) -> RetryDecision {
        self.tokens = (self.tokens - 1.0).max(0.0);
        if self.tokens <= self.max_tokens / 2.0 {
            RetryDecision::Throttled
        } else if attempts >= attempts_max {
            RetryDecision::AttemptsExhausted
        } else {
            RetryDecision::Retry
        }
    }
}
