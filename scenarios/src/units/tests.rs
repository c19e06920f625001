//! Units: known values and laws.

use super::*;
use proptest::prelude::*;

#[test]
fn times_are_exact_sums_of_their_parts() {
    let cases = [
        ("30s", 30_000_000_000),
        ("250ms", 250_000_000),
        ("1h30m", 5_400_000_000_000),
        ("2us", 2_000),
        ("2µs", 2_000),
        ("10ns", 10),
        ("1d", 86_400_000_000_000),
        ("1m1.000000001s", 61_000_000_001),
        ("0s", 0),
    ];
    for (text, nanos) in cases {
        assert_eq!(duration(text), Ok(Duration::from_nanos(nanos)), "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused_with_a_hint_where_one_is_known() {
    let cases = [
        ("30", Some("write `30s` for seconds or `30ms` for milliseconds")),
        ("30 s", Some("write `30s`, without blank")),
        ("5min", Some("write `5m`")),
        ("-5s", Some("negative values have no meaning here; did you mean `5s`?")),
        ("30m1h", Some("write the larger unit first, each once: `1h30m`")),
        ("1s1s", Some("write the larger unit first, each once: `1h30m`")),
        ("1.5ns", Some("nanoseconds are the finest unit")),
        ("8000d", Some("times are at most 20 years (`7300d`)")),
        ("99999999999999999999999999999999999999999999d", Some("times are at most 20 years (`7300d`)")),
        ("1e3s", None),
        (".5s", None),
        ("5.s", None),
        ("", None),
        ("s", None),
        ("inf", Some("a finite number is needed")),
    ];
    for (text, hint) in cases {
        assert_eq!(duration(text), Err(hint.map(str::to_owned)), "{text}");
        assert!(seconds(text).is_err() || text == "1.5ns", "{text}");
    }
}

#[test]
fn other_units_have_their_known_values() {
    assert_eq!(bytes("2GiB"), Ok(2 << 30));
    assert_eq!(bytes("512MB"), Ok(512_000_000));
    assert_eq!(bytes("1.5kB"), Ok(1_500));
    assert!(bytes("1.5B").is_err() && bytes("2gb").is_err() && bytes("9999999TiB").is_err());
    assert_eq!(bandwidth("1Gbit/s"), Ok(125_000_000.0));
    assert_eq!(bandwidth("100MB/s"), Ok(100_000_000.0));
    assert!(bandwidth("0B/s").is_err() && bandwidth("1Gb/s").is_err());
    assert_eq!((rate("400/s"), rate("30/min"), rate("36/h")), (Ok(400.0), Ok(0.5), Ok(0.01)));
    assert_eq!((percent("0.1%"), percent("150%")), (Ok(0.001), Ok(1.5)));
    assert_eq!((count("007"), number("-2.5e3")), (Ok(7), Ok(-2_500.0)));
    assert!(
        count("1_000").is_err() && count("+1").is_err() && number("1e999").is_err() && number("nan").is_err()
    );
}

#[test]
fn numbers_are_written_as_people_write_them() {
    assert_eq!(percent_text(0.001), "0.1%");
    assert_eq!(percent_text(0.29), "29%");
    assert_eq!(percent_text(1.0), "100%");
    assert_eq!(seconds_text(0.25), "250ms");
    assert_eq!(seconds_text(90.0), "1m30s");
    assert_eq!(bytes_text(2 << 30), "2GiB");
    assert_eq!(bytes_text(512_000_000), "512MB");
    assert_eq!(bytes_text(0), "0B");
    assert_eq!(bandwidth_text(125_000_000.0), "1Gbit/s");
}

proptest! {
    #[test]
    fn times_are_read_as_they_are_written(nanos in 0..TIME_MAX.as_nanos()) {
        let time = Duration::from_nanos(nanos);
        prop_assert_eq!(duration(&time.to_string()), Ok(time));
    }

    #[test]
    fn numbers_are_read_to_the_same_bits(x in 0.0_f64..1e8, tiny in 0.0_f64..1e-9) {
        for x in [x, tiny, x * tiny] {
            prop_assert_eq!(seconds(&seconds_text(x)), Ok(x));
            prop_assert_eq!(rate(&rate_text(x)), Ok(x));
            prop_assert_eq!(percent(&percent_text(x)), Ok(x));
        }
        prop_assert_eq!(bandwidth(&bandwidth_text(x + 1.0)), Ok(x + 1.0));
    }

    #[test]
    fn amounts_of_data_are_read_as_they_are_written(bytes in 0_u64..1 << 60, shift in 0_u32..60) {
        let bytes = bytes >> shift << shift;
        prop_assert_eq!(super::bytes(&bytes_text(bytes)), Ok(bytes));
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in "[-+.0-9a-zA-Zµ%/ ]{0,12}|.{0,12}") {
        let _ = (duration(&text), seconds(&text), rate(&text), percent(&text), bytes(&text));
        let _ = (bandwidth(&text), count(&text), number(&text));
    }
}
