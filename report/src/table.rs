//! Tables of text: aligned columns, a thin rule under the titles, cells wrapped to a width.

use crate::human::visible;

/// Spaces between columns.
const GAP: usize = 2;
/// Narrowest a wrapped column may become.
const FLEXIBLE_MIN: usize = 12;

/// How a column is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// To the left.
    Left,
    /// To the right, for numbers.
    Right,
    /// To the left, and wrapped when the table is too wide.
    Flexible,
}

/// A colour of the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ink {
    /// The terminal's own.
    #[default]
    Plain,
    /// Good.
    Green,
    /// Bad.
    Red,
    /// Take care.
    Yellow,
    /// Less important.
    Dim,
    /// A title.
    Bold,
}

impl Ink {
    /// The text in this colour, if colours are wanted.
    pub(crate) fn paint(self, text: &str, color: bool) -> String {
        let code = match self {
            Self::Plain => return text.into(),
            Self::Green => "32",
            Self::Red => "31;1",
            Self::Yellow => "33",
            Self::Dim => "2",
            Self::Bold => "1",
        };
        if color && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.into() }
    }
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<(String, Ink)>>,
}

impl Table {
    /// A table with these columns and no rows.
    pub(crate) fn new(columns: &[(&'static str, Align)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; it has a cell for every column.
    pub(crate) fn row(&mut self, cells: Vec<(String, Ink)>) {
        assert_eq!(cells.len(), self.columns.len(), "a cell for every column");
        self.rows.push(cells);
    }

    /// The lines of the table, indented by two, at most `width` wide if the flexible columns allow.
    pub(crate) fn lines(&self, width: usize, color: bool) -> Vec<String> {
        let widths = self.widths(width.saturating_sub(2));
        let mut lines = Vec::new();
        let titles: Vec<(Vec<String>, Ink)> =
            self.columns.iter().map(|(title, _)| (vec![(*title).to_string()], Ink::Dim)).collect();
        self.push_row(&mut lines, &titles, &widths, color);
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        lines.push(Ink::Dim.paint(&format!("  {}", rule.join(&" ".repeat(GAP))), color));
        for row in &self.rows {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|((text, ink), width)| (wrap(text, *width), *ink))
                .collect::<Vec<_>>();
            self.push_row(&mut lines, &cells, &widths, color);
        }
        lines
    }

    fn widths(&self, available: usize) -> Vec<usize> {
        let natural = |index: usize| {
            let cells = self.rows.iter().map(|row| row[index].0.chars().count());
            cells.chain([self.columns[index].0.chars().count()]).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..self.columns.len()).map(natural).collect();
        let gaps = GAP * widths.len().saturating_sub(1);
        // The widest flexible column gives way first, one character at a time.
        while widths.iter().sum::<usize>() + gaps > available {
            let flexible =
                self.columns.iter().enumerate().filter(|(_, (_, align))| *align == Align::Flexible);
            let widest = flexible.map(|(index, _)| index).max_by_key(|index| widths[*index]);
            match widest {
                Some(index) if widths[index] > FLEXIBLE_MIN => widths[index] -= 1,
                Some(_) | None => break,
            }
        }
        widths
    }

    fn push_row(&self, lines: &mut Vec<String>, cells: &[(Vec<String>, Ink)], widths: &[usize], color: bool) {
        let height = cells.iter().map(|(cell, _)| cell.len()).max().unwrap_or(0);
        for at in 0..height {
            let mut line = String::from(" ");
            for (index, ((cell, ink), width)) in cells.iter().zip(widths).enumerate() {
                let text = cell.get(at).map_or("", String::as_str);
                let pad = " ".repeat(width.saturating_sub(text.chars().count()));
                line.push_str(if index == 0 { " " } else { "  " });
                let painted = ink.paint(text, color);
                match self.columns[index].1 {
                    Align::Right => line.extend([pad, painted]),
                    Align::Left | Align::Flexible => line.extend([painted, pad]),
                }
            }
            lines.push(line.trim_end().to_string());
        }
    }
}

/// Breaks a text into lines of at most `width` characters, between words where it can. Characters that would control
/// the terminal are replaced.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in visible(text).split(' ').filter(|word| !word.is_empty()) {
        let letters: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + letters.len() > width {
            lines.push(String::new());
            used = 0;
        }
        for (index, piece) in pieces(&letters, width).into_iter().enumerate() {
            if index > 0 {
                lines.push(String::new());
                used = 0;
            }
            let line = lines.last_mut().expect("there is always a line");
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.extend(piece);
            used += piece.len();
        }
    }
    lines
}

/// Cuts a word into pieces of at most `width` characters, after a mark between its parts where there is one.
fn pieces(mut letters: &[char], width: usize) -> Vec<&[char]> {
    let mut pieces = Vec::new();
    while letters.len() > width {
        let mark = letters[..width].iter().rposition(|letter| "_.,=/-:".contains(*letter));
        let (piece, rest) = letters.split_at(mark.map_or(width, |mark| mark + 1));
        pieces.push(piece);
        letters = rest;
    }
    pieces.push(letters);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_wide_table_wraps_its_flexible_column() {
        let mut table =
            Table::new(&[("what", Align::Left), ("number", Align::Right), ("note", Align::Flexible)]);
        table.row(vec![
            ("latency".into(), Ink::Plain),
            ("12".into(), Ink::Red),
            ("some words that do not fit in here".into(), Ink::Plain),
        ]);
        let lines: Vec<String> = table.lines(38, false).iter().map(|line| format!("|{line}")).collect();
        expect![[r#"
            |  what     number  note
            |  ───────  ──────  ───────────────────
            |  latency      12  some words that do
            |                   not fit in here"#]]
        .assert_eq(&lines.join("\n"));
        assert!(
            table.lines(38, true)[2].contains("\u{1b}[31;1m12\u{1b}[0m"),
            "colour does not shift columns"
        );
    }

    #[test]
    fn words_longer_than_a_line_are_cut() {
        assert_eq!(wrap("a abcdefgh b", 4), ["a", "abcd", "efgh", "b"]);
        assert_eq!(wrap("time_to_detect.max", 12), ["time_to_", "detect.max"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
