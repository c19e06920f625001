//! Stand-in until the loader lands.
use crate::{Control, Network, Place, Scenario};
use cusinart_policies::{ClusterConfig, Duration, HealthConfig, NodeManagerConfig, RecoveryConfig};
use std::path::{Path, PathBuf};

/// Overlay.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Sets.
    pub set: Vec<String>,
    /// Seed.
    pub seed: Option<u64>,
}

/// Error.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Unreadable.
    #[error("{path}: {source}")]
    Io {
        /// Path.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// Invalid.
    #[error("{0}")]
    Invalid(String),
}

/// Loads.
///
/// # Errors
/// Yes.
pub fn load(path: &Path, overlay: &Overlay) -> Result<Scenario, ScenarioError> {
    let bytes =
        std::fs::read(path).map_err(|source| ScenarioError::Io { path: path.to_path_buf(), source })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| ScenarioError::Invalid(format!("{}:1:1: not UTF-8", path.display())))?;
    parse(&path.display().to_string(), &text, Path::new("."), overlay)
}

/// Parses.
///
/// # Errors
/// Yes.
pub fn parse(name: &str, text: &str, _dir: &Path, overlay: &Overlay) -> Result<Scenario, ScenarioError> {
    let mut fields = std::collections::BTreeMap::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let (key, value) = line
            .split_once(": ")
            .ok_or_else(|| ScenarioError::Invalid(format!("{name}:{}:1: what is this", i + 1)))?;
        fields.insert(key.to_string(), value.to_string());
    }
    for set in &overlay.set {
        let (key, value) = set.split_once('=').unwrap_or((set, ""));
        if !fields.contains_key(key) {
            return Err(ScenarioError::Invalid(format!("--set {set}: no field {key}")));
        }
        fields.insert(key.to_string(), value.to_string());
    }
    let number = |key: &str, default: u64| {
        fields.get(key).map_or(Ok(default), |text| {
            text.parse().map_err(|_| ScenarioError::Invalid(format!("{name}:1:1: {key} {text}")))
        })
    };
    Ok(Scenario {
        name: fields
            .get("name")
            .cloned()
            .ok_or_else(|| ScenarioError::Invalid(format!("{name}:1:1: no name")))?,
        description: String::new(),
        duration: Duration::from_secs(number("duration_s", 60)?),
        warmup: Duration::ZERO,
        seed: overlay.seed.unwrap_or(number("seed", 1)?),
        window: Duration::from_secs(1),
        zones: vec!["a".into()],
        labels: vec![],
        network: Network { links: vec![] },
        node_types: vec![],
        services: vec![],
        clients: vec![],
        faults: vec![],
        control: Control {
            place: Place::Outside,
            cluster: ClusterConfig {
                zones: 1,
                services: vec![],
                health: HealthConfig::default(),
                recovery: RecoveryConfig::default(),
                nodes: NodeManagerConfig::default(),
            },
            metrics_period: Duration::from_secs(1),
            metrics_delay: Duration::ZERO,
        },
        slas: vec![],
    })
}

/// YAML.
pub fn to_yaml(scenario: &Scenario) -> String {
    format!(
        "name: {}\nduration_s: {}\nseed: {}\n",
        scenario.name,
        scenario.duration.as_secs_f64(),
        scenario.seed
    )
}

/// Hash.
pub fn scenario_hash(scenario: &Scenario) -> String {
    format!("{:016x}", cusinart_record::hash64(scenario.name.as_bytes()))
}

/// Schema.
pub fn schema_json() -> String {
    "{}\n".into()
}

/// Starter.
pub fn starter() -> &'static str {
    "# starter\nname: starter\nseed: 42\n"
}

/// TOML.
///
/// # Errors
/// Yes.
pub fn cluster_config_from_toml(name: &str, _text: &str) -> Result<ClusterConfig, ScenarioError> {
    Err(ScenarioError::Invalid(format!("{name}:1:1: not yet")))
}
