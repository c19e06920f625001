//! Tables as Parquet files, for pandas, Polars and DuckDB.
//!
//! The bytes depend on the table alone: no compression, one row group, and no name or version of the library that
//! writes them.

use crate::columns::{Column, Table, finite};
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

/// Who wrote the file, as its footer says.
const CREATED_BY: &str = "cusinart-sim";

/// Writes a table as a Parquet file: floats as optional DOUBLE, counts as optional unsigned INT64, texts as required
/// UTF-8. NaN and infinities become null. A table without columns is a file without columns.
///
/// # Panics
/// If columns differ in length.
pub fn parquet(table: &Table) -> Vec<u8> {
    write(table).expect("writing to memory fails for no table")
}

fn write(table: &Table) -> Result<Vec<u8>> {
    let fields =
        table.columns.iter().map(|(name, column)| field(name, column)).collect::<Result<Vec<_>>>()?;
    let schema = Arc::new(Type::group_type_builder("table").with_fields(fields).build()?);
    let properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_string())
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    if table.rows() > 0 {
        let mut group = writer.next_row_group()?;
        for (_, column) in &table.columns {
            let mut out = group.next_column()?.expect("the schema has a field per column");
            write_column(&mut out, column)?;
            out.close()?;
        }
        group.close()?;
    }
    writer.into_inner()
}

/// The field of a column in the schema.
fn field(name: &str, column: &Column) -> Result<TypePtr> {
    let (physical, logical, repetition) = match column {
        Column::Float(_) => (Physical::DOUBLE, None, Repetition::OPTIONAL),
        Column::Count(_) => (Physical::INT64, Some(LogicalType::integer(64, false)), Repetition::OPTIONAL),
        Column::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
    };
    let field = Type::primitive_type_builder(name, physical)
        .with_repetition(repetition)
        .with_logical_type(logical)
        .build()?;
    Ok(Arc::new(field))
}

fn write_column(out: &mut SerializedColumnWriter<'_>, column: &Column) -> Result<()> {
    match column {
        Column::Float(values) => {
            let (values, levels) = present(values.iter().map(|value| value.and_then(finite)));
            out.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
        }
        Column::Count(values) => {
            // The logical type says that the bits are those of an unsigned number.
            let (values, levels) = present(values.iter().map(|value| value.map(u64::cast_signed)));
            out.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
        }
        Column::Text(values) => {
            let values: Vec<_> = values.iter().map(|value| ByteArray::from(value.as_str())).collect();
            out.typed::<ByteArrayType>().write_batch(&values, None, None)?;
        }
    }
    Ok(())
}

/// The values that are there, and for every row whether (1) or not (0).
fn present<T>(values: impl Iterator<Item = Option<T>>) -> (Vec<T>, Vec<i16>) {
    let mut levels = Vec::new();
    let values = values.inspect(|value| levels.push(i16::from(value.is_some()))).flatten().collect();
    (values, levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::tests::odd_table;
    use expect_test::{Expect, expect};
    use parquet::file::reader::{FileReader, SerializedFileReader};

    /// Reads a file back, one line per row, and compares.
    fn check(table: &Table, expected: &Expect) {
        let bytes = parquet(table);
        assert_eq!(bytes, parquet(table), "the same table gives the same bytes");
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).expect("it is a Parquet file");
        let rows = reader.get_row_iter(None).expect("it has rows");
        let rows: String = rows.map(|row| format!("{}\n", row.expect("readable"))).collect();
        expected.assert_eq(&rows);
    }

    #[test]
    fn what_is_written_reads_back() {
        check(
            &odd_table(),
            &expect![[r#"
            {float, odd: 0.1, count: 18446744073709551615, text: "plain"}
            {float, odd: null, count: null, text: "a,b"}
            {float, odd: 0E0, count: 0, text: "say "hi""}
            {float, odd: null, count: 1, text: "two
            lines"}
            {float, odd: null, count: 2, text: ""}
        "#]],
        );
    }

    #[test]
    fn empty_tables_are_files_too() {
        check(&Table::default(), &expect![[""]]);
        check(&Table { columns: vec![("a".to_string(), Column::Text(Vec::new()))] }, &expect![[""]]);
    }

    #[test]
    fn many_rows_of_few_values_stay_small() {
        let texts = (0..20_000).map(|row| format!("policy-{}", row % 3)).collect();
        let bytes = parquet(&Table { columns: vec![("policy".to_string(), Column::Text(texts))] });
        assert!(bytes.len() < 10_000, "{}", bytes.len());
    }
}
