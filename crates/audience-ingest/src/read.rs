//! From paths to chunks of whole lines.

mod chunks;
mod input;
mod pool;

pub(crate) use chunks::{Buffer, Chunk, ChunkReader};
pub use input::Input;
pub(crate) use pool::Pool;
