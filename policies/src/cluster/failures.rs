//! From a change of health to a plan, and from a plan to actions.

use super::SelfHealingCluster;
use super::roster::Phase;
use crate::recovery::PlanOrder;
use crate::{
    Action, Decision, FailureCause, HealthEvent, Instant, NodeId, OperationError, OperationId, PlanId,
    RecoveryCase, ServiceId, Standing,
};

impl SelfHealingCluster {
    /// Acts on what the monitor reports.
    pub(super) fn treat_health(&mut self, now: Instant, event: Option<HealthEvent>) {
        let Some(event) = event else { return };
        if let Some(decision) = event.decision() {
            self.ledger.note(decision);
        }
        match event {
            HealthEvent::NodeFailure { node, cause, .. } => self.node_failed(now, node, cause),
            HealthEvent::NodeFailedAgain { node, cause } => self.node_failed_again(now, node, cause),
            HealthEvent::NodeRecovered { node, .. } => {
                self.scaler.node_ready(now, node);
                self.node_recovered(now, node);
            }
            HealthEvent::NodeSuspected { .. }
            | HealthEvent::ServiceDegraded { .. }
            | HealthEvent::ServiceRestored { .. } => {}
        }
    }

    /// Compares a service with its limits.
    pub(super) fn judge_service(&mut self, now: Instant, service: ServiceId) {
        let total = self.roster.total(service) + self.nodes.replacing(service);
        let healthy = self.believed_healthy(service);
        let error_ratio =
            self.scaler.error_ratio(service, now).filter(|ratio| ratio.is_finite()).unwrap_or(0.0);
        let event = self.monitor.judge_service(now, service, healthy, total, error_ratio);
        self.treat_health(now, event);
        if self.recovery.observe_gate(now, service, healthy, self.roster.total(service)) {
            self.unsettled = true;
        }
    }

    /// Makes plans for the failed nodes that waited for a remediation gate which is open.
    pub(super) fn remediate_released(&mut self, now: Instant) -> bool {
        let released = self.recovery.release_gated();
        for &node in &released {
            self.plan_again(now, node);
        }
        !released.is_empty()
    }

    /// Makes another plan for a node that is still failed.
    pub(super) fn plan_again(&mut self, now: Instant, node: NodeId) {
        self.unsettled = true;
        let cause = self.monitor.failure_of(node);
        if let (Some(cause), Some(spec)) = (cause, self.roster.spec(node))
            && self.roster.phase(node) == Phase::Serving
        {
            self.make_plan(now, node, spec.service, cause);
        }
    }

    /// Carries out plans until none can go on.
    pub(super) fn run_plans(&mut self, now: Instant) -> bool {
        let mut any = false;
        while let Some(order) = self.recovery.execute_plan(now, &mut self.ledger) {
            any = true;
            match order {
                PlanOrder::Redirect { node } => {
                    self.redirect(now, node);
                    self.recovery.redirected(now, node, &mut self.ledger);
                }
                PlanOrder::Restart { node, operation } => {
                    self.replicas_lost_with_process(node);
                    self.monitor.restarting(node);
                    self.actions.push_back(Action::RestartNode { operation, node });
                }
                PlanOrder::Replicate => {}
                PlanOrder::GivenUp { node } => self.plan_given_up(now, node),
            }
        }
        any
    }

    pub(super) fn treat_due_plans(&mut self, now: Instant) {
        while let Some(node) = self.recovery.due(now, &mut self.ledger) {
            self.monitor.restart_given_up(node);
            self.unsettled = true;
        }
    }

    pub(super) fn restart_finished(
        &mut self,
        now: Instant,
        plan: PlanId,
        operation: OperationId,
        result: Result<(), OperationError>,
    ) {
        let node = self.recovery.restart_finished(now, plan, operation, result, &mut self.ledger);
        match (node, result) {
            (Some(node), Ok(())) => self.monitor.restarted(now, node),
            (Some(node), Err(_)) => self.monitor.restart_given_up(node),
            (None, Ok(()) | Err(_)) => {}
        }
    }

    /// The replicas of a node go with its process, unless they survive a restart.
    pub(super) fn replicas_lost_with_process(&mut self, node: NodeId) {
        let Some(spec) = self.roster.spec(node) else { return };
        let state = self.recovery.state_mut();
        if !state.survives_restart(spec.service) && !state.held_by(node).is_empty() {
            state.lose_replicas(node);
            self.unsettled = true;
        }
    }

    fn node_failed(&mut self, now: Instant, node: NodeId, cause: FailureCause) {
        let Some(spec) = self.roster.spec(node) else { return };
        self.unsettled = true;
        self.roster.set_failed(node, true);
        self.recovery.state_mut().set_standing(node, Standing::Failed);
        if cause == FailureCause::Crashed {
            self.replicas_lost_with_process(node);
        }
        self.abandon_copies(|copy| copy.from == node || copy.to == node);
        self.judge_service(now, spec.service);
        if self.nodes.hands_over(node) {
            let state = self.recovery.state();
            let order = self.nodes.stop_handing_over(now, node, state, &mut self.ledger);
            self.carry_out(now, [order]);
        }
        if self.roster.phase(node) == Phase::Serving {
            self.make_plan(now, node, spec.service, cause);
        }
    }

    /// The process of a restarted node is gone again.
    fn node_failed_again(&mut self, now: Instant, node: NodeId, cause: FailureCause) {
        let Some(spec) = self.roster.spec(node) else { return };
        self.unsettled = true;
        let asks_again = self.recovery.failed_again(now, node, &mut self.ledger);
        if asks_again && self.roster.phase(node) == Phase::Serving {
            self.make_plan(now, node, spec.service, cause);
        }
    }

    /// Makes a plan for a failed node, in place of the one it may have.
    fn make_plan(&mut self, now: Instant, node: NodeId, service: ServiceId, cause: FailureCause) {
        self.recovery.drop_plan(now, node, &mut self.ledger);
        let case = self.case(node, service, cause);
        self.recovery.create_recovery_plan(now, &case, &mut self.ledger);
    }

    fn node_recovered(&mut self, now: Instant, node: NodeId) {
        let Some(spec) = self.roster.spec(node) else { return };
        self.unsettled = true;
        self.roster.set_failed(node, false);
        if self.roster.phase(node) == Phase::Serving {
            self.recovery.state_mut().set_standing(node, Standing::Good);
        }
        if self.redirected.remove(&node) {
            self.balancer.set_healthy(now, node, true);
            self.note_balancer();
            let eligible = self.eligible(spec.service);
            self.ledger.note(Decision::TrafficRestored { node, eligible });
        }
        self.recovery.node_recovered(now, node, &mut self.ledger);
        self.drop_surplus_of(node);
        self.judge_service(now, spec.service);
    }

    /// Takes a node out of the rotation.
    fn redirect(&mut self, now: Instant, node: NodeId) {
        let Some(spec) = self.roster.spec(node) else { return };
        if self.redirected.insert(node) {
            self.balancer.set_healthy(now, node, false);
            self.note_balancer();
            let eligible = self.eligible(spec.service);
            self.ledger.note(Decision::TrafficRedirected { node, eligible });
        }
    }

    /// A failed node as the strategies see it.
    fn case(&self, node: NodeId, service: ServiceId, cause: FailureCause) -> RecoveryCase {
        let spec = self.roster.spec(node).expect("the caller has just seen the node");
        let zone = self.roster.in_zone(service, spec.zone);
        RecoveryCase {
            node,
            service,
            zone: spec.zone,
            cause,
            replicas: self.recovery.state().replicas_of(node),
            restarts: self.recovery.restarts_of(node).to_vec(),
            healthy: self.believed_healthy(service),
            total: self.roster.total(service),
            failed_in_zone: zone.failed,
            total_in_zone: zone.serving,
        }
    }
}
