//! What is watched right now: each window once as it becomes final, what is raised by rules, and how it looks at one moment.
//!
//! A [`LiveMonitor`] takes events in and gives [`LiveLine`]s, and a [`LiveSnapshot`] whenever it is asked. There is no clock in here: `audience
//! live` has one.

mod deliveries;
mod judge;
mod line;
mod monitor;
mod snapshot;
mod text;

pub use line::LiveLine;
pub use monitor::LiveMonitor;
pub use snapshot::LiveSnapshot;
