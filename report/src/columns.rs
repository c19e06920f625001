//! Tables of named columns: what CSV and Parquet files hold.

use cusinart_scenarios::Unit;

/// The values of a column, one per row.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Numbers; `None` where there is none. Files show NaN and infinities as none, and -0 as 0.
    Float(Vec<Option<f64>>),
    /// Whole numbers; `None` where there is none.
    Count(Vec<Option<u64>>),
    /// Texts.
    Text(Vec<String>),
}

impl Column {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Count(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row as CSV shows it; empty where there is none.
    fn cell(&self, row: usize) -> String {
        match self {
            Self::Float(values) => {
                values[row].and_then(finite).map(|value| value.to_string()).unwrap_or_default()
            }
            Self::Count(values) => values[row].map(|value| value.to_string()).unwrap_or_default(),
            Self::Text(values) => quoted(&values[row]),
        }
    }
}

/// Columns of the same length under their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Names and values, in the order of the file.
    pub columns: Vec<(String, Column)>,
}

impl Table {
    /// Number of rows.
    ///
    /// # Panics
    /// If columns differ in length.
    pub fn rows(&self) -> usize {
        let rows = self.columns.first().map_or(0, |(_, column)| column.len());
        assert!(self.columns.iter().all(|(_, column)| column.len() == rows), "columns have the same length");
        rows
    }
}

/// Writes a table as CSV with a header line (RFC 4180, but with a bare newline at the end of lines). Floats are the
/// shortest text that reads back the same.
///
/// # Panics
/// If columns differ in length.
pub fn csv(table: &Table) -> String {
    let names: Vec<_> = table.columns.iter().map(|(name, _)| quoted(name)).collect();
    let mut out = names.join(",") + "\n";
    for row in 0..table.rows() {
        for (position, (_, column)) in table.columns.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            out.push_str(&column.cell(row));
        }
        out.push('\n');
    }
    out
}

/// The base unit of a metric, as the end of a column's name.
pub(crate) const fn unit_suffix(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => "_s",
        Unit::PerSecond => "_per_s",
        Unit::Fraction | Unit::Count | Unit::Currency | Unit::Factor => "",
    }
}

/// What files show of a float: 0 for -0, nothing for what is no number.
pub(crate) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value + 0.0)
}

/// A text as a CSV field.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use expect_test::expect;

    /// A table with every kind of value.
    pub(crate) fn odd_table() -> Table {
        let floats = vec![Some(0.1), None, Some(-0.0), Some(f64::NAN), Some(f64::INFINITY)];
        let counts = vec![Some(u64::MAX), None, Some(0), Some(1), Some(2)];
        let texts = ["plain", "a,b", "say \"hi\"", "two\nlines", ""].map(String::from).to_vec();
        Table {
            columns: vec![
                ("float, odd".to_string(), Column::Float(floats)),
                ("count".to_string(), Column::Count(counts)),
                ("text".to_string(), Column::Text(texts)),
            ],
        }
    }

    #[test]
    fn odd_values_are_quoted_or_left_out() {
        expect![[r#"
            "float, odd",count,text
            0.1,18446744073709551615,plain
            ,,"a,b"
            0,0,"say ""hi"""
            ,1,"two
            lines"
            ,2,
        "#]]
        .assert_eq(&csv(&odd_table()));
    }

    #[test]
    fn an_empty_table_is_a_header() {
        assert_eq!(csv(&Table::default()), "\n");
        let table = Table { columns: vec![("a".to_string(), Column::Float(Vec::new()))] };
        assert_eq!(csv(&table), "a\n");
    }
}
