//! What the driver sees: inputs in, actions and decisions out, and a node for each request.

use super::rollouts::Rollout;
use super::roster::{Phase, Roster};
use crate::balancing::LoadBalancer;
use crate::catalogue;
use crate::ledger::{Ledger, Owner};
use crate::node_manager::DynamicNodeManager;
use crate::scaling::AutoScaler;
use crate::{
    Action, BalancingStrategy, ClusterConfig, ConfigError, Deadline, DeadlineReason, Decision,
    FailureDetector, HealthMonitor, Input, Instant, NodeId, NodeSample, NodeSpec, OperationError,
    OperationId, ProbeAnswer, RecoveryManager, RecoveryStrategy, Refusal, RequestOutcome, RouteRequest,
    ScalingPolicy, ServiceId, ShardId, StateStore,
};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;
use rand_core::Rng;

/// The control plane of a cluster: health monitor, recovery, node manager, load balancer and auto-scaler behind
/// one door.
///
/// The driver tells it one thing at a time, carries out what it asks, and comes back at the next deadline or
/// with the next input:
/// ```
/// # use cusinart_policies::{ClusterConfig, ConfigError, Input, Instant, SelfHealingCluster};
/// fn turn(cluster: &mut SelfHealingCluster, now: Instant, input: Input) -> Option<Instant> {
///     cluster.handle(now, input);
///     while let Some(action) = cluster.poll_action() {
///         println!("perform {action:?}");
///     }
///     cluster.next_deadline().map(|deadline| deadline.at)
/// }
/// ```
/// Requests go through [`route`](Self::route), straight to the balancer.
#[derive(Debug)]
pub struct SelfHealingCluster {
    pub(super) now: Instant,
    pub(super) monitor: HealthMonitor,
    pub(super) recovery: RecoveryManager,
    pub(super) nodes: DynamicNodeManager,
    pub(super) balancer: LoadBalancer,
    pub(super) scaler: AutoScaler,
    pub(super) roster: Roster,
    /// Nodes out of the rotation because of a failure.
    pub(super) redirected: BTreeSet<NodeId>,
    /// Rolling updates under way.
    pub(super) rollouts: BTreeMap<ServiceId, Rollout>,
    pub(super) ledger: Ledger,
    pub(super) actions: VecDeque<Action>,
    /// Whether something happened that plans, copies or removals may have waited for.
    pub(super) unsettled: bool,
}

impl SelfHealingCluster {
    /// The control plane of a cluster without nodes, with the policies that the configuration names.
    ///
    /// # Errors
    /// The first field of the configuration that cannot work.
    pub fn new(config: ClusterConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let detector = catalogue::build_detector(&config.health.detector)?;
        let strategies: Result<Vec<_>, _> =
            config.recovery.strategies.iter().map(catalogue::build_recovery).collect();
        let monitor = HealthMonitor::new(&config.health, config.services.len(), detector);
        let state = StateStore::new(&config);
        let hand_over_timeout = config.recovery.replicate_timeout;
        Ok(Self {
            now: Instant::ZERO,
            monitor,
            roster: Roster::new(&config),
            balancer: LoadBalancer::new(&config.services)?,
            scaler: AutoScaler::new(&config.services)?,
            recovery: RecoveryManager::new(config.recovery, strategies?, state),
            nodes: DynamicNodeManager::new(config.nodes, hand_over_timeout),
            redirected: BTreeSet::new(),
            rollouts: BTreeMap::new(),
            ledger: Ledger::default(),
            actions: VecDeque::new(),
            unsettled: false,
        })
    }

    /// The same cluster with a failure detector of your own.
    #[must_use]
    pub fn with_detector(mut self, detector: Box<dyn FailureDetector>) -> Self {
        self.monitor.set_detector(detector);
        self
    }

    /// The same cluster with recovery strategies of your own, asked in this order.
    #[must_use]
    pub fn with_strategies(mut self, strategies: Vec<Box<dyn RecoveryStrategy>>) -> Self {
        self.recovery.set_strategies(strategies);
        self
    }

    /// The same cluster with a balancing strategy of your own for one service.
    #[must_use]
    pub fn with_balancing(mut self, service: ServiceId, strategy: Box<dyn BalancingStrategy>) -> Self {
        self.balancer.set_strategy(service, strategy);
        self
    }

    /// The same cluster with a scaling policy of your own for one service.
    #[must_use]
    pub fn with_scaling(mut self, service: ServiceId, policy: Box<dyn ScalingPolicy>) -> Self {
        self.scaler.set_policy(service, policy);
        self
    }

    /// Takes in a node that already serves, believed healthy.
    ///
    /// # Panics
    /// If nodes are not adopted in ascending order from n0, or name a service or a zone that the configuration
    /// does not have.
    pub fn adopt_node(&mut self, now: Instant, spec: NodeSpec) {
        self.roster.adopt(spec);
        self.enter_service(now, spec);
        self.scaler.node_adopted(spec);
    }

    /// Takes in a replica that already exists. One that fits no adopted node of its service is left alone.
    pub fn adopt_replica(&mut self, shard: ShardId, node: NodeId) {
        self.recovery.state_mut().adopt_replica(shard, node);
    }

    /// Tells the control plane one thing. Whatever is due is done first; calling early is harmless.
    ///
    /// # Panics
    /// If `now` lies before the `now` of an earlier call.
    pub fn handle(&mut self, now: Instant, input: Input) {
        assert!(now >= self.now, "time runs forward: {now:?} was told after {:?}", self.now);
        self.now = now;
        self.treat_due(now);
        match input {
            Input::Wake => {}
            Input::ProbeAnswered { node, probe, answer } => {
                let (counts, event) = self.monitor.answered(now, node, probe, answer);
                if counts {
                    self.process_seen(node, answer);
                }
                self.treat_health(now, event);
            }
            Input::OperationFinished { operation, result } => self.operation_finished(now, operation, result),
            Input::MembershipChanged { node, change } => {
                let event = self.monitor.membership_changed(now, node, &change);
                self.treat_health(now, event);
            }
            Input::RolloutBegan { service, max_surge, max_unavailable } => {
                self.begin_rollout(now, service, max_surge, max_unavailable);
            }
            Input::NodeSampled { node, sample } => self.node_sampled(now, node, sample),
        }
        self.settle(now);
    }

    /// The next thing to carry out, in the order they were asked for.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// The next decision made since the last poll, in order.
    pub fn poll_decision(&mut self) -> Option<Decision> {
        self.ledger.take()
    }

    /// When to call [`handle`](Self::handle) at the latest, and what for. `None`: only an input can change anything.
    pub fn next_deadline(&self) -> Option<Deadline> {
        let at = |at: Option<Instant>, reason| at.map(|at| Deadline { at, reason });
        let state = self.recovery.state();
        [
            self.monitor.next_deadline(),
            at(state.next_copy_timeout(), DeadlineReason::CopyTimeout),
            at(state.next_repair(), DeadlineReason::RepairRetry),
            self.recovery.next_deadline(),
            at(self.recovery.next_review(), DeadlineReason::Review),
            at(self.recovery.next_gate_cooldown(), DeadlineReason::GateCooldown),
            at(self.recovery.evictions.next_deadline(), DeadlineReason::Eviction),
            self.nodes.next_deadline(),
            at(self.balancer.next_deadline(), DeadlineReason::EjectionEnd),
            at(self.scaler.next_deadline(), DeadlineReason::ScalingCycle),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Chooses a node for a request and counts the request as in flight there.
    ///
    /// # Errors
    /// Why there is no node for it.
    #[inline]
    pub fn route(
        &mut self,
        now: Instant,
        request: &RouteRequest,
        rng: &mut dyn Rng,
    ) -> Result<NodeId, Refusal> {
        self.balancer.distribute_task(now, request, rng)
    }

    /// Takes note of a request that a node took by itself, from a queue that the nodes of its service share: it is in
    /// flight there, as if it had been routed.
    pub fn request_taken(&mut self, node: NodeId) {
        self.balancer.task_taken(node);
    }

    /// Takes note that a request ended, which is no longer in flight at its node.
    #[inline]
    pub fn request_finished(&mut self, now: Instant, node: NodeId, outcome: RequestOutcome) {
        self.balancer.update_node_stats(now, node, outcome);
        self.note_balancer();
    }

    /// Takes note that a request was taken from a node again, with no outcome to learn from: it waited at a node
    /// that is being drained and is routed anew.
    pub fn request_withdrawn(&mut self, node: NodeId) {
        self.balancer.withdraw_task(node);
    }

    /// Nodes of a service that are meant to serve and believed healthy. 0 for an unknown service.
    pub fn believed_healthy(&self, service: ServiceId) -> u32 {
        self.roster.total(service) - self.roster.failed(service)
    }

    /// Nodes of a service that get traffic.
    pub fn eligible(&self, service: ServiceId) -> u32 {
        u32::try_from(self.balancer.eligible(service).len()).expect("nodes are counted by 32 bits")
    }

    /// What is believed of the nodes' health.
    pub fn monitor(&self) -> &HealthMonitor {
        &self.monitor
    }

    /// Recovery plans and what is believed of replicated state.
    pub fn recovery(&self) -> &RecoveryManager {
        &self.recovery
    }

    /// Does all that is due, in a fixed order.
    fn treat_due(&mut self, now: Instant) {
        while let Some((_, event)) = self.monitor.due_timeout(now) {
            self.treat_health(now, event);
        }
        self.treat_due_repairs(now);
        self.treat_due_plans(now);
        while let Some(node) = self.recovery.review_due(now) {
            self.plan_again(now, node);
        }
        while let Some(service) = self.recovery.gate_due(now) {
            self.judge_service(now, service);
        }
        if self.recovery.evictions.next_deadline().is_some_and(|at| at <= now) {
            self.unsettled = true;
        }
        self.treat_due_tasks(now);
        self.balancer.handle(now);
        self.note_balancer();
        while let Some(service) = self.scaler.due(now) {
            self.scaling_cycle(now, service);
        }
        while let Some((node, probe)) = self.monitor.due_probe(now) {
            self.actions.push_back(Action::Probe { node, probe });
        }
    }

    fn operation_finished(
        &mut self,
        now: Instant,
        operation: OperationId,
        result: Result<(), OperationError>,
    ) {
        let Some(owner) = self.ledger.end(operation) else { return };
        self.unsettled = true;
        match owner {
            Owner::Restart(plan) => self.restart_finished(now, plan, operation, result),
            Owner::Adding(addition) => self.addition_advanced(now, addition, operation, result),
            Owner::Removing(node) => {
                let orders = self.nodes.removal_advanced(now, node, operation, result, &mut self.ledger);
                self.carry_out(now, orders);
            }
            Owner::Copy => self.copy_finished(now, operation, result),
        }
    }

    fn node_sampled(&mut self, now: Instant, node: NodeId, sample: NodeSample) {
        let Some(spec) = self.roster.spec(node) else { return };
        if matches!(self.roster.phase(node), Phase::Serving | Phase::HandingOver) {
            self.scaler.node_sampled(now, node, spec.service, sample);
            self.judge_service(now, spec.service);
        }
    }

    /// The balancer's decisions become the cluster's.
    #[inline]
    pub(super) fn note_balancer(&mut self) {
        while let Some(decision) = self.balancer.poll_decision() {
            self.ledger.note(decision);
        }
    }

    /// A refused connection tells of a dead process, even of a node that was believed to be merely silent.
    fn process_seen(&mut self, node: NodeId, answer: ProbeAnswer) {
        match answer {
            ProbeAnswer::Refused if self.monitor.is_failed(node) => self.replicas_lost_with_process(node),
            ProbeAnswer::Healthy | ProbeAnswer::Unhealthy | ProbeAnswer::Refused => {}
        }
    }
}
