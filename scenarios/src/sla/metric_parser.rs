//! Reads the metric of an SLA with its statistic, its arguments and its subjects.

use super::metric::{Metric, Statistic};
use super::metrics::{METRICS, SubjectKind};
use super::model::Subject;
use super::parser::Parser;
use super::text::{Part, kinds_of, names_of};
use crate::log::{Finding, nearest, one_of, quote};
use crate::units;
use cusinart_policies::{Duration, Instant};

/// A metric and what is left in its brackets: the subjects.
pub(super) fn metric<'a>(
    parser: &Parser<'_>,
    name: Part<'a>,
    inside: Option<Part<'a>>,
) -> Result<(Metric, Vec<Part<'a>>), Finding> {
    let mut inside = inside.map(Part::between_commas).unwrap_or_default();
    let (base, statistic) = match name.text.split_once('.') {
        Some((base, statistic)) => (base, Some(statistic)),
        None => (name.text, None),
    };
    let plain = |metric: Metric| match statistic {
        None => Ok(metric),
        Some(statistic) => {
            let found = format!("the statistic {}", quote(statistic));
            Err(parser.finding(name, found, format!("`{base}` alone")))
        }
    };
    let of_times =
        |metric: fn(Statistic) -> Metric| self::statistic(parser, name, base, statistic).map(metric);
    let metric = match base {
        "availability" => plain(Metric::Availability),
        "error_ratio" => plain(Metric::ErrorRatio),
        "goodput" => plain(Metric::Goodput),
        "latency" => of_times(Metric::Latency),
        "time_to_detect" => of_times(Metric::TimeToDetect),
        "time_to_recover" => of_times(Metric::TimeToRecover),
        "false_alarms" => plain(Metric::FalseAlarms),
        "healthy_restarted" => plain(Metric::HealthyRestarted),
        "cost" => plain(Metric::Cost),
        "nodes" if statistic == Some("max") => Ok(Metric::NodesMax),
        "nodes" if statistic == Some("min") => Ok(Metric::NodesMin),
        "nodes" => Err(parser.finding(name, quote(name.text), "`nodes.max` or `nodes.min`")),
        "retry_ratio" => plain(Metric::RetryRatio),
        "shards_lost" => plain(Metric::ShardsLost),
        "replicas_lost" => plain(Metric::ReplicasLost),
        "plans_given_up" => plain(Metric::PlansGivenUp),
        "unrouted" => plain(Metric::Unrouted),
        "throughput" => plain(Metric::Throughput),
        "queue" if statistic == Some("max") => Ok(Metric::QueueMax),
        "queue" => Err(parser.finding(name, quote(name.text), "`queue.max`")),
        "error_budget" if statistic.is_none() => error_budget(parser, name, &mut inside),
        "burn_rate" if statistic.is_none() => burn_rate(parser, name, &mut inside),
        "error_budget" | "burn_rate" => {
            let found = format!("the statistic {}", quote(statistic.unwrap_or_default()));
            Err(parser.finding(name, found, format!("`{base}` alone")))
        }
        "time_to_converge" => plain(Metric::TimeToConverge),
        _ => {
            let known = || METRICS.iter().map(|known| known.name);
            let found = format!("the unknown metric {}", quote(name.text));
            let best = nearest(base, known()).map(|best| format!("did you mean `{best}`?"));
            Err(parser.finding(name, found, one_of(known())).hint_if(best))
        }
    };
    Ok((metric?, inside))
}

/// The statistic after the dot.
fn statistic(
    parser: &Parser<'_>,
    name: Part<'_>,
    base: &str,
    text: Option<&str>,
) -> Result<Statistic, Finding> {
    let quantile = |digits: &str| {
        let value = units::percent(&format!("{digits}%")).ok()?;
        (value > 0.0 && value < 1.0 && digits.len() < 12).then_some(Statistic::Quantile(value))
    };
    let statistic = match text {
        Some("mean") => Some(Statistic::Mean),
        Some("max") => Some(Statistic::Max),
        Some(text) => text.strip_prefix('p').and_then(quantile),
        None => None,
    };
    statistic.ok_or_else(|| {
        let found = text.map_or_else(
            || format!("`{base}` without a statistic"),
            |text| format!("the statistic {}", quote(text)),
        );
        let expected = format!("`{base}.mean`, `{base}.max` or a percentile such as `{base}.p99`");
        let hint = (text == Some("min") || text == Some("median") || text == Some("avg"))
            .then(|| "the median is `p50`, the average `mean`".into());
        parser.finding(name, found, expected).hint_if(hint)
    })
}

fn error_budget(parser: &Parser<'_>, name: Part<'_>, inside: &mut Vec<Part<'_>>) -> Result<Metric, Finding> {
    let Some(first) = inside.first().copied() else {
        let expected = "the availability that the budget belongs to: `error_budget(99.9%)`";
        return Err(parser.finding(name, "`error_budget` without a target", expected));
    };
    let target = target(parser, first)?;
    inside.remove(0);
    Ok(Metric::ErrorBudget { target })
}

fn burn_rate(parser: &Parser<'_>, name: Part<'_>, inside: &mut Vec<Part<'_>>) -> Result<Metric, Finding> {
    let [target, long_part, short_part, ..] = inside.as_slice() else {
        let expected = "a target, a long and a short time: `burn_rate(99.9%, 1h, 5m)`";
        let place = inside.last().copied().unwrap_or(name);
        return Err(parser.finding(place, "`burn_rate` without its three arguments", expected));
    };
    let target = self::target(parser, *target)?;
    let (long, short) = (time(parser, *long_part)?, time(parser, *short_part)?);
    let window = parser.names.window;
    if short < window {
        let expected = format!("at least `{window}`, the width of the windows of the record");
        return Err(parser
            .finding(*short_part, format!("`{short}`"), expected)
            .hint("a smaller `window` in the scenario allows shorter times"));
    }
    if long <= short {
        let expected = format!("a time above `{short}`: first the long time, then the short one");
        return Err(parser.finding(*long_part, format!("`{long}`"), expected));
    }
    if Instant::ZERO + long > parser.names.end {
        let expected = format!("at most `{}`, the duration of the run", parser.names.end);
        return Err(parser
            .finding(*long_part, format!("`{long}`"), expected)
            .hint("a longer `duration` allows longer times"));
    }
    inside.drain(..3);
    Ok(Metric::BurnRate { target, long, short })
}

/// The availability that an error budget belongs to.
fn target(parser: &Parser<'_>, part: Part<'_>) -> Result<f64, Finding> {
    let expected = "an availability below `100%` such as `99.9%`";
    match units::percent(part.text) {
        Ok(share) if share < 1.0 => Ok(share),
        Ok(_) => Err(parser
            .finding(part, quote(part.text), expected)
            .hint("a target of `100%` leaves no errors to spend")),
        Err(hint) => Err(parser.finding(part, quote(part.text), expected).hint_if(hint)),
    }
}

fn time(parser: &Parser<'_>, part: Part<'_>) -> Result<Duration, Finding> {
    units::duration(part.text)
        .map_err(|hint| parser.finding(part, quote(part.text), "a time such as `5m`").hint_if(hint))
}

impl Parser<'_> {
    /// What a metric is restricted to.
    pub(super) fn subject(&self, metric: Metric, parts: &[Part<'_>]) -> Result<Subject, Finding> {
        let mut subject = Subject::default();
        for part in parts {
            let (kind, position) = self.one_subject(metric, *part)?;
            if subject.get(kind).is_some() {
                let found = format!("a second {} {}", kind.word(), quote(part.text));
                let hint = "write an SLA of its own for it";
                return Err(self.finding(*part, found, format!("one {}", kind.word())).hint(hint));
            }
            subject.set(kind, position);
            if subject.client.is_some() && subject.service.is_some() {
                let expected = "one of them: a client sends to one service";
                return Err(self.finding(*part, "a client and a service", expected));
            }
            let has_nodes = subject.service.is_some() || subject.zone.is_some();
            if metric == Metric::ReplicasLost && subject.fault.is_some() && has_nodes {
                let expected = "the fault alone: the record keeps all replicas it destroyed as one number";
                return Err(self.finding(*part, "a fault together with other subjects", expected));
            }
        }
        Ok(subject)
    }

    fn one_subject(&self, metric: Metric, part: Part<'_>) -> Result<(SubjectKind, usize), Finding> {
        let words = part.words();
        let (kind, name) = match words.as_slice() {
            [kind, name] => (Some(self.kind(metric, *kind)?), *name),
            [name] => (None, *name),
            [] => (None, part),
            [_, _, third, ..] => {
                let expected = "`,` between subjects, each a name or a kind and a name such as `zone b`";
                return Err(self.finding(*third, quote(third.text), expected));
            }
        };
        let kinds = match kind {
            Some(kind) => vec![kind],
            None => kinds_of(name.text, metric, self.names),
        };
        let position = |kind: SubjectKind| {
            let names = names_of(kind, self.names);
            names.iter().position(|known| !known.is_empty() && known == name.text).map(|found| (kind, found))
        };
        match kinds.as_slice() {
            [kind] => position(*kind).ok_or_else(|| self.unknown(metric, &kinds, name)),
            [] => Err(self.unknown(metric, metric.info().subjects, name)),
            [first, second, ..] => {
                let found =
                    format!("the name `{}` of a {} and of a {}", name.text, first.word(), second.word());
                let (one, other) = (first.word(), second.word());
                Err(self.finding(name, found, format!("`{one} {}` or `{other} {}`", name.text, name.text)))
            }
        }
    }

    /// The kind of a subject, by its word.
    fn kind(&self, metric: Metric, word: Part<'_>) -> Result<SubjectKind, Finding> {
        let Some(kind) = SubjectKind::ALL.into_iter().find(|kind| kind.word() == word.text) else {
            let words = || SubjectKind::ALL.map(SubjectKind::word);
            let best = nearest(word.text, words()).map(|best| format!("did you mean `{best}`?"));
            return Err(self.finding(word, quote(word.text), one_of(words())).hint_if(best));
        };
        if metric.info().subjects.contains(&kind) {
            return Ok(kind);
        }
        Err(self
            .finding(word, format!("a {} as the subject of `{metric}`", kind.word()), allowed(metric))
            .hint(why_not(metric, kind)))
    }

    /// A name that nothing has that the metric may be about.
    fn unknown(&self, metric: Metric, kinds: &[SubjectKind], name: Part<'_>) -> Finding {
        let has = |kind: &SubjectKind| {
            !name.text.is_empty() && names_of(*kind, self.names).iter().any(|known| known == name.text)
        };
        let elsewhere = SubjectKind::ALL.into_iter().find(has);
        if let Some(kind) = elsewhere.filter(|kind| !metric.info().subjects.contains(kind)) {
            let found = format!("the {} `{}`", kind.word(), name.text);
            return self.finding(name, found, allowed(metric)).hint(why_not(metric, kind));
        }
        let known = || {
            let all = kinds.iter().flat_map(|kind| names_of(*kind, self.names));
            all.map(String::as_str).filter(|known| !known.is_empty())
        };
        let best = nearest(name.text, known()).map(|best| format!("did you mean `{best}`?"));
        let expected = match (known().next(), kinds) {
            (None, [SubjectKind::Fault]) => "no fault: none has a `name`".to_owned(),
            _ => one_of(known()),
        };
        self.finding(name, format!("the subject {}", quote(name.text)), expected).hint_if(best)
    }
}

/// What a metric can be restricted to, for messages.
fn allowed(metric: Metric) -> String {
    let words: Vec<String> = metric.info().subjects.iter().map(|kind| format!("a {}", kind.word())).collect();
    match words.split_last() {
        None => "no subject".into(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// Why a metric cannot be restricted to a kind of subject, and what can be done.
fn why_not(metric: Metric, kind: SubjectKind) -> String {
    let of_requests = metric.info().subjects.contains(&SubjectKind::Client);
    match kind {
        SubjectKind::Client => format!("`{}` is about nodes, which serve all clients", metric.name()),
        SubjectKind::Service => format!("`{}` is about the whole cluster", metric.name()),
        SubjectKind::Zone if of_requests => {
            "requests are recorded by client and service, not by the zone that served them".into()
        }
        SubjectKind::Zone => format!("the record keeps `{}` by service, not by zone", metric.name()),
        SubjectKind::Fault if metric == Metric::TimeToConverge => {
            "it counts from the end of the last of all faults".into()
        }
        SubjectKind::Fault => "`during [fault NAME, fault NAME.end]` measures while a fault lasts".into(),
    }
}
