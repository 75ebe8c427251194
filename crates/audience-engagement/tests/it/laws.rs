//! The laws of accumulators, and states that travel.

use std::sync::Arc;

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Chapter, Chapters, Elapsed, Merge, Portable, SessionFacts};
use audience_engagement::{CoWatching, Engagement, Journeys, PointerHeatmap, SegmentAttribution, TouchOf};
use audience_stats::Bootstrap;
use proptest::prelude::*;

use super::{facts, ms};

/// Those of the core, and some that convert.
fn sessions() -> Vec<SessionFacts> {
    let mut sessions = various_facts();
    sessions.push(facts("ann", Some(50_000), &[(0, 20_000), (10_000, 45_000)], &["conversion", "share"]));
    sessions.push(facts("bob", Some(50_000), &[(5000, 6000), (40_000, 50_000)], &["conversion"]));
    sessions
}

#[test]
fn merging_is_watching_together() {
    let sessions = sessions();
    check_merge_laws(&Engagement::new(), &sessions);
    check_merge_laws(&Engagement::with_bootstrap(Bootstrap { replicates: 20, seed: 3 }), &sessions);
    let chapter = |name: &str, start, end| Chapter { name: name.to_owned(), start: ms(start), end: ms(end) };
    let chapters = vec![chapter("cold open", 0, 15_000), chapter("end", 30_000, 120_000)];
    let index = Arc::new([("film".into(), Chapters::new(chapters, None).unwrap())].into());
    check_merge_laws(&SegmentAttribution::new(index, 3).unwrap(), &sessions);
    check_merge_laws(&Journeys::new().within(Elapsed::from_secs(3 * 3600)), &sessions);
    check_merge_laws(&Journeys::new().of(TouchOf::Attribute("device".to_owned())).with_conversion("like"), &sessions);
    check_merge_laws(&CoWatching::new(), &sessions);
}

proptest! {
    #[test]
    fn heatmaps_merge(points in prop::collection::vec((-5.0..45.0_f64, -5.0..25.0_f64), 0..20)) {
        check_merge_laws(&PointerHeatmap::new(40.0, 20.0, 7.0).unwrap(), &points);
    }
}

#[test]
fn states_travel() {
    let mut engagement = Engagement::with_bootstrap(Bootstrap { replicates: 20, seed: 3 });
    let like = engagement.clone();
    engagement.observe_all(&sessions());
    let read = Engagement::decode(&engagement.encode(), &like).unwrap();
    assert_eq!(read, engagement);
    // One that resamples otherwise, or not at all, is another.
    assert!(Engagement::decode(&engagement.encode(), &Engagement::new()).is_err());
    assert!(Engagement::decode(&Engagement::new().encode(), &like).is_err());
    let mut heatmap = PointerHeatmap::new(40.0, 20.0, 7.0).unwrap();
    heatmap.observe_all(&[(1.0, 2.0), (1.0, 2.5), (39.0, 19.0), (41.0, 0.0), (f64::INFINITY, 0.0)]);
    let empty = PointerHeatmap::new(40.0, 20.0, 7.0).unwrap();
    let read = PointerHeatmap::decode(&heatmap.encode(), &empty).unwrap();
    assert_eq!(read, heatmap);
    assert!(PointerHeatmap::decode(&heatmap.encode(), &PointerHeatmap::new(40.0, 20.0, 8.0).unwrap()).is_err());
}

#[test]
#[should_panic(expected = "one resamples and the other does not")]
fn what_resamples_does_not_merge_with_what_does_not() {
    Engagement::new().merge(Engagement::with_bootstrap(Bootstrap::default()));
}
