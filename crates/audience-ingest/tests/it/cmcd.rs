//! CMCD v2 event reports, one a line.

use audience_core::{
    Bitrate, Custom, EndReason, Event, EventKind, MediaTime, PlayerError, PlayerState, Rate, Rendition, Timestamp,
};
use audience_ingest::{Format, Ignored, Options, Quality, Repair, Sessions};

use crate::{facts, folder, load_path};

fn read(text: &str) -> Sessions {
    let folder = folder("input", text);
    let mut options = Options::default();
    options.format = Some(Format::Cmcd);
    load_path(&folder.path().join("input"), &options).unwrap()
}

fn quality(text: &str) -> Quality {
    read(text).quality().clone()
}

/// The event of a report with these keys besides the ids and the time.
fn event(keys: &str) -> Event {
    let sessions = read(&format!("{keys},sid=\"s\",ts=1000,v=2")).to_vec().unwrap();
    assert_eq!((sessions.len(), sessions[0].events().len()), (1, 1), "{keys}");
    sessions[0].events()[0].clone()
}

fn repairs(keys: &str) -> Vec<(String, Repair)> {
    let quality = quality(&format!("{keys},sid=\"s\",ts=1000,v=2"));
    assert_eq!((quality.events, quality.rejected()), (1, 0), "{keys}");
    quality.repairs.into_keys().map(|(field, repair)| (field.into_owned(), repair)).collect()
}

#[test]
fn states_are_the_events_that_lead_there() {
    let state = |state: &str| event(&format!("e=ps,sta={state}")).kind;
    let change = |to: PlayerState| EventKind::StateChange { from: None, to };
    assert_eq!(state("s"), EventKind::PlayRequest);
    assert_eq!(state("p"), EventKind::Play);
    assert_eq!(state("a"), EventKind::Pause);
    assert_eq!(state("r"), EventKind::BufferStart);
    assert_eq!(state("w"), EventKind::BufferStart);
    assert_eq!(state("k"), change(PlayerState::Seeking));
    assert_eq!(state("d"), change(PlayerState::Loading));
    assert_eq!(state("f"), change(PlayerState::Error));
    assert_eq!(state("e"), EventKind::end(EndReason::Ended));
    assert_eq!(state("q"), EventKind::end(EndReason::Abandoned));
}

#[test]
fn the_other_events_are_read() {
    let custom = |name: &str| EventKind::Custom(Box::new(Custom { name: name.into(), ..Custom::default() }));
    let error = |code: Option<&str>| {
        EventKind::Error(Box::new(PlayerError { code: code.map(Into::into), message: None, fatal: false }))
    };
    assert_eq!(event("e=pr,pr=2").kind, EventKind::RateChange { rate: Rate::new(2.0).unwrap() });
    assert_eq!(event("e=pr").kind, EventKind::RateChange { rate: Rate::NORMAL }, "1 is left out on the wire");
    let to = Rendition { bitrate: Bitrate::from_bps(700_000), ..Rendition::default() };
    assert_eq!(event("e=bc,br=(604;v 96;a)").kind, EventKind::QualityChange { from: None, to, reason: None });
    assert_eq!(event("e=t").kind, EventKind::Heartbeat);
    assert_eq!(event("e=rr,rc=200,url=\"u\"").kind, EventKind::Heartbeat);
    assert_eq!(event("e=rr,rc=404").kind, error(Some("http_404")));
    assert_eq!(event("e=rr,rc=0").kind, error(Some("http_0")), "no answer at all");
    assert_eq!(event("e=e,ec=(\"27\" \"x\")").kind, error(Some("27 x")));
    assert_eq!(event("e=e").kind, error(None));
    assert_eq!(event("e=c").kind, EventKind::load());
    assert_eq!(event("e=as").kind, EventKind::AdStart(None));
    assert_eq!(event("e=abe").kind, EventKind::AdEnd);
    assert_eq!(event("e=sk").kind, EventKind::AdEnd);
    assert_eq!(event("e=m").kind, custom("mute"));
    assert_eq!(event("e=ce,cen=\"like\"").kind, custom("like"));
    assert_eq!(event("e=zz").kind, custom("zz"));
    assert_eq!(quality("e=zz,sid=\"s\",ts=1").custom_types.into_iter().collect::<Vec<_>>(), [("zz".into(), 1)]);
}

#[test]
fn what_a_report_says_in_passing_is_read() {
    let report = event("bl=(5800;v 3100;a),br=(2095),dfa=7,e=t,pr=1.5,pt=12345,sn=9,sta=p");
    assert_eq!((report.position, report.seq.unwrap().get()), (Some(MediaTime::from_millis(12_345)), 9));
    assert_eq!(report.ts, Timestamp::from_millis(1000));
    let vitals = *report.vitals.unwrap();
    assert_eq!((vitals.state, vitals.rate), (Some(PlayerState::Playing), Rate::new(1.5).ok()));
    assert_eq!((vitals.bitrate, vitals.buffer), (Bitrate::from_bps(2_095_000), Some(MediaTime::from_millis(5800))));
    assert_eq!(vitals.dropped_frames, Some(7));
    let response = event("bl=(100),e=rr,pr=2,rc=200,sta=a");
    assert_eq!(response.vitals, None, "what was so when a request was made is no news");
}

#[test]
fn what_describes_the_session_is_an_attribute() {
    let sessions = read("cdn=\"edge\",cid=\"film\",com.example-tier=\"gold\",e=t,sf=h,sid=\"s\",st=v,ts=1,v=2");
    let facts = facts(&sessions).remove(0);
    let attributes: Vec<_> = facts.identity.attributes.iter().collect();
    let expected = [("cdn", "edge"), ("com.example-tier", "gold"), ("stream_type", "vod"), ("streaming_format", "hls")];
    assert_eq!(attributes, expected);
    assert_eq!(facts.identity.content_id.as_str(), "film");
}

#[test]
fn what_real_players_send_against_the_rules_is_repaired_and_counted() {
    assert_eq!(repairs("e=e,ec=27"), [("ec".to_owned(), Repair::Listed)]);
    assert_eq!(repairs("br=1808,e=t"), [("br".to_owned(), Repair::Listed)]);
    assert_eq!(repairs("e=t,pt=12.7"), [("pt".to_owned(), Repair::Rounded)]);
    assert_eq!(repairs("e=t,sn=\"4\""), [("sn".to_owned(), Repair::Retyped)]);
    assert_eq!(repairs("br=(abc),e=t"), [("br".to_owned(), Repair::Dropped)]);
    assert_eq!(repairs("e=t,pr=-1"), [("pr".to_owned(), Repair::Dropped)]);
    assert_eq!(repairs("e=ps,sta=zz"), [("sta".to_owned(), Repair::Dropped)]);
    assert_eq!(repairs("bl=(100),e=t,nor=(\"a,b\";r=\"0-9\")"), [], "a comma in quotes separates nothing");
}

#[test]
fn a_line_that_is_no_dictionary_is_read_key_by_key() {
    let sessions = read("bl=(5800,cid=\"Straße\",e=ps,sid=\"s\",sta=p,ts=1000,v=2\n");
    assert_eq!(sessions.quality().rejected(), 1, "an open list swallows the rest, and there is no session left");
    let text = "cid=\"Straße, 2. Teil\",E-x=1,e=ps,sid=abc_1,sta=p,ts=1000,v=2\n";
    let sessions = read(text);
    let facts = facts(&sessions).remove(0);
    assert_eq!(facts.identity.content_id.as_str(), "Straße, 2. Teil");
    assert_eq!(facts.identity.session_id.as_str(), "abc_1");
    assert!(facts.started());
    assert_eq!(sessions.quality().repairs[&("(syntax)".into(), Repair::Resyntaxed)], 1);
}

#[test]
fn unusable_lines_are_rejected_with_the_reason() {
    let rejection = |text: &str| {
        let quality = quality(text);
        assert_eq!((quality.rejected(), quality.events), (1, 0), "{text}");
        quality.examples[0].problem.to_string()
    };
    insta::assert_snapshot!(rejection("e=t,ts=1,v=2"), @"sid is missing");
    insta::assert_snapshot!(rejection("e=t,sid=\"\",ts=1"), @"sid is missing");
    insta::assert_snapshot!(rejection("e=t,sid=\"s\""), @"ts is missing");
    insta::assert_snapshot!(rejection("e=t,sid=\"s\",ts=999999999999999"), @"ts is 999999999999999, which is not a time in milliseconds since 1970");
    insta::assert_snapshot!(rejection("hello world"), @r#"not a CMCD report: "hello world" is no key"#);
    insta::assert_snapshot!(rejection("a=1,b=2"), @"not a CMCD report: there is neither e nor sid");
}

#[test]
fn request_mode_says_nothing_of_playback_and_is_passed_over() {
    let quality = quality("bl=2000,br=1500,d=4000,ot=v,sid=\"s\",sf=h\n");
    assert_eq!((quality.events, quality.ignored[&Ignored::RequestMode]), (0, 1));
}

#[test]
fn a_report_sent_again_counts_once() {
    let report = "e=ps,sid=\"s\",sn=3,sta=p,ts=1000,v=2\n";
    let session = read(&report.repeat(3)).to_vec().unwrap().remove(0);
    assert_eq!((session.events().len(), session.tidied().duplicates), (1, 2));
}

#[test]
fn the_usual_sequence_gives_the_usual_facts() {
    let report = |sn: u32, at: u32, rest: &str| format!("cid=\"c\",{rest},sid=\"s\",sn={sn},ts={at},v=2\n");
    // Out of order, as posted in parallel.
    let text = [
        report(1, 1000, "e=ps,sta=d"),
        report(3, 2250, "e=ps,sta=p"),
        report(2, 2000, "e=ps,sta=s"),
        report(5, 13_000, "e=ps,sta=p"),
        report(4, 12_000, "e=ps,sta=r"),
        report(6, 20_000, "e=ps,sta=k"),
        report(7, 20_010, "e=ps,sta=r"),
        report(8, 20_500, "e=ps,sta=p"),
        report(9, 25_000, "e=ps,sta=e"),
    ];
    let facts = facts(&read(&text.concat())).remove(0);
    assert_eq!(facts.startup.unwrap().time.as_millis(), 250);
    assert_eq!((facts.stalls, facts.wall.stalled.as_millis()), (1, 1000));
    assert_eq!((facts.seeks.reported(), facts.seek_waits, facts.wall.seek_waiting.as_millis()), (1, 1, 500));
    assert_eq!(facts.wall.playing.as_millis(), 9750 + 7000 + 4500);
}
