//! Markdown for comments on pull requests: rows of tables, commands, texts that mean nothing in it.

use crate::human;

/// A row of a table.
pub(crate) fn row(cells: &[impl AsRef<str>]) -> String {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    format!("| {} |", cells.join(" | "))
}

/// A command on a line of its own, as it is to be copied. The fence is longer than any row of ticks in it.
pub(crate) fn command(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let ticks = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(ticks.max(2) + 1);
    vec![String::new(), format!("{fence}console"), human::visible(text), fence]
}

/// A text without any meaning in Markdown, HTML or as a mention.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::new();
    for letter in human::visible(text).trim().chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => out.extend(['\\', letter]),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_scenarios_mean_nothing_in_markdown() {
        assert_eq!(plain("a|b <img> @all #1 `x` [l](u)"), r"a\|b &lt;img&gt; &#64;all &#35;1 \`x\` \[l\](u)");
    }
}
