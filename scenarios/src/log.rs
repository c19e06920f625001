//! Collects what is wrong while a file is read, with places and excerpts.

use crate::error::{PROBLEMS_MAX, Problem, ScenarioError};
use std::fmt::Display;

/// Problems after which reading stops.
const HOPELESS: usize = 1_000;
/// Characters of a source line that an excerpt shows at most.
const EXCERPT_WIDTH: usize = 100;
/// Characters of a found value that a message shows at most.
const FOUND_WIDTH: usize = 60;

/// Characters of a sentence that a message shows at most; only hostile files need more.
const SENTENCE_WIDTH: usize = 1_000;
/// Words that a list in a message names at most: the longest list of our own, the metrics, is shown whole.
const WORDS_SHOWN: usize = 24;
/// Words of a longer list that a message names.
const WORDS_CUT: usize = 10;

/// A place in one of the texts that were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Position in the log's list of sources; 0 is the scenario file.
    pub(crate) source: u16,
    /// Line from 1; 0 means the whole text.
    pub(crate) line: u32,
    /// Column from 1, in characters.
    pub(crate) column: u32,
    /// Characters to underline.
    pub(crate) length: u32,
}

impl Mark {
    /// A part of this place: `length` characters from `offset` on.
    pub(crate) fn part(self, offset: usize, length: usize) -> Self {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { column: self.column.saturating_add(small(offset)), length: small(length).max(1), ..self }
    }
}

/// A text that was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// Name for messages.
    pub(crate) name: String,
    /// The whole text.
    pub(crate) text: String,
    /// Whether messages name line and column.
    pub(crate) has_lines: bool,
}

/// A problem before its place is looked up.
#[derive(Debug)]
pub(crate) struct Finding {
    mark: Mark,
    found: String,
    expected: String,
    hint: Option<String>,
}

impl Finding {
    /// Something is wrong at `mark`.
    pub(crate) fn at(mark: Mark, found: impl Display, expected: impl Display) -> Self {
        Self { mark, found: sentence(&found), expected: sentence(&expected), hint: None }
    }

    /// What to do about it.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(sentence(&hint));
        self
    }

    /// What to do about it, if something is known.
    pub(crate) fn hint_if(mut self, hint: Option<String>) -> Self {
        self.hint = hint.map(|hint| sentence(&hint)).or(self.hint);
        self
    }
}

/// The texts that were read and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Log {
    sources: Vec<Source>,
    problems: Vec<Problem>,
    count: usize,
}

impl Log {
    /// A log about one file.
    pub(crate) fn about(name: &str, text: &str) -> Self {
        let mut log = Self::default();
        log.add_source(Source { name: name.into(), text: text.into(), has_lines: true });
        log
    }

    /// Adds a text; marks refer to it by the number returned.
    pub(crate) fn add_source(&mut self, source: Source) -> u16 {
        self.sources.push(source);
        u16::try_from(self.sources.len() - 1).unwrap_or(u16::MAX)
    }

    /// The text of a source.
    pub(crate) fn text(&self, source: u16) -> &str {
        self.sources.get(usize::from(source)).map_or("", |source| &source.text)
    }

    /// Notes a problem.
    pub(crate) fn report(&mut self, finding: Finding) {
        self.count += 1;
        if self.problems.len() == PROBLEMS_MAX {
            return;
        }
        let Finding { mark, found, expected, hint } = finding;
        let source = self.sources.get(usize::from(mark.source));
        let has_lines = source.is_some_and(|source| source.has_lines) && mark.line > 0;
        let problem = Problem {
            file: source.map_or_else(String::new, |source| visible(&source.name)),
            line: if has_lines { mark.line } else { 0 },
            column: if has_lines { mark.column } else { 0 },
            found,
            expected,
            hint,
            excerpt: source.map_or_else(String::new, |source| excerpt(source, mark)),
        };
        if self.problems.contains(&problem) {
            // One anchor used in several places is wrong once.
            self.count -= 1;
        } else {
            self.problems.push(problem);
        }
    }

    /// Whether so much is wrong that looking for more is a waste of time.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.count >= HOPELESS
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.count == 0
    }

    /// All problems as the error of this crate.
    pub(crate) fn into_error(mut self) -> ScenarioError {
        // In the order of the file; problems of other files and of the command line stay behind.
        let main = self.sources.first().map_or("", |source| &source.name).to_owned();
        self.problems.sort_by_key(|problem| (problem.file != main, problem.line, problem.column));
        ScenarioError::Invalid { more: self.count - self.problems.len(), problems: self.problems }
    }
}

/// A found text as messages show it: in backquotes, shortened, without control characters.
pub(crate) fn quote(text: &str) -> String {
    if text.is_empty() {
        return "an empty text".into();
    }
    if text.chars().count() <= FOUND_WIDTH {
        return format!("`{}`", visible(text));
    }
    let head: String = text.chars().take(FOUND_WIDTH).collect();
    format!("`{}…`", visible(&head))
}

/// The candidate that was probably meant by `name`.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > FOUND_WIDTH {
        return None;
    }
    let name = name.to_lowercase().replace('-', "_");
    let (score, best) = candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= FOUND_WIDTH)
        .map(|candidate| (strsim::jaro_winkler(&name, &candidate.to_lowercase()), candidate))
        .fold(
            (0.0, None),
            |best, (score, candidate)| {
                if score > best.0 { (score, Some(candidate)) } else { best }
            },
        );
    best.filter(|_| score >= 0.75)
}

/// A list of words for a message: "`a`, `b` or `c`". A long one is cut: "`a`, `b`, …".
pub(crate) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = words.into_iter().take(WORDS_SHOWN + 1).map(quote).collect();
    if words.len() > WORDS_SHOWN {
        words.truncate(WORDS_CUT);
        return format!("{}, …", words.join(", "));
    }
    match words.split_last() {
        None => "nothing".into(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// A part of a message, cut if it is beyond all bounds.
fn sentence(text: &impl Display) -> String {
    let mut text = text.to_string();
    if let Some((end, _)) = text.char_indices().nth(SENTENCE_WIDTH) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The line of a place with carets below.
fn excerpt(source: &Source, mark: Mark) -> String {
    let Some(line) = mark.line.checked_sub(1).and_then(|n| source.text.lines().nth(n as usize)) else {
        return String::new();
    };
    let characters: Vec<char> = line.chars().collect();
    let column = (mark.column.max(1) as usize - 1).min(characters.len());
    // A long line is cut so that the place stands in the first half of what is left.
    let start = if characters.len() <= EXCERPT_WIDTH { 0 } else { column.saturating_sub(EXCERPT_WIDTH / 2) };
    let end = characters.len().min(start + EXCERPT_WIDTH);
    let shown: String = characters[start..end].iter().map(|&c| visible_char(c)).collect();
    let carets = (mark.length.max(1) as usize).min(end.saturating_sub(column).max(1));
    let number = if source.has_lines { mark.line.to_string() } else { String::new() };
    let gap = " ".repeat(number.len());
    let (before, after) = (if start > 0 { "…" } else { "" }, if end < characters.len() { "…" } else { "" });
    let indent = " ".repeat(column - start + before.chars().count());
    format!(" {gap} |\n {number} | {before}{shown}{after}\n {gap} | {indent}{}", "^".repeat(carets))
}

/// A text in which control characters do no harm to a terminal.
fn visible(text: &str) -> String {
    text.chars().map(visible_char).collect()
}

/// Tabs become blanks, so that carets stay in place; other control characters become a replacement.
fn visible_char(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_sentences_are_cut() {
        let words: Vec<String> = (0..2_000_000).map(|n| format!("c{n}")).collect();
        let cut = one_of(words.iter().map(String::as_str));
        assert_eq!(cut, "`c0`, `c1`, `c2`, `c3`, `c4`, `c5`, `c6`, `c7`, `c8`, `c9`, …");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        let long = "x".repeat(9_000_000);
        assert!(one_of([long.as_str()]).len() < 100);
        assert_eq!(sentence(&long).chars().count(), SENTENCE_WIDTH + 1);
    }
}
