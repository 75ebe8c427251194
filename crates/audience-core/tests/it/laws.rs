//! The laws of accumulators, for each of the core's.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{
    Accumulator, AttentionHeatmap, HeatmapSample, Keyed, MediaTime, SessionFacts, UnitTotals, analyze_sessions,
    fold_sessions,
};
use audience_core::{Rules, Timestamp, Windowed};

#[test]
fn unit_totals() {
    check_merge_laws(&UnitTotals::new(), &various_facts());
}

#[test]
fn keyed_by_viewer() {
    let units = Keyed::new(|facts: &SessionFacts| facts.identity.viewer_id.clone(), UnitTotals::new());
    check_merge_laws(&units, &various_facts());
}

#[test]
fn windowed_by_start() {
    let hours = Windowed::new(3_600_000, 4, |facts: &SessionFacts| facts.started_at.as_millis(), UnitTotals::new());
    check_merge_laws(&hours.unwrap(), &various_facts());
}

#[test]
fn attention_heatmap() {
    check_merge_laws(&AttentionHeatmap::new(MediaTime::from_secs(5)).unwrap(), &various_facts());
}

#[test]
fn heatmap_sample() {
    for size in [1, 3, 50] {
        check_merge_laws(&HeatmapSample::new(MediaTime::from_secs(5), size, 7).unwrap(), &various_facts());
    }
}

#[test]
fn several_at_once() {
    let heatmap = AttentionHeatmap::new(MediaTime::from_secs(5)).unwrap();
    check_merge_laws(&(UnitTotals::new(), heatmap), &various_facts());
}

#[test]
fn many_sessions_on_all_cores_give_what_a_loop_gives() {
    let sessions: Vec<_> = audience_core::test_util::various_sessions().into_iter().cycle().take(1000).collect();
    let (rules, horizon) = (Rules::default(), Some(Timestamp::from_millis(0)));
    let rows = analyze_sessions(&sessions, &rules, horizon);
    assert!(rows.iter().zip(&sessions).all(|(facts, session)| *facts == session.facts(&rules, horizon)));
    let mut loop_state = UnitTotals::new();
    loop_state.observe_all(&rows);
    let folded = fold_sessions(&sessions, &rules, horizon, &UnitTotals::new());
    assert_eq!(folded.summary(), loop_state.summary());
}

#[test]
fn states_survive_being_written_and_read() {
    let mut heatmap = AttentionHeatmap::new(MediaTime::from_secs(5)).unwrap();
    heatmap.observe_all(&various_facts());
    let bytes = postcard::to_allocvec(&heatmap).unwrap();
    let read: AttentionHeatmap = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(read.summary(), heatmap.summary());

    let facts = various_facts();
    let bytes = postcard::to_allocvec(&facts).unwrap();
    assert_eq!(postcard::from_bytes::<Vec<SessionFacts>>(&bytes).unwrap(), facts);
    let json = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<Vec<SessionFacts>>(&json).unwrap(), facts);
}
