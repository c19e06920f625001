//! Whole runs, shortened: events per second through the whole product.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use cusinart_scenarios::{Overlay, Scenario, load};
use cusinart_sim_core::Simulation;
use std::path::Path;

/// A scenario file of this repository, cut to a duration.
fn shortened(file: &str, duration: &str) -> Scenario {
    let overlay = Overlay { set: vec![format!("duration={duration}")], seed: None };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    load(&path, &overlay).unwrap_or_else(|error| panic!("{error}"))
}

fn runs(criterion: &mut Criterion) {
    let scenarios = [
        ("power-of-two-100", shortened("scenarios/power-of-two-100.yaml", "10s")),
        ("power-of-two-10000", shortened("scenarios/power-of-two-10000.yaml", "200ms")),
        ("rolling-crash", shortened("../scenarios/rolling-crash.yaml", "3m")),
    ];
    let mut group = criterion.benchmark_group("runs");
    group.sample_size(10);
    for (name, scenario) in scenarios {
        group.throughput(Throughput::Elements(Simulation::new(&scenario).run().events));
        group.bench_function(name, |bencher| {
            bencher.iter_batched(|| Simulation::new(&scenario), Simulation::run, BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, runs);
criterion_main!(benches);
