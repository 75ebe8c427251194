//! Reports on groups of sessions.

use std::fmt::Write;

use audience_cohort::Delta;
use audience_core::test_util::various_facts;
use audience_core::{Accumulator, Merge, SessionFacts, Timestamp};
use audience_ingest::Catalog;
use audience_report::groups::{GroupOrder, GroupRow, GroupsReport, GroupsSpec, GroupsState, Versus};
use audience_report::{Dimension, Error, Filter, TextOptions, parse_versus, parse_zone, to_json};

use crate::page::check_page;
use crate::{facts, view};

fn spec(by: &str) -> GroupsSpec {
    GroupsSpec { by: Dimension::parse_list(by).unwrap(), ..GroupsSpec::default() }
}

fn tried(spec: &GroupsSpec, sessions: &[SessionFacts]) -> Result<GroupsReport, Error> {
    let mut state = GroupsState::new(spec)?;
    state.observe_all(sessions);
    let titles = r#"[{"content_id": "film", "title": "A Film"}]"#;
    GroupsReport::new(&state, spec, &Catalog::parse(titles, "catalog.json".as_ref()).unwrap())
}

fn report(spec: &GroupsSpec, sessions: &[SessionFacts]) -> GroupsReport {
    tried(spec, sessions).unwrap()
}

/// All that a report is written as, one after the other.
fn outputs(report: &GroupsReport) -> String {
    let mut all = to_json(report).unwrap();
    for table in report.to_csv() {
        all.push_str(&table.text);
    }
    all.push_str(&report.to_text(TextOptions::default()));
    let page = report.to_html();
    check_page(&page);
    all + &page
}

/// Sessions of a hundred seconds each: who, what they have, when, how many seconds are watched.
#[derive(Default)]
struct Sessions(Vec<SessionFacts>);

impl Sessions {
    fn add(&mut self, viewer: &str, attributes: &[(&str, &str)], hour: i64, secs: u64) {
        let session = view(&format!("s{}", self.0.len()), "film", hour * 3_600_000, secs);
        let session = if viewer.is_empty() { session } else { session.with_viewer(viewer) };
        let session = attributes.iter().fold(session, |session, (name, value)| session.with_attribute(name, value));
        self.0.push(facts(&session));
    }

    /// One session of so many viewers of their own.
    fn crowd(&mut self, country: &str, device: &str, hour: i64, viewers: usize) {
        for viewer in 0..viewers {
            let attributes = [("country", country), ("device", device)];
            self.add(&format!("{country} {viewer}"), &attributes, hour, 50);
        }
    }
}

/// Small, and with all there is: a viewer in two groups, a session of nobody, one without the attributes.
fn small() -> Vec<SessionFacts> {
    let mut sessions = Sessions::default();
    sessions.add("ann", &[("country", "DE"), ("device", "tv")], 0, 100);
    sessions.add("ann", &[("country", "DE"), ("device", "web")], 1, 20);
    sessions.add("bob", &[("country", "DE"), ("device", "tv")], 2, 60);
    sessions.add("cid", &[("country", "FR"), ("device", "web")], 3, 95);
    sessions.add("", &[("country", "FR"), ("device", "web")], 30, 10);
    sessions.add("dan", &[], 31, 5);
    sessions.0
}

/// Values and one figure of each row.
fn rows<T>(report: &GroupsReport, figure: impl Fn(&GroupRow) -> T) -> Vec<(String, T)> {
    let name =
        |row: &GroupRow| row.values.iter().map(|value| value.as_deref().unwrap_or("–")).collect::<Vec<_>>().join(" ");
    report.findings.table.rows.iter().map(|row| (name(row), figure(row))).collect()
}

fn of<T>(pairs: &[(&str, T)]) -> Vec<(String, T)>
where
    T: Clone,
{
    pairs.iter().map(|(name, figure)| ((*name).to_owned(), figure.clone())).collect()
}

#[test]
fn text_and_tables_say_the_same() {
    let report = report(&GroupsSpec { top: 2, rollups: true, ..spec("country,device") }, &small());
    insta::assert_snapshot!(anstream::adapter::strip_str(&report.to_text(TextOptions::default())).to_string());
    let mut tables = String::new();
    for table in report.to_csv() {
        writeln!(tables, "{}\n{}", table.file_name, table.text).unwrap();
    }
    insta::assert_snapshot!(tables);
}

#[test]
fn the_row_of_all_others_counts_a_viewer_of_two_groups_once() {
    let mut sessions = Sessions::default();
    for device in ["tv", "web", "phone"] {
        sessions.add("ann", &[("device", device)], 0, 10);
        sessions.add(&format!("only {device}"), &[("device", device)], 1, 10);
    }
    sessions.add("zed", &[("device", "tv")], 2, 90);
    let report = report(&GroupsSpec { top: 1, ..spec("device") }, &sessions.0);
    let table = &report.findings.table;
    assert_eq!(rows(&report, |row| row.viewers), of(&[("tv", 3)]));
    let other = table.other.as_ref().unwrap();
    assert_eq!((other.viewers, other.of.sessions, table.other_groups), (3, 4, 2));
    let total = table.total.as_ref().unwrap();
    assert_eq!((total.viewers, total.of.sessions), (5, 7));
    // Sessions and watch time add up, viewers do not.
    let shares = [table.rows[0].watched_share, other.watched_share].map(Option::unwrap);
    assert!((shares[0] + shares[1] - 1.0).abs() < 1e-12 && (shares[0] - 110.0 / 150.0).abs() < 1e-12, "{shares:?}");
    assert_eq!(table.rows[0].sessions_share, Some(3.0 / 7.0));
}

#[test]
fn groups_are_in_the_order_asked_for_and_of_equals_by_name() {
    let order = |order| rows(&report(&GroupsSpec { order, ..spec("country,device") }, &small()), |_| ());
    let names = |names: [&str; 4]| of(&names.map(|name| (name, ())));
    assert_eq!(order(GroupOrder::WatchTime), names(["DE tv", "FR web", "DE web", "– –"]));
    assert_eq!(order(GroupOrder::Sessions), names(["DE tv", "FR web", "DE web", "– –"]));
    assert_eq!(order(GroupOrder::Viewers), names(["DE tv", "DE web", "FR web", "– –"]));
}

#[test]
fn nothing_tells_of_groups_below_the_floor() {
    let mut sessions = Sessions::default();
    sessions.crowd("Dahlem", "tv", 0, 9);
    sessions.crowd("Zehlendorf", "tv", 0, 8);
    sessions.crowd("Wannsee", "kettle", 0, 3);
    sessions.crowd("Gatow", "kettle", 0, 1);
    sessions.crowd("Wannsee", "kettle", 30, 2);
    let floor = GroupsSpec { min_viewers: 5, rollups: true, ..spec("country,device") };
    let found = report(&floor, &sessions.0);
    assert_eq!(rows(&found, |row| row.viewers), of(&[("Dahlem tv", 9)]));
    let table = &found.findings.table;
    // The hidden two have four viewers together, so that one more goes with them.
    assert_eq!((table.groups, table.too_few, table.protecting, table.other_groups), (4, 2, 1, 3));
    assert_eq!(table.other.as_ref().unwrap().viewers, 12);
    let all = outputs(&found);
    assert!(all.contains("Dahlem"));
    for hidden in ["Zehlendorf", "Wannsee", "Gatow", "kettle"] {
        assert!(!all.contains(hidden), "{hidden}");
    }
    // Nor is it said how many sessions do not pass a filter, which may be of a few.
    let some = Filter { attributes: vec![("device".to_owned(), "tv".to_owned())], ..Filter::default() };
    let found = report(&GroupsSpec { filter: some.clone(), ..floor.clone() }, &sessions.0);
    assert_eq!((found.sessions, found.sessions_read), (Some(17), None));
    let found = report(&GroupsSpec { filter: some, min_viewers: 1, ..floor.clone() }, &sessions.0);
    assert_eq!((found.sessions, found.sessions_read), (Some(17), Some(23)));
    // All of it can be seen without a floor.
    let open = outputs(&report(&GroupsSpec { min_viewers: 1, ..floor }, &sessions.0));
    assert!(["Zehlendorf", "Wannsee", "Gatow", "kettle"].iter().all(|name| open.contains(name)));
}

#[test]
fn it_is_said_when_nothing_can_be_shown() {
    let mut sessions = Sessions::default();
    sessions.crowd("Gatow", "tv", 0, 3);
    sessions.crowd("Wannsee", "tv", 0, 4);
    let floor = |min_viewers| report(&GroupsSpec { min_viewers, ..spec("country") }, &sessions.0);
    let found = floor(6);
    assert_eq!((found.sessions, found.findings.table.rows.len()), (Some(7), 0));
    let all = outputs(&found);
    assert!(all.contains("None of the 2 groups has 6 viewers or more: only all together are shown."), "{all}");
    assert!(!all.contains("Gatow") && !all.contains("Wannsee"));
    let found = floor(8);
    let table = &found.findings.table;
    assert_eq!((found.sessions, found.sessions_read, &table.total, &table.other), (None, None, &None, &None));
    let all = outputs(&found);
    assert!(all.contains("The 2 groups together have fewer than 8 viewers: nothing is shown."), "{all}");
    assert!(!all.contains("Gatow") && !all.contains("Wannsee"));
}

/// Sessions of the second day, compared with those of the first.
fn since_yesterday(by: &str) -> GroupsSpec {
    let day = |from: i64| Some(Timestamp::from_millis(from * 86_400_000));
    let filter = Filter { from: day(1), to: day(2), ..Filter::default() };
    let before = parse_versus("previous", &filter, &parse_zone("UTC").unwrap()).unwrap();
    GroupsSpec { filter, versus: Some(Versus { name: "yesterday".to_owned(), filter: before }), ..spec(by) }
}

#[test]
fn changes_are_of_groups_that_were_there() {
    let mut sessions = Sessions::default();
    sessions.crowd("DE", "tv", 0, 4);
    sessions.crowd("DE", "tv", 24, 6);
    sessions.crowd("FR", "tv", 25, 3);
    sessions.crowd("Gatow", "tv", 1, 2);
    let spec = since_yesterday("country");
    let found = report(&spec, &sessions.0);
    let change = |at: usize| found.findings.table.rows[at].change.unwrap();
    assert_eq!(rows(&found, |row| row.viewers), of(&[("DE", 6), ("FR", 3)]));
    let half = Delta { difference: Some(2.0), relative: Some(0.5) };
    assert_eq!((change(0).viewers, change(0).sessions), (half, half));
    assert_eq!(change(0).watched_ms.difference, Some(100_000.0));
    assert_eq!(change(0).completion_rate, Delta { difference: Some(0.0), relative: None });
    // Nothing is a multiple of what was not there.
    let nothing = [change(1).viewers, change(1).sessions, change(1).watched_ms, change(1).rebuffer_ratio];
    assert_eq!(nothing, [Delta::default(); 4]);
    assert_eq!(found.findings.table.gone, Some(1));
    let total = found.findings.table.total.as_ref().unwrap().change.unwrap();
    assert_eq!(total.viewers, Delta { difference: Some(3.0), relative: Some(0.5) });
    assert!(!found.findings.versus.as_ref().unwrap().overlaps);
    assert!(!outputs(&found).contains("Gatow"));
    let nobody = Filter { content: Some("nothing".into()), ..Filter::default() };
    let versus = Some(Versus { name: "nothing".to_owned(), filter: nobody });
    let alone = report(&GroupsSpec { versus, ..spec.clone() }, &sessions.0);
    assert_eq!(alone.findings.table.total.as_ref().unwrap().change.unwrap().sessions, Delta::default());
    assert!(outputs(&alone).contains("There is no session to compare with."));
    // All others were something, too: those that are gone are among them.
    let one = report(&GroupsSpec { top: 1, ..spec }, &sessions.0);
    let other = one.findings.table.other.as_ref().unwrap().change.unwrap();
    assert_eq!(other.viewers, Delta { difference: Some(1.0), relative: Some(0.5) });
}

#[test]
fn changes_do_not_tell_of_few_viewers_before() {
    let mut sessions = Sessions::default();
    sessions.crowd("DE", "tv", 0, 9);
    sessions.crowd("FR", "tv", 0, 2);
    for (country, viewers) in [("DE", 9), ("FR", 8), ("SE", 7)] {
        sessions.crowd(country, "tv", 24, viewers);
    }
    let spec = GroupsSpec { min_viewers: 5, ..since_yesterday("country") };
    let found = report(&spec, &sessions.0);
    let told = |row: &GroupRow| row.change.unwrap().viewers.difference;
    // The total less that of DE would be the two viewers of FR.
    assert_eq!(rows(&found, told), of(&[("DE", Some(0.0)), ("FR", None), ("SE", None)]));
    assert_eq!(told(found.findings.table.total.as_ref().unwrap()), None);
    // With enough of them it is not, though it is not said who they are.
    sessions.crowd("GB", "tv", 0, 4);
    let found = report(&spec, &sessions.0);
    assert_eq!(rows(&found, told), of(&[("DE", Some(0.0)), ("FR", None), ("SE", None)]));
    assert_eq!(told(found.findings.table.total.as_ref().unwrap()), Some(9.0));
    // Nor is the rest, of which FR would follow.
    let found = report(&GroupsSpec { top: 2, ..spec.clone() }, &sessions.0);
    assert_eq!(told(found.findings.table.other.as_ref().unwrap()), None);
}

#[test]
fn sketches_agree_with_counts_of_few() {
    let sessions = [various_facts(), small()].concat();
    for by in ["device", "content,day", "country,device"] {
        let exact = GroupsSpec { rollups: true, ..spec(by) };
        let about = GroupsSpec { approximate_viewers: true, ..exact.clone() };
        let (exact, mut about) = (report(&exact, &sessions), report(&about, &sessions));
        let error = about.findings.viewers_standard_error.take().unwrap();
        assert!((error - 0.008_125).abs() < 1e-9, "{error}");
        assert_eq!(about, exact);
    }
    let about = report(&GroupsSpec { approximate_viewers: true, ..spec("device") }, &sessions);
    let text = about.to_text(TextOptions::default());
    assert!(text.contains("about 5 viewers") && text.contains("a standard error of 0.8 %"), "{text}");
}

#[test]
fn regions_and_classes_have_rows() {
    let mut sessions = Sessions::default();
    for (country, device) in [("de", "AppleTV"), ("FR", "Tizen 6.5"), ("BR", "iPhone15,2"), ("ZZ", "kettle")] {
        sessions.add("ann", &[("country", country), ("device", device)], 0, 50);
    }
    let found = report(&GroupsSpec { order: GroupOrder::Sessions, ..spec("world-region,device-class") }, &sessions.0);
    let rows = rows(&found, |row| row.of.sessions);
    assert_eq!(rows, of(&[("europe smart tv", 2), ("latin america mobile", 1), ("other other", 1)]));
}

#[test]
fn titles_have_their_names_and_days_those_of_the_time_zone() {
    let found = report(&spec("content"), &small());
    assert_eq!(rows(&found, |row| row.title.clone()), of(&[("film", Some("A Film".to_owned()))]));
    assert!(found.to_text(TextOptions::default()).contains("A Film"));
    let days = GroupsSpec { zone: parse_zone("Asia/Tokyo").unwrap(), order: GroupOrder::Sessions, ..spec("day") };
    assert_eq!(rows(&report(&days, &small()), |row| row.of.sessions), of(&[("1970-01-01", 4), ("1970-01-02", 2)]));
}

#[test]
fn what_no_session_has_is_refused_with_what_there_is() {
    let refused = |by: &str, sessions: &[SessionFacts]| tried(&spec(by), sessions).unwrap_err().to_string();
    insta::assert_snapshot!(refused("devcie", &small()), @r#"break down by "devcie": no session has this attribute, perhaps "device" is meant; they have country, device"#);
    insta::assert_snapshot!(refused("country,cdn", &small()), @r#"break down by "cdn": no session has this attribute; they have country, device"#);
    insta::assert_snapshot!(refused("world-region", &various_facts()), @"break down by world-region: no session has any of the attributes country, country_code, geo_country, country_iso; they have device");
    insta::assert_snapshot!(refused("day,day", &small()), @r#"break down by "day" twice"#);
    assert_eq!(report(&spec("cdn"), &[]).findings.table.groups, 0);
}

#[test]
fn reports_of_halves_together_are_those_of_the_whole() {
    let sessions = [various_facts(), small()].concat();
    for approximate_viewers in [false, true] {
        let spec =
            GroupsSpec { top: 2, min_viewers: 2, rollups: true, approximate_viewers, ..since_yesterday("device,day") };
        let whole = report(&spec, &sessions);
        for split in 0..=sessions.len() {
            let (mut first, mut second) = (GroupsState::new(&spec).unwrap(), GroupsState::new(&spec).unwrap());
            first.observe_all(&sessions[..split]);
            second.observe_all(&sessions[split..]);
            second.merge(first);
            let merged = GroupsReport::new(&second, &spec, &Catalog::new()).unwrap();
            assert_eq!(merged, whole);
        }
    }
}

#[test]
fn what_telemetry_says_is_text() {
    let nasty = "<script>alert(1)</script>\u{1b}[31m";
    let mut sessions = Sessions::default();
    sessions.add("ann", &[("device", nasty), (nasty, "=1+1")], 0, 50);
    sessions.add("bob", &[("device", "tv"), (nasty, "b")], 0, 50);
    let spec = GroupsSpec {
        by: vec![Dimension::Attribute("device".to_owned()), Dimension::Attribute(nasty.to_owned())],
        rollups: true,
        ..GroupsSpec::default()
    };
    let found = report(&spec, &sessions.0);
    check_page(&found.to_html());
    let text = anstream::adapter::strip_str(&found.to_text(TextOptions::default())).to_string();
    assert!(!text.contains('\u{1b}'), "{text:?}");
    assert!(found.to_csv()[0].text.contains("'=1+1"));
}
