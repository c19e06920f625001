//! Which children of a supervisor are stopped and started when one of them ends.

use alloc::vec;
use alloc::vec::Vec;

/// Whom the end of a child concerns (Erlang/OTP, `supervisor`, restart strategies).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupervisionStrategy {
    /// The child alone.
    OneForOne,
    /// The child and all that were started after it.
    RestForOne,
    /// All children.
    OneForAll,
}

/// When a child is started again (Erlang/OTP, `supervisor`, restart types).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartType {
    /// Always.
    Permanent,
    /// After an abnormal end.
    Transient,
    /// Never.
    Temporary,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// It was done.
    Normal,
    /// It was asked to end.
    Shutdown,
    /// Anything else.
    Abnormal,
}

impl RestartType {
    /// Whether a child that ended so is started again.
    pub const fn restarts(self, reason: ExitReason) -> bool {
        match self {
            Self::Permanent => true,
            Self::Transient => matches!(reason, ExitReason::Abnormal),
            Self::Temporary => false,
        }
    }
}

/// Children to stop and then to start, in order, by their place in the order of starting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestartOrder {
    /// To stop: the last that was started first. The child that ended is not among them.
    pub stopped: Vec<usize>,
    /// To start.
    pub started: Vec<usize>,
}

/// What a supervisor does when the child at `failed` ended and is to be started again. `children` are in the order of
/// starting. Temporary children that are stopped stay so; the end of a temporary child concerns nobody.
pub fn restart_order(strategy: SupervisionStrategy, children: &[RestartType], failed: usize) -> RestartOrder {
    let comes_back = |child: &usize| children[*child] != RestartType::Temporary;
    if failed >= children.len() || !comes_back(&failed) {
        return RestartOrder::default();
    }
    let concerned = match strategy {
        SupervisionStrategy::OneForOne => return RestartOrder { stopped: vec![], started: vec![failed] },
        SupervisionStrategy::RestForOne => failed..children.len(),
        SupervisionStrategy::OneForAll => 0..children.len(),
    };
    RestartOrder {
        stopped: concerned.clone().rev().filter(|&child| child != failed).collect(),
        started: concerned.filter(comes_back).collect(),
    }
}
