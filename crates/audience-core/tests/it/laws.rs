//! The laws of accumulators, for each of the core's.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{
    Accumulator, AttentionHeatmap, HeatmapSample, Keyed, MediaTime, Portable, SessionFacts, UnitTotals,
    analyze_sessions, fold_sessions,
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

fn observed<A: Accumulator<Item = SessionFacts>>(mut empty: A) -> A {
    empty.observe_all(&various_facts());
    empty
}

fn survives<A: Portable + Accumulator<Item = SessionFacts, Summary: PartialEq + std::fmt::Debug> + Clone>(
    empty: &A,
    other: &A,
) {
    let state = observed(empty.clone());
    let bytes = state.encode();
    assert_eq!(A::decode(&bytes, empty).unwrap().summary(), state.summary());
    let (mut left, right) = (A::decode(&bytes, empty).unwrap(), A::decode(&empty.encode(), empty).unwrap());
    left.merge(right);
    assert_eq!(left.encode(), bytes, "the same observations, the same bytes");
    assert!(state.size_bytes() > 0);
    assert_eq!(A::decode(&bytes, other).is_ok(), empty.fingerprint() == other.fingerprint());
    assert!(A::decode(&bytes[..bytes.len() - 1], empty).is_err());
}

#[test]
fn states_survive_being_written_and_foreign_ones_are_refused() {
    let heatmap = |secs| AttentionHeatmap::new(MediaTime::from_secs(secs)).unwrap();
    survives(&heatmap(5), &heatmap(10));
    let sample = |seed| HeatmapSample::new(MediaTime::from_secs(5), 4, seed).unwrap();
    survives(&sample(1), &sample(2));
    survives(&UnitTotals::new(), &UnitTotals::new());
}

#[test]
fn a_heatmap_that_cannot_have_been_made_is_refused() {
    let json = serde_json::to_string(&observed(AttentionHeatmap::new(MediaTime::from_secs(5)).unwrap())).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(json.contains(from), "{json}");
        serde_json::from_str::<AttentionHeatmap>(&json.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert!(refused("\"width\":5000", "\"width\":0").starts_with("make buckets of width 0"));
    let absurd = refused("\"length\":120000", "\"length\":18446744073709551615");
    assert!(absurd.starts_with("read a heatmap of more than 20000 buckets"), "{absurd}");
    assert!(
        refused(
            "\"wide\":{}",
            "\"wide\":{\"99\":{\"sessions\":1,\"length\":1,\"watching\":[],\"watched_ms\":[],\"replayed_ms\":[]}}"
        )
        .contains("more than 20000")
    );
    let sample = r#"{"width":0,"seen":0,"live":0,"sample":{"k":2,"seed":1,"kept":[]}}"#;
    assert!(serde_json::from_str::<HeatmapSample>(sample).is_err());
}

#[test]
fn attributes_written_by_hand_are_put_in_order() {
    let read: audience_core::Attributes = serde_json::from_str(r#"[["b","1"],["a","2"],["a","3"]]"#).unwrap();
    assert_eq!((read.len(), read.get("a"), read.get("b")), (2, Some("3"), Some("1")));
}

#[test]
fn rows_survive_being_written_and_read() {
    let facts = various_facts();
    let bytes = postcard::to_allocvec(&facts).unwrap();
    assert_eq!(postcard::from_bytes::<Vec<SessionFacts>>(&bytes).unwrap(), facts);
    let json = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<Vec<SessionFacts>>(&json).unwrap(), facts);
}
