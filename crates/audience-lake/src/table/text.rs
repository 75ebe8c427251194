//! Columns of text with a dictionary: each text once, and for each value the number of its text.
//!
//! The library's decoder makes a handle of its own for each value and does not check that it is UTF-8. Here it is led to
//! believe that the dictionary holds the numbers 0, 1, 2 …, and so gives the number of each value's text; the texts are
//! kept and checked once.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, Type as SchemaType};

use super::value::Value;

/// The texts of a dictionary, one after the other.
#[derive(Default)]
pub(super) struct Dictionary {
    text: String,
    /// What is not UTF-8.
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    start: usize,
    end: usize,
    is_text: bool,
}

impl Dictionary {
    /// The texts of a page: each is its length in four bytes, then itself.
    fn new(page: &[u8], texts: u32) -> Result<Self> {
        let mut dictionary = Self::default();
        let mut rest = page;
        for _ in 0..texts {
            let text = rest.split_first_chunk().and_then(|(length, after)| {
                let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                rest = after;
                Some(text)
            });
            dictionary.push(text.ok_or_else(|| ParquetError::EOF("a dictionary ends too early".to_owned()))?);
        }
        Ok(dictionary)
    }

    fn push(&mut self, bytes: &[u8]) {
        let (start, is_text) = if let Ok(text) = std::str::from_utf8(bytes) {
            self.text.push_str(text);
            (self.text.len() - bytes.len(), true)
        } else {
            self.bytes.extend_from_slice(bytes);
            (self.bytes.len() - bytes.len(), false)
        };
        self.entries.push(Entry { start, end: start + bytes.len(), is_text });
    }

    /// The text with this number, if that is UTF-8.
    #[inline]
    pub(super) fn text(&self, number: i32) -> Option<&str> {
        let Entry { start, end, is_text } = *self.entries.get(usize::try_from(number).ok()?)?;
        if is_text { self.text.get(start..end) } else { None }
    }

    #[inline]
    pub(super) fn get(&self, number: i32) -> Option<Value<'_>> {
        let Entry { start, end, is_text } = *self.entries.get(usize::try_from(number).ok()?)?;
        if is_text { self.text.get(start..end).map(Value::Text) } else { self.bytes.get(start..end).map(Value::Bytes) }
    }
}

/// The column as one of numbers.
pub(super) fn numbered(column: &ColumnDescriptor) -> Result<ColumnDescPtr> {
    let number = SchemaType::primitive_type_builder(column.name(), Type::INT32).build()?;
    let (defined, repeated) = (column.max_def_level(), column.max_rep_level());
    Ok(Arc::new(ColumnDescriptor::new(Arc::new(number), defined, repeated, column.path().clone())))
}

/// The pages of a column of text, as those of a column of numbers.
pub(super) struct NumberedPages<P> {
    pages: P,
    dictionary: Arc<OnceLock<Dictionary>>,
    /// Set at a page whose values are not in the dictionary, which ends the pages.
    plain: Arc<OnceLock<()>>,
}

impl<P: PageReader> NumberedPages<P> {
    pub(super) fn new(pages: P, dictionary: Arc<OnceLock<Dictionary>>, plain: Arc<OnceLock<()>>) -> Self {
        Self { pages, dictionary, plain }
    }

    fn numbered(&mut self, page: Page) -> Result<Page> {
        match page {
            Page::DictionaryPage { buf, num_values, encoding, is_sorted } => {
                let dictionary = Dictionary::new(&buf, num_values)?;
                let numbers: Vec<u8> = (0..num_values).flat_map(u32::to_le_bytes).collect();
                if self.dictionary.set(dictionary).is_err() {
                    return Err(ParquetError::General("a column has more than one dictionary".to_owned()));
                }
                Ok(Page::DictionaryPage { buf: Bytes::from(numbers), num_values, encoding, is_sorted })
            }
            page if matches!(page.encoding(), Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY) => Ok(page),
            _ => {
                let _ = self.plain.set(());
                Err(ParquetError::General("values without a dictionary".to_owned()))
            }
        }
    }
}

impl<P: PageReader> PageReader for NumberedPages<P> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.pages.get_next_page()?.map(|page| self.numbered(page)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

impl<P: PageReader> Iterator for NumberedPages<P> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
