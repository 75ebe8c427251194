//! How many units an experiment takes, what it can find, and how probably.

mod design;
mod metric;
mod midway;
mod units;

pub use design::{Criterion, TestDesign};
pub use metric::{PlannedMetric, cohens_h, design_effect};
pub use midway::Midway;
pub use units::PlannedUnits;
