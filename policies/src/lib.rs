//! The control plane of a self-healing cluster as pure state machines: no clock, no I/O, no randomness of its own.
#![no_std]

extern crate alloc;

mod action;
pub mod balancing;
pub mod catalogue;
mod cluster;
mod config;
mod deadline;
mod decision;
pub mod detection;
mod error;
mod event;
mod health;
mod ids;
mod input;
mod ledger;
pub mod membership;
mod monitor;
mod node_manager;
mod node_spec;
pub mod overload;
pub mod recovery;
pub mod scaling;
mod state;
mod time;
mod timers;

pub use action::Action;
pub use balancing::{
    BalancingStrategy, Labels, LoadBalancer, NodeStats, Pool, Refusal, RequestOutcome, RouteRequest,
};
pub use catalogue::{ParamForm, ParamInfo, ParamValue, PolicyEntry, PolicyKind, PolicySpec};
pub use cluster::SelfHealingCluster;
pub use config::{
    AutoScalerConfig, Backoff, BalancerConfig, ClusterConfig, EjectionConfig, GateConfig, HealthConfig,
    NodeManagerConfig, ProbeSchedule, RecoveryConfig, ServiceConfig, StateConfig, ZoneAwareConfig,
};
pub use deadline::{Deadline, DeadlineReason};
pub use decision::{
    AddReason, CapacityPlan, Decision, DegradedReason, EjectionReason, Evidence, FailureCause, GiveUpReason,
    RemoveReason, RolloutProgress, ScalingReason, SkippedStrategy, StepKind, StepOutcome,
};
pub use detection::{FailureDetector, Judgement, Verdict};
pub use error::ConfigError;
pub use event::HealthEvent;
pub use health::{NodeHealth, ProbeOutcome};
pub use ids::{MemberId, NodeId, OperationId, PlanId, ProbeId, ServiceId, ShardId, ZoneId};
pub use input::{Input, NodeSample, OperationError, ProbeAnswer};
pub use monitor::{Belief, HealthMonitor, IntervalChecker};
pub use node_manager::DynamicNodeManager;
pub use node_spec::NodeSpec;
pub use recovery::{Proposal, RecoveryCase, RecoveryManager, RecoveryPlan, RecoveryStep, RecoveryStrategy};
pub use scaling::{
    AutoScaler, CapacityPlanner, MetricsCollector, ScalingDecision, ScalingNodes, ScalingPolicy,
    ScalingProposal, ScalingView, ServiceMetrics, ServingNode, ThresholdManager,
};
pub use state::{Blocked, ShardCopy, Standing, StateStore};
pub use time::{Duration, Instant};
