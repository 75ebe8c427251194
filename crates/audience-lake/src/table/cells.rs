//! Writing tables, column by column.

use std::fmt;
use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::value::Value;
use super::{TABLE_KEY, VERSION, VERSION_KEY};

/// The rows of a row group: enough for dictionaries to pay, few enough for memory.
const ROWS: usize = 1 << 17;

/// A table that is being written.
pub(crate) struct Writer<W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: Vec<Cells>,
    rows: usize,
}

/// What one column has in the row group so far.
pub(crate) struct Cells {
    values: Values,
    /// The level at which a value is there: 0 when one always is.
    defined: i16,
    repeated: bool,
    defined_at: Vec<i16>,
    repeats: Vec<i16>,
}

enum Values {
    Truth(Vec<bool>),
    Whole(Vec<i64>),
    Number(Vec<f64>),
    /// All texts one after the other, and where each ends.
    Text(Vec<u8>, Vec<usize>),
}

impl<W: Write + Send> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl<W: Write + Send> Writer<W> {
    /// Begins a table with this schema; `sequences` are columns of numbers that hardly differ from row to row.
    pub(crate) fn new(out: W, table: &str, schema: &str, sequences: &[&str]) -> Result<Self> {
        let schema = Arc::new(parse_message_type(schema)?);
        let property = |key: &str, value: String| KeyValue { key: key.to_owned(), value: Some(value) };
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_max_row_group_row_count(Some(ROWS))
            .set_created_by(concat!("audience ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(vec![
                property(TABLE_KEY, table.to_owned()),
                property(VERSION_KEY, VERSION.to_string()),
            ]));
        for name in sequences {
            let column = ColumnPath::from(name.split('.').map(str::to_owned).collect::<Vec<_>>());
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
        }
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties.build()))?;
        let columns = file
            .schema_descr()
            .columns()
            .iter()
            .map(|column| Cells {
                values: match column.physical_type() {
                    Type::BOOLEAN => Values::Truth(Vec::new()),
                    Type::DOUBLE => Values::Number(Vec::new()),
                    Type::BYTE_ARRAY => Values::Text(Vec::new(), Vec::new()),
                    _ => Values::Whole(Vec::new()),
                },
                defined: column.max_def_level(),
                repeated: column.max_rep_level() > 0,
                defined_at: Vec::new(),
                repeats: Vec::new(),
            })
            .collect();
        Ok(Self { file, columns, rows: 0 })
    }

    /// The columns, in the order of the schema, for the next row.
    pub(crate) fn columns(&mut self) -> &mut [Cells] {
        &mut self.columns
    }

    /// Ends a row.
    pub(crate) fn end_row(&mut self) -> Result<()> {
        self.rows += 1;
        if self.rows < ROWS { Ok(()) } else { self.flush() }
    }

    /// Writes what is left and ends the file.
    pub(crate) fn finish(mut self) -> Result<W> {
        if self.rows > 0 {
            self.flush()?;
        }
        self.file.into_inner()
    }

    fn flush(&mut self) -> Result<()> {
        let mut group = self.file.next_row_group()?;
        for cells in &mut self.columns {
            let Some(mut column) = group.next_column()? else { break };
            cells.write(column.untyped())?;
            column.close()?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

impl Cells {
    /// The value of the next row.
    pub(crate) fn push(&mut self, value: Option<Value<'_>>) {
        if self.defined > 0 {
            self.defined_at.push(if value.is_some() { self.defined } else { self.defined - 1 });
        }
        if let Some(value) = value {
            self.keep(value);
        }
    }

    /// The list of the next row.
    pub(crate) fn push_list<'v>(&mut self, list: impl Iterator<Item = Value<'v>>) {
        let mut repeat = 0;
        for value in list {
            self.defined_at.push(self.defined);
            self.repeats.push(repeat);
            self.keep(value);
            repeat = 1;
        }
        if repeat == 0 {
            self.defined_at.push(0);
            self.repeats.push(0);
        }
    }

    fn keep(&mut self, value: Value<'_>) {
        match &mut self.values {
            Values::Truth(values) => values.push(value.as_truth().unwrap_or_default()),
            // What is more than a signed number can be is the most it can be.
            Values::Whole(values) => values.push(match value {
                Value::Negative(value) => value,
                value => value.as_whole().map_or(0, |value| i64::try_from(value).unwrap_or(i64::MAX)),
            }),
            Values::Number(values) => values.push(match value {
                Value::Decimal(value) => value,
                value => value.as_whole().map_or(f64::NAN, |value| value as f64),
            }),
            Values::Text(bytes, ends) => {
                bytes.extend_from_slice(value.as_text().unwrap_or_default().as_bytes());
                ends.push(bytes.len());
            }
        }
    }

    /// Writes everything, and is empty again.
    fn write(&mut self, column: &mut ColumnWriter<'_>) -> Result<()> {
        let defined = (self.defined > 0).then_some(self.defined_at.as_slice());
        let repeats = self.repeated.then_some(self.repeats.as_slice());
        match (column, &mut self.values) {
            (ColumnWriter::BoolColumnWriter(writer), Values::Truth(values)) => {
                writer.write_batch(values, defined, repeats)?;
                values.clear();
            }
            (ColumnWriter::Int64ColumnWriter(writer), Values::Whole(values)) => {
                writer.write_batch(values, defined, repeats)?;
                values.clear();
            }
            (ColumnWriter::DoubleColumnWriter(writer), Values::Number(values)) => {
                writer.write_batch(values, defined, repeats)?;
                values.clear();
            }
            (ColumnWriter::ByteArrayColumnWriter(writer), Values::Text(bytes, ends)) => {
                let all = Bytes::from(std::mem::take(bytes));
                let mut start = 0;
                let texts: Vec<ByteArray> = ends
                    .drain(..)
                    .map(|end| ByteArray::from(all.slice(std::mem::replace(&mut start, end)..end)))
                    .collect();
                writer.write_batch(&texts, defined, repeats)?;
            }
            _ => return Err(ParquetError::General("a column has another type than its schema says".to_owned())),
        }
        self.defined_at.clear();
        self.repeats.clear();
        Ok(())
    }
}
