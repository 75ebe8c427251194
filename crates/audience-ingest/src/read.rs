//! From paths to pieces of files: chunks of whole lines, or row groups of tables.

mod chunks;
mod file;
mod input;
mod pool;
#[cfg(feature = "parquet")]
mod rows;

pub(crate) use chunks::{Buffer, Layout, Lines};
pub(crate) use file::{Chunk, Content, FileReader};
pub use input::{Input, Stream};
pub(crate) use pool::Pool;
#[cfg(feature = "parquet")]
pub(crate) use rows::Rows;
