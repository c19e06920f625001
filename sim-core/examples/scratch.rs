use cusinart_policies::*; use cusinart_scenarios::*;
fn main() {
  let n: u32 = std::env::args().nth(1).map_or(100, |a| a.parse().unwrap());
  let reqs: f64 = 4e6;
  let rate = n as f64 * 85.0; 
  let s = Scenario { name: "x".into(), description: String::new(), duration: Duration::from_secs_f64(reqs / rate), warmup: Duration::ZERO, seed: 1, window: Duration::from_secs(10),
   zones: vec!["a".into()], labels: vec![], network: Network { links: vec![Link{latency: Distribution::ZERO, loss: 0.0};4] },
   node_types: vec![NodeType{ name: "n".into(), workers: 1, queue: u32::MAX, boot_time: Distribution::ZERO, cost_per_hour: 0.0, state_bytes: 0, bandwidth_bytes_per_s: 1e9, transfer_slowdown: 0.0, speed: 1.0}],
   services: vec![Service{name: "s".into(), node_type: 0, nodes: n, zones: vec![ZoneId(0)], labels: Labels::NONE, service_time: Distribution::Exponential{mean_s: 0.01}, error_ratio: 0.0, calls: vec![], state: None}],
   clients: vec![Client{name: "c".into(), service: ServiceId(0), place: Place::Outside, labels: Labels::NONE, arrivals: Arrivals::Poisson(RateCurve{points: vec![(Instant::ZERO, rate)]}), patience: Patience{timeout: Some(Duration::from_secs(1)), retries_max: 0, backoff_initial: Duration::ZERO, backoff_factor: 2.0, backoff_max: Duration::ZERO, jitter: Jitter::Full, retry_budget: None}}],
   faults: vec![], control: Control{place: Place::Outside, cluster: ClusterConfig{zones: 1, services: vec![ServiceConfig{name: "s".into(), zones: vec![ZoneId(0)], labels: Labels::NONE, balancer: BalancerConfig{strategy: PolicySpec::named("power_of_two"), ..Default::default()}, auto_scaler: None, state: None}], health: Default::default(), recovery: Default::default(), nodes: Default::default()}, metrics_period: Duration::from_secs(10), metrics_delay: Duration::from_secs(2)}, slas: vec![] };
  for _ in 0..3 {
  let t = std::time::Instant::now();
  let r = cusinart_sim_core::Simulation::new(&s).run();
  let c = &r.clients[0];
  println!("{} req {} events {:016x} {:.1} ns/req p99 {} mean {:.2}ms timeouts {}", c.counts.offered, r.events, r.digest, t.elapsed().as_nanos() as f64 / c.counts.offered as f64, c.latency.value_at_quantile(0.99), c.latency_sum as f64 / c.counts.ok as f64/1e6, c.counts.failed[0]);
  }
}
