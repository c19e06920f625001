//! Faults.

use super::scenario::ZONES_MAX;
use super::{Names, distribution, fault_trace, names};
use crate::distribution::Distribution;
use crate::log::{Finding, Log, Mark, quote};
use crate::model::{Fault, FaultSpec, InFlight, NodeSelector, Path, Pick, Place, Schedule, Service, Strikes};
use crate::quantity::Ratio;
use crate::raw::RawFault;
use crate::read::{At, Name, OneOrMany, Placed};
use crate::words::EveryFrom;
use cusinart_policies::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

/// Most occurrences of a repeating fault to be expected in a run, on all nodes together.
const OCCURRENCES_MAX: f64 = 1e6;

/// Shortest mean life of a process in a crash loop, in seconds.
const LIFE_MIN_S: f64 = 1e-3;

/// The keys that say what a fault does.
const KINDS: [&str; 7] = ["crash", "crash_loop", "hang", "slow", "zone_outage", "partition", "loss"];

/// The faults of an entry: one, or one for each row of its trace.
pub(super) fn faults(
    raw: &RawFault,
    names: &Names,
    services: &[Service],
    dir: &std::path::Path,
    log: &mut Log,
) -> Vec<Fault> {
    let fault = fault(raw, names, services, log);
    let Some(trace) = &raw.trace else { return vec![fault] };
    let (times, every) = (raw.at.map(|at| at.mark), raw.every.as_ref().map(|every| every.mark));
    if let Some(mark) = times.or(every) {
        log.report(Finding::at(mark, "`trace` beside `at` or `every`", "one of them"));
    }
    if let Some(name) = &raw.name {
        let finding = Finding::at(name.mark, "a name for all rows of a trace", "`label` instead");
        log.report(finding);
    }
    fault_trace::occurrences(trace, &fault, (names, services), dir, log)
}

/// A fault.
fn fault(raw: &RawFault, names: &Names, services: &[Service], log: &mut Log) -> Fault {
    let schedule = schedule(raw, names, log);
    let (kind, target) = kind(raw, names, log);
    check_occurrences(raw, &schedule, &kind, services, names.end, log);
    let lasts = raw.r#for.as_ref().map(|raw| distribution::distribution(raw, log));
    if let (Some(raw), Some(Distribution::Constant { value_s: 0.0 })) = (&raw.r#for, &lasts) {
        log.report(
            Finding::at(raw.mark, "`0s`", "a time above zero")
                .hint("without `for` it lasts until it is healed"),
        );
    }
    let name = raw.name.as_ref().map(|name| name.value.0.clone());
    let label = raw.label.as_ref().map(|label| label.value.0.clone());
    let label = label.or_else(|| name.clone()).unwrap_or(target);
    if let Some(crews) = raw.crews.filter(|_| lasts.is_none()) {
        let found = "`crews` without `for`";
        log.report(Finding::at(crews.mark, found, "`for`, the time that a crew takes for a repair"));
    }
    Fault { name, label, schedule, lasts, crews: raw.crews.map(|crews| crews.value.get()), kind }
}

/// Names stand once. Records tell a named fault by its label, so that no other fault may have it.
pub(super) fn check_names(raw: &[RawFault], faults: &[Vec<Fault>], log: &mut Log) {
    let named: Vec<At<Name>> = raw.iter().filter_map(|raw| raw.name.clone()).collect();
    names::once("fault name", &named, log);
    let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
    for fault in faults.iter().flatten() {
        *labels.entry(&fault.label).or_insert(0) += 1;
    }
    let distinct: BTreeSet<&Name> = named.iter().map(|name| &name.value).collect();
    if distinct.len() < named.len() {
        return;
    }
    for (raw, fault) in raw.iter().zip(faults).flat_map(|(raw, faults)| faults.iter().map(move |f| (raw, f)))
    {
        let shared = labels.get(fault.label.as_str()).is_some_and(|count| *count > 1);
        if let Some(name) = raw.name.as_ref().filter(|_| shared) {
            let mark = raw.label.as_ref().map_or(name.mark, |label| label.mark);
            let found = format!("the label {} of another fault, too", quote(&fault.label));
            log.report(Finding::at(mark, found, "a named fault with a label of its own"));
        }
    }
}

fn schedule(raw: &RawFault, names: &Names, log: &mut Log) -> Schedule {
    match (&raw.at, &raw.every) {
        (Some(at), None) => {
            in_run(*at, "strike", names, log);
            let only_repeating = [
                ("every_from", raw.every_from.map(|at| at.mark)),
                ("from", raw.from.map(|at| at.mark)),
                ("until", raw.until.map(|at| at.mark)),
                ("times", raw.times.map(|at| at.mark)),
                ("per", raw.per.map(|at| at.mark)),
            ];
            for (key, mark) in only_repeating.into_iter().filter_map(|(key, mark)| Some((key, mark?))) {
                log.report(Finding::at(
                    mark,
                    format!("`{key}` together with `at`"),
                    format!("`{key}` with `every` only"),
                ));
            }
            Schedule::At(at.value)
        }
        (None, Some(every)) => repeating(raw, every, names, log),
        (Some(at), Some(_)) => {
            log.report(Finding::at(at.mark, "both `at` and `every`", "one of them"));
            Schedule::At(Instant::ZERO)
        }
        (None, None) if raw.trace.is_some() => Schedule::At(Instant::ZERO),
        (None, None) => {
            let hint = "`at: 5m` strikes once, `every: { exponential: { mean: 1h } }` again and again";
            log.report(
                Finding::at(raw.mark, "a fault without `at`, `every` and `trace`", "one of them").hint(hint),
            );
            Schedule::At(Instant::ZERO)
        }
    }
}

fn repeating(raw: &RawFault, every: &crate::raw::RawDistribution, names: &Names, log: &mut Log) -> Schedule {
    let gap = distribution::distribution(every, log);
    let from = raw.from.map_or(Instant::ZERO, |from| from.value);
    let until = raw.until.map_or(names.end, |until| until.value);
    let times = raw.times.map_or(u32::MAX, |times| times.value.0);
    if let Some(from) = raw.from {
        in_run(from, "strike", names, log);
    }
    if let Some(until_at) = raw.until.filter(|until| until.value <= from) {
        log.report(Finding::at(
            until_at.mark,
            format!("`{until}`"),
            format!("a time after `{from}`, when it begins"),
        ));
    }
    if raw.times.is_some_and(|times| times.value.0 == 0) {
        log.report(Finding::at(raw.mark, "a fault that strikes 0 times", "at least once"));
    }
    let from_end = raw.every_from.is_some_and(|word| word.value == EveryFrom::End);
    if let Some(word) = raw.every_from.filter(|_| from_end && raw.r#for.is_none()) {
        let found = "`every_from: end` of a fault without an end of its own";
        log.report(Finding::at(word.mark, found, "`for`, how long each occurrence lasts"));
    }
    Schedule::Every { gap, from, until, times, per_node: raw.per.is_some(), from_end }
}

/// Limits how often a fault strikes; what strikes each node counts for each node there is at the start.
fn check_occurrences(
    raw: &RawFault,
    schedule: &Schedule,
    kind: &FaultSpec,
    services: &[Service],
    end: Instant,
    log: &mut Log,
) {
    let (Some(every), Schedule::Every { gap, from, until, times, per_node, .. }) = (&raw.every, schedule)
    else {
        return;
    };
    let nodes = if *per_node { nodes_hit(kind, services).max(1) } else { 1 };
    let most = OCCURRENCES_MAX / nodes as f64;
    let span = (*until).min(end).since(*from).as_secs_f64();
    let expected = (span / gap.mean_s()).min(f64::from(*times));
    // Not a number if both are zero, which another message is about.
    if expected <= most && gap.mean_s() > 0.0 {
        return;
    }
    let found = format!("a mean gap of `{}`", crate::units::seconds_text(gap.mean_s()));
    let of_nodes = if nodes > 1 { format!(" of {nodes} nodes") } else { String::new() };
    log.report(Finding::at(
        every.mark,
        format!("{found}{of_nodes}"),
        format!(
            "at least `{}`: at most a million occurrences in a run",
            crate::units::seconds_text(span / most)
        ),
    ));
}

/// How many nodes there are at the start of those that a fault may strike.
pub(super) fn nodes_hit(kind: &FaultSpec, services: &[Service]) -> u64 {
    let nodes = match kind {
        FaultSpec::Crash { nodes, .. }
        | FaultSpec::CrashLoop { nodes, .. }
        | FaultSpec::Hang { nodes }
        | FaultSpec::Slow { nodes, .. } => nodes,
        FaultSpec::ZoneOutage { .. } | FaultSpec::Partition { .. } | FaultSpec::Loss { .. } => return 1,
    };
    let in_zone = |service: &Service| match nodes.zone {
        None => u64::from(service.nodes),
        // Nodes are spread over the zones of their service in turn.
        Some(zone) => service.zones.iter().position(|known| *known == zone).map_or(0, |position| {
            let (nodes, zones) = (u64::from(service.nodes), service.zones.len() as u64);
            (nodes + zones - 1 - position as u64) / zones
        }),
    };
    let is_meant = |position: usize| nodes.service.is_none_or(|service| service.index() == position);
    services.iter().enumerate().filter(|(position, _)| is_meant(*position)).map(|(_, s)| in_zone(s)).sum()
}

/// A time must lie before the end of the run.
pub(super) fn in_run(at: At<Instant>, verb: &str, names: &Names, log: &mut Log) {
    if at.value >= names.end {
        let expected = format!("a time before `{}`, the end of the run", names.end);
        let hint = format!("it would never {verb}; make `duration` longer or {verb} earlier");
        log.report(Finding::at(at.mark, format!("`{}`", at.value), expected).hint(hint));
    }
}

/// What the fault does, and how reports call it.
fn kind(raw: &RawFault, names: &Names, log: &mut Log) -> (FaultSpec, String) {
    let given = [
        raw.crash.as_ref().map(Placed::mark),
        raw.crash_loop.as_ref().map(Placed::mark),
        raw.hang.as_ref().map(Placed::mark),
        raw.slow.as_ref().map(Placed::mark),
        raw.zone_outage.as_ref().map(Placed::mark),
        raw.partition.as_ref().map(Placed::mark),
        raw.loss.as_ref().map(Placed::mark),
    ];
    let given: Vec<(&str, Mark)> =
        KINDS.into_iter().zip(given).filter_map(|(kind, mark)| Some((kind, mark?))).collect();
    if let [_, (second, mark), ..] = given.as_slice() {
        let finding = Finding::at(*mark, format!("a second kind `{second}`"), "one kind per fault");
        log.report(finding.hint("write a fault of its own for it"));
    }
    if let (Some(per), Some((kind, _))) =
        (&raw.per, given.iter().find(|(kind, _)| !["crash", "crash_loop", "hang", "slow"].contains(kind)))
    {
        log.report(Finding::at(
            per.mark,
            format!("`per: node` with `{kind}`"),
            "`per: node` with `crash`, `crash_loop`, `hang` or `slow`",
        ));
    }
    if let Some(raw) = &raw.zone_outage {
        let in_flight = raw.in_flight.map_or(InFlight::Lost, |in_flight| in_flight.value);
        let spec = FaultSpec::ZoneOutage { zone: names.zone(&raw.zone, log), in_flight };
        return (spec, format!("zone_outage {}", raw.zone.value.0));
    }
    if let Some(raw) = &raw.partition {
        let ways = Ways::new(&raw.from, &raw.to, raw.one_way, raw.path, names, log);
        let label = format!("partition {}", ways.label);
        return (
            FaultSpec::Partition { from: ways.from, to: ways.to, one_way: ways.one_way, path: ways.path },
            label,
        );
    }
    if let Some(raw) = &raw.loss {
        let ways = Ways::new(&raw.from, &raw.to, raw.one_way, raw.path, names, log);
        let label = format!("loss {}", ways.label);
        let Ways { from, to, one_way, path, .. } = ways;
        return (FaultSpec::Loss { from, to, one_way, ratio: raw.ratio.value.0, path }, label);
    }
    node_kind(raw, names, log)
}

/// A fault that hits nodes.
fn node_kind(raw: &RawFault, names: &Names, log: &mut Log) -> (FaultSpec, String) {
    let per_node = raw.per.is_some();
    if let Some(raw) = &raw.crash {
        let target = Target {
            kind: "crash",
            service: &raw.service,
            zone: &raw.zone,
            nodes: raw.nodes,
            share: raw.share,
            index: &raw.index,
        };
        let (nodes, label) = target.resolve(per_node, names, log);
        let in_flight = raw.in_flight.map_or(InFlight::Reset, |in_flight| in_flight.value);
        return (FaultSpec::Crash { nodes, in_flight }, label);
    }
    if let Some(raw) = &raw.crash_loop {
        let target = Target {
            kind: "crash_loop",
            service: &raw.service,
            zone: &raw.zone,
            nodes: raw.nodes,
            share: raw.share,
            index: &raw.index,
        };
        let (nodes, label) = target.resolve(per_node, names, log);
        let after = distribution::distribution(&raw.after, log);
        if after.mean_s() < LIFE_MIN_S {
            let found = format!("a mean of `{}`", crate::units::seconds_text(after.mean_s()));
            log.report(Finding::at(raw.after.mark, found, "a mean of at least `1ms`"));
        }
        let in_flight = raw.in_flight.map_or(InFlight::Reset, |in_flight| in_flight.value);
        let strikes = raw.strikes.map_or(Strikes::Running, |strikes| strikes.value);
        return (FaultSpec::CrashLoop { nodes, strikes, after, in_flight }, label);
    }
    if let Some(raw) = &raw.hang {
        let target = Target {
            kind: "hang",
            service: &raw.service,
            zone: &raw.zone,
            nodes: raw.nodes,
            share: raw.share,
            index: &raw.index,
        };
        let (nodes, label) = target.resolve(per_node, names, log);
        return (FaultSpec::Hang { nodes }, label);
    }
    if let Some(raw) = &raw.slow {
        let target = Target {
            kind: "slow",
            service: &raw.service,
            zone: &raw.zone,
            nodes: raw.nodes,
            share: raw.share,
            index: &raw.index,
        };
        let (nodes, label) = target.resolve(per_node, names, log);
        let factor = raw.factor.value.0;
        if factor <= 1.0 {
            log.report(Finding::at(raw.factor.mark, format!("`{factor}`"), "a number above 1"));
        }
        return (FaultSpec::Slow { nodes, factor }, label);
    }
    let expected = crate::log::one_of(KINDS);
    log.report(
        Finding::at(raw.mark, "a fault that does nothing", expected)
            .hint("for example `crash: { nodes: 1 }`"),
    );
    let nodes = NodeSelector { service: None, zone: None, pick: Pick::All };
    (FaultSpec::Hang { nodes }, String::new())
}

/// Which nodes a fault is about, as written.
struct Target<'a> {
    kind: &'static str,
    service: &'a Option<At<Name>>,
    zone: &'a Option<At<Name>>,
    nodes: Option<At<NonZeroU32>>,
    share: Option<At<Ratio>>,
    index: &'a Option<OneOrMany<At<u32>>>,
}

impl Target<'_> {
    fn resolve(&self, per_node: bool, names: &Names, log: &mut Log) -> (NodeSelector, String) {
        let marks = [
            self.nodes.map(|nodes| nodes.mark),
            self.share.map(|share| share.mark),
            self.index.as_ref().and_then(|index| index.0.first()).map(|index| index.mark),
        ];
        let mut marks = marks.into_iter().flatten();
        let (first, second) = (marks.next(), marks.next());
        if let Some(mark) = first.filter(|_| per_node) {
            let expected = "only `service` and `zone` with `per: node`: each node has its own occurrences";
            log.report(Finding::at(mark, "a choice of nodes", expected));
        } else if let Some(mark) = second {
            log.report(Finding::at(mark, "a second choice of nodes", "one of `nodes`, `share` and `index`"));
        }
        let pick = match (self.nodes, self.share, self.index) {
            (Some(nodes), _, _) => Pick::Count(nodes.value.get()),
            (None, Some(share), _) => Pick::Share(share.value.0),
            (None, None, Some(index)) => Pick::Index(index.0.iter().map(|index| index.value).collect()),
            (None, None, None) => Pick::All,
        };
        let selector = NodeSelector {
            service: self.service.as_ref().map(|service| names.service(service, log)),
            zone: self.zone.as_ref().map(|zone| names.zone(zone, log)),
            pick,
        };
        (selector, self.label())
    }

    fn label(&self) -> String {
        let mut label = self.kind.to_owned();
        if let Some(service) = self.service {
            label += &format!(" {}", service.value.0);
        }
        if let Some(zone) = self.zone {
            label += &format!(" in {}", zone.value.0);
        }
        label
    }
}

/// Where and how a network fault works.
struct Ways {
    from: Vec<Place>,
    to: Vec<Place>,
    one_way: bool,
    path: Path,
    label: String,
}

impl Ways {
    fn new(
        from: &OneOrMany<At<Name>>,
        to: &OneOrMany<At<Name>>,
        one_way: Option<At<bool>>,
        path: Option<At<Path>>,
        names: &Names,
        log: &mut Log,
    ) -> Self {
        let words = |raw: &OneOrMany<At<Name>>| {
            raw.0.iter().take(ZONES_MAX).map(|name| name.value.0.as_str()).collect::<Vec<_>>().join(",")
        };
        let one_way = one_way.is_some_and(|one_way| one_way.value);
        let arrow = if one_way { "->" } else { "<->" };
        let label = format!("{} {arrow} {}", words(from), words(to));
        Self {
            from: names.fault_places(from, log),
            to: names.fault_places(to, log),
            one_way,
            path: path.map_or(Path::All, |path| path.value),
            label,
        }
    }
}
