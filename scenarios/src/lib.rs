//! Scenario files: strict YAML with units, pointed errors and a JSON Schema.

mod model;
mod sla;
mod standin;

pub use model::{
    Arrivals, Call, Client, Control, Distribution, Fault, FaultSpec, InFlight, Jitter, Link, Network,
    NodeSelector, NodeType, Path, Patience, Pick, Place, RateCurve, RetryBudget, Scenario, Schedule, Service,
    ServiceState,
};
pub use sla::{Comparison, Metric, Sla, Statistic, Subject};
pub use standin::{
    Overlay, ScenarioError, cluster_config_from_toml, load, parse, scenario_hash, schema_json, starter,
    to_yaml,
};
