//! Links between all pairs of places.

use super::{Names, distribution, latency_matrix};
use crate::distribution::Distribution;
use crate::log::Log;
use crate::model::{Link, Network, Place};
use crate::raw::{RawLink, RawLinkOverride, RawNetwork};
use std::path::Path;

/// All links, row by row.
pub(super) fn network(raw: Option<&RawNetwork>, names: &Names, dir: &Path, log: &mut Log) -> Network {
    let zones = names.zones.len();
    let kind = |raw: Option<&RawLink>, log: &mut Log| Link {
        latency: distribution::or_zero(raw.and_then(|raw| raw.latency.as_ref()), log),
        loss: raw.and_then(|raw| raw.loss).map_or(0.0, |loss| loss.value.0),
    };
    let within = kind(raw.and_then(|raw| raw.within_zone.as_ref()), log);
    let between = kind(raw.and_then(|raw| raw.between_zones.as_ref()), log);
    let outside = kind(raw.and_then(|raw| raw.outside.as_ref()), log);
    let nothing = Link { latency: Distribution::ZERO, loss: 0.0 };
    let link = |from: usize, to: usize| match (from == zones, to == zones) {
        (true, true) => nothing.clone(),
        (true, false) | (false, true) => outside.clone(),
        (false, false) if from == to => within.clone(),
        (false, false) => between.clone(),
    };
    let mut network = Network {
        links: (0..(zones + 1) * (zones + 1)).map(|n| link(n / (zones + 1), n % (zones + 1))).collect(),
    };
    if let Some(matrix) = raw.and_then(|raw| raw.matrix.as_ref()) {
        latency_matrix::lay(&mut network, matrix, names, dir, log);
    }
    for exception in raw.iter().filter_map(|raw| raw.links.as_ref()).flatten() {
        except(&mut network, exception, names, log);
    }
    network
}

/// Lays an exception over the links.
fn except(network: &mut Network, raw: &RawLinkOverride, names: &Names, log: &mut Log) {
    let latency = raw.latency.as_ref().map(|latency| distribution::distribution(latency, log));
    let rows =
        |places: Vec<Place>| -> Vec<usize> { places.into_iter().map(|place| index(place, names)).collect() };
    let (from, to) = (rows(names.places(&raw.from, log)), rows(names.places(&raw.to, log)));
    let both_ways = !raw.one_way.is_some_and(|one_way| one_way.value);
    for (&from, &to) in from.iter().flat_map(|from| to.iter().map(move |to| (from, to))) {
        let ways = if both_ways { vec![(from, to), (to, from)] } else { vec![(from, to)] };
        for (from, to) in ways {
            let Some(link) = network.links.get_mut(from * (names.zones.len() + 1) + to) else { continue };
            if let Some(latency) = &latency {
                link.latency = latency.clone();
            }
            if let Some(loss) = raw.loss {
                link.loss = loss.value.0;
            }
        }
    }
}

/// Row or column of a place.
fn index(place: Place, names: &Names) -> usize {
    match place {
        Place::Zone(zone) => zone.index(),
        Place::Outside => names.zones.len(),
    }
}
