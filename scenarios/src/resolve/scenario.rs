//! The scenario as a whole.

use super::{Names, call, client, control, fault, names, network, rollout, service};
use crate::log::{Finding, Log, quote};
use crate::model::{Fault, Place, Scenario};
use crate::quantity::Version;
use crate::raw::{RawFault, RawScenario};
use crate::read::{At, Many, Name, Named};
use crate::sla;
use crate::tree::Node;
use cusinart_policies::{Duration, Instant};
use std::collections::BTreeSet;
use std::path::Path;

/// Most zones. Links are kept for each pair.
pub(super) const ZONES_MAX: usize = 64;
/// Most node types, services, clients, calls of services each.
const NAMED_MAX: usize = 10_000;
/// Most exceptions of the network.
const LINKS_MAX: usize = 10_000;
/// Most SLAs.
const SLAS_MAX: usize = 1_000;
/// Most faults.
const FAULTS_MAX: usize = 10_000;
/// Most rolling updates.
const ROLLOUTS_MAX: usize = 10_000;
/// Longest run.
const DURATION_MAX: Duration = Duration::from_secs(10 * 365 * 86_400);
/// Windows of the series that the default width aims at, at most.
const WINDOWS_AIM: u64 = 360;
/// Most windows of the series.
const WINDOWS_MAX: u64 = 100_000;
/// Most windows of the series of all services and clients together: some 100 bytes each.
const WINDOWS_IN_ALL_MAX: u64 = 10_000_000;
/// Seed when the file has none.
const SEED_DEFAULT: u64 = 42;

/// The typed scenario; `None` if it is too large to look at.
pub(crate) fn scenario(raw: &RawScenario, root: &Node, dir: &Path, log: &mut Log) -> Option<Scenario> {
    // There is one version only, which the reader has checked.
    let Version = raw.version.value;
    let duration = raw.duration.value.0;
    if duration > DURATION_MAX {
        log.report(Finding::at(raw.duration.mark, format!("`{duration}`"), "at most 10 years (`3650d`)"));
    }
    let mut names = all_names(raw, root, log)?;
    names.control =
        raw.control.as_ref().and_then(|control| control.place.as_ref()).map(|place| names.place(place, log));
    let node_types = service::node_types(&raw.node_types, log);
    let services = service::services(raw, &mut names, log);
    let clients = client::clients(&raw.clients, &names, dir, log);
    let raw_faults = raw.faults.as_deref().unwrap_or_default();
    let faults: Vec<Vec<Fault>> =
        raw_faults.iter().map(|raw| fault::faults(raw, &names, &services, dir, log)).collect();
    fault::check_names(raw_faults, &faults, log);
    let faults: Vec<Fault> = faults.into_iter().flatten().collect();
    if faults.len() > FAULTS_MAX {
        let found = format!("{} faults with the rows of all traces", faults.len());
        log.report(Finding::at(
            root.nearest_on("faults").mark,
            found,
            format!("at most {FAULTS_MAX} faults"),
        ));
    }
    names.faults = faults.iter().map(|fault| fault.name.clone().unwrap_or_default()).collect();
    let provisioning = raw.provisioning.as_ref().map(|raw| rollout::provisioning(raw, log));
    let rollouts = raw.rollouts.iter().flatten().take(ROLLOUTS_MAX);
    let rollouts = rollouts.map(|raw| rollout::rollout(raw, &names, log)).collect();
    let control = control::control(raw, &services, &names, root, log);
    let slas = raw.slas.iter().flatten().take(SLAS_MAX);
    let slas = slas.filter_map(|raw| sla::sla(&raw.text, raw.expected, &names, log)).collect();
    Some(Scenario {
        name: raw.name.value.0.clone(),
        description: raw
            .description
            .as_ref()
            .map(|text| text.value.0.trim_end().to_owned())
            .unwrap_or_default(),
        duration,
        warmup: warmup(raw, log),
        seed: raw.seed.map_or(SEED_DEFAULT, |seed| seed.value),
        window: names.window,
        network: network::network(raw.network.as_ref(), &names, dir, log),
        zones: names.zones,
        labels: names.labels,
        node_types,
        services,
        clients,
        faults,
        provisioning,
        rollouts,
        control,
        slas,
    })
}

/// All names of the file. `None` if there are too many of a kind.
fn all_names(raw: &RawScenario, root: &Node, log: &mut Log) -> Option<Names> {
    let links = raw.network.as_ref().and_then(|network| network.links.as_ref()).map_or(0, Vec::len);
    let calls: usize =
        raw.services.0.iter().flat_map(|(_, service)| service.calls.iter().flatten()).map(call::len).sum();
    let counts = [
        ("zones", raw.zones.items.len(), ZONES_MAX),
        ("node_types", raw.node_types.0.len(), NAMED_MAX),
        ("services", raw.services.0.len(), NAMED_MAX),
        ("clients", raw.clients.0.len(), NAMED_MAX),
        ("services.calls", calls.max(1), NAMED_MAX),
        ("faults", raw.faults.as_ref().map_or(1, |faults| faults.len().max(1)), FAULTS_MAX),
        ("rollouts", raw.rollouts.as_ref().map_or(1, |rollouts| rollouts.len().max(1)), ROLLOUTS_MAX),
        ("network.links", links.max(1), LINKS_MAX),
        ("slas", raw.slas.as_ref().map_or(1, |slas| slas.len().max(1)), SLAS_MAX),
    ];
    for (key, count, most) in counts.into_iter().filter(|(_, count, most)| !(1..=*most).contains(count)) {
        let expected = format!("from 1 to {most} {key}");
        log.report(Finding::at(root.nearest_on(key).mark, format!("{count} {key}"), expected));
        if count > most {
            return None;
        }
    }
    let zones = zones(&raw.zones, log);
    let mut node_types = keys(&raw.node_types);
    node_types.sort();
    let (services, clients) = (keys(&raw.services), keys(&raw.clients));
    let service_names: BTreeSet<&String> = services.iter().collect();
    for (name, _) in raw.clients.0.iter().filter(|(name, _)| service_names.contains(&name.value.0)) {
        let found = format!("a client with the name {} of a service", quote(&name.value.0));
        log.report(Finding::at(name.mark, found, "different names for clients and services"));
    }
    let end = Instant::ZERO + raw.duration.value.0;
    let name = |raw: &RawFault| raw.name.as_ref().map(|name| name.value.0.clone()).unwrap_or_default();
    let faults = raw.faults.iter().flatten().map(name).collect();
    let window = window(raw, log);
    Some(Names { zones, node_types, services, clients, faults, end, window, ..Names::default() })
}

/// The names of a map.
fn keys<T>(named: &Named<T>) -> Vec<String> {
    named.0.iter().map(|(name, _)| name.value.0.clone()).collect()
}

/// The names of the zones.
pub(super) fn zones(raw: &Many<At<Name>>, log: &mut Log) -> Vec<String> {
    names::once("zone", &raw.items, log);
    for name in raw.items.iter().filter(|name| ["outside", "control"].contains(&name.value.0.as_str())) {
        let found = format!("a zone with the name {}", quote(&name.value.0));
        log.report(Finding::at(name.mark, found, "another name: this one has a meaning of its own"));
    }
    raw.items.iter().map(|name| name.value.0.clone()).collect()
}

fn warmup(raw: &RawScenario, log: &mut Log) -> Duration {
    let Some(warmup) = raw.warmup else { return Duration::ZERO };
    if warmup.value >= raw.duration.value.0 {
        let expected = format!("a time below the duration, `{}`", raw.duration.value.0);
        log.report(Finding::at(warmup.mark, format!("`{}`", warmup.value), expected));
    }
    warmup.value
}

/// The width of the windows: as written, else the first round time that makes few enough of them.
fn window(raw: &RawScenario, log: &mut Log) -> Duration {
    let duration = raw.duration.value.0.as_nanos();
    if let Some(window) = raw.window {
        let width = window.value.0;
        let windows = duration.div_ceil(width.as_nanos());
        let series = (raw.services.0.len() + raw.clients.0.len()).max(1) as u64;
        let most = WINDOWS_MAX.min(WINDOWS_IN_ALL_MAX / series).max(1);
        if windows > most {
            let least = Duration::from_nanos(duration.div_ceil(most));
            let found = format!("`{width}`: {windows} windows of each of {series} services and clients");
            let finding = Finding::at(window.mark, found, format!("at most {most} windows of each"));
            log.report(finding.hint(format!("a longer window keeps the series small: at least `{least}`")));
        }
        return width;
    }
    let round_ms =
        [1, 10, 100, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000];
    let fits = |width: &Duration| duration.div_ceil(width.as_nanos()) <= WINDOWS_AIM;
    let round = round_ms.into_iter().map(Duration::from_millis).find(fits);
    round.unwrap_or_else(|| Duration::from_secs((duration / WINDOWS_AIM / 86_400_000_000_000 + 1) * 86_400))
}

/// Where the control plane is: outside unless something else is written.
pub(super) fn control_place(names: &Names) -> Place {
    names.control.unwrap_or(Place::Outside)
}
