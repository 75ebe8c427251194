//! Curves of sessions that watched these stretches.

use audience_core::{Accumulator, MediaTime, PlaybackMap};
use audience_retention::{ExactCurves, Grid, RetentionCurves};
use serde::Deserialize;
use serde_json::Value;

use super::comparison::{Comparison, Failure, read};
use super::retention::SUM;

#[derive(Deserialize)]
struct Title {
    duration_ms: u64,
    /// The stretches of each session, in any order.
    runs: Vec<Vec<(u64, u64)>>,
}

/// Exact areas and half-lives, and points at which all that is asked for is compared: as many as there are positions.
pub(super) fn curves(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    let title: Title = read(input)?;
    let duration = MediaTime::from_millis(title.duration_ms);
    let map = |runs: &Vec<(u64, u64)>| {
        PlaybackMap::from_intervals(
            runs.iter().map(|(start, end)| (MediaTime::from_millis(*start), MediaTime::from_millis(*end))),
        )
    };
    let maps: Vec<PlaybackMap> = title.runs.iter().map(map).collect();
    let exact = ExactCurves::of_maps(&maps, duration)?;
    compare.check("sessions", 0.0, exact.sessions as f64);
    compare.check("watched_ms_total", 0.0, exact.watched_ms as f64);
    compare.check("watched_ms_unique", 0.0, exact.unique_ms as f64);
    compare.check("area_reach_exact", SUM, exact.reach_area());
    compare.check("area_plays_exact", SUM, exact.plays_area());
    compare.check("average_view_duration_ms_unique", SUM, exact.average_unique_ms());
    compare.check("average_view_duration_ms_total", SUM, exact.average_view_duration_ms());
    let millis = |position: Option<MediaTime>| position.map(|position| position.as_millis() as f64);
    compare.check("first_ms_with_reach_below_half", 0.0, millis(exact.first_below_half()));
    compare.check("first_ms_with_reach_at_most_half", 0.0, millis(exact.first_at_most_half()));
    let furthest = maps.iter().map(|map| map.furthest().unwrap_or_default().min(duration).as_millis() as f64);
    compare.check("furthest_ms", 0.0, furthest.collect::<Vec<_>>());
    compare.within_each("points", |compare| points(compare, &maps, duration))
}

/// The curves at as many points as there are positions, the last one at the end.
fn points(compare: &mut Comparison, maps: &[PlaybackMap], duration: MediaTime) -> Result<(), Failure> {
    let positions = compare.expected("positions_ms").and_then(Value::as_array).map_or(0, Vec::len);
    let mut curves = RetentionCurves::new(Grid::with_end(positions as u32)?);
    for map in maps {
        curves.observe_map(map, duration)?;
    }
    let summary = curves.summary();
    // The last point is called by the end of the content, and is its last millisecond.
    let inner = summary.points.iter().map(|point| point.position).take(positions.saturating_sub(1));
    let called = inner.chain([duration]).map(|position| position.as_millis() as f64);
    compare.check("positions_ms", 0.0, called.collect::<Vec<_>>());
    compare.check("reach", SUM, summary.reaches());
    compare.check("plays", SUM, summary.plays());
    compare.check("area_reach_trapezoid", SUM, summary.area());
    Ok(())
}
