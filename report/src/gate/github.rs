//! Workflow commands of GitHub Actions: annotations at the lines of scenario files.

use crate::gate::outcome::Outcome;
use crate::gate::report::TestReport;
use crate::human;

/// Writes an annotation for every finding: errors first, since GitHub shows ten of each kind for a step. Open
/// questions are warnings. The file is named as the command was given it, which GitHub reads from the folder of the
/// repository.
pub fn github_commands(report: &TestReport) -> String {
    let mut text = String::new();
    for finding in report.findings() {
        let kind = match finding.outcome {
            Outcome::Failed => "error",
            Outcome::Undecided => "warning",
            Outcome::Passed => "notice",
        };
        let mut properties = vec![format!("file={}", property(&finding.file))];
        if finding.line > 0 {
            properties.push(format!("line={}", finding.line));
        }
        let title = format!("{}: {}", finding.scenario, finding.title);
        properties.push(format!("title={}", property(&title)));
        let lines: Vec<String> = finding.text.lines().map(human::visible).collect();
        let said = lines.join("\n") + &finding.commands();
        text += &format!("::{kind} {}::{}\n", properties.join(","), message(&said));
    }
    text
}

/// The text of a command.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value between the colons of a command.
fn property(text: &str) -> String {
    message(&human::visible(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_commands_is_escaped() {
        assert_eq!(message("99 %\r\n::error::x"), "99 %25%0D%0A::error::x");
        assert_eq!(property("a,b: 5 %\nc"), "a%2Cb%3A 5 %25 c");
    }
}
