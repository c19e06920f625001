//! From a suggestion to an assignment for `--set` that the file takes.

use super::suggestions::{Notch, Suggestion};
use cusinart_scenarios::{Scenario, Source, Subject, Written, written_in_full};

/// A changed scenario and how to come to it.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    /// The assignment `path=value`.
    pub(super) set: String,
    /// What was written or took effect before.
    pub(super) was: Option<String>,
    pub(super) words: &'static str,
    pub(super) scenario: Scenario,
}

/// A file as its user wrote it and as it was understood.
pub(super) struct Desk<'a> {
    source: &'a Source,
    scenario: &'a Scenario,
    /// What the user wrote, with overlays.
    written: Written,
    /// The same with every default.
    full: Written,
}

impl<'a> Desk<'a> {
    pub(super) fn new(source: &'a Source, scenario: &'a Scenario) -> Self {
        Self { source, scenario, written: source.written(), full: written_in_full(scenario) }
    }

    /// What a suggestion means for an agreement about a subject: an edit for each service or client it concerns.
    /// Edits that the file does not take, or that change nothing, are left out.
    pub(super) fn edits(&self, suggestion: &Suggestion, subject: Subject) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        for (path, full_path) in self.paths(suggestion.path, subject) {
            if let Some(edit) = self.edit(suggestion, &path, &full_path)
                && !edits.iter().any(|other| other.set == edit.set)
            {
                edits.push(edit);
            }
        }
        edits
    }

    fn edit(&self, suggestion: &Suggestion, path: &str, full_path: &str) -> Option<Edit> {
        let written = self.written.at(path).filter(|value| **value != Written::Nothing);
        let effective = written.or_else(|| self.full.at(full_path));
        let value = changed(suggestion.notch, written, effective)?;
        let was = effective.map(ToString::to_string);
        let set = format!("{path}={value}");
        let scenario = self.source.with(&set).scenario().ok()?;
        // Each run draws the same numbers: the seed belongs to the run, not to the change.
        let scenario = Scenario { seed: self.scenario.seed, ..scenario };
        (scenario != *self.scenario).then_some(Edit { set, was, words: suggestion.words, scenario })
    }

    /// The paths that a pattern stands for: in the file, and in the file with every default.
    fn paths(&self, pattern: &str, subject: Subject) -> Vec<(String, String)> {
        let services = self.services(subject);
        let clients = self.clients(subject);
        let mut paths = Vec::new();
        if pattern.contains("{client}") {
            for client in clients {
                let path = pattern.replace("{client}", client);
                paths.push((path.clone(), path));
            }
            return paths;
        }
        if !pattern.contains('{') || pattern.starts_with("{detector}") {
            let detector = &self.scenario.control.cluster.health.detector.name;
            let path = pattern.replace("{detector}", &format!("control.health_monitor.detector.{detector}"));
            return vec![(path.clone(), path)];
        }
        for service in services {
            let name = &self.scenario.services[service].name;
            let kind = &self.scenario.node_types[self.scenario.services[service].node_type].name;
            let policy = self.scenario.control.cluster.services[service]
                .auto_scaler
                .as_ref()
                .map(|scaler| scaler.policy.name.as_str());
            if policy.is_none() && (pattern.contains("{scaler}") || pattern.contains("{scaling}")) {
                continue;
            }
            let fill = |scaler: &str, balancer: &str| {
                pattern
                    .replace("{scaling}", &format!("{{scaler}}.policy.{}", policy.unwrap_or_default()))
                    .replace("{scaler}", scaler)
                    .replace("{balancer}", balancer)
                    .replace("{service}", name)
                    .replace("{type}", kind)
            };
            let home = |section: &str| {
                let own = format!("services.{name}.{section}");
                if self.written.at(&own).is_some() { own } else { format!("control.{section}") }
            };
            paths.push((
                fill(&home("auto_scaler"), &home("load_balancer")),
                fill(&format!("services.{name}.auto_scaler"), &format!("services.{name}.load_balancer")),
            ));
        }
        paths
    }

    fn services(&self, subject: Subject) -> Vec<usize> {
        let of_client = subject.client.and_then(|client| self.scenario.clients.get(client));
        match (subject.service, of_client) {
            (Some(service), _) => vec![service],
            (None, Some(client)) => vec![client.service.index()],
            (None, None) => (0..self.scenario.services.len()).collect(),
        }
    }

    fn clients(&self, subject: Subject) -> Vec<&str> {
        let numbered = self.scenario.clients.iter().enumerate();
        let concerned = numbered.filter(|(index, client)| {
            subject.client.is_none_or(|wanted| *index == wanted)
                && subject.service.is_none_or(|wanted| client.service.index() == wanted)
        });
        // A budget means nothing to whoever does not try again.
        concerned
            .filter(|(_, c)| c.patience.retries_max > 0)
            .map(|(_, client)| client.name.as_str())
            .collect()
    }
}

/// The value one notch better; `None` if there is nothing to change.
fn changed(notch: Notch, written: Option<&Written>, effective: Option<&Written>) -> Option<String> {
    match notch {
        Notch::Times(factor) => {
            let value = effective?;
            if let Some(count) = value.count() {
                let scaled = (f64::from(count) * factor) as u32;
                return (scaled.max(1) != count).then(|| scaled.max(1).to_string());
            }
            value.scaled(factor).map(|value| value.to_string())
        }
        Notch::By(step) => {
            let count = effective?.count()?;
            let changed = count.saturating_add_signed(step).max(1);
            (changed != count).then(|| changed.to_string())
        }
        Notch::Share(share) => {
            let count = effective?.count()?;
            let step = libm::ceil(f64::from(count) * share.abs()).max(1.0) as u32;
            let changed =
                if share < 0.0 { count.saturating_sub(step).max(1) } else { count.saturating_add(step) };
            (changed != count).then(|| changed.to_string())
        }
        Notch::PutIfAbsent(value) => written.is_none().then(|| value.to_string()),
        // What else stands beside it, such as the weights of zones, would be lost.
        Notch::Put(_) if matches!(effective, Some(Written::Map(entries)) if entries.len() > 1) => None,
        Notch::Put(value) => effective.is_none_or(|old| old.to_string() != value).then(|| value.to_string()),
    }
}
