//! Faults, written in full.

use super::world::{distribution, limit, place_name};
use super::yaml::Yaml;
use crate::model::{
    Fault, FaultSpec, InFlight, NodeSelector, Path, Pick, Place, Scenario, Schedule, Strikes,
};
use crate::units::percent_text;

/// A fault.
pub(super) fn fault(scenario: &Scenario, fault: &Fault) -> Yaml {
    let mut fields = match &fault.schedule {
        Schedule::At(at) => vec![("at", Yaml::text(at))],
        Schedule::Every { gap, from, until, times, per_node, from_end } => {
            let mut fields = vec![("every", distribution(gap))];
            if *from_end {
                fields.push(("every_from", Yaml::text("end")));
            }
            fields.extend([
                ("from", Yaml::text(from)),
                ("until", Yaml::text(until)),
                ("times", limit(*times)),
            ]);
            if *per_node {
                fields.push(("per", Yaml::text("node")));
            }
            fields
        }
    };
    if let Some(lasts) = &fault.lasts {
        fields.push(("for", distribution(lasts)));
    }
    if let Some(crews) = fault.crews {
        fields.push(("crews", Yaml::Count(u64::from(crews))));
    }
    if let Some(name) = &fault.name {
        fields.push(("name", Yaml::text(name)));
    }
    fields.push(("label", Yaml::text(&fault.label)));
    fields.push(kind(scenario, &fault.kind));
    Yaml::map(fields)
}

fn kind(scenario: &Scenario, kind: &FaultSpec) -> (&'static str, Yaml) {
    let places = |places: &[Place]| Yaml::words(places.iter().map(|place| place_name(scenario, *place)));
    match kind {
        FaultSpec::Crash { nodes, in_flight } => {
            let mut fields = selector(scenario, nodes);
            fields.push(("in_flight", self::in_flight(*in_flight)));
            ("crash", Yaml::inline(fields))
        }
        FaultSpec::CrashLoop { nodes, strikes, after, in_flight } => {
            let mut fields = vec![("after", distribution(after))];
            if *strikes == Strikes::Starting {
                fields.push(("strikes", Yaml::text("starting")));
            }
            fields.extend(selector(scenario, nodes));
            fields.push(("in_flight", self::in_flight(*in_flight)));
            ("crash_loop", Yaml::inline(fields))
        }
        FaultSpec::Hang { nodes } => ("hang", Yaml::inline(selector(scenario, nodes))),
        FaultSpec::Slow { nodes, factor } => {
            let mut fields = vec![("factor", Yaml::Number(*factor))];
            fields.extend(selector(scenario, nodes));
            ("slow", Yaml::inline(fields))
        }
        FaultSpec::ZoneOutage { zone, in_flight } => {
            let zone = place_name(scenario, Place::Zone(*zone));
            (
                "zone_outage",
                Yaml::inline([("zone", Yaml::text(zone)), ("in_flight", self::in_flight(*in_flight))]),
            )
        }
        FaultSpec::Partition { from, to, one_way, path } => {
            let fields = [
                ("from", places(from)),
                ("to", places(to)),
                ("one_way", Yaml::Flag(*one_way)),
                ("path", self::path(*path)),
            ];
            ("partition", Yaml::inline(fields))
        }
        FaultSpec::Loss { from, to, one_way, ratio, path } => {
            let fields = [
                ("ratio", Yaml::text(percent_text(*ratio))),
                ("from", places(from)),
                ("to", places(to)),
                ("one_way", Yaml::Flag(*one_way)),
                ("path", self::path(*path)),
            ];
            ("loss", Yaml::inline(fields))
        }
    }
}

fn selector<'a>(scenario: &Scenario, nodes: &NodeSelector) -> Vec<(&'a str, Yaml)> {
    let mut fields = Vec::new();
    if let Some(service) = nodes.service {
        fields.push(("service", Yaml::text(&scenario.services[service.index()].name)));
    }
    if let Some(zone) = nodes.zone {
        fields.push(("zone", Yaml::text(place_name(scenario, Place::Zone(zone)))));
    }
    match &nodes.pick {
        Pick::All => {}
        Pick::Count(count) => fields.push(("nodes", Yaml::Count(u64::from(*count)))),
        Pick::Share(share) => fields.push(("share", Yaml::text(percent_text(*share)))),
        Pick::Index(index) => {
            fields.push((
                "index",
                Yaml::List(index.iter().map(|index| Yaml::Count(u64::from(*index))).collect()),
            ));
        }
    }
    fields
}

fn in_flight(in_flight: InFlight) -> Yaml {
    Yaml::text(match in_flight {
        InFlight::Reset => "reset",
        InFlight::Lost => "lost",
        InFlight::Retry => "retry",
        InFlight::Resume => "resume",
    })
}

fn path(path: Path) -> Yaml {
    Yaml::text(match path {
        Path::All => "all",
        Path::Data => "data",
        Path::Probe => "probe",
    })
}
