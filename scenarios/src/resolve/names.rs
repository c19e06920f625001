//! From names to positions.

use crate::log::{Finding, Log, nearest, one_of, quote};
use crate::model::{Place, Scenario};
use crate::read::{At, Many, Name, OneOrMany};
use cusinart_policies::{Duration, Instant, Labels, ServiceId, ZoneId};

/// Most labels: one bit each.
const LABELS_MAX: usize = 64;

/// Everything that can be named in a scenario.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Zones.
    pub(crate) zones: Vec<String>,
    /// Node types, sorted.
    pub(crate) node_types: Vec<String>,
    /// Services.
    pub(crate) services: Vec<String>,
    /// Clients.
    pub(crate) clients: Vec<String>,
    /// Labels, by bit.
    pub(crate) labels: Vec<String>,
    /// Where the control plane is.
    pub(crate) control: Option<Place>,
    /// Faults by position; an empty text for one without a name.
    pub(crate) faults: Vec<String>,
    /// End of the run.
    pub(crate) end: Instant,
    /// Width of the windows of the series.
    pub(crate) window: Duration,
}

impl Names {
    /// What can be named in a scenario that was read.
    pub(crate) fn of_scenario(scenario: &Scenario) -> Self {
        Self {
            zones: scenario.zones.clone(),
            node_types: scenario.node_types.iter().map(|node_type| node_type.name.clone()).collect(),
            services: scenario.services.iter().map(|service| service.name.clone()).collect(),
            clients: scenario.clients.iter().map(|client| client.name.clone()).collect(),
            labels: scenario.labels.clone(),
            control: None,
            faults: scenario.faults.iter().map(|fault| fault.name.clone().unwrap_or_default()).collect(),
            end: Instant::ZERO + scenario.duration,
            window: scenario.window,
        }
    }

    /// The zone of this name.
    pub(crate) fn zone(&self, name: &At<Name>, log: &mut Log) -> ZoneId {
        ZoneId(small(position("zone", &self.zones, name, log)))
    }

    /// Zones by name, or all of them; never empty.
    pub(crate) fn zones(&self, names: Option<&Many<At<Name>>>, log: &mut Log) -> Vec<ZoneId> {
        let Some(names) = names else { return (0..self.zones.len()).map(|n| ZoneId(small(n))).collect() };
        if names.items.len() > self.zones.len() {
            let found = format!("{} zones", names.items.len());
            log.report(Finding::at(names.mark, found, format!("at most {}, each once", self.zones.len())));
            return vec![ZoneId(0)];
        }
        once("zone", &names.items, log);
        names.items.iter().map(|name| self.zone(name, log)).collect()
    }

    /// The service of this name.
    pub(crate) fn service(&self, name: &At<Name>, log: &mut Log) -> ServiceId {
        ServiceId(small(position("service", &self.services, name, log)))
    }

    /// The node type of this name.
    pub(crate) fn node_type(&self, name: &At<Name>, log: &mut Log) -> usize {
        position("node type", &self.node_types, name, log)
    }

    /// A zone or the outside.
    pub(crate) fn place(&self, name: &At<Name>, log: &mut Log) -> Place {
        self.place_among(name, &["outside"], log)
    }

    /// Zones and the outside, each once, in order.
    pub(crate) fn places(&self, names: &OneOrMany<At<Name>>, log: &mut Log) -> Vec<Place> {
        self.distinct(names, &["outside"], log)
    }

    /// Zones, the outside, or where the control plane is; each once, in order.
    pub(crate) fn fault_places(&self, names: &OneOrMany<At<Name>>, log: &mut Log) -> Vec<Place> {
        self.distinct(names, &["outside", "control"], log)
    }

    /// Labels that a service carries: new ones are added.
    pub(crate) fn carried(&mut self, names: Option<&[At<Name>]>, log: &mut Log) -> Labels {
        let mut labels = Labels::NONE;
        for name in names.unwrap_or_default() {
            if self.labels.len() > LABELS_MAX {
                break;
            }
            let known = self.labels.iter().position(|label| *label == name.value.0);
            let bit = known.unwrap_or_else(|| {
                self.labels.push(name.value.0.clone());
                self.labels.len() - 1
            });
            if bit < LABELS_MAX {
                labels.0 |= 1 << bit;
            } else {
                let found = format!("{} as label number {}", quote(&name.value.0), bit + 1);
                log.report(Finding::at(name.mark, found, format!("at most {LABELS_MAX} labels")));
            }
        }
        labels
    }

    /// Labels that a client wants: some service must carry each.
    pub(crate) fn wanted(&self, names: Option<&[At<Name>]>, log: &mut Log) -> Labels {
        let bits = names.unwrap_or_default().iter().map(|name| position("label", &self.labels, name, log));
        Labels(bits.filter(|bit| *bit < LABELS_MAX).fold(0, |labels, bit| labels | 1 << bit))
    }

    fn distinct(&self, names: &OneOrMany<At<Name>>, words: &[&str], log: &mut Log) -> Vec<Place> {
        let mut places = Vec::new();
        for name in &names.0 {
            let place = self.place_among(name, words, log);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }

    fn place_among(&self, name: &At<Name>, words: &[&str], log: &mut Log) -> Place {
        match name.value.0.as_str() {
            "outside" => Place::Outside,
            "control" if words.contains(&"control") => self.control.unwrap_or(Place::Outside),
            text => match self.zones.iter().position(|zone| zone == text) {
                Some(zone) => Place::Zone(ZoneId(small(zone))),
                None => {
                    let known: Vec<&str> =
                        self.zones.iter().map(String::as_str).chain(words.iter().copied()).collect();
                    report_unknown("place", &known, name, log);
                    Place::Outside
                }
            },
        }
    }
}

/// Reports names that stand in a list twice.
pub(crate) fn once(what: &str, names: &[At<Name>], log: &mut Log) {
    for (i, name) in names.iter().enumerate() {
        if names[..i].iter().any(|earlier| earlier.value == name.value) {
            let found = format!("{what} {} again", quote(&name.value.0));
            log.report(Finding::at(name.mark, found, format!("each {what} once")));
        }
    }
}

/// The position of a name. An unknown one is reported and 0 returned.
fn position(what: &str, names: &[String], name: &At<Name>, log: &mut Log) -> usize {
    names.iter().position(|known| *known == name.value.0).unwrap_or_else(|| {
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        report_unknown(what, &known, name, log);
        0
    })
}

/// Explains a name that nothing has.
fn report_unknown(what: &str, known: &[&str], name: &At<Name>, log: &mut Log) {
    let best = nearest(&name.value.0, known.iter().copied()).map(|best| format!("did you mean `{best}`?"));
    let shown = if known.len() > 10 {
        format!("one of {} names", known.len())
    } else {
        one_of(known.iter().copied())
    };
    let expected = if known.is_empty() { format!("no {what}: there is none") } else { shown };
    let found = format!("the unknown {what} {}", quote(&name.value.0));
    log.report(Finding::at(name.mark, found, expected).hint_if(best));
}

/// A position as the small integer of an id; the numbers of zones and services are limited before.
fn small(position: usize) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}
