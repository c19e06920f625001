//! The page at the end of a run: the verdict first, then what it rests on, then why.

use crate::chain::Chain;
use crate::human;
use crate::page::{Page, PageLinks, TextStyle};
use crate::rows;
use crate::sla::SlaResult;
use crate::summary::{RunSummary, RunVerdict};
use crate::table::{Ink, wrap};

/// Missed agreements explained.
const EXPLAINED_MAX: usize = 6;
/// Reasons shown.
const REASONS_MAX: usize = 10;

/// Writes the page, with a newline at the end.
pub fn text(summary: &RunSummary, style: &TextStyle, links: &PageLinks) -> String {
    let mut page = Page::new(style);
    page.verdict(summary);
    page.slas(summary);
    page.requests(summary);
    page.faults(summary);
    page.control(summary);
    page.why(summary);
    page.explanation(summary);
    page.warnings(summary);
    page.links(links);
    page.finish()
}

impl Page {
    fn verdict(&mut self, summary: &RunSummary) {
        let total = summary.slas.len();
        let missed = summary.missed();
        let all_missed = || format!("{} missed: {}", of_all(missed.len(), total), missed.join("; "));
        let (word, ink, rest) = match summary.verdict {
            RunVerdict::Passed => ("PASSED", Ink::Green, format!("{} met", of_all(total, total))),
            RunVerdict::Failed => ("FAILED", Ink::Red, all_missed()),
            RunVerdict::Undecided => {
                let count = summary.replications.as_ref().map_or(1, |replications| replications.count);
                let runs = human::counted(count.into(), "replication");
                let rest = format!(
                    "{runs} do not tell; a larger --budget, a smaller --ci-width or --replications N allows more"
                );
                ("UNDECIDED", Ink::Yellow, rest)
            }
            RunVerdict::NoSlas => ("NOT JUDGED", Ink::Yellow, "the scenario has no SLAs".into()),
        };
        self.headline(word, ink, &rest);
        let run = &summary.run;
        let time = if run.interrupted {
            format!("stopped at {} of {}", human::span(run.simulated_ns), human::span(run.duration_ns))
        } else {
            format!("{} simulated", human::span(run.simulated_ns))
        };
        let warmup = if run.warmup_ns.is_zero() {
            String::new()
        } else {
            format!(" · first {} not counted", human::span(run.warmup_ns))
        };
        let facts = format!("{} · {time}{warmup} · seed {} · digest {}", run.scenario, run.seed, run.digest);
        self.paragraph(&facts, 0, Ink::Dim);
        if !run.description.is_empty() {
            self.paragraph(&run.description, 0, Ink::Dim);
        }
    }

    fn slas(&mut self, summary: &RunSummary) {
        let Some(replications) = &summary.replications else {
            if !summary.slas.is_empty() {
                self.section("SLAs (one run: measured without an interval)", &rows::slas(&summary.slas));
            }
            return;
        };
        let title = format!(
            "SLAs over {} replications ({} intervals)",
            human::count(replications.count.into()),
            human::percent(replications.confidence)
        );
        if !replications.slas.is_empty() {
            self.section(&title, &rows::sla_verdicts(&replications.slas));
        }
        if !replications.metrics.is_empty() {
            self.section("Other metrics over the replications", &rows::metrics(&replications.metrics));
        }
        let text = format!("What follows is the run with seed {}.", summary.run.seed);
        self.lines.push(String::new());
        self.paragraph(&text, 0, Ink::Dim);
    }

    fn requests(&mut self, summary: &RunSummary) {
        self.section("Requests", &rows::clients(&summary.clients));
        for client in summary
            .clients
            .iter()
            .filter(|client| client.failed + client.retries + client.hedges + client.unfinished > 0)
        {
            let mut counts = cusinart_record::ByError::default();
            for (slot, error) in counts.iter_mut().zip(cusinart_record::RequestError::ALL) {
                *slot = client.failed_by_error.get(error.word()).copied().unwrap_or(0);
            }
            let mut parts = vec![crate::explain::errors_text(&counts)];
            parts.extend(
                (client.retries > 0).then(|| format!("{} tried again", human::count(client.retries))),
            );
            parts.extend(
                (client.retries_denied > 0)
                    .then(|| format!("{} denied by the budget", human::count(client.retries_denied))),
            );
            parts.extend((client.hedges > 0).then(|| format!("{} hedged", human::count(client.hedges))));
            parts.extend(
                (client.unfinished > 0).then(|| format!("{} unfinished", human::count(client.unfinished))),
            );
            parts.retain(|part| !part.is_empty());
            self.paragraph(&format!("{}: {}", client.name, parts.join(", ")), 2, Ink::Plain);
        }
    }

    fn faults(&mut self, summary: &RunSummary) {
        if summary.faults.is_empty() {
            return;
        }
        let (table, left_out) = rows::faults(&summary.faults);
        self.section("Faults (times since its start; detected, recovered: last node)", &table);
        if left_out > 0 {
            self.paragraph(&format!("and {} more, in run.json", human::count(left_out as u64)), 2, Ink::Dim);
        }
    }

    fn control(&mut self, summary: &RunSummary) {
        self.title("Control plane");
        let control = &summary.control;
        let (plans, scaling) = (&control.plans, &control.scaling);
        let counted = human::counted;
        let mut done = vec![
            format!("{} declared", counted(control.failures_declared, "failure")),
            recovered(control.recovered, control.replaced),
            format!(
                "{} ({} done, {} given up, {} open)",
                counted(plans.created, "plan"),
                plans.completed,
                plans.given_up,
                plans.open
            ),
            restarts(plans.steps_started.get("restart_node").copied().unwrap_or(0), control.restarts_refused),
            scale("scale-up", scaling.ups, "+", scaling.nodes_up),
            scale("scale-down", scaling.downs, "−", scaling.nodes_down),
        ];
        let more = [
            (control.degraded, "time service degraded", "times service degraded"),
            (control.ejected, "ejection", "ejections"),
            (control.starts_refused, "start of a node refused", "starts of nodes refused"),
            (control.copies_done, "replica copied", "replicas copied"),
            (control.rollouts_completed, "rolling update completed", "rolling updates completed"),
            (
                control.rollouts.saturating_sub(control.rollouts_completed),
                "rolling update not completed",
                "rolling updates not completed",
            ),
            (summary.mistakes.false_alarms.len() as u64, "false alarm", "false alarms"),
            (
                summary.mistakes.healthy_restarts.len() as u64,
                "healthy node restarted",
                "restarts of healthy nodes",
            ),
        ];
        done.extend(more.iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| {
            format!("{} {}", human::count(*number), if *number == 1 { one } else { many })
        }));
        self.paragraph(&done.join(" · "), 2, Ink::Plain);
        let sizes: Vec<String> = summary
            .services
            .iter()
            .map(|s| {
                format!(
                    "{} {} nodes, {} at most, {:.1} node hours",
                    s.name, s.nodes_at_start, s.nodes_max, s.node_hours
                )
            })
            .collect();
        self.paragraph(
            &format!("cost {} · {}", human::money(summary.cost), sizes.join(" · ")),
            2,
            Ink::Plain,
        );
        let loss = &summary.data_loss;
        if loss.shards > 0 {
            let ink = if loss.shards_lost > 0 { Ink::Red } else { Ink::Plain };
            let lost = format!(
                "data: {} of {} lost · {} lost, {} copied again",
                human::count(loss.shards_lost),
                counted(loss.shards, "shard"),
                counted(loss.replicas_lost, "replica"),
                human::count(loss.replicas_copied)
            );
            self.paragraph(&lost, 2, ink);
        }
    }

    fn why(&mut self, summary: &RunSummary) {
        let missed: Vec<&SlaResult> = summary.slas.iter().filter(|sla| !sla.passed).collect();
        if missed.is_empty() && summary.reasons.is_empty() {
            return;
        }
        self.title("Why");
        let mut told: Vec<&str> = Vec::new();
        let mut chains: Vec<Vec<(String, String)>> = Vec::new();
        for sla in missed.iter().take(EXPLAINED_MAX) {
            let head = format!("✗ {}: {}, limit {}", sla.objective, sla.measured_text(), sla.limit_text());
            self.paragraph(&head, 2, Ink::Red);
            let fresh: Vec<&String> =
                sla.explanation.iter().filter(|line| !told.contains(&line.as_str())).collect();
            if fresh.is_empty() && !sla.explanation.is_empty() {
                self.paragraph("As above.", 4, Ink::Plain);
            }
            for sentence in fresh {
                self.paragraph(sentence, 4, Ink::Plain);
                told.push(sentence);
            }
            let chain = sla.chain.as_ref().map(Chain::rows);
            let is_told = chain.as_ref().is_some_and(|chain| chains.contains(chain));
            self.chain(sla, is_told);
            chains.extend(chain);
        }
        if let Some(more) = missed.len().checked_sub(EXPLAINED_MAX + 1) {
            self.paragraph(&format!("and {} more in run.json", more + 1), 2, Ink::Dim);
        }
        if !summary.reasons.is_empty() {
            self.paragraph("What the control plane saw and did", 2, Ink::Bold);
        }
        for reason in summary.reasons.iter().take(REASONS_MAX) {
            let (first, last) = (human::clock(reason.first_ns), human::clock(reason.last_ns));
            let when = if first == last { format!("at {first}") } else { format!("{first}–{last}") };
            self.hanging(
                &format!("{:>4} × ", human::count(reason.count)),
                &format!("{}, {when}", reason.text),
                2,
            );
        }
        if let Some(more) = summary.reasons.len().checked_sub(REASONS_MAX + 1) {
            self.paragraph(&format!("and {} more in run.json", more + 1), 4, Ink::Dim);
        }
    }

    /// The links that led to a missed agreement, each with the time it took.
    fn chain(&mut self, sla: &SlaResult, is_told: bool) {
        let Some(chain) = &sla.chain else { return };
        if is_told {
            self.paragraph(&format!("{}, as above.", chain.heading()), 4, Ink::Plain);
            return;
        }
        self.paragraph(&chain.heading(), 4, Ink::Bold);
        for (head, what) in chain.rows() {
            self.hanging(&head, &what, 4);
        }
        if let Some(verdict) = chain.verdict() {
            self.paragraph(&verdict, 4, Ink::Plain);
        }
    }

    /// What would have helped each missed agreement, and what would not.
    fn explanation(&mut self, summary: &RunSummary) {
        let Some(explanation) = summary.explain.as_ref().filter(|explain| !explain.slas.is_empty()) else {
            return;
        };
        self.title("What would have helped (the same run with one change)");
        for sla in &explanation.slas {
            self.paragraph(&sla.heading(), 2, Ink::Red);
            for (holds, line, option) in sla.helpful() {
                let (mark, ink) = if holds { ("✓ ", Ink::Green) } else { ("↗ ", Ink::Plain) };
                self.marked(&ink.paint(mark, self.color), &line, option.as_deref());
            }
            self.paragraph(&sla.closing(), 4, Ink::Plain);
        }
    }

    fn warnings(&mut self, summary: &RunSummary) {
        if summary.warnings.is_empty() {
            return;
        }
        self.title("Warnings");
        for warning in &summary.warnings {
            for (index, line) in wrap(warning, self.width.saturating_sub(4)).iter().enumerate() {
                let mark = if index == 0 { "! " } else { "  " };
                self.lines.push(format!("  {}", Ink::Yellow.paint(&format!("{mark}{line}"), self.color)));
            }
        }
    }

    /// A paragraph behind a mark of two letters. What is there to be copied stands at its end and is not wrapped.
    fn marked(&mut self, mark: &str, text: &str, copied: Option<&str>) {
        let width = self.width.saturating_sub(6);
        let mut lines = wrap(text, width);
        if let (Some(copied), Some(last)) = (copied, lines.last_mut()) {
            let copied = human::visible(copied);
            if last.chars().count() + 2 + copied.chars().count() <= width {
                last.push_str(&format!("  {copied}"));
            } else {
                lines.push(copied);
            }
        }
        for (index, line) in lines.iter().enumerate() {
            let head = if index == 0 { mark } else { "  " };
            self.lines.push(format!("    {head}{line}"));
        }
    }
}

/// Nodes that came back, themselves or by others: `2 nodes recovered, 1 replaced`.
fn recovered(recovered: u64, replaced: u64) -> String {
    match replaced {
        0 => format!("{} recovered", human::counted(recovered, "node")),
        replaced => {
            format!("{} recovered, {} replaced", human::counted(recovered, "node"), human::count(replaced))
        }
    }
}

/// Tries of restarts: `12 restarts tried, 3 of them refused`.
fn restarts(tried: u64, refused: u64) -> String {
    match refused {
        0 => format!("{} tried", human::counted(tried, "restart")),
        refused if refused == tried => format!("{} tried, all refused", human::counted(tried, "restart")),
        refused => {
            format!("{} tried, {} of them refused", human::counted(tried, "restart"), human::count(refused))
        }
    }
}

/// Scaling in one direction: `2 scale-ups (+5 nodes)`.
fn scale(word: &str, cycles: u64, sign: &str, nodes: u64) -> String {
    match cycles {
        0 => format!("no {word}"),
        cycles => format!("{} ({sign}{})", human::counted(cycles, word), human::counted(nodes, "node")),
    }
}

fn of_all(part: usize, total: usize) -> String {
    match (part, total) {
        (1, 1) => "the only SLA".into(),
        (2, 2) => "both SLAs".into(),
        (part, total) if part == total => format!("all {total} SLAs"),
        (part, total) => format!("{part} of {total} SLAs"),
    }
}
