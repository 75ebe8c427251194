//! What every target checks: that nothing panics, hangs or takes memory, and that the figures agree with each other.

use std::num::NonZeroUsize;
use std::sync::Arc;

use audience_core::{Accumulator, Timestamp};
use audience_core::{Activity, AttentionHeatmap, MediaTime, Merge, PlaybackMap, Rules, Session, SessionFacts, UnitTotals};
use audience_ingest::{Catalog, Error, Format, Input, Map, Options, Sessions, load};
use audience_report::{Dimension, Report, ReportSpec, ReportState, TextOptions, to_json};

/// Reads bytes as telemetry in a format, or in whichever they seem to be.
pub fn read(bytes: &[u8], format: Option<Format>) -> Result<Sessions, Error> {
    let mut options = Options::default();
    options.format = format;
    options.threads = NonZeroUsize::new(1);
    load(vec![Input::memory("input", bytes)], &options)
}

/// Reads bytes in a format and checks all that can be known of the outcome.
pub fn check(bytes: &[u8], format: Format) {
    let sessions = read(bytes, Some(format)).expect("memory can be read, and lines that cannot be used are no error");
    let quality = sessions.quality();
    let ignored: u64 = quality.ignored.values().sum();
    if format != Format::Requests {
        assert_eq!(quality.events + quality.rejected() + ignored, quality.lines, "every line is accounted for");
    }
    let listed = sessions.to_vec().expect("what was just written can be read");
    let kept: u64 = listed.iter().map(|session| session.events().len() as u64 + session.tidied().duplicates).sum();
    assert_eq!(kept, quality.events, "every event is in a session");
    let horizon = sessions.horizon();
    let facts: Vec<SessionFacts> = listed.iter().map(|session| check_session(session, horizon)).collect();
    check_report(&facts, &sessions);
}

/// Reads bytes by a map and checks all that can be known of the outcome; a line may be any number of events.
pub fn check_mapped(bytes: &[u8], format: Option<Format>, map: Option<Arc<Map>>) {
    let mut options = Options::default();
    options.format = format;
    options.map = map;
    options.threads = NonZeroUsize::new(1);
    let sessions = load(vec![Input::memory("input", bytes)], &options).expect("memory can be read");
    let listed = sessions.to_vec().expect("what was just written can be read");
    let kept: u64 = listed.iter().map(|session| session.events().len() as u64 + session.tidied().duplicates).sum();
    assert_eq!(kept, sessions.quality().events, "every event is in a session");
    let horizon = sessions.horizon();
    let facts: Vec<SessionFacts> = listed.iter().map(|session| check_session(session, horizon)).collect();
    check_report(&facts, &sessions);
}

/// Checks that a session's timeline and facts agree.
pub fn check_session(session: &Session, horizon: Option<Timestamp>) -> SessionFacts {
    let rules = Rules::default();
    let (timeline, facts) = (session.timeline(&rules), session.facts(&rules, horizon));
    let bounds = timeline.bounds().expect("a session has an event");
    let millis: u128 = Activity::ALL.iter().map(|activity| u128::from(timeline.time_in(*activity).as_millis())).sum();
    let length = bounds.1.as_millis().abs_diff(bounds.0.as_millis());
    assert!(millis == u128::from(length) || length >= u64::MAX - 1, "every moment is in one sum");
    let spans: u128 = timeline.spans().iter().map(|span| u128::from(span.length().as_millis())).sum();
    assert!(spans == millis || length >= u64::MAX - 1, "spans are all there is");
    assert_eq!(
        timeline.waits().iter().filter(|wait| wait.kind == audience_core::WaitKind::Stall).count() as u64,
        facts.stalls
    );
    assert!(facts.unique <= facts.watched || facts.watched == MediaTime::MAX);
    assert!(facts.duration.is_none() || facts.furthest <= facts.duration);
    let stalls = timeline.waits().iter().filter(|wait| wait.kind == audience_core::WaitKind::Stall);
    assert_eq!(stalls.map(|wait| wait.length()).max().unwrap_or_default(), facts.longest_stall);
    assert!(facts.renditions.len() <= SessionFacts::MAX_RENDITIONS);
    assert!(facts.jumps.len() <= SessionFacts::MAX_JUMPS);
    assert!(facts.jumps.len() as u64 <= facts.seeks.reported() + facts.seeks.inferred());
    assert!(facts.restarts.len() <= SessionFacts::MAX_RESTARTS);
    assert!(facts.restarts.len() as u64 <= facts.seek_waits);
    assert_eq!(facts.map.unique(), facts.unique);
    let played = facts.played.iter().map(|stretch| (stretch.start, stretch.end));
    assert_eq!(facts.map, PlaybackMap::from_intervals(played));
    assert!(facts.map.runs().windows(2).all(|pair| pair[0].end <= pair[1].start));
    facts
}

fn check_report(facts: &[SessionFacts], sessions: &Sessions) {
    let by = Dimension::parse_list("day,device").expect("a list");
    let spec = ReportSpec { by, ..ReportSpec::default() };
    let empty = ReportState::new(&spec);
    let (mut left, mut right) = (empty.clone(), empty);
    for (index, facts) in facts.iter().enumerate() {
        if index % 2 == 0 { &mut left } else { &mut right }.observe(facts);
    }
    left.merge(right);
    let report = Report::new(&left, &spec, sessions.quality(), &Catalog::new());
    let mut options = TextOptions::default();
    options.details = true;
    report.to_text(options);
    to_json(&report).expect("a report is JSON");
    let mut heatmap = AttentionHeatmap::new(MediaTime::from_millis(1)).expect("a width");
    heatmap.observe_all(facts);
    assert!(heatmap.summary().buckets.len() <= AttentionHeatmap::MAX_BUCKETS as usize);
    let mut units = UnitTotals::new();
    units.observe_all(facts);
    assert_eq!(units.summary().sessions, facts.len() as u64);
}
