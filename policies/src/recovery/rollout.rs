//! One step of a rolling update: how many nodes are added, and how many old ones may go.

use super::RollingBounds;

/// The nodes of a service in the middle of a rolling update. Nodes that are leaving are in none of the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RolloutState {
    /// Nodes the service should have.
    pub desired: u32,
    /// Old nodes believed healthy.
    pub old_healthy: u32,
    /// Old nodes believed failed.
    pub old_failed: u32,
    /// New nodes believed healthy.
    pub new_healthy: u32,
    /// New nodes that start or are believed failed.
    pub new_unready: u32,
    /// Healthy nodes that the disruption budget lets go now. `u32::MAX`: there is no budget.
    pub budget: u32,
}

/// What a rolling update does next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RolloutStep {
    /// New nodes to start.
    pub add: u32,
    /// Failed old nodes to remove.
    pub remove_failed: u32,
    /// Healthy old nodes to remove.
    pub remove_healthy: u32,
    /// Why nothing can be done although old nodes are left.
    pub held: Option<RolloutHold>,
}

/// What holds a rolling update back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum RolloutHold {
    /// Too few nodes are ready: the new ones have to come up first.
    UnreadyNodes,
    /// The disruption budget lets no node go now.
    Budget,
}

/// The next step within `bounds` (Kubernetes, deployment controller: `NewRSNewReplicas`, `reconcileOldReplicaSets`): new
/// nodes as long as the total allows, then old nodes go, failed ones first, as long as enough are ready.
///
/// Known differences: Kubernetes rolls a `Deployment` without regard to disruption budgets, which bind evictions, as when
/// the machines of a node pool are upgraded; here healthy nodes leave only as far as the budget allows, too.
pub fn rollout_step(bounds: RollingBounds, state: &RolloutState) -> RolloutStep {
    let RolloutState { desired, old_healthy, old_failed, new_healthy, new_unready, budget } = *state;
    let (old, new) = (old_healthy + old_failed, new_healthy + new_unready);
    let add = bounds.total_max.saturating_sub(old + new).min(desired.saturating_sub(new));
    let room = (old + new_healthy).saturating_sub(bounds.available_min);
    let remove_failed = old_failed.min(room);
    let spare = (old_healthy + new_healthy).saturating_sub(bounds.available_min);
    let wanted = old_healthy.min(spare).min(room - remove_failed);
    let remove_healthy = wanted.min(budget);
    let idle = add == 0 && remove_failed == 0 && remove_healthy == 0;
    let hold = if wanted > 0 { RolloutHold::Budget } else { RolloutHold::UnreadyNodes };
    RolloutStep { add, remove_failed, remove_healthy, held: (idle && old > 0).then_some(hold) }
}

#[cfg(test)]
mod tests {
    use super::super::{CountOrPercent, rolling_bounds};
    use super::*;

    const QUARTER: CountOrPercent = CountOrPercent::Percent(25);
    const START: RolloutState = RolloutState {
        desired: 10,
        old_healthy: 10,
        old_failed: 0,
        new_healthy: 0,
        new_unready: 0,
        budget: u32::MAX,
    };

    fn step(state: RolloutState) -> RolloutStep {
        rollout_step(rolling_bounds(10, QUARTER, QUARTER), &state)
    }

    #[test]
    fn it_begins_with_the_surge_and_as_many_removals_as_may_be_unavailable() {
        let first = RolloutStep { add: 3, remove_failed: 0, remove_healthy: 2, held: None };
        assert_eq!(step(START), first);
    }

    #[test]
    fn new_nodes_that_never_become_ready_hold_it_back() {
        let stalled = RolloutState { old_healthy: 8, new_unready: 5, ..START };
        assert_eq!(
            step(stalled),
            RolloutStep { held: Some(RolloutHold::UnreadyNodes), ..Default::default() }
        );
    }

    #[test]
    fn failed_old_nodes_go_first() {
        let state = RolloutState { old_healthy: 7, old_failed: 3, new_unready: 3, ..START };
        let cleanup = RolloutStep { remove_failed: 2, ..Default::default() };
        assert_eq!(step(state), cleanup, "only eight of ten need to be there, and seven are healthy");
    }

    #[test]
    fn a_budget_holds_healthy_nodes_back_and_says_so() {
        let state = RolloutState { new_unready: 3, budget: 0, ..START };
        assert_eq!(step(state), RolloutStep { held: Some(RolloutHold::Budget), ..Default::default() });
        assert_eq!(step(RolloutState { budget: 1, ..state }).remove_healthy, 1);
    }

    #[test]
    fn it_comes_to_an_end_within_its_bounds_whatever_they_are() {
        for (surge, unavailable) in [(0, 0), (0, 1), (1, 0), (3, 2), (10, 10)] {
            let bounds = rolling_bounds(10, CountOrPercent::Count(surge), CountOrPercent::Count(unavailable));
            let mut state = START;
            let mut rounds = 0;
            while state.old_healthy > 0 {
                let RolloutStep { add, remove_healthy, held, .. } = rollout_step(bounds, &state);
                state.old_healthy -= remove_healthy;
                state.new_unready += add;
                let healthy = state.old_healthy + state.new_healthy;
                assert!(healthy >= bounds.available_min && healthy + state.new_unready <= bounds.total_max);
                if held.is_some() {
                    state.new_healthy += core::mem::take(&mut state.new_unready);
                    rounds += 1;
                    assert!(rounds <= 10, "it stands still: {state:?}");
                }
            }
        }
    }
}
