//! Numbers as people read them: `412 ms`, `3m20s`, `99.12 %`, `1,021,334`.

use cusinart_policies::{Duration, Instant};
use cusinart_scenarios::Unit;

/// Nanoseconds in one second.
const NANOS_PER_S: f64 = 1e9;
/// Most decimals that [`distinct`] tries.
const DECIMALS_MAX: usize = 6;

/// A span of time with about three significant digits: `850 ns`, `412 ms`, `1.23 s`, `3m20s`, `2h05m`.
pub(crate) fn span(span: Duration) -> String {
    let nanos = span.as_nanos() as f64;
    if nanos == 0.0 {
        return "0 s".into();
    }
    for (unit_nanos, word) in [(1.0, "ns"), (1e3, "µs"), (1e6, "ms")] {
        // Rounding up must not print `1000 ms`.
        if nanos < 999.5 * unit_nanos {
            return format!("{} {word}", three_digits(nanos / unit_nanos));
        }
    }
    let secs = nanos / NANOS_PER_S;
    if secs < 59.95 {
        return format!("{} s", three_digits(secs));
    }
    let whole = (secs + 0.5) as u64;
    let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60);
    match (hours, minutes, rest) {
        (0, minutes, 0) => format!("{minutes}m"),
        (0, minutes, rest) => format!("{minutes}m{rest:02}s"),
        (hours, 0, 0) => format!("{hours}h"),
        (hours, minutes, 0) => format!("{hours}h{minutes:02}m"),
        (hours, minutes, rest) => format!("{hours}h{minutes:02}m{rest:02}s"),
    }
}

/// A moment of the run to a tenth of a second: `0s`, `12m05s`, `12m13.4s`, `1h02m03s`.
pub(crate) fn clock(at: Instant) -> String {
    let tenths = at.as_nanos().saturating_add(50_000_000) / 100_000_000;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let (hours, minutes, secs) = (whole / 3_600, whole / 60 % 60, whole % 60);
    let fraction = if tenth == 0 { String::new() } else { format!(".{tenth}") };
    match (hours, minutes) {
        (0, 0) => format!("{secs}{fraction}s"),
        (0, minutes) if secs == 0 && tenth == 0 => format!("{minutes}m"),
        (0, minutes) => format!("{minutes}m{secs:02}{fraction}s"),
        (hours, 0) if secs == 0 && tenth == 0 => format!("{hours}h"),
        (hours, minutes) if secs == 0 && tenth == 0 => format!("{hours}h{minutes:02}m"),
        (hours, minutes) => format!("{hours}h{minutes:02}m{secs:02}{fraction}s"),
    }
}

/// A whole number with commas between thousands.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with its noun: `1 node`, `3 nodes`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// Things per second with about three digits: `0.25/s`, `12.5/s`, `4,800/s`.
pub(crate) fn rate(per_s: f64) -> String {
    if per_s < 100.0 {
        format!("{}/s", three_digits(per_s))
    } else {
        format!("{}/s", count((per_s + 0.5) as u64))
    }
}

/// A share in percent. Never rounds a share below one up to `100 %`, nor one above zero down to `0 %`.
pub(crate) fn percent(share: f64) -> String {
    format!("{} %", percent_digits(share, 2))
}

/// A ratio of two numbers: `8.0 times`.
pub(crate) fn times(factor: f64) -> String {
    format!("{factor:.1} times")
}

/// Money, to two decimals.
pub(crate) fn money(amount: f64) -> String {
    let cents = (amount * 100.0 + 0.5).max(0.0) as u64;
    format!("{}.{:02}", count(cents / 100), cents % 100)
}

/// A value in its unit.
pub(crate) fn quantity(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Fraction => percent(value),
        Unit::Seconds => span(Duration::from_secs_f64(value)),
        Unit::Count | Unit::Factor => plain(value),
        Unit::PerSecond => rate(value),
        Unit::Currency => money(value),
    }
}

/// A value in its unit, with as many digits as it takes to tell it from `other` (a measured value that misses a
/// limit by little must not print like the limit).
pub(crate) fn distinct(value: f64, other: f64, unit: Unit) -> String {
    let short = quantity(value, unit);
    if value == other || short != quantity(other, unit) {
        return short;
    }
    for decimals in 3..=DECIMALS_MAX {
        let (precise, limit) = (with_decimals(value, unit, decimals), with_decimals(other, unit, decimals));
        if precise != limit {
            return precise;
        }
    }
    with_decimals(value, unit, DECIMALS_MAX)
}

/// A text from a scenario as a terminal or a figure may show it. Characters that would control a terminal, turn the
/// direction of writing or are not allowed in XML become U+FFFD; breaks of lines and tabs become spaces.
pub fn visible(text: &str) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\t' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    };
    text.chars().map(shown).collect()
}

fn with_decimals(value: f64, unit: Unit, decimals: usize) -> String {
    match unit {
        Unit::Fraction => format!("{:.decimals$} %", value * 100.0),
        Unit::Seconds if value < 1.0 => format!("{:.1$} ms", value * 1e3, decimals - 2),
        Unit::Seconds => format!("{value:.decimals$} s"),
        Unit::PerSecond => format!("{value:.decimals$}/s"),
        Unit::Count | Unit::Currency | Unit::Factor => format!("{value:.decimals$}"),
    }
}

fn percent_digits(share: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", share * 100.0);
    let hides = (share < 1.0 && text.starts_with("100")) || (share > 0.0 && text.parse() == Ok(0.0_f64));
    if hides && decimals < DECIMALS_MAX { percent_digits(share, decimals + 1) } else { trim(&text) }
}

/// A limit or count: whole numbers without decimals, others with at most three.
fn plain(value: f64) -> String {
    if (0.0..1e15).contains(&value) && value == (value as u64) as f64 {
        count(value as u64)
    } else {
        trim(&format!("{value:.3}"))
    }
}

fn three_digits(value: f64) -> String {
    if value >= 99.95 {
        format!("{value:.0}")
    } else if value >= 9.995 {
        trim(&format!("{value:.1}"))
    } else {
        trim(&format!("{value:.2}"))
    }
}

/// Removes trailing zeros after the point.
fn trim(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_about_three_digits_and_never_a_thousand_of_a_unit() {
        let cases = [
            (0, "0 s"),
            (850, "850 ns"),
            (12_340, "12.3 µs"),
            (412_400_000, "412 ms"),
            (999_400_000, "999 ms"),
            (999_600_000, "1 s"),
            (1_234_000_000, "1.23 s"),
            (59_960_000_000, "1m"),
            (200_000_000_000, "3m20s"),
            (7_500_000_000_000, "2h05m"),
        ];
        for (nanos, text) in cases {
            assert_eq!(span(Duration::from_nanos(nanos)), text);
        }
    }

    #[test]
    fn moments_are_exact_to_a_tenth_of_a_second() {
        let cases =
            [(0, "0s"), (59_960, "1m"), (725_000, "12m05s"), (733_400, "12m13.4s"), (3_723_000, "1h02m03s")];
        for (millis, text) in cases {
            assert_eq!(clock(Instant::from_nanos(millis * 1_000_000)), text);
        }
    }

    #[test]
    fn percentages_do_not_hide_the_last_failure() {
        let cases = [
            (1.0, "100 %"),
            (0.0, "0 %"),
            (0.9912, "99.12 %"),
            (0.99999, "99.999 %"),
            (0.000_001, "0.0001 %"),
        ];
        for (share, text) in cases {
            assert_eq!(percent(share), text);
        }
    }

    #[test]
    fn a_near_miss_prints_unlike_its_limit() {
        assert_eq!(distinct(0.989_996, 0.99, Unit::Fraction), "98.9996 %");
        assert_eq!(distinct(0.5002, 0.5, Unit::Seconds), "500.2 ms");
        assert_eq!(distinct(1.000_04, 1.0, Unit::Seconds), "1.00004 s");
        assert_eq!(distinct(0.97, 0.99, Unit::Fraction), "97 %");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            (count(999), count(1_000), count(1_234_567)),
            ("999".into(), "1,000".into(), "1,234,567".into())
        );
        assert_eq!(
            (rate(0.25), rate(12.5), rate(4_800.2)),
            ("0.25/s".into(), "12.5/s".into(), "4,800/s".into())
        );
    }
}
