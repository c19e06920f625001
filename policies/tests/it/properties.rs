//! Properties that hold for any script and any input.

use crate::configs::{scaled, stateful};
use crate::world::World;
use cusinart_policies::membership::{Change, MemberState};
use cusinart_policies::{
    AutoScalerConfig, ClusterConfig, Duration, EjectionConfig, Input, Instant, MemberId, NodeId, NodeSample,
    OperationError, OperationId, PolicySpec, ProbeAnswer, ProbeId, ProbeSchedule, RequestOutcome,
    RouteRequest, SelfHealingCluster, ServiceId,
};
use proptest::prelude::*;
use rand_core::SeedableRng;

const MINUTE: Duration = Duration::from_secs(60);

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// The laws hold after every event, and all that began ends once the world is well again.
    #[test]
    fn laws_hold_and_everything_ends(setting in setting(), script in script()) {
        let mut world = setting.world();
        world.script(&script);
        world.run(Instant::ZERO + MINUTE * 20);
        world.heal_all();
        world.run(Instant::ZERO + MINUTE * 20 + setting.longest());
        world.laws.quiet();
    }

    /// The same script gives the same actions and decisions at the same times.
    #[test]
    fn the_same_inputs_give_the_same_outputs(setting in setting(), script in script()) {
        let run = || {
            let mut world = setting.world();
            world.script(&script);
            world.run(Instant::ZERO + MINUTE * 20);
            (world.actions, world.decisions)
        };
        prop_assert!(run() == run());
    }

    /// Waking early changes nothing.
    #[test]
    fn early_wakes_are_harmless(setting in setting(), script in script(), step_ms in 100_u64..5_000) {
        let run = |wakes: bool| {
            let mut world = setting.world();
            world.script(&script);
            for turn in 1..=(5 * 60 * 1_000 / step_ms) {
                world.run(Instant::ZERO + Duration::from_millis(step_ms) * turn);
                if wakes {
                    world.cluster.handle(world.now, Input::Wake);
                }
            }
            (world.actions, world.decisions)
        };
        prop_assert!(run(false) == run(true));
    }

    /// Whatever is told, in whatever order, nothing panics and no deadline lies in the past.
    #[test]
    fn random_inputs_never_panic(setting in setting(), inputs in prop::collection::vec(input(), 1..400)) {
        let mut world = setting.world();
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let cluster: &mut SelfHealingCluster = &mut world.cluster;
        let mut now = Instant::ZERO;
        for (wait, input) in inputs {
            now += wait;
            cluster.handle(now, input);
            while cluster.poll_action().is_some() {}
            while cluster.poll_decision().is_some() {}
            prop_assert!(cluster.next_deadline().is_none_or(|deadline| deadline.at > now));
            let request = RouteRequest {
                service: ServiceId(0), key: 7, labels: Default::default(), avoid: None, zone: None,
            };
            if let Ok(node) = cluster.route(now, &request, &mut rng) {
                let ok = !now.as_nanos().is_multiple_of(3);
                cluster.request_finished(now, node, RequestOutcome { ok, latency: wait });
            }
        }
    }
}

const STRATEGIES: [&str; 4] =
    ["redirect_traffic", "restart_node", "replicate_state", "escalating_remediation"];

/// A configuration and a number of nodes.
#[derive(Clone, Debug)]
struct Setting {
    config: ClusterConfig,
    nodes: u32,
}

impl Setting {
    fn world(&self) -> World {
        World::new(self.config.clone(), self.nodes)
    }

    /// More than all time limits, tries and pauses together.
    fn longest(&self) -> Duration {
        Duration::from_secs(8 * 3_600)
    }
}

fn setting() -> impl Strategy<Value = Setting> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (1_u32..7, 0_u32..4, flags, prop::collection::btree_set(0_usize..4, 0..=4), 1_u32..4, any::<bool>())
        .prop_map(
            |(
                nodes,
                replicas,
                (scales, delay, spread, survives, replace),
                strategies,
                plans_at_once,
                ejects,
            )| {
                let mut config = if scales { scaled(1, 8) } else { stateful(1) };
                config.services[0].state = None;
                if replicas > 0 {
                    let mut state = crate::configs::state(0, replicas);
                    state.survives_restart = survives;
                    config.services[0].state = Some(state);
                }
                if delay {
                    config.health.schedule = ProbeSchedule::FixedDelay;
                }
                config.health.spread = spread;
                config.nodes.replace_given_up = replace;
                config.recovery.plans_at_once = plans_at_once;
                config.recovery.strategies =
                    strategies.into_iter().map(|index| STRATEGIES[index]).map(PolicySpec::named).collect();
                if ejects {
                    let ejection = EjectionConfig { consecutive_failures: 2, ..EjectionConfig::default() };
                    config.services[0].balancer.ejection = Some(ejection);
                }
                if let Some(AutoScalerConfig { cooldown_down, .. }) = &mut config.services[0].auto_scaler {
                    *cooldown_down = Duration::ZERO;
                }
                Setting { config, nodes }
            },
        )
}

/// Lines of things that happen in the first 20 minutes.
fn script() -> impl Strategy<Value = String> {
    let verbs = prop::sample::select(vec!["crash", "hang", "heal", "sick", "break", "dark"]);
    let node_line =
        (0_u64..1_200, verbs, 0_u32..12).prop_map(|(at, verb, node)| format!("{at}s {verb} n{node}"));
    let zone_line = (0_u64..1_200, any::<bool>(), 0_u32..3)
        .prop_map(|(at, refuse, zone)| format!("{at}s {} z{zone}", if refuse { "refuse" } else { "allow" }));
    let load_line = (0_u64..1_200, prop::sample::select(vec!["load", "errors"]), 0_u32..=100)
        .prop_map(|(at, verb, share)| format!("{at}s {verb} s0={share}%"));
    let lost_line = (0_u64..1_200, any::<bool>())
        .prop_map(|(at, lost)| format!("{at}s {}", if lost { "mute" } else { "speak" }));
    prop::collection::vec(prop_oneof![8 => node_line, 2 => zone_line, 4 => load_line, 1 => lost_line], 0..30)
        .prop_map(|lines| lines.join("\n"))
}

/// Any input after any wait, mostly about things that exist.
fn input() -> impl Strategy<Value = (Duration, Input)> {
    let node = prop_oneof![9 => 0_u32..8, 1 => any::<u32>()].prop_map(NodeId);
    let answer =
        prop::sample::select(vec![ProbeAnswer::Healthy, ProbeAnswer::Unhealthy, ProbeAnswer::Refused]);
    let error = prop::sample::select(vec![
        OperationError::Unreachable,
        OperationError::SourceLost,
        OperationError::Refused,
    ]);
    let result = prop::option::of(error).prop_map(|error| error.map_or(Ok(()), Err));
    let number = prop_oneof![
        Just(0.0),
        Just(0.5),
        Just(1.0),
        Just(-1.0),
        Just(1e300),
        Just(f64::NAN),
        Just(f64::INFINITY)
    ];
    let sample =
        (0_u64..u64::MAX, number, any::<[u32; 4]>()).prop_map(|(at, utilization, [a, b, c, d])| NodeSample {
            taken_at: Instant::from_nanos(at),
            window: Duration::from_nanos(at / 7),
            utilization,
            in_flight: a,
            queued: b,
            arrived: c,
            completed: d,
            failed: a ^ b,
        });
    let state = prop::sample::select(vec![
        MemberState::Alive,
        MemberState::Suspect,
        MemberState::Dead,
        MemberState::Left,
    ]);
    let input = prop_oneof![
        2 => Just(Input::Wake),
        4 => (node.clone(), 0_u64..400, answer)
            .prop_map(|(node, probe, answer)| Input::ProbeAnswered { node, probe: ProbeId(probe), answer }),
        2 => (0_u32..60, result).prop_map(|(operation, result)| {
            Input::OperationFinished { operation: OperationId(operation), result }
        }),
        1 => (node.clone(), state).prop_map(|(node, state)| {
            let change = Change { about: MemberId(node.0), state, accusation: None };
            Input::MembershipChanged { node, change }
        }),
        1 => (node, sample).prop_map(|(node, sample)| Input::NodeSampled { node, sample }),
    ];
    (prop_oneof![5 => 0_u64..3_000, 1 => 0_u64..600_000].prop_map(Duration::from_millis), input)
}
