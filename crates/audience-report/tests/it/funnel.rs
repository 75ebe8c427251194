//! Reports on funnels.

use audience_cohort::{FunnelSpec, FunnelStep, FunnelUnit, MilestoneReading, Milestones, PositionUnit};
use audience_core::{Accumulator, Elapsed, Event, EventKind, MediaTime, Merge, Session, Timestamp};
use audience_report::funnel::{
    EventFindings, EventNames, FunnelReport, FunnelReportSpec, FunnelState, MilestoneAt, PositionsAsked,
};
use audience_report::{Error, Filter, TextOptions, parse_attribute, to_json};

use crate::page::check_page;

fn secs(secs: i64) -> Timestamp {
    Timestamp::from_millis(1_767_571_200_000 + secs * 1000)
}

/// A session of custom events at so many seconds.
fn session(viewer: &str, device: &str, events: &[(i64, &str)]) -> Session {
    let events = events.iter().map(|(at, name)| match *name {
        "play" => Event::new(secs(*at), EventKind::Play).at(MediaTime::ZERO),
        name => Event::new(secs(*at), EventKind::custom(name)),
    });
    Session::new(format!("{viewer} {device}"), "film", events).with_viewer(viewer).with_attribute("device", device)
}

/// Six viewers, of whom three subscribe in time.
fn some() -> Vec<Session> {
    vec![
        session("ann", "tv", &[(0, "play"), (30, "trial"), (90, "subscribe")]),
        // The first try comes to nothing.
        session("bob", "tv", &[(0, "play"), (10, "trial"), (500, "play"), (520, "trial"), (540, "subscribe")]),
        session("cid", "tv", &[(0, "play"), (50, "trial")]),
        session("dan", "ios", &[(0, "play"), (20, "trial"), (30, "subscribe")]),
        session("eve", "ios", &[(0, "play")]),
        session("fay", "=web", &[(0, "like")]),
    ]
}

fn steps() -> FunnelSpec {
    let minute = Elapsed::from_secs(60);
    let steps = ["trial", "subscribe"].map(|name| FunnelStep::new(name).within(minute));
    FunnelSpec::new([FunnelStep::new("play")].into_iter().chain(steps)).unwrap()
}

fn by_device() -> FunnelReportSpec {
    FunnelReportSpec { steps: Some(steps()), by: Some("device".to_owned()), ..FunnelReportSpec::default() }
}

fn report(spec: &FunnelReportSpec, sessions: &[Session]) -> FunnelReport {
    let mut state = FunnelState::new(spec);
    state.observe_all(sessions);
    FunnelReport::new(&state, spec).unwrap()
}

fn events(report: &FunnelReport) -> &EventFindings {
    report.findings.events.as_ref().unwrap()
}

fn table(report: &FunnelReport, name: &str) -> String {
    report.to_csv().into_iter().find(|table| table.file_name == name).unwrap().text
}

fn text(report: &FunnelReport) -> String {
    anstream::adapter::strip_str(&report.to_text(TextOptions::default())).to_string()
}

#[test]
fn steps_are_counted_and_groups_compared() {
    let report = report(&by_device(), &some());
    let all = &events(&report).all;
    let reached: Vec<(u64, u64)> = all.steps.iter().map(|step| (step.reached, step.lost)).collect();
    assert_eq!((all.units, reached), (6, vec![(5, 0), (4, 1), (3, 1)]));
    assert_eq!(all.most_lost().unwrap().step, 2);
    let by = events(&report).by.as_ref().unwrap();
    let names: Vec<(Option<&str>, u64)> = by.groups.iter().map(|group| (group.value.as_deref(), group.units)).collect();
    assert_eq!(names, [(Some("tv"), 3), (Some("ios"), 2), (Some("=web"), 1)]);
    assert_eq!(by.baseline.as_deref(), Some("tv"));
    // Nobody with the last value came to the first step.
    let compared: Vec<usize> = by.comparisons.iter().map(|group| group.steps.len()).collect();
    assert_eq!(compared, [2, 0]);
    let last = by.comparisons[0].steps[1];
    assert!((last.difference - (0.5 - 2.0 / 3.0)).abs() < 1e-12, "{last:?}");
    assert!(last.low < last.difference && last.difference < last.high && last.p <= last.adjusted_p);
    let time = all.time.as_ref().unwrap();
    assert_eq!((time.units, time.p50_ms), (3, 40_000.0));
    insta::assert_snapshot!(text(&report));
    insta::assert_snapshot!(table(&report, "funnel.csv"));
}

#[test]
fn halves_that_are_merged_are_the_whole() {
    let positions = Some(PositionsAsked {
        milestones: Milestones::percents([0, 100]).unwrap(),
        per: PositionUnit::ViewerTitle,
        reading: MilestoneReading::Each,
    });
    let spec = FunnelReportSpec { positions, ..by_device() };
    let mut sessions = some();
    sessions.extend(["a", "b"].map(|id| crate::view(id, "film", 0, 100)));
    let whole = report(&spec, &sessions);
    for at in 0..=sessions.len() {
        let halves = [&sessions[..at], &sessions[at..]].map(|half| {
            let mut state = FunnelState::new(&spec);
            state.observe_all(half);
            state
        });
        for [mut one, other] in [halves.clone(), [halves[1].clone(), halves[0].clone()]] {
            one.merge(other);
            assert_eq!(FunnelReport::new(&one, &spec).unwrap(), whole, "{at}");
        }
    }
}

#[test]
fn groups_of_few_leave_no_trace() {
    let spec = FunnelReportSpec {
        min_units: 3,
        positions: Some(PositionsAsked {
            milestones: Milestones::positions([MediaTime::ZERO]).unwrap(),
            per: PositionUnit::Session,
            reading: MilestoneReading::Ordered,
        }),
        ..by_device()
    };
    let report = report(&spec, &some());
    let by = events(&report).by.as_ref().unwrap();
    assert_eq!((by.groups.len(), by.too_few, by.comparisons.len()), (1, 2, 0));
    // Nor are times of few told.
    assert_eq!(by.groups[0].time, None);
    let mut written = vec![to_json(&report).unwrap(), report.to_html(), text(&report)];
    written.extend(report.to_csv().into_iter().map(|table| table.text));
    let page = check_page(&written[1]);
    assert!(page.contains("2 groups of fewer than 3"));
    for text in written.iter().filter(|text| !text.starts_with("<!")).chain([&page]) {
        assert!(!text.contains("ios") && !text.contains("=web"), "{text}");
    }
    // Of a baseline that is hidden nothing is said, either.
    let hidden = FunnelReportSpec { baseline: Some(Some("ios".to_owned())), ..spec };
    let report = self::report(&hidden, &some());
    assert!(!to_json(&report).unwrap().contains("ios") && !text(&report).contains("ios"));
}

#[test]
fn a_baseline_is_one_that_there_is() {
    let asked = |baseline: Option<&str>| {
        let spec = FunnelReportSpec { baseline: Some(baseline.map(str::to_owned)), ..by_device() };
        let mut state = FunnelState::new(&spec);
        state.observe_all(&some());
        FunnelReport::new(&state, &spec)
    };
    let found = asked(Some("=web")).unwrap();
    assert_eq!(events(&found).by.as_ref().unwrap().baseline.as_deref(), Some("=web"));
    for missing in [Some("radio"), None] {
        assert!(matches!(asked(missing), Err(Error::Cohort(audience_cohort::Error::UnknownGroup { .. }))));
    }
    // One that is small is listed among few.
    let spec = FunnelReportSpec { baseline: Some(Some("=web".to_owned())), top: 1, ..by_device() };
    let by = report(&spec, &some()).findings.events.unwrap().by.unwrap();
    assert_eq!((by.groups.len(), by.omitted, by.groups[0].value.as_deref()), (1, 2, Some("=web")));
}

#[test]
fn the_end_is_a_milestone_that_is_reached() {
    for per in [PositionUnit::Session, PositionUnit::ViewerTitle] {
        let spec = FunnelReportSpec {
            positions: Some(PositionsAsked {
                milestones: Milestones::percents([0, 50, 100]).unwrap(),
                per,
                reading: MilestoneReading::Ordered,
            }),
            ..FunnelReportSpec::default()
        };
        let sessions = [crate::view("a", "film", 0, 100), crate::view("b", "film", 0, 60)];
        let report = report(&spec, &sessions);
        assert!(report.findings.events.is_none());
        let found = report.findings.positions.as_ref().unwrap();
        assert_eq!(found.milestones, [0.0, 0.5, 1.0].map(MilestoneAt::Share));
        for reading in MilestoneReading::ALL {
            let reached: Vec<u64> = found.all.milestones.iter().map(|row| row.by(reading)).collect();
            assert_eq!(reached, [2, 2, 1], "{reading:?}");
        }
        assert_eq!(found.all.milestones[2].from_start.unwrap().rate, Some(0.5));
        assert!(check_page(&report.to_html()).contains("All so far"));
        assert_eq!(table(&report, "funnel-positions.csv").lines().count(), 4);
        assert_eq!(table(&report, "funnel.csv").lines().count(), 1);
    }
}

#[test]
fn sessions_are_filtered_by_when_they_began_as_elsewhere() {
    let from = |after: i64| Filter { from: Some(secs(after)), ..Filter::default() };
    let count = |filter: Filter| {
        let mut state = FunnelState::new(&FunnelReportSpec { filter, ..by_device() });
        state.observe_all(&some());
        (state.sessions_read(), state.sessions())
    };
    assert_eq!(count(from(0)), (6, 6));
    assert_eq!(count(from(1)), (6, 0));
    let attributes = vec![parse_attribute("device=tv").unwrap()];
    assert_eq!(count(Filter { attributes, ..from(0) }), (6, 3));
}

#[test]
fn a_step_that_no_event_is_names_those_there_are() {
    let steps = ["play", "trail", "<b>nothing</b>"].map(FunnelStep::new);
    let steps = FunnelSpec::new(steps).unwrap().per(FunnelUnit::Session);
    let report = report(&FunnelReportSpec { steps: Some(steps), ..FunnelReportSpec::default() }, &some());
    let unknown: Vec<(&str, Option<&str>)> =
        events(&report).unknown_steps.iter().map(|step| (&*step.name, step.suggestion.as_deref())).collect();
    assert_eq!(unknown, [("trail", Some("trial")), ("<b>nothing</b>", None)]);
    assert_eq!(events(&report).event_names, ["play", "trial", "subscribe", "like"]);
    let page = report.to_html();
    assert!(check_page(&page).contains("No event is named trail. Did you mean trial?"));
    assert!(!page.contains("<b>nothing"));
    assert!(text(&report).contains("Events are named play, trial, subscribe, like."), "{}", text(&report));
}

#[test]
fn of_very_many_names_the_same_are_kept_however_they_come() {
    let many: Vec<Session> = (0..3)
        .map(|of| {
            let events = (0..150).map(|at| {
                let name = format!("event {:03}", (at * 7 + of * 100) % 450);
                Event::new(secs(at), EventKind::custom(name.as_str()))
            });
            Session::new(format!("{of}"), "film", events)
        })
        .collect();
    let steps = FunnelSpec::new([FunnelStep::new("zzz")]).unwrap();
    let spec = FunnelReportSpec { steps: Some(steps), ..FunnelReportSpec::default() };
    let whole = report(&spec, &many);
    assert_eq!(events(&whole).event_names.len(), EventNames::MAX);
    let backwards: Vec<Session> = many.into_iter().rev().collect();
    assert_eq!(report(&spec, &backwards), whole);
}
