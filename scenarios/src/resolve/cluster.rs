//! `cluster.toml`.

use super::control::{Parts, ServicePart, validate};
use super::{Names, scenario, service};
use crate::log::{Finding, Log};
use crate::raw::RawCluster;
use crate::tree::Node;
use cusinart_policies::{ClusterConfig, ServiceConfig};

/// The configuration of a cluster; `None` if it is too large to look at.
pub(crate) fn cluster(raw: &RawCluster, root: &Node, log: &mut Log) -> Option<ClusterConfig> {
    if raw.zones.items.len() > scenario::ZONES_MAX {
        let found = format!("{} zones", raw.zones.items.len());
        log.report(Finding::at(raw.zones.mark, found, format!("at most {} zones", scenario::ZONES_MAX)));
        return None;
    }
    let mut names = Names { zones: scenario::zones(&raw.zones, log), ..Names::default() };
    let control = raw.control.as_ref();
    let place = control.and_then(|control| control.place.as_ref()).map(|place| place.mark);
    let metrics = control.and_then(|control| control.metrics.as_ref()).map(|metrics| metrics.mark);
    for (key, mark) in [("place", place), ("metrics", metrics)] {
        if let Some(mark) = mark {
            let finding =
                Finding::at(mark, format!("`{key}`"), "no such key in the configuration of a cluster");
            log.report(finding.hint("it belongs to the simulated world of a scenario"));
        }
    }
    if raw.services.0.is_empty() || raw.services.0.len() > usize::from(u16::MAX) {
        log.report(Finding::at(
            raw.mark,
            format!("{} services", raw.services.0.len()),
            "1 to 65535 services",
        ));
    }
    let mut parts = Parts::new(control, &names, log);
    let mut services = Vec::new();
    for (name, raw) in &raw.services.0 {
        let state = raw.state.as_ref().map(|raw| {
            let replicas = raw.replicas.map_or(service::REPLICAS_DEFAULT, |replicas| replicas.value.get());
            (raw.shards.value.get(), replicas, raw.survives_restart.is_none_or(|survives| survives.value))
        });
        let part =
            ServicePart { balancer: raw.load_balancer.as_ref(), scaler: raw.auto_scaler.as_ref(), state };
        let config = parts.service(&part, &names, log);
        let zones = names.zones(raw.zones.as_ref(), log);
        let labels = names.carried(raw.labels.as_deref(), log);
        services.push(ServiceConfig { name: name.value.0.clone(), zones, labels, ..config });
    }
    let cluster = parts.cluster(services, &names);
    validate(&cluster, root, log);
    Some(cluster)
}
