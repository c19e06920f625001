//! SLAs as text: `metric[.stat][(subject)] op limit [during [T1, T2]]`, and back.

use super::metric::{METRICS, Metric, Statistic, SubjectKind, Unit};
use super::model::{Comparison, Objective, Sla, Subject};
use crate::error::ScenarioError;
use crate::log::{Finding, Log, Mark, Source, nearest, one_of, quote};
use crate::model::Scenario;
use crate::quantity::{Ratio, Text};
use crate::read::{At, Scalar};
use crate::resolve::Names;
use crate::units::{self, Hint};
use cusinart_policies::Instant;

/// Longest SLA, in bytes.
const TEXT_MAX: usize = 1_000;

/// Reads one SLA. Reports what is wrong and returns `None` then.
pub(crate) fn sla(text: &At<Text>, names: &Names, log: &mut Log) -> Option<Sla> {
    let parsed = Parser { text: &text.value.0, mark: text.mark, names, log }.parse();
    match parsed {
        Ok(sla) => Some(sla),
        Err(finding) => {
            log.report(finding);
            None
        }
    }
}

/// Reads what is measured, such as `latency.p99(shoppers) during [10m, 20m]`, for a scenario that was loaded. `name`
/// says in messages where the text comes from.
///
/// # Errors
/// What is wrong with the text and where.
///
/// # Example
/// ```
/// # let scenario = cusinart_scenarios::parse(
/// #     "s", cusinart_scenarios::starter(), std::path::Path::new("."), &Default::default()).unwrap();
/// let objective = cusinart_scenarios::objective("--metric", "availability", &scenario).unwrap();
/// assert_eq!(objective.text, "availability");
/// ```
pub fn objective(name: &str, text: &str, scenario: &Scenario) -> Result<Objective, ScenarioError> {
    let mut log = Log::default();
    let source = log.add_source(Source { name: name.into(), text: text.into(), has_lines: false });
    let mark = Mark { source, line: 1, column: 1, length: text.chars().count().max(1) as u32 };
    let names = Names::of_scenario(scenario);
    let parsed = Parser { text, mark, names: &names, log: &mut log }.objective(text.len());
    parsed.map_err(|finding| {
        log.report(finding);
        log.into_error()
    })
}

/// The normal form of what is measured, without its interval.
fn metric_text(metric: Metric, subject: Option<&Subject>, names: &Names) -> String {
    let subject = match subject {
        None => None,
        Some(Subject::Client(client)) => names.clients.get(*client),
        Some(Subject::Service(service)) => names.services.get(*service),
    };
    subject.map_or_else(|| metric.to_string(), |subject| format!("{metric}({subject})"))
}

/// The normal form of a limit.
fn limit_text(metric: Metric, limit: f64) -> String {
    match metric.unit() {
        Unit::Fraction => units::percent_text(limit),
        Unit::Seconds => units::seconds_text(limit),
        Unit::PerSecond => units::rate_text(limit),
        Unit::Count | Unit::Currency | Unit::Factor => format!("{limit}"),
    }
}

/// Adds the interval to the normal form.
fn with_interval(text: String, during: Option<(Instant, Instant)>) -> String {
    match during {
        Some((from, to)) => format!("{text} during [{from}, {to}]"),
        None => text,
    }
}

struct Parser<'a> {
    text: &'a str,
    mark: Mark,
    names: &'a Names,
    log: &'a mut Log,
}

impl Parser<'_> {
    fn parse(self) -> Result<Sla, Finding> {
        let text = self.text;
        if text.len() > TEXT_MAX {
            return Err(Finding::at(self.mark, "a very long text", "an SLA such as `availability >= 99%`"));
        }
        let Some(op_at) = text.find(['<', '>', '=', '!', '≤', '≥']) else {
            return Err(self
                .finding(0, text.len(), "no comparison", "`<`, `<=`, `>`, `>=` or `==`")
                .hint("for example `availability >= 99%`"));
        };
        let (comparison, op_length) = self.comparison(op_at)?;
        let (metric, subject) = self.left(op_at)?;
        let limit_start = op_at + op_length;
        let during_at = text[limit_start..].find("during").map(|at| limit_start + at);
        let limit_end = during_at.unwrap_or(text.len());
        let limit = self.limit(metric, limit_start, limit_end)?;
        let during = during_at.map(|at| self.during(at)).transpose()?;
        let what = metric_text(metric, subject.as_ref(), self.names);
        let limited = format!("{what} {} {}", comparison.symbol(), limit_text(metric, limit));
        Ok(Sla {
            text: with_interval(limited, during),
            line: if self.mark.source == 0 { self.mark.line as usize } else { 0 },
            objective: Objective { text: with_interval(what, during), metric, subject, during },
            comparison,
            limit,
        })
    }

    /// What is measured, up to byte `end`, without a limit.
    fn objective(self, end: usize) -> Result<Objective, Finding> {
        if let Some(at) = self.text[..end].find(['<', '>', '=', '!', '≤', '≥']) {
            let expected = "only what is measured, such as `latency.p99`";
            return Err(self.finding(at, end - at, quote(&self.text[at..end]), expected));
        }
        let during_at = self.text[..end].find("during");
        let (metric, subject) = self.left(during_at.unwrap_or(end))?;
        let during = during_at.map(|at| self.during(at)).transpose()?;
        let what = metric_text(metric, subject.as_ref(), self.names);
        Ok(Objective { text: with_interval(what, during), metric, subject, during })
    }

    /// The comparison at `at` and its length.
    fn comparison(&self, at: usize) -> Result<(Comparison, usize), Finding> {
        let rest = &self.text[at..];
        let length = rest.find(|c: char| !['<', '>', '=', '!', '≤', '≥'].contains(&c)).unwrap_or(rest.len());
        let comparison = match &rest[..length] {
            "<" => Comparison::Below,
            "<=" => Comparison::AtMost,
            ">" => Comparison::Above,
            ">=" => Comparison::AtLeast,
            "==" => Comparison::Equal,
            other => {
                let finding = self.finding(at, length, quote(other), "`<`, `<=`, `>`, `>=` or `==`");
                return Err(if other == "=" { finding.hint("equality is written `==`") } else { finding });
            }
        };
        Ok((comparison, length))
    }

    /// Metric and subject, left of the comparison.
    fn left(&self, end: usize) -> Result<(Metric, Option<Subject>), Finding> {
        let left = self.text[..end].trim_end();
        let start = left.len() - left.trim_start().len();
        let (name, subject) = match left.split_once('(') {
            None => (left.trim(), None),
            Some((name, rest)) => {
                let at = name.len() + 1;
                let Some(subject) = rest.strip_suffix(')') else {
                    return Err(self.finding(
                        at - 1,
                        rest.len() + 1,
                        quote(&left[at - 1..]),
                        "a closing `)` before the comparison",
                    ));
                };
                (name.trim(), Some((at, subject)))
            }
        };
        let metric = metric(name).map_err(|wrong| {
            self.finding(start, name.len(), wrong.found, wrong.expected).hint_if(wrong.hint)
        })?;
        let subject = subject.map(|(at, subject)| self.subject(metric, at, subject)).transpose()?;
        Ok((metric, subject))
    }

    fn subject(&self, metric: Metric, at: usize, text: &str) -> Result<Subject, Finding> {
        let name = text.trim();
        let known = |names: &[String]| names.iter().position(|known| known == name);
        let of_client = known(&self.names.clients).map(Subject::Client);
        let of_service = known(&self.names.services).map(Subject::Service);
        let allows = |kind| metric.info().subjects.contains(&kind);
        let (clients, services) = (allows(SubjectKind::Client), allows(SubjectKind::Service));
        if let Some(subject) = of_client.filter(|_| clients).or(of_service.filter(|_| services)) {
            return Ok(subject);
        }
        let allowed: Vec<&str> = self
            .names
            .clients
            .iter()
            .filter(|_| clients)
            .chain(self.names.services.iter().filter(|_| services))
            .map(String::as_str)
            .collect();
        let expected = if clients || services {
            one_of(allowed.iter().copied())
        } else {
            format!("no subject: `{}` is about the whole cluster", metric)
        };
        let best = nearest(name, allowed.iter().copied()).map(|best| format!("did you mean `{best}`?"));
        Err(self.finding(at, text.len(), format!("the subject {}", quote(name)), expected).hint_if(best))
    }

    fn limit(&self, metric: Metric, start: usize, end: usize) -> Result<f64, Finding> {
        let part = &self.text[start..end];
        let text = part.trim();
        let at = start + (part.len() - part.trim_start().len());
        let (value, expected) = match metric.unit() {
            // More retries than first tries are possible, more good requests than requests are not.
            Unit::Fraction if metric == Metric::RetryRatio => (units::percent(text), "a share such as `99%`"),
            Unit::Fraction => (Ratio::parse(text).map(|share| share.0), Ratio::EXPECTED),
            Unit::Seconds => (units::seconds(text), "a time such as `500ms`"),
            Unit::Count => (units::count(text).map(|count| count as f64), "a whole number"),
            Unit::Currency => (not_negative(text), "a number such as `12.5`"),
            Unit::Factor => (not_negative(text), "a number such as `14.4`"),
            Unit::PerSecond => (units::rate(text), "a rate such as `400/s`"),
        };
        value.map_err(|hint| {
            let found = if text.is_empty() { "nothing".into() } else { quote(text) };
            let expected = format!("{expected} as the limit of `{}`", metric);
            self.finding(at, text.len(), found, expected).hint_if(hint)
        })
    }

    /// The times of `during [T1, T2]`.
    fn during(&self, at: usize) -> Result<(Instant, Instant), Finding> {
        let start = at + "during".len();
        let whole = self.text[start..].trim();
        let expected = "`during [from, to]`, such as `during [10m, 20m]`";
        let wrong = || self.finding(start, self.text.len() - start, quote(whole), expected);
        let inner = whole.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).ok_or_else(wrong)?;
        let (from, to) = inner.split_once(',').ok_or_else(wrong)?;
        let time = |text: &str| {
            let offset = self.text[start..].find(text).map_or(start, |at| start + at);
            units::duration(text.trim()).map(|time| Instant::ZERO + time).map_err(|hint| {
                self.finding(offset, text.len(), quote(text.trim()), "a time such as `10m`").hint_if(hint)
            })
        };
        let (from, to) = (time(from)?, time(to)?);
        if from >= to || from >= self.names.end {
            let expected =
                format!("two ascending times, the first before the end of the run, `{}`", self.names.end);
            return Err(self.finding(start, self.text.len() - start, quote(whole), expected));
        }
        if to > self.names.end {
            let expected = format!("a time up to `{}`, the end of the run", self.names.end);
            let at = start + self.text[start..].find(',').map_or(0, |comma| comma + 1);
            let (part, _) = self.text[at..].split_once(']').unwrap_or((&self.text[at..], ""));
            let blanks = part.len() - part.trim_start().len();
            return Err(self
                .finding(at + blanks, part.trim().len(), quote(part.trim()), expected)
                .hint("nothing happens after the end; make `duration` longer or stop earlier"));
        }
        Ok((from, to))
    }

    /// A finding about bytes of the text.
    fn finding(
        &self,
        at: usize,
        length: usize,
        found: impl std::fmt::Display,
        expected: impl std::fmt::Display,
    ) -> Finding {
        let characters = |from: usize, to: usize| {
            self.text.get(from..to.min(self.text.len())).map_or(0, |part| part.chars().count())
        };
        // A quoted text starts one character after its place.
        let source = self.log.text(self.mark.source).lines().nth((self.mark.line as usize).saturating_sub(1));
        let first = source.and_then(|line| line.chars().nth((self.mark.column as usize).saturating_sub(1)));
        let quotes = usize::from(matches!(first, Some('"' | '\'')));
        let mark = self.mark.part(quotes + characters(0, at), characters(at, at + length).max(1));
        Finding::at(mark, found, expected)
    }
}

/// A name that is no metric.
struct WrongMetric {
    found: String,
    expected: String,
    hint: Hint,
}

/// The metric of a name with its statistic.
fn metric(name: &str) -> Result<Metric, WrongMetric> {
    let (base, statistic) = match name.split_once('.') {
        Some((base, statistic)) => (base, Some(statistic)),
        None => (name, None),
    };
    let plain = |metric: Metric| match statistic {
        None => Ok(metric),
        Some(statistic) => Err(WrongMetric {
            found: format!("the statistic {}", quote(statistic)),
            expected: format!("`{base}` alone"),
            hint: None,
        }),
    };
    match base {
        "availability" => plain(Metric::Availability),
        "error_ratio" => plain(Metric::ErrorRatio),
        "goodput" => plain(Metric::Goodput),
        "latency" => self::statistic(base, statistic).map(Metric::Latency),
        "time_to_detect" => self::statistic(base, statistic).map(Metric::TimeToDetect),
        "time_to_recover" => self::statistic(base, statistic).map(Metric::TimeToRecover),
        "false_alarms" => plain(Metric::FalseAlarms),
        "healthy_restarted" => plain(Metric::HealthyRestarted),
        "cost" => plain(Metric::Cost),
        "nodes" if statistic == Some("max") => Ok(Metric::NodesMax),
        "nodes" if statistic == Some("min") => Ok(Metric::NodesMin),
        "nodes" => {
            Err(WrongMetric { found: quote(name), expected: "`nodes.max` or `nodes.min`".into(), hint: None })
        }
        "retry_ratio" => plain(Metric::RetryRatio),
        "shards_lost" => plain(Metric::ShardsLost),
        "replicas_lost" => plain(Metric::ReplicasLost),
        "plans_given_up" => plain(Metric::PlansGivenUp),
        "unrouted" => plain(Metric::Unrouted),
        _ => Err(WrongMetric {
            found: format!("the unknown metric {}", quote(name)),
            expected: one_of(METRICS.iter().map(|known| known.name)),
            hint: nearest(base, METRICS.iter().map(|known| known.name))
                .map(|best| format!("did you mean `{best}`?")),
        }),
    }
}

/// The statistic after the dot.
fn statistic(base: &str, text: Option<&str>) -> Result<Statistic, WrongMetric> {
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
    statistic.ok_or_else(|| WrongMetric {
        found: text.map_or_else(
            || format!("`{base}` without a statistic"),
            |text| format!("the statistic {}", quote(text)),
        ),
        expected: format!("`{base}.mean`, `{base}.max` or a percentile such as `{base}.p99`"),
        hint: (text == Some("min") || text == Some("median") || text == Some("avg"))
            .then(|| "the median is `p50`, the average `mean`".into()),
    })
}

/// A number that is not negative.
fn not_negative(text: &str) -> Result<f64, Hint> {
    match units::number(text)? {
        amount if amount >= 0.0 => Ok(amount + 0.0),
        _ => Err(Some("it is not negative".into())),
    }
}
