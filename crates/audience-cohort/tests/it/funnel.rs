//! How far viewers come.

mod events;
mod exhaustive;
mod position;
