//! When figures are not as they should be.

mod alarm;
mod condition;
mod rule;
mod watch;

pub use condition::{Condition, Side, Threshold, Unusual};
pub use rule::{AlertRule, AlertRules, Hold};
pub use watch::{ClearedAlert, RaisedAlert, Transition, Watch};
