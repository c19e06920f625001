//! The page of a command while it is written: titles, tables, paragraphs, links.

use crate::human;
use crate::table::{Ink, Table, wrap};

/// Narrowest page; narrower widths are treated as this.
const WIDTH_MIN: usize = 40;

/// How the page looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextStyle {
    /// Whether to colour by ANSI escape sequences.
    pub color: bool,
    /// Width in characters. 80 is usual; less than 40 counts as 40.
    pub width: usize,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self { color: false, width: 80 }
    }
}

/// What the page points to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageLinks {
    /// The command that repeats the run.
    pub repro: String,
    /// Files written, as paths to show.
    pub files: Vec<String>,
}

/// The page while it is written.
pub(crate) struct Page {
    /// Finished lines.
    pub(crate) lines: Vec<String>,
    /// Width in characters.
    pub(crate) width: usize,
    /// Whether to colour.
    pub(crate) color: bool,
}

impl Page {
    /// An empty page.
    pub(crate) fn new(style: &TextStyle) -> Self {
        Self { lines: Vec::new(), width: style.width.max(WIDTH_MIN), color: style.color }
    }

    /// The whole text, with a newline at the end.
    pub(crate) fn finish(self) -> String {
        self.lines.join("\n") + "\n"
    }

    /// The first line of the page: a word in colour and what it means.
    pub(crate) fn headline(&mut self, word: &str, ink: Ink, rest: &str) {
        let indent = word.chars().count() + 2;
        for (index, line) in wrap(rest, self.width.saturating_sub(indent)).into_iter().enumerate() {
            let head = if index == 0 { ink.paint(word, self.color) + "  " } else { " ".repeat(indent) };
            self.lines.push(head + &line);
        }
    }

    pub(crate) fn links(&mut self, links: &PageLinks) {
        if links.repro.is_empty() && links.files.is_empty() {
            return;
        }
        self.lines.push(String::new());
        if !links.repro.is_empty() {
            // Not wrapped: it is there to be copied.
            self.lines.push(format!("repro: {}", human::visible(&links.repro)));
        }
        if !links.files.is_empty() {
            self.hanging("files: ", &links.files.join("  "), 0);
        }
    }

    pub(crate) fn section(&mut self, title: &str, table: &Table) {
        self.title(title);
        self.lines.extend(table.lines(self.width, self.color));
    }

    pub(crate) fn title(&mut self, title: &str) {
        self.lines.push(String::new());
        let rule = "─".repeat(self.width.saturating_sub(title.chars().count() + 1));
        let title = Ink::Bold.paint(title, self.color);
        self.lines.push(format!("{title} {}", Ink::Dim.paint(&rule, self.color)));
    }

    pub(crate) fn paragraph(&mut self, text: &str, indent: usize, ink: Ink) {
        for line in wrap(text, self.width.saturating_sub(indent)) {
            self.lines.push(format!("{}{}", " ".repeat(indent), ink.paint(&line, self.color)));
        }
    }

    /// A paragraph whose further lines hang below the end of its head.
    pub(crate) fn hanging(&mut self, head: &str, text: &str, indent: usize) {
        let hang = indent + head.chars().count();
        for (index, line) in wrap(text, self.width.saturating_sub(hang)).into_iter().enumerate() {
            let start = if index == 0 { " ".repeat(indent) + head } else { " ".repeat(hang) };
            self.lines.push(start + &line);
        }
    }
}
