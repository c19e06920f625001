//! Reads SLAs: `metric[.stat][(arguments, subjects)] [during [from, to]] op limit`; the interval may also stand at
//! the end.

use super::metric::Metric;
use super::metric_parser::metric;
use super::metrics::Unit;
use super::model::{Comparison, During, Expectation, Objective, Sla, Subject};
use super::text::{Part, limit_text, what_text, with_interval};
use crate::error::ScenarioError;
use crate::log::{Finding, Log, Mark, Source, quote};
use crate::model::Scenario;
use crate::quantity::{Ratio, Text};
use crate::read::{At, Scalar};
use crate::resolve::Names;
use crate::units::{self, Hint};

/// Longest SLA, in bytes.
const TEXT_MAX: usize = 1_000;
/// Signs that comparisons are made of, and signs that are taken for such.
const SIGNS: [char; 6] = ['<', '>', '=', '!', '≤', '≥'];

/// Reads one SLA. Reports what is wrong and returns `None` then.
pub(crate) fn sla(text: &At<Text>, expected: Expectation, names: &Names, log: &mut Log) -> Option<Sla> {
    let parsed = Parser { text: &text.value.0, mark: text.mark, names, log }.sla(expected);
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
    let parsed = Parser { text, mark, names: &names, log: &log }.only_objective();
    parsed.map_err(|finding| {
        log.report(finding);
        log.into_error()
    })
}

/// The text of one SLA, and all that is needed to point into it.
pub(super) struct Parser<'a> {
    text: &'a str,
    mark: Mark,
    pub(super) names: &'a Names,
    log: &'a Log,
}

impl<'a> Parser<'a> {
    fn sla(&self, expected: Expectation) -> Result<Sla, Finding> {
        self.check_length()?;
        let whole = Part::whole(self.text);
        let Some(op_at) = self.text.find(SIGNS) else {
            // In a map on one line a comma ends a text without quotes.
            let is_cut = self.text.contains(['(', '[']) && !self.text.ends_with([')', ']']);
            let hint = if is_cut {
                "put an SLA with commas into quotes: `{ sla: \"…\" }`"
            } else {
                "for example `availability >= 99%`"
            };
            let expected = "`<`, `<=`, `>`, `>=` or `==`";
            return Err(self.finding(whole, "no comparison", expected).hint(hint));
        };
        let right = whole.from(op_at);
        let length = right.text.find(|c: char| !SIGNS.contains(&c)).unwrap_or(right.text.len());
        let comparison = self.comparison(right.slice(0, length))?;
        let (left, when) = split_during(whole.slice(0, op_at));
        let (metric, subject) = self.what(left)?;
        let (limit, when_at_the_end) = split_during(right.from(length));
        if let (Some(_), Some(again)) = (when, when_at_the_end) {
            let expected = "one of them, after the metric or after the limit";
            return Err(self.finding(again, "a second `during`", expected));
        }
        let limit = self.limit(metric, limit.trim())?;
        let objective = self.objective(metric, subject, when.or(when_at_the_end))?;
        Ok(Sla {
            text: format!("{} {} {}", objective.text, comparison.symbol(), limit_text(metric, limit)),
            line: if self.mark.source == 0 { self.mark.line as usize } else { 0 },
            objective,
            comparison,
            limit,
            expected,
        })
    }

    /// What is measured, without a limit.
    fn only_objective(&self) -> Result<Objective, Finding> {
        self.check_length()?;
        let whole = Part::whole(self.text);
        if let Some(at) = self.text.find(SIGNS) {
            let rest = whole.from(at);
            return Err(self.finding(rest, quote(rest.text), "only what is measured, such as `latency.p99`"));
        }
        let (left, when) = split_during(whole);
        let (metric, subject) = self.what(left)?;
        self.objective(metric, subject, when)
    }

    fn check_length(&self) -> Result<(), Finding> {
        if self.text.len() <= TEXT_MAX {
            return Ok(());
        }
        Err(Finding::at(self.mark, "a very long text", "an SLA such as `availability >= 99%`"))
    }

    fn objective(
        &self,
        metric: Metric,
        subject: Subject,
        when: Option<Part<'_>>,
    ) -> Result<Objective, Finding> {
        let during = when.map(|when| self.during_of(metric, when)).transpose()?;
        let text = with_interval(what_text(metric, subject, self.names), during, self.names);
        Ok(Objective { text, metric, subject, during })
    }

    fn during_of(&self, metric: Metric, when: Part<'_>) -> Result<During, Finding> {
        if metric == Metric::TimeToConverge {
            let found = format!("`during` with `{metric}`");
            let expected = "no interval: it counts from the end of the last fault to the end of the run";
            return Err(self.finding(when, found, expected));
        }
        self.during(when.from("during".len()).trim())
    }

    fn comparison(&self, signs: Part<'_>) -> Result<Comparison, Finding> {
        let comparison = match signs.text {
            "<" => Comparison::Below,
            "<=" => Comparison::AtMost,
            ">" => Comparison::Above,
            ">=" => Comparison::AtLeast,
            "==" => Comparison::Equal,
            other => {
                let finding = self.finding(signs, quote(other), "`<`, `<=`, `>`, `>=` or `==`");
                return Err(if other == "=" { finding.hint("equality is written `==`") } else { finding });
            }
        };
        Ok(comparison)
    }

    /// Metric and subject.
    fn what(&self, left: Part<'_>) -> Result<(Metric, Subject), Finding> {
        let left = left.trim();
        let (name, inside) = match left.text.find('(') {
            None => (left, None),
            Some(open) => {
                let brackets = left.from(open);
                let Some(inside) = brackets.inside('(', ')') else {
                    let expected = "a closing `)` before the comparison";
                    return Err(self.finding(brackets, quote(brackets.text), expected));
                };
                (left.slice(0, open).trim(), Some(inside))
            }
        };
        let (metric, subjects) = metric(self, name, inside)?;
        Ok((metric, self.subject(metric, &subjects)?))
    }

    fn limit(&self, metric: Metric, limit: Part<'_>) -> Result<f64, Finding> {
        let text = limit.text;
        let (value, expected) = match metric.unit() {
            // More retries than first tries are possible, more good requests than requests are not.
            Unit::Fraction if matches!(metric, Metric::RetryRatio | Metric::ErrorBudget { .. }) => {
                (units::percent(text), "a share such as `99%`")
            }
            Unit::Fraction => (Ratio::parse(text).map(|share| share.0), Ratio::EXPECTED),
            Unit::Seconds => (units::seconds(text), "a time such as `500ms`"),
            Unit::Count => (units::count(text).map(|count| count as f64), "a whole number"),
            Unit::Currency => (not_negative(text, "a cost"), "a number such as `12.5`"),
            Unit::Factor => (not_negative(text, "a rate"), "a number such as `14.4`"),
            Unit::PerSecond => (units::rate(text), "a rate such as `400/s`"),
        };
        value.map_err(|hint| {
            let found = if text.is_empty() { "nothing".into() } else { quote(text) };
            self.finding(limit, found, format!("{expected} as the limit of `{metric}`")).hint_if(hint)
        })
    }

    /// A finding about a part of the text.
    pub(super) fn finding(
        &self,
        part: Part<'_>,
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
        let (start, end) = (part.at, part.at + part.text.len());
        let mark = self.mark.part(quotes + characters(0, start), characters(start, end).max(1));
        Finding::at(mark, found, expected)
    }
}

/// Parts what stands before the word `during`, outside of brackets, from the rest.
fn split_during(part: Part<'_>) -> (Part<'_>, Option<Part<'_>>) {
    let is_of_word = |c: char| c.is_alphanumeric() || ['_', '-', '.'].contains(&c);
    let brackets_end = part.text.rfind(')').map_or(0, |at| at + 1);
    let found =
        part.text[brackets_end..].match_indices("during").map(|(at, _)| brackets_end + at).find(|at| {
            let (before, after) = (&part.text[..*at], &part.text[at + "during".len()..]);
            !before.ends_with(is_of_word) && !after.starts_with(is_of_word)
        });
    found.map_or((part, None), |at| (part.slice(0, at), Some(part.from(at).trim())))
}

/// A number that is not negative.
fn not_negative(text: &str, what: &str) -> Result<f64, Hint> {
    match units::number(text)? {
        amount if amount >= 0.0 => Ok(amount + 0.0),
        _ => Err(Some(format!("{what} is not negative"))),
    }
}
