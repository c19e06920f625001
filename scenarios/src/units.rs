//! Numbers with their units, as people write them, and back.
//!
//! Everything written by a `*_text` function is read back to the very same bits.

use cusinart_policies::Duration;

/// Longest time anywhere in a scenario: twice the longest run.
pub(crate) const TIME_MAX: Duration = Duration::from_secs(20 * 365 * 86_400);
/// Units of time: name, nanoseconds.
const TIME_UNITS: [(&str, u64); 8] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("ns", 1),
];
/// Units of amounts of data: name, bytes.
const BYTE_UNITS: [(&str, u64); 10] = [
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];
/// Greatest amount of data: 1 EiB.
const BYTES_MAX: u128 = 1 << 60;
/// Greatest rate, per second.
pub(crate) const RATE_MAX: f64 = 1e9;
/// Greatest bandwidth, in bytes per second.
const BANDWIDTH_MAX: f64 = 1e15;

/// What to do about a text that is not what was expected, if anything is known.
pub(crate) type Hint = Option<String>;

/// Reads a time as scenario files write it, such as `30s` or `1h30m`; `None` if it is something else.
pub fn time(text: &str) -> Option<Duration> {
    duration(text).ok()
}

/// Reads a time exactly: `30s`, `250ms`, `1h30m`, `1.5s`.
pub(crate) fn duration(text: &str) -> Result<Duration, Hint> {
    let mut nanos = 0_u128;
    for part in time_parts(text)? {
        let (whole, fraction) = part.number.split_once('.').unwrap_or((part.number, ""));
        let exact = decimal(whole, fraction, u128::from(part.unit_nanos))
            .ok_or_else(|| Some("nanoseconds are the finest unit".to_owned()))?;
        nanos = nanos.saturating_add(exact);
    }
    match u64::try_from(nanos) {
        Ok(nanos) if nanos <= TIME_MAX.as_nanos() => Ok(Duration::from_nanos(nanos)),
        Ok(_) | Err(_) => Err(Some("times are at most 20 years (`7300d`)".into())),
    }
}

/// Reads a time as seconds, for distributions, whose values need not be whole nanoseconds.
pub(crate) fn seconds(text: &str) -> Result<f64, Hint> {
    let mut sum = 0.0;
    for part in time_parts(text)? {
        // Decimal units shift the point, so that the nearest float to what is written is taken.
        let shifted = |exponent: i32| format!("{}e{exponent}", part.number).parse::<f64>();
        let value = match part.unit_nanos {
            1 => shifted(-9),
            1_000 => shifted(-6),
            1_000_000 => shifted(-3),
            larger => part.number.parse().map(|number: f64| number * (larger / 1_000_000_000) as f64),
        };
        sum += value.map_err(|_| None)?;
    }
    if sum <= TIME_MAX.as_secs_f64() {
        Ok(sum)
    } else {
        Err(Some("times are at most 20 years (`7300d`)".into()))
    }
}

/// Writes a time in seconds.
pub(crate) fn seconds_text(value: f64) -> String {
    let pretty = Duration::from_secs_f64(value).to_string();
    if seconds(&pretty) == Ok(value) { pretty } else { format!("{value}s") }
}

/// Reads a rate per second: `400/s`, `30/min`, `5/h`.
pub(crate) fn rate(text: &str) -> Result<f64, Hint> {
    let (number, unit) = split_number(text).ok_or_else(|| number_hint(text, "/s"))?;
    let value: f64 = number.parse().map_err(|_| None)?;
    let value = match unit {
        "/s" => value,
        "/min" => value / 60.0,
        "/h" => value / 3_600.0,
        "" => return Err(Some(format!("write `{number}/s` for a rate per second"))),
        _ => return Err(Some(format!("rates are written `{number}/s`, `{number}/min` or `{number}/h`"))),
    };
    if value <= RATE_MAX { Ok(value) } else { Err(Some("rates are at most 1000000000/s".into())) }
}

/// Writes a rate.
pub(crate) fn rate_text(per_second: f64) -> String {
    format!("{per_second}/s")
}

/// Reads a share in percent as a fraction: `0.1%` is 0.001.
pub(crate) fn percent(text: &str) -> Result<f64, Hint> {
    let (number, unit) = split_number(text).ok_or_else(|| number_hint(text, "%"))?;
    match unit {
        "%" => format!("{number}e-2").parse().map_err(|_| None),
        "" => {
            let shifted = number.parse::<f64>().ok().filter(|value| *value <= 1.0).map(percent_text);
            Err(Some(match shifted {
                Some(percent) if percent != format!("{number}%") => {
                    format!("shares are written in percent: `{percent}` for the fraction {number}")
                }
                Some(_) | None => format!("shares are written in percent: `{number}%`"),
            }))
        }
        _ => Err(Some(format!("shares are written in percent: `{number}%`"))),
    }
}

/// Writes a fraction in percent.
pub(crate) fn percent_text(fraction: f64) -> String {
    let digits = format!("{fraction}");
    let (whole, rest) = digits.split_once('.').unwrap_or((&digits, ""));
    let (moved, rest) = rest.split_at(rest.len().min(2));
    let whole = format!("{whole}{moved:0<2}");
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    if rest.is_empty() { format!("{whole}%") } else { format!("{whole}.{rest}%") }
}

/// Reads an amount of data: `2GiB`, `512MB`, `10KiB`, `100B`.
pub(crate) fn bytes(text: &str) -> Result<u64, Hint> {
    let (number, unit) = split_number(text).ok_or_else(|| number_hint(text, "MiB"))?;
    let Some((_, factor)) = BYTE_UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(Some(if unit.is_empty() {
            format!("write `{number}MiB`, `{number}MB` or `{number}B`")
        } else {
            "units of data are B, kB, MB, GB, TB, KiB, MiB, GiB and TiB".into()
        }));
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let exact = decimal(whole, fraction, u128::from(*factor));
    match exact.ok_or_else(|| Some("bytes are not divided".to_owned()))? {
        bytes if bytes <= BYTES_MAX => Ok(u64::try_from(bytes).expect("the limit is below 2^64")),
        _ => Err(Some("at most 1048576TiB".into())),
    }
}

/// Writes an amount of data in the largest unit that leaves it whole.
pub(crate) fn bytes_text(bytes: u64) -> String {
    let fits = |(_, factor): &&(&str, u64)| bytes > 0 && bytes.is_multiple_of(*factor);
    let best = BYTE_UNITS.iter().filter(fits).max_by_key(|(name, factor)| (*factor, *name == "kB"));
    best.map_or_else(|| format!("{bytes}B"), |(name, factor)| format!("{}{name}", bytes / factor))
}

/// Reads a bandwidth in bytes per second: `1Gbit/s`, `100MB/s`.
pub(crate) fn bandwidth(text: &str) -> Result<f64, Hint> {
    let (number, unit) = split_number(text).ok_or_else(|| number_hint(text, "Mbit/s"))?;
    let value: f64 = number.parse().map_err(|_| None)?;
    let value = match unit {
        "bit/s" => value / 8.0,
        "kbit/s" => value * 125.0,
        "Mbit/s" => value * 125_000.0,
        "Gbit/s" => value * 125_000_000.0,
        _ => {
            let bytes =
                unit.strip_suffix("/s").and_then(|unit| BYTE_UNITS.iter().find(|(name, _)| *name == unit));
            let (_, factor) = bytes.ok_or_else(|| {
                Some(format!("bandwidths are written `{number}Gbit/s`, `{number}Mbit/s` or `{number}MB/s`"))
            })?;
            value * *factor as f64
        }
    };
    if value > 0.0 && value <= BANDWIDTH_MAX {
        Ok(value)
    } else {
        Err(Some("bandwidths are above zero and at most 1000TB/s".into()))
    }
}

/// Writes a bandwidth.
pub(crate) fn bandwidth_text(bytes_per_second: f64) -> String {
    for (name, factor) in [("Gbit", 125_000_000.0), ("Mbit", 125_000.0)] {
        let text = format!("{}{name}/s", bytes_per_second / factor);
        if bytes_per_second >= factor && text.len() < 12 && bandwidth(&text) == Ok(bytes_per_second) {
            return text;
        }
    }
    format!("{bytes_per_second}B/s")
}

/// Reads a whole number without unit.
pub(crate) fn count(text: &str) -> Result<u64, Hint> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_err(|_| Some(format!("at most {}", u64::MAX)));
    }
    Err(match split_number(text) {
        Some((number, "")) if number.contains('.') => Some("this must be a whole number".into()),
        Some((number, unit)) if !unit.is_empty() => {
            Some(format!("this is a plain number, without the unit `{}`: `{number}`", unit.trim()))
        }
        Some(_) | None => number_hint(text, ""),
    })
}

/// Reads a finite number without unit.
pub(crate) fn number(text: &str) -> Result<f64, Hint> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match text.parse::<f64>() {
        Ok(value) if plain && value.is_finite() => Ok(value),
        Ok(_) if plain => Err(Some("the number is too large".into())),
        Ok(_) | Err(_) => Err(match split_number(text) {
            Some((number, unit)) if !unit.is_empty() => {
                Some(format!("this is a plain number, without the unit `{}`: `{number}`", unit.trim()))
            }
            Some(_) | None => number_hint(text, ""),
        }),
    }
}

/// A number and its unit.
struct TimePart<'a> {
    number: &'a str,
    unit_nanos: u64,
}

/// The parts of a time, largest unit first: `1h30m`.
fn time_parts(text: &str) -> Result<Vec<TimePart<'_>>, Hint> {
    let mut parts: Vec<TimePart<'_>> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (number, after) = split_number(rest).ok_or_else(|| number_hint(text, "s"))?;
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let Some((_, unit_nanos)) = TIME_UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(Some(time_hint(number, unit)));
        };
        if parts.last().is_some_and(|last| last.unit_nanos <= *unit_nanos) {
            return Err(Some("write the larger unit first, each once: `1h30m`".into()));
        }
        parts.push(TimePart { number, unit_nanos: *unit_nanos });
        rest = next;
    }
    if parts.is_empty() { Err(None) } else { Ok(parts) }
}

/// What to do about an unknown unit of time.
fn time_hint(number: &str, unit: &str) -> String {
    match unit.trim() {
        "" => format!("write `{number}s` for seconds or `{number}ms` for milliseconds"),
        "sec" | "secs" | "second" | "seconds" | "S" => format!("write `{number}s`"),
        "min" | "mins" | "minute" | "minutes" | "M" => format!("write `{number}m`"),
        "hr" | "hrs" | "hour" | "hours" | "H" => format!("write `{number}h`"),
        "day" | "days" | "D" => format!("write `{number}d`"),
        "msec" | "millis" | "MS" | "Ms" => format!("write `{number}ms`"),
        known if TIME_UNITS.iter().any(|(name, _)| *name == known) => {
            format!("write `{number}{known}`, without blank")
        }
        _ => "units of time are ns, us, ms, s, m, h and d".into(),
    }
}

/// A text that does not start with a number.
fn number_hint(text: &str, unit: &str) -> Hint {
    let lower = text.trim().to_ascii_lowercase();
    let bare = lower.trim_start_matches(['+', '-', '.']);
    if bare.starts_with("nan") || bare.starts_with("inf") {
        return Some("a finite number is needed".into());
    }
    if let Some(positive) = text.strip_prefix('-') {
        return Some(format!("negative values have no meaning here; did you mean `{positive}`?"));
    }
    if text.contains(['e', 'E']) && text.parse::<f64>().is_ok() {
        return Some(format!("write the number without exponent, such as `10{unit}`"));
    }
    None
}

/// A leading `digits[.digits]` and the rest.
fn split_number(text: &str) -> Option<(&str, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    if whole == 0 {
        return None;
    }
    let fraction = match text[whole..].strip_prefix('.') {
        Some(after) if digits(after) > 0 => 1 + digits(after),
        Some(_) => return None,
        None => 0,
    };
    let (number, rest) = text.split_at(whole + fraction);
    // An exponent is not part of a number with a unit.
    let exponent =
        rest.strip_prefix(['e', 'E']).is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    (!exponent && number.len() <= 400).then_some((number, rest))
}

/// `whole.fraction * factor` if that is whole; saturates.
fn decimal(whole: &str, fraction: &str, factor: u128) -> Option<u128> {
    let digits = |text: &str| {
        text.bytes().fold(0_u128, |n, digit| n.saturating_mul(10).saturating_add(u128::from(digit - b'0')))
    };
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 20 {
        return None;
    }
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let part = digits(fraction).checked_mul(factor)?;
    if part % scale != 0 {
        return None;
    }
    Some(digits(whole).saturating_mul(factor).saturating_add(part / scale))
}

#[cfg(test)]
mod tests;
