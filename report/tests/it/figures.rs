//! The figures.

use crate::fixture;
use cusinart_record::{RequestError, hash64};
use cusinart_report::{Plot, plots, summarize};
use expect_test::expect;

#[test]
fn figures_are_the_same_bytes_every_time_and_in_every_build() {
    let figures = figures();
    assert_eq!(figures, self::figures(), "drawn twice");
    let hashes: Vec<String> = figures
        .iter()
        .map(|plot| {
            format!("{:8} svg {:016x} png {:016x}", plot.name, hash64(plot.svg.as_bytes()), hash64(&plot.png))
        })
        .collect();
    // Golden: look at the figures before accepting another hash; FIGURES=<directory> writes them.
    expect![[r#"
        timeline svg 9e9d07e9e897afe9 png 29ede538d41887bb
        latency  svg 49db3bfc5c025d4a png 663c012e897fa260
        nodes    svg 03bd82496bfa5d5c png aca3a4d7f414d51a"#]]
    .assert_eq(&hashes.join("\n"));
}

#[test]
fn a_png_is_1600_by_1000_pixels_and_an_svg_needs_no_font() {
    for plot in figures() {
        let size = |at: usize| u32::from_be_bytes(plot.png[at..at + 4].try_into().expect("four bytes"));
        assert_eq!((size(16), size(20)), (1_600, 1_000), "{}", plot.name);
        assert!(plot.svg.starts_with("<svg width=\"1600\" height=\"1000\" viewBox=\"0 0 3200 2000\""));
        assert!(plot.svg.contains("@font-face") && plot.svg.trim_end().ends_with("</svg>"));
    }
}

#[test]
fn the_timeline_names_faults_and_decisions() {
    let figures = figures();
    for words in [
        "zone_outage b",
        "hang cache (touched nothing)",
        "failure declared",
        "scale up",
        "SLA p99 &lt; 500 ms",
    ] {
        assert!(figures[0].svg.contains(words), "{words}");
    }
}

#[test]
fn errors_of_all_kinds_are_drawn_in_one_figure() {
    let (scenario, mut record) = (fixture::scenario(), fixture::record());
    for window in &mut record.clients[0].windows {
        window.counts.failed.0 = [3; RequestError::ALL.len()];
    }
    let figures = plots(&scenario, &record, &summarize(&scenario, &record));
    for error in RequestError::ALL {
        assert!(figures[0].svg.contains(error.word()), "{error:?}");
    }
}

fn figures() -> Vec<Plot> {
    let (scenario, record) = (fixture::scenario(), fixture::record());
    let figures = plots(&scenario, &record, &summarize(&scenario, &record));
    write_if_wanted("small", &figures);
    figures
}

/// Writes figures to the directory given at compile time by `FIGURES`, to look at them.
pub(crate) fn write_if_wanted(name: &str, figures: &[Plot]) {
    if let Some(directory) = option_env!("FIGURES") {
        for plot in figures {
            let path = format!("{directory}/{name}-{}", plot.name);
            std::fs::write(format!("{path}.png"), &plot.png).expect("the directory is writable");
            std::fs::write(format!("{path}.svg"), &plot.svg).expect("the directory is writable");
        }
    }
}
