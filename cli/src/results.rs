//! What is printed of several scenarios: a page each and a table at the end, or one JSON array.

use crate::args::Format;
use crate::console;
use crate::error::CliError;
use crate::style::Style;
use cusinart_report::{OverviewRow, PageLinks, RunSummary, TextStyle, overview_text};

/// Prints results as they come.
pub(crate) struct Results<'a> {
    /// Whether there is more than one scenario.
    several: bool,
    format: Format,
    style: &'a Style,
    rows: Vec<OverviewRow>,
    /// JSON documents, printed at the end as one.
    documents: Vec<String>,
}

impl<'a> Results<'a> {
    /// No results yet.
    pub(crate) fn new(several: bool, format: Format, style: &'a Style) -> Self {
        Self { several, format, style, rows: Vec::new(), documents: Vec::new() }
    }

    /// Prints the result of a run, now or at the end.
    ///
    /// # Errors
    /// If stdout cannot take it.
    pub(crate) fn add(&mut self, summary: &RunSummary, links: &PageLinks) -> Result<(), CliError> {
        let json = || cusinart_report::run_json(summary);
        self.add_page(OverviewRow::of(summary), json, |style| cusinart_report::text(summary, style, links))
    }

    /// Prints a result of any command, now or at the end.
    ///
    /// # Errors
    /// If stdout cannot take it.
    pub(crate) fn add_page(
        &mut self,
        row: OverviewRow,
        json: impl FnOnce() -> String,
        text: impl FnOnce(&TextStyle) -> String,
    ) -> Result<(), CliError> {
        self.rows.push(row);
        match self.format {
            Format::Json => self.documents.push(json()),
            Format::Text => {
                let mut page = text(&self.text_style());
                if self.several {
                    page.push('\n');
                }
                console::print(&page)?;
            }
        }
        Ok(())
    }

    /// Takes note of a scenario or directory without result.
    pub(crate) fn without(&mut self, name: impl Into<String>) {
        self.rows.push(OverviewRow::without_result(name.into()));
    }

    /// Prints what comes after the last result.
    ///
    /// # Errors
    /// If stdout cannot take it.
    pub(crate) fn finish(self) -> Result<(), CliError> {
        match self.format {
            Format::Json if self.several => {
                let documents: Vec<&str> =
                    self.documents.iter().map(|document| document.trim_end()).collect();
                console::print(&format!("[{}]\n", documents.join(",\n")))
            }
            Format::Json => console::print(&self.documents.concat()),
            Format::Text if self.several => console::print(&overview_text(&self.rows, &self.text_style())),
            Format::Text => Ok(()),
        }
    }

    fn text_style(&self) -> TextStyle {
        TextStyle { color: self.style.stdout_color, width: self.style.columns }
    }
}
