//! How far viewers come: through a title, and through what they do.

mod chain;
mod compare;
mod events;
mod figures;
mod milestones;
mod moment;
mod position;
mod spec;

pub use chain::Chain;
pub use compare::{FunnelComparison, StepComparison};
pub use events::EventFunnel;
pub use figures::{EventFunnelSummary, FunnelFigures, TimeToConvert};
pub use milestones::Milestones;
pub use position::{MilestoneReading, PositionFunnel, PositionFunnelSummary, PositionUnit};
pub use spec::{FunnelSpec, FunnelStep, FunnelUnit, StepOrder, Ties};
