//! `swim`: the word of a member of the cluster's own gossip counts, and the control plane probes nobody.

use super::SwimSettings;
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{
    Duration, Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, ProbeOutcome, Verdict,
};
use alloc::boxed::Box;

const LONGEST: Duration = Duration::from_secs(3_600);

pub(crate) const BUILTIN: Builtin<dyn FailureDetector> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Detector,
        name: "swim",
        summary: "Failed when the nodes themselves declare it dead: they probe each other, directly and through others, and gossip.",
        source: "hashicorp/memberlist, `DefaultLANConfig`, as in Consul and Nomad; Das et al., SWIM, DSN 2002; Dadgar et al., Lifeguard, 2018",
        params: &[
            ParamInfo {
                name: "probe_interval",
                doc: "From one probe of a member to its next, and the unit of suspicions. Shorter finds failures sooner \
                      and costs messages.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(1),
                    min: Duration::from_millis(10),
                    max: LONGEST,
                },
            },
            ParamInfo {
                name: "probe_order",
                doc: "Whom a member probes next: `round` takes all in turn, in an order that each round shuffles anew; \
                      `random` takes any, as in the first protocol of the paper, and may leave one out for long.",
                form: ParamForm::Choice { words: &["round", "random"] },
            },
            ParamInfo {
                name: "probe_timeout",
                doc: "Wait for a direct answer before others are asked to probe in turn; less than `probe_interval`. \
                      Shorter asks others for nodes that are merely slow.",
                form: ParamForm::Duration {
                    default: Duration::from_millis(500),
                    min: Duration::from_millis(1),
                    max: LONGEST,
                },
            },
            ParamInfo {
                name: "indirect_checks",
                doc: "Members asked to probe in turn. More find a way around a bad link; with 0 each member judges by \
                      its own link alone.",
                form: ParamForm::Count { default: 3, min: 0, max: 16 },
            },
            ParamInfo {
                name: "suspicion_mult",
                doc: "Least time of a suspicion, in probe intervals times max(1, log10(members)); two more than the \
                      confirmations that bring it down to that. Less declares nodes dead sooner, and healthy ones too.",
                form: ParamForm::Count { default: 4, min: 1, max: 100 },
            },
            ParamInfo {
                name: "suspicion_max_timeout_mult",
                doc: "Time of a suspicion that nobody confirms, in least times. More is more patient with an accuser \
                      who is alone; 1 does without Lifeguard.",
                form: ParamForm::Count { default: 6, min: 1, max: 100 },
            },
            ParamInfo {
                name: "awareness_max_multiplier",
                doc: "How many times slower a member probes at most when its own probes go wrong. More takes a node \
                      that hears nothing out of the game; 1 turns awareness off.",
                form: ParamForm::Count { default: 8, min: 1, max: 100 },
            },
            ParamInfo {
                name: "gossip_interval",
                doc: "From gossip to gossip while there is something to tell. Longer spreads news, and refutations, \
                      more slowly.",
                form: ParamForm::Duration {
                    default: Duration::from_millis(200),
                    min: Duration::from_millis(1),
                    max: LONGEST,
                },
            },
            ParamInfo {
                name: "gossip_nodes",
                doc: "Members that each gossip goes to. More spreads news faster and costs messages.",
                form: ParamForm::Count { default: 3, min: 1, max: 16 },
            },
            ParamInfo {
                name: "retransmit_mult",
                doc: "How often a member sends a claim on, times ceil(log10(members + 1)). More reaches everybody even \
                      when messages are lost.",
                form: ParamForm::Count { default: 4, min: 1, max: 100 },
            },
            ParamInfo {
                name: "gossip_to_the_dead_time",
                doc: "For how long gossip still goes to a member that was declared dead. Longer gives it more time to \
                      refute.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(30),
                    min: Duration::ZERO,
                    max: LONGEST,
                },
            },
            ParamInfo {
                name: "push_pull_interval",
                doc: "From one full exchange of a member to its next; longer beyond 32 members. Shorter heals \
                      differences sooner, those after a partition above all.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(30),
                    min: Duration::from_millis(100),
                    max: LONGEST,
                },
            },
        ],
        example: "swim: { probe_interval: 1s, suspicion_mult: 4 }",
    },
    build: |params| {
        let settings = SwimSettings {
            probe_interval: params.duration("probe_interval"),
            random_probes: params.choice("probe_order") == 1,
            probe_timeout: params.duration("probe_timeout"),
            indirect_checks: params.count("indirect_checks"),
            suspicion_mult: params.count("suspicion_mult"),
            suspicion_max_timeout_mult: params.count("suspicion_max_timeout_mult"),
            awareness_max_multiplier: params.count("awareness_max_multiplier"),
            gossip_interval: params.duration("gossip_interval"),
            gossip_nodes: params.count("gossip_nodes"),
            retransmit_mult: params.count("retransmit_mult"),
            gossip_to_the_dead_time: params.duration("gossip_to_the_dead_time"),
            push_pull_interval: params.duration("push_pull_interval"),
        };
        if settings.probe_timeout >= settings.probe_interval {
            let expected = "less than `probe_interval`";
            return Err(params.misfit("probe_timeout", settings.probe_timeout, expected));
        }
        Ok(Box::new(Swim { settings }))
    },
};

/// Leaves the judgement to the members: see [`Member`](super::Member).
///
/// The health monitor sends no probes then. It hears of changes by
/// [`Input::MembershipChanged`](crate::Input::MembershipChanged), from the control plane's own member: an agent in its
/// place that takes part in the gossip, as the servers of Consul do. So nobody asks nodes whether they are ready: a node
/// serves from its joining on until it is declared dead, and a crash cannot be told from silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swim {
    /// The settings of all members.
    pub settings: SwimSettings,
}

impl FailureDetector for Swim {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn reset(&mut self, _now: Instant, _node: NodeId) {}

    fn membership(&self) -> Option<&SwimSettings> {
        Some(&self.settings)
    }

    /// Probes say nothing here, and none are sent.
    fn observe(
        &mut self,
        now: Instant,
        _node: NodeId,
        health: &NodeHealth,
        _outcome: ProbeOutcome,
    ) -> Judgement {
        let silent_for = now.since(health.last_success);
        let evidence =
            Evidence { misses: health.failures, silent_for, score: 0.0, threshold: 1.0, accusation: None };
        Judgement { verdict: Verdict::Healthy, evidence }
    }
}
