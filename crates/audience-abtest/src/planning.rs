//! How many units an experiment takes, what it can find, and how probably.

mod arrivals;
mod baseline;
mod design;
mod metric;
mod midway;
mod units;

pub use arrivals::{Arrivals, DaysToCome};
pub use baseline::Baseline;
pub use design::{Criterion, TestDesign};
pub use metric::{PlannedMetric, cohens_h, design_effect};
pub use midway::Midway;
pub use units::PlannedUnits;
