//! How a process is ended gently, and what is lost meanwhile.

use crate::Duration;

/// Time that is left after SIGTERM at least, however long the hook before it took.
const SIGTERM_MIN: Duration = Duration::from_secs(2);

/// The end of a pod (Kubernetes, Pod lifecycle: termination of pods).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Termination {
    /// Time for all of it (`terminationGracePeriodSeconds`). Default 30 s in Kubernetes; zero kills at once.
    pub grace: Duration,
    /// How long the hook before SIGTERM takes (`preStop`). It is cut off at the end of `grace`.
    pub pre_stop: Duration,
}

/// When a process was gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Time from the beginning of the termination.
    pub after: Duration,
    /// Whether it was killed.
    pub killed: bool,
}

impl Termination {
    /// Time from the beginning to SIGTERM.
    pub fn sigterm_after(&self) -> Duration {
        self.pre_stop.min(self.grace)
    }

    /// When a process is gone that ends `exit` after SIGTERM; `None`: it never would. One that ends exactly when it would
    /// be killed ends by itself.
    pub fn stopped(&self, exit: Option<Duration>) -> Stopped {
        let sigterm = self.sigterm_after();
        let left = match self.grace {
            Duration::ZERO => Duration::ZERO,
            grace => (grace - sigterm).max(SIGTERM_MIN),
        };
        match exit.filter(|&exit| exit <= left) {
            Some(exit) => Stopped { after: sigterm + exit, killed: false },
            None => Stopped { after: sigterm + left, killed: true },
        }
    }

    /// Time during which requests are still sent to a process that takes none: balancers learn of the termination
    /// `propagation` after its beginning, the process closes its door at SIGTERM.
    pub fn refusing(&self, propagation: Duration) -> Duration {
        propagation - self.sigterm_after()
    }
}
