//! Routing and health results allocate nothing. A binary of its own, since it counts what its allocator is asked for.

use allocation_counter::{AllocationInfo, measure};
use cusinart_benches::{Probing, Routing, defaults, routing_cases};
use cusinart_policies::PolicyKind;

const NODES: u32 = 100;

#[test]
fn routing_allocates_nothing() {
    for case in routing_cases() {
        let mut routing = Routing::new(&case, NODES);
        let counted = measure(|| {
            for _ in 0..2_000 {
                routing.route();
                routing.finish();
            }
        });
        assert_nothing(&counted, &case.name);
    }
}

#[test]
fn health_results_allocate_nothing() {
    for case in defaults(PolicyKind::Detector) {
        let Some(mut probing) = Probing::new(&case, NODES) else { continue };
        for _ in 0..20 {
            probing.send();
            let counted = measure(|| while probing.answer() {});
            assert_nothing(&counted, &case.name);
        }
    }
}

#[test]
fn the_counter_counts() {
    let counted = measure(|| drop(std::hint::black_box(vec![0_u8; 100])));
    assert_eq!((counted.count_total, counted.bytes_total), (1, 100));
}

fn assert_nothing(counted: &AllocationInfo, name: &str) {
    assert_eq!(counted.count_total, 0, "{name}: {} bytes", counted.bytes_total);
}
