//! What a test writes for others to read.

use super::{BROKEN, OUTAGE, SLOW, failed_slas, json, place, read};
use crate::command::files;
use expect_test::expect_file;

#[test]
fn junit_has_a_suite_for_each_scenario_and_a_case_for_each_check() {
    let place = place();
    place.run(&["test", "all", "--baseline", "base.json", "--update-baseline"]).ends_with(0);
    let words = ["test", "all", "--baseline", "base.json", "--junit", "deep/er/junit.xml"];
    place.run(&[&words[..], &SLOW].concat()).ends_with(99);
    let text = read(&place, "deep/er/junit.xml");
    let document = roxmltree::Document::parse(&text).expect("it is XML");
    let nodes = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    let names: Vec<_> = nodes("testsuite").filter_map(|suite| suite.attribute("name")).collect();
    assert_eq!(names, ["outage", "tiny"]);
    assert_eq!(nodes("testcase").count(), 5 + 2 + 14, "SLAs and metrics");
    for (name, value) in [("seed", "7"), ("replications", "64")] {
        let suite = nodes("testsuite").next().expect("there are two");
        let property = suite.descendants().find(|node| node.attribute("name") == Some(name));
        let found = property.and_then(|node| node.attribute("value")).expect("it is told");
        assert!(found == value || name == "replications", "{name}: {found}");
    }
    let failures: Vec<_> = nodes("failure").collect();
    let counted: Option<usize> =
        document.root_element().attribute("failures").and_then(|number| number.parse().ok());
    assert_eq!(counted, Some(failures.len()));
    let of_slas: Vec<_> =
        failures.iter().filter(|node| node.attribute("type") == Some("sla.failed")).collect();
    let [failure] = of_slas[..] else { panic!("exactly one SLA is missed:\n{text}") };
    let case = failure.parent().expect("a case holds it");
    assert_eq!(case.attribute("name"), Some(BROKEN));
    assert_eq!(case.attribute("classname"), Some("outage"));
    let words = failure.text().unwrap_or_default();
    for part in ["the limit is < 20 s", " [", "repro: cusinart-sim test all/outage.yaml --set", "worst run: "]
    {
        assert!(words.contains(part), "{part:?} is missing in {words}");
    }
    let of_metrics = failures.iter().filter(|node| node.attribute("type") == Some("baseline.failed"));
    assert!(of_metrics.count() >= 2, "{text}");
}

#[test]
fn an_annotation_stands_at_the_line_of_the_sla() {
    let place = place().with("GITHUB_ACTIONS", "true").with("GITHUB_STEP_SUMMARY", "step.md");
    place.write("step.md", "what another step wrote\n");
    let outcome = place.run(&[&["test", "all", "-q"][..], &SLOW].concat()).ends_with(99);
    let yaml = include_str!("outage.yaml");
    let line =
        yaml.lines().position(|line| line.trim_start() == format!("- {BROKEN}")).expect("it is there") + 1;
    let expected = format!(
        "::error file=all/outage.yaml,line={line},title=outage%3A time_to_detect.max < 20s::missed: "
    );
    let [annotation] = outcome.stderr.lines().collect::<Vec<_>>()[..] else { panic!("{}", outcome.stderr) };
    assert!(annotation.starts_with(&expected), "{annotation}");
    let step = read(&place, "step.md");
    assert!(step.starts_with("what another step wrote\n<!-- cusinart-sim test -->\n"), "{step}");
    // An open question is a warning.
    let outcome = place.run(&["test", OUTAGE, "-q", "-r", "3"]).ends_with(98);
    assert!(outcome.stderr.starts_with("::warning file=outage.yaml,line="), "{}", outcome.stderr);
    let outcome = place.run(&["test", OUTAGE, "-q", "-r", "3", "--github=false"]).ends_with(98);
    assert_eq!(outcome.stderr, "");
}

// Windows has no such names.
#[cfg(unix)]
#[test]
fn hostile_files_break_neither_annotations_nor_markdown_nor_xml() {
    let place = place();
    let file = "a,b: 100%|<b>::error::`x`]]>.yaml";
    place.write(file, include_str!("outage.yaml"));
    place.write("wrong,.yaml", "version: 1\nname: '::error::%0A]]>|<b>'\n");
    let words = ["test", file, "wrong,.yaml", "-q", "--github", "--junit", "j.xml", "--summary", "s.md"];
    let outcome = place.run(&[&words[..], &SLOW].concat()).ends_with(3);
    let annotations = outcome.stderr.lines().filter(|line| line.starts_with("::"));
    assert_eq!(annotations.count(), 2, "{}", outcome.stderr);
    for part in [
        "::error file=a%2Cb%3A 100%25|<b>%3A%3Aerror%3A%3A`x`]]>.yaml,line=",
        "::error file=wrong%2C.yaml,line=1,",
    ] {
        assert!(outcome.stderr.contains(part), "{part}: {}", outcome.stderr);
    }
    let junit = read(&place, "j.xml");
    let document = roxmltree::Document::parse(&junit).expect("it is XML");
    let file_of = document.descendants().find_map(|node| node.attribute("file"));
    assert_eq!(file_of, Some(file));
    let summary = read(&place, "s.md");
    assert!(summary.contains(r"a,b: 100%\|&lt;b&gt;::error::\`x\`\]\]&gt;.yaml"), "{summary}");
    let outside_code = summary.lines().filter(|line| !line.starts_with("cusinart-sim "));
    assert!(outside_code.filter(|line| line.contains("<b>")).count() == 0, "{summary}");
}

#[test]
fn the_folder_is_written_also_when_the_test_fails() {
    let place = place();
    let words = [&["test", "all", "--out", "results"][..], &SLOW].concat();
    place.run(&words).ends_with(99);
    let folder = place.path().join("results");
    let names: Vec<String> = files(&folder).into_keys().collect();
    assert_eq!(
        names,
        [
            "junit.xml",
            "outage.replications.json",
            "report.html",
            "summary.md",
            "test.json",
            "tiny.replications.json"
        ]
    );
    assert_eq!(failed_slas(&json(&read(&place, "results/test.json"))), [BROKEN]);
    let study = json(&read(&place, "results/outage.replications.json"));
    assert_eq!(study["replications"].as_array().map(Vec::len), Some(8));
    // It replaces what an earlier test wrote, and nothing else.
    place.run(&["test", OUTAGE, "--out", "results"]).ends_with(0);
    assert_eq!(files(&folder).len(), 5);
    place.write("results/mine.txt", "mine");
    place.run(&["test", OUTAGE, "--out", "results"]).ends_with(5).says("mine.txt");
}

#[test]
fn the_page_and_the_comment_are_as_reviewed() {
    let place = place();
    place.run(&["test", "all", "--baseline", "base.json", "--update-baseline"]).ends_with(0);
    let words = ["test", "all", "--baseline", "base.json", "--summary", "comment.md"];
    let outcome = place.run(&[&words[..], &SLOW].concat()).ends_with(99);
    expect_file!["page.txt"].assert_eq(&outcome.stdout);
    expect_file!["comment.md"].assert_eq(&read(&place, "comment.md"));
    let markdown = place.run(&[&words[..4], &["--format", "markdown"], &SLOW].concat()).stdout;
    assert_eq!(markdown, read(&place, "comment.md"));
}
