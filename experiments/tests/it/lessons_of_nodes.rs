//! What the shipped scenarios about the lives of nodes claim to teach.

use crate::{shipped, simulate};
use cusinart_record::{ClientWindow, RunRecord};

/// Requests answered well as a share of those that started, from one minute to another.
fn goodput(record: &RunRecord, from: u64, until: u64) -> f64 {
    let index = |minute: u64| (minute * 60_000_000_000 / record.header.window.as_nanos()) as usize;
    let windows = &record.clients[0].windows[index(from)..index(until)];
    let sum = |count: fn(&ClientWindow) -> u64| windows.iter().map(count).sum::<u64>() as f64;
    sum(|window| window.counts.ok) / sum(|window| window.counts.offered)
}

#[test]
fn cold_nodes_that_come_up_at_once_drown_unless_slow_start_spares_them() {
    for seed in [17, 1] {
        // The zone has power again at 4 min; its nodes boot and are warm 90 s after that.
        let with = |balancer: &str| {
            let set = format!("control.load_balancer={balancer}");
            goodput(&simulate(&shipped("cold-start-herd", &[&set], Some(seed))), 4, 7)
        };
        let (counting, turns) = (with("{least_request: {}}"), with("{edf_round_robin: {}}"));
        assert!(counting < 0.995, "seed {seed}: least requests without slow start: {counting}");
        assert!(turns < 0.95, "seed {seed}: turns without slow start: {turns}");
        let spared = with("{least_request: {slow_start: 3m}}");
        assert!(spared > 0.999, "seed {seed}: least requests with slow start: {spared}");
        let spared = with("{edf_round_robin: {slow_start: 3m, aggression: 0.5}}");
        assert!(spared > 0.999, "seed {seed}: turns with slow start: {spared}");
    }
}
