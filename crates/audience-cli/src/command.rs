//! The commands.

pub(crate) mod breakdown;
pub(crate) mod check;
pub(crate) mod cohorts;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod engagement;
pub(crate) mod experiment;
pub(crate) mod funnel;
pub(crate) mod inspect;
pub(crate) mod live;
pub(crate) mod report;
pub(crate) mod retention;
pub(crate) mod session;
pub(crate) mod simulate;
