//! One column of a row group, read some rows at a time.

use std::sync::{Arc, OnceLock};
use std::{fmt, panic};

use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::errors::{ParquetError, Result};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};

use super::Window;
use super::text::{self, Dictionary, NumberedPages};
use super::value::Value;

/// A column that is being read.
pub(crate) struct Leaf {
    column: ColumnDescPtr,
    /// Begins to read the column once more.
    pages: Pages,
    reader: ColumnReader,
    /// How many rows were read.
    read: usize,
    meaning: Meaning,
    /// The level at which a value is there.
    defined: i16,
    repeated: bool,
    defined_at: Vec<i16>,
    repeats: Vec<i16>,
    values: Values,
}

type Pages = Box<dyn Fn() -> Result<SerializedPageReader<Window>> + Send + Sync>;

/// Values as the file has them.
enum Values {
    Truth(Vec<bool>),
    Small(Vec<i32>),
    Large(Vec<i64>),
    Old(Vec<Int96>),
    Single(Vec<f32>),
    Double(Vec<f64>),
    /// The numbers of texts in the dictionary.
    Numbers {
        numbers: Vec<i32>,
        dictionary: Arc<OnceLock<Dictionary>>,
        plain: Arc<OnceLock<()>>,
    },
    Bytes(Vec<ByteArray>),
    /// And their text, when they are identifiers.
    Fixed(Vec<FixedLenByteArray>, Vec<ByteArray>),
}

/// What the values are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    Itself,
    Unsigned,
    /// Times, so many of them in a millisecond.
    Times(i64),
    /// Days since 1970.
    Days,
    /// Whole numbers of so many decimals.
    Decimals(i32),
    Uuid,
}

/// How far a column was gone through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    level: usize,
    value: usize,
}

/// What comes next in a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Item<'a> {
    /// Nothing.
    Over,
    /// An item without a value; an empty list has one such.
    Null,
    Value(Value<'a>),
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaf").field("meaning", &self.meaning).field("repeated", &self.repeated).finish_non_exhaustive()
    }
}

impl Leaf {
    pub(super) fn new(column: ColumnDescPtr, pages: Pages) -> Result<Self> {
        let values = match column.physical_type() {
            Type::BOOLEAN => Values::Truth(Vec::new()),
            Type::INT32 => Values::Small(Vec::new()),
            Type::INT64 => Values::Large(Vec::new()),
            Type::INT96 => Values::Old(Vec::new()),
            Type::FLOAT => Values::Single(Vec::new()),
            Type::DOUBLE => Values::Double(Vec::new()),
            Type::BYTE_ARRAY => {
                Values::Numbers { numbers: Vec::new(), dictionary: Arc::default(), plain: Arc::default() }
            }
            Type::FIXED_LEN_BYTE_ARRAY => Values::Fixed(Vec::new(), Vec::new()),
        };
        let reader = match &values {
            Values::Numbers { dictionary, plain, .. } => {
                let pages = NumberedPages::new(pages()?, dictionary.clone(), plain.clone());
                get_column_reader(text::numbered(&column)?, Box::new(pages))
            }
            _ => get_column_reader(column.clone(), Box::new(pages()?)),
        };
        Ok(Self {
            meaning: Meaning::of(&column),
            defined: column.max_def_level(),
            repeated: column.max_rep_level() > 0,
            column,
            pages,
            reader,
            read: 0,
            defined_at: Vec::new(),
            repeats: Vec::new(),
            values,
        })
    }

    /// Reads the next rows, at most so many, in place of those before. How many there were.
    pub(crate) fn read(&mut self, rows: usize) -> Result<usize> {
        let mut read = contained(|| self.decode(rows));
        if read.is_err()
            && let Values::Numbers { plain, .. } = &self.values
            && plain.get().is_some()
        {
            // Not all of its texts are in the dictionary: from here on it is read as it is.
            read = contained(|| self.read_plain(rows));
        }
        self.read += read.as_ref().unwrap_or(&0);
        read
    }

    fn read_plain(&mut self, rows: usize) -> Result<usize> {
        let mut reader = ColumnReaderImpl::new(self.column.clone(), Box::new((self.pages)()?));
        reader.skip_records(self.read)?;
        self.reader = ColumnReader::ByteArrayColumnReader(reader);
        self.values = Values::Bytes(Vec::new());
        self.decode(rows)
    }

    fn decode(&mut self, rows: usize) -> Result<usize> {
        self.defined_at.clear();
        self.repeats.clear();
        let (defined, repeats) = (Some(&mut self.defined_at), Some(&mut self.repeats));
        macro_rules! read {
            ($reader:expr, $values:expr) => {{
                $values.clear();
                $reader.read_records(rows, defined, repeats, $values)?.0
            }};
        }
        Ok(match (&mut self.reader, &mut self.values) {
            (ColumnReader::BoolColumnReader(reader), Values::Truth(values)) => read!(reader, values),
            (ColumnReader::Int32ColumnReader(reader), Values::Small(values)) => read!(reader, values),
            (ColumnReader::Int64ColumnReader(reader), Values::Large(values)) => read!(reader, values),
            (ColumnReader::Int96ColumnReader(reader), Values::Old(values)) => read!(reader, values),
            (ColumnReader::FloatColumnReader(reader), Values::Single(values)) => read!(reader, values),
            (ColumnReader::DoubleColumnReader(reader), Values::Double(values)) => read!(reader, values),
            (ColumnReader::Int32ColumnReader(reader), Values::Numbers { numbers, .. }) => read!(reader, numbers),
            (ColumnReader::ByteArrayColumnReader(reader), Values::Bytes(values)) => read!(reader, values),
            (ColumnReader::FixedLenByteArrayColumnReader(reader), Values::Fixed(values, texts)) => {
                let rows = read!(reader, values);
                texts.clear();
                if self.meaning == Meaning::Uuid {
                    texts.extend(values.iter().map(|value| uuid(value.data())));
                }
                rows
            }
            // The values were made for the reader.
            _ => 0,
        })
    }

    /// The value of the next row.
    pub(crate) fn next(&self, place: &mut Place) -> Option<Value<'_>> {
        self.next_at(place).and_then(|at| self.value(at))
    }

    /// Gives the value of the next row to `take`, if there is one. Faster than [`next`](Self::next): the value need not
    /// be put together before it is taken apart.
    #[inline]
    pub(crate) fn visit_next<'s>(&'s self, place: &mut Place, mut take: impl FnMut(Value<'s>)) {
        let Some(at) = self.next_at(place) else { return };
        match &self.values {
            Values::Numbers { numbers, dictionary, .. } => {
                let text = dictionary.get().zip(numbers.get(at)).and_then(|(texts, number)| texts.text(*number));
                match text {
                    Some(text) => take(Value::Text(text)),
                    None => self.value(at).into_iter().for_each(take),
                }
            }
            Values::Large(values)
                if self.meaning == Meaning::Itself && values.get(at).is_some_and(|value| *value >= 0) =>
            {
                take(Value::Whole(values[at] as u64));
            }
            _ => self.value(at).into_iter().for_each(take),
        }
    }

    /// Where the value of the next row is, if it has one.
    #[inline]
    fn next_at(&self, place: &mut Place) -> Option<usize> {
        if self.defined > 0 {
            let level = self.defined_at.get(place.level)?;
            place.level += 1;
            if *level < self.defined {
                return None;
            }
        }
        place.value += 1;
        Some(place.value - 1)
    }

    /// The next item of the row's list. `first` is whether it would be the row's first.
    pub(crate) fn next_item(&self, place: &mut Place, first: bool) -> Item<'_> {
        let goes_on = match self.repeats.get(place.level) {
            Some(repeat) => first || *repeat > 0,
            // Not a list: each row has one.
            None => first && !self.repeated,
        };
        if !goes_on {
            return Item::Over;
        }
        self.next(place).map_or(Item::Null, Item::Value)
    }

    /// Gives every value of the rows to `take`.
    pub(crate) fn each(&self, mut take: impl FnMut(Value<'_>)) {
        (0..).map_while(|at| self.value(at)).for_each(&mut take);
    }

    #[inline]
    fn value(&self, at: usize) -> Option<Value<'_>> {
        Some(match &self.values {
            Values::Truth(values) => Value::Truth(*values.get(at)?),
            Values::Small(values) => match self.meaning {
                Meaning::Unsigned => Value::Whole(u64::from(*values.get(at)? as u32)),
                meaning => meaning.number(i64::from(*values.get(at)?)),
            },
            Values::Large(values) => match self.meaning {
                Meaning::Unsigned => Value::Whole(*values.get(at)? as u64),
                meaning => meaning.number(*values.get(at)?),
            },
            Values::Old(values) => Value::from_i64(values.get(at)?.to_millis()),
            Values::Single(values) => Value::Decimal(f64::from(*values.get(at)?)),
            Values::Double(values) => Value::Decimal(*values.get(at)?),
            Values::Numbers { numbers, dictionary, .. } => dictionary.get()?.get(*numbers.get(at)?)?,
            Values::Bytes(values) => Value::from_bytes(values.get(at)?.data()),
            Values::Fixed(_, texts) if self.meaning == Meaning::Uuid => Value::from_bytes(texts.get(at)?.data()),
            Values::Fixed(values, _) => Value::from_bytes(values.get(at)?.data()),
        })
    }
}

impl Meaning {
    fn of(column: &ColumnDescriptor) -> Self {
        let unit = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => Self::Times(1),
            TimeUnit::MICROS => Self::Times(1000),
            TimeUnit::NANOS => Self::Times(1_000_000),
        };
        match column.logical_type_ref() {
            Some(LogicalType::Integer(integer)) if !integer.is_signed => return Self::Unsigned,
            Some(LogicalType::Timestamp(timestamp)) => return unit(&timestamp.unit),
            Some(LogicalType::Date) => return Self::Days,
            Some(LogicalType::Uuid) => return Self::Uuid,
            Some(LogicalType::Decimal(decimal)) => return Self::Decimals(decimal.scale),
            _ => {}
        }
        match column.converted_type() {
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                Self::Unsigned
            }
            ConvertedType::TIMESTAMP_MILLIS => Self::Times(1),
            ConvertedType::TIMESTAMP_MICROS => Self::Times(1000),
            ConvertedType::DATE => Self::Days,
            ConvertedType::DECIMAL => Self::Decimals(column.type_scale()),
            _ => Self::Itself,
        }
    }

    #[inline]
    fn number(self, value: i64) -> Value<'static> {
        match self {
            Self::Times(per_ms) => Value::from_i64(value.div_euclid(per_ms)),
            Self::Days => Value::from_i64(value.saturating_mul(86_400_000)),
            Self::Decimals(scale) if scale != 0 => Value::Decimal(value as f64 / 10_f64.powi(scale)),
            _ => Value::from_i64(value),
        }
    }
}

/// The decoder panics at some damage; that is an error like any other.
pub(super) fn contained<T>(decode: impl FnOnce() -> Result<T>) -> Result<T> {
    // What was being decoded is never looked at again.
    panic::catch_unwind(panic::AssertUnwindSafe(decode)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
        Err(ParquetError::General(format!("the decoder gave up: {}", text.unwrap_or("without a reason"))))
    })
}

/// The usual text of a UUID.
fn uuid(bytes: &[u8]) -> ByteArray {
    let mut text = Vec::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push(b'-');
        }
        text.extend([byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]));
    }
    ByteArray::from(Bytes::from(text))
}
