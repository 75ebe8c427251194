//! What nobody needs to see is not there after reading, whatever the format.

use audience_core::{Envelope, EventKind, ViewerId};
use audience_ingest::{
    Error, Ignored, Input, IpAddresses, Key, Options, Privacy, Quality, Removed, Rotation, Sessions, Urls, load,
    read_events,
};

const DAY: i64 = 86_400_000;
/// A Monday.
const MONDAY: i64 = 20_458 * DAY;

fn options(privacy: Privacy) -> Options {
    let mut options = Options::default();
    options.privacy = privacy;
    options
}

fn input(lines: &str) -> Vec<Input> {
    vec![Input::memory("input.ndjson", lines.as_bytes())]
}

fn read(lines: &str, privacy: Privacy) -> Sessions {
    load(input(lines), &options(privacy)).unwrap()
}

fn converted(lines: &str, privacy: Privacy) -> (Vec<Envelope>, Quality) {
    let mut events = Vec::new();
    let quality = read_events(input(lines), &options(privacy), |event| {
        events.push(event);
        Ok::<(), Error>(())
    });
    (events, quality.unwrap())
}

fn key() -> Key {
    Key::new(b"thirty-two random bytes, in truth").unwrap()
}

/// A line of a session, with more fields.
fn line(session: &str, ts: i64, more: &str) -> String {
    format!("{{\"session_id\":\"{session}\",\"ts\":{ts},\"type\":\"heartbeat\"{more}}}\n")
}

/// Attributes of the only session.
fn attributes(lines: &str, privacy: Privacy) -> Vec<String> {
    let sessions = read(lines, privacy).to_vec().unwrap();
    assert_eq!(sessions.len(), 1);
    sessions[0].attributes().iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// The viewers of all sessions.
fn viewers(lines: &str, privacy: Privacy) -> Vec<String> {
    let sessions = read(lines, privacy).to_vec().unwrap();
    sessions.iter().map(|session| session.viewer_id().map_or("", |id| id.as_str()).to_owned()).collect()
}

/// The sessions that are left, and what was left out.
fn left(lines: &str, privacy: Privacy) -> (Vec<String>, Vec<(Ignored, u64)>) {
    let sessions = read(lines, privacy.clone());
    let quality = sessions.quality().clone();
    let ids = sessions.to_vec().unwrap().iter().map(|session| session.session_id().as_str().to_owned()).collect();
    assert_eq!(quality.lines, quality.events + quality.rejected() + quality.ignored.values().sum::<u64>());
    let (events, converted) = converted(lines, privacy);
    assert_eq!((converted.events, &converted.ignored), (quality.events, &quality.ignored));
    assert_eq!(events.len() as u64, quality.events);
    (ids, quality.ignored.into_iter().collect())
}

#[test]
fn ip_addresses_are_dropped_cut_or_kept() {
    let lines =
        line("s", 1, r#","Client-IP":"203.0.113.77","user_ipaddress":"2001:db8:1:2::3","cliIP":"none","device":"tv""#);
    let with = |ip| attributes(&lines, Privacy::default().with_ip_addresses(ip));
    assert_eq!(attributes(&lines, Privacy::default()), ["device=tv"]);
    assert_eq!(with(IpAddresses::Drop), ["device=tv"]);
    assert_eq!(with(IpAddresses::Truncate), ["Client-IP=203.0.113.0", "device=tv", "user_ipaddress=2001:db8:1::"]);
    assert_eq!(
        with(IpAddresses::Keep),
        ["Client-IP=203.0.113.77", "cliIP=none", "device=tv", "user_ipaddress=2001:db8:1:2::3"]
    );
    let truncated = read(&lines, Privacy::default().with_ip_addresses(IpAddresses::Truncate));
    let removed: Vec<_> = truncated.quality().removed.clone().into_iter().collect();
    assert_eq!(removed, [(Removed::IpDropped, 1), (Removed::IpTruncated, 2)]);
}

#[test]
fn addresses_under_other_names_are_kept_and_counted() {
    let lines = line("s", 1, r#","edge":"203.0.113.77","app":"4.12.0.1","device":"tv""#);
    assert_eq!(attributes(&lines, Privacy::default()), ["app=4.12.0.1", "device=tv", "edge=203.0.113.77"]);
    let quality = read(&lines, Privacy::default()).quality().clone();
    assert_eq!(quality.ip_like.into_iter().collect::<Vec<_>>(), [("app".into(), 1), ("edge".into(), 1)]);
    assert!(quality.removed.is_empty());
    let kept = read(&lines, Privacy::default().with_ip_addresses(IpAddresses::Keep));
    assert!(kept.quality().ip_like.is_empty());
}

#[test]
fn urls_are_stripped_dropped_or_kept_in_every_text() {
    const LINES: &str = concat!(
        r#"{"session_id":"s","ts":1,"type":"load","url":"https://u:p@h/a?SECRET#f","page":"https://h/b?SECRET x"}"#,
        "\n",
        r#"{"session_id":"s","ts":2,"type":"error","code":"1","message":"GET https://h/c?SECRET is 403"}"#,
        "\n",
        r#"{"session_id":"s","ts":3,"type":"custom","name":"n","data":{"u":"https:\/\/h\/d\u003fSECRET","k":1}}"#,
        "\n",
        r#"{"session_id":"s","ts":4,"type":"request","object":"video","url":"/e.ts?SECRET"}"#,
        "\n",
        r#"{"session_id":"s","ts":5,"type":"ad_start","ad_id":"https://h/f?SECRET"}"#,
        "\n",
        r#"{"session_id":"s","ts":6,"type":"end","reason":"https://h/g?SECRET"}"#,
        "\n",
    );
    let texts = |urls| {
        let (events, quality) = converted(LINES, Privacy::default().with_urls(urls));
        let mut texts = Vec::new();
        for event in events {
            texts.extend(event.attributes.iter().map(|(name, value)| format!("{name}={value}")));
            texts.push(match event.event.kind {
                EventKind::Load { url, .. } => format!("load: {}.", url.as_ref().map_or("", |url| url.as_str())),
                EventKind::Error(error) => error.message.unwrap_or_default().into(),
                EventKind::Custom(custom) => custom.data.unwrap_or_default().into(),
                EventKind::Request(request) => {
                    format!("request: {}.", request.url.as_ref().map_or("", |url| url.as_str()))
                }
                EventKind::AdStart(ad) => format!("ad: {}.", ad.unwrap_or_default().id.unwrap_or_default()),
                EventKind::End { reason } => {
                    format!("end: {}.", reason.map_or(String::new(), |reason| reason.as_str().into()))
                }
                other => panic!("{other:?}"),
            });
        }
        (texts.join("\n"), quality.removed.into_iter().collect::<Vec<_>>())
    };
    let (stripped, removed) = texts(Urls::Strip);
    insta::assert_snapshot!(stripped, @r#"
    page=https://h/b
    load: https://h/a.
    GET https://h/c is 403
    {"u":"https://h/d","k":1}
    request: /e.ts.
    ad: https://h/f.
    end: https://h/g.
    "#);
    assert_eq!(removed, [(Removed::UrlStripped, 7)]);
    let (dropped, removed) = texts(Urls::Drop);
    insta::assert_snapshot!(dropped, @r#"
    load: .
    GET [url] is 403
    {"u":"[url]","k":1}
    request: .
    ad: .
    end: .
    "#);
    assert_eq!(removed, [(Removed::UrlDropped, 7)]);
    let (kept, removed) = texts(Urls::Keep);
    assert_eq!((kept.matches("SECRET").count(), removed.len()), (7, 0));
}

#[test]
fn viewers_have_pseudonyms_that_follow_from_key_and_period() {
    let of = |rotation, ts| {
        let privacy = Privacy::default().with_viewer_key(&key(), rotation);
        viewers(&line("s", ts, r#","viewer_id":"ann""#), privacy).remove(0)
    };
    assert_eq!(of(Rotation::Never, 0), of(Rotation::Never, MONDAY));
    assert_eq!(of(Rotation::Day, MONDAY), of(Rotation::Day, MONDAY + DAY - 1));
    assert_ne!(of(Rotation::Day, MONDAY), of(Rotation::Day, MONDAY + DAY));
    assert_eq!(of(Rotation::Week, MONDAY), of(Rotation::Week, MONDAY + 7 * DAY - 1));
    assert_ne!(of(Rotation::Week, MONDAY), of(Rotation::Week, MONDAY - 1));
    assert_eq!(of(Rotation::Never, 0).len(), 32);
    // Numbers are ids too.
    let number =
        viewers(&line("s", 0, r#","viewer_id":42"#), Privacy::default().with_viewer_key(&key(), Rotation::Never));
    let text =
        viewers(&line("s", 0, r#","viewer_id":"42""#), Privacy::default().with_viewer_key(&key(), Rotation::Never));
    assert!(number == text && number[0].len() == 32);
}

#[test]
fn a_session_over_two_periods_is_one_with_the_later_pseudonym_in_any_order() {
    let evening = line("s", MONDAY + DAY - 1000, r#","viewer_id":"ann","content_id":"c""#);
    let night = line("s", MONDAY + DAY + 1000, r#","viewer_id":"ann","content_id":"c""#);
    let next_day = line("t", MONDAY + DAY + 5000, r#","viewer_id":"ann","content_id":"c""#);
    let privacy = || Privacy::default().with_viewer_key(&key(), Rotation::Day);
    let there = viewers(&[&*evening, &night, &next_day].concat(), privacy());
    let back = viewers(&[&*next_day, &night, &evening].concat(), privacy());
    assert_eq!(there, back);
    assert_eq!(there.len(), 2);
    assert_eq!(there[0], there[1], "both count on the later day");
}

#[test]
fn session_ids_have_pseudonyms_that_never_change() {
    let privacy = || Privacy::default().with_viewer_key(&key(), Rotation::Day).with_session_key(&key());
    let lines = [line("ann", MONDAY, r#","viewer_id":"ann""#), line("ann", MONDAY + 3 * DAY, "")].concat();
    let sessions = read(&lines, privacy());
    let all = sessions.to_vec().unwrap();
    assert_eq!((all.len(), all[0].events().len()), (1, 2));
    let id = all[0].session_id().as_str();
    assert!(id.len() == 32 && Some(id) != all[0].viewer_id().map(ViewerId::as_str));
    assert_eq!(sessions.get(id).unwrap().len(), 1);
    assert!(sessions.get("ann").unwrap().is_empty());
}

#[test]
fn whole_sessions_are_left_out_whichever_event_says_so() {
    let lines = [
        line("staff", 1, ""),
        line("staff", 2, r#","internal":"yes""#),
        line("staff", 3, r#","internal":"no""#),
        line("bot", 1, r#","User-Agent":"Googlebot/2.1","device":"tv""#),
        line("bot", 2, ""),
        line("out", 1, ""),
        line("out", 2, r#","viewer_id":"ann","user_agent":"curl/8""#),
        line("out", 3, r#","viewer_id":"bob""#),
        line("test", 1, r#","viewer_id":"test-7""#),
        line("stays", 1, r#","viewer_id":"bob","user_agent":"Firefox","internal":"no""#),
        "oops\n".to_owned(),
    ];
    let privacy = || {
        Privacy::default()
            .without("internal", "y*")
            .without("viewer_id", "test-*")
            .without_bots()
            .without_viewers(["ann"])
    };
    let expected = (vec!["stays".to_owned()], vec![(Ignored::OptedOut, 3), (Ignored::Excluded, 4), (Ignored::Bot, 2)]);
    assert_eq!(left(&lines.concat(), privacy()), expected);
    let mut turned = lines.clone();
    turned.reverse();
    assert_eq!(left(&turned.concat(), privacy()), expected);
    // With pseudonyms, ids to leave out are still those of the telemetry.
    let hashed = privacy().with_viewer_key(&key(), Rotation::Day).with_session_key(&key());
    let (ids, ignored) = left(&lines.concat(), hashed);
    assert_eq!((ids.len(), ignored), (1, expected.1));
    let (all, ignored) = left(&lines.concat(), Privacy::default());
    assert_eq!((all.len(), ignored.len()), (5, 0));
}

#[test]
fn sessions_left_out_are_left_out_of_what_is_on_disk() {
    let mut lines = String::new();
    for number in 0..3000 {
        lines += &line(&format!("s{}", number % 300), number, r#","content_id":"c""#);
    }
    for number in 0..100 {
        lines += &line(&format!("s{number}"), 5000, r#","viewer_id":"ann""#);
    }
    let mut options = options(Privacy::default().without_viewers(["ann"]));
    options.memory = Some(0);
    let sessions = load(input(&lines), &options).unwrap();
    assert!(sessions.spilled() > 0);
    assert_eq!(sessions.to_vec().unwrap().len(), 200);
    assert_eq!((sessions.quality().events, sessions.quality().ignored[&Ignored::OptedOut]), (2000, 1100));
}

#[test]
fn a_file_names_viewers_who_opted_out() {
    let folder = crate::folder("ids", "\u{feff}ann\r\n\n  bob \n");
    let privacy = Privacy::default().without_viewers_in(&folder.path().join("ids")).unwrap();
    let lines: String = ["ann", "bob", "eve"].map(|id| line(id, 1, &format!(",\"viewer_id\":\"{id}\""))).concat();
    assert_eq!(left(&lines, privacy).0, ["eve"]);
    let missing = Privacy::default().without_viewers_in(&folder.path().join("none")).unwrap_err().to_string();
    assert!(missing.contains("none"), "{missing}");
}

#[test]
fn standard_input_cannot_be_searched_for_sessions_first() {
    let options = options(Privacy::default().without_bots());
    let error = read_events(vec![Input::Stdin], &options, |_| Ok::<(), Error>(())).unwrap_err();
    assert!(matches!(error, Error::ReadOnce), "{error}");
}

#[test]
fn lines_that_cannot_be_read_are_not_shown_with_what_they_may_hold() {
    let lines = "oops\n{\"ip\":\"203.0.113.77\"\n{\"url\":\"https://h/a?SECRET\"\nann\n";
    let texts = |privacy| {
        let quality = read(lines, privacy).quality().clone();
        assert_eq!(quality.rejected(), 4);
        quality.examples.iter().map(|example| format!("{} {}", example.text, example)).collect::<Vec<_>>().join("\n")
    };
    let by_default = texts(Privacy::default());
    assert!(
        by_default.contains("oops") && !by_default.contains("203.0") && !by_default.contains("SECRET"),
        "{by_default}"
    );
    let hidden = texts(Privacy::default().with_viewer_key(&key(), Rotation::Never));
    assert!(!hidden.contains("oops") && hidden.contains("withheld"), "{hidden}");
    let open = Privacy::default().with_ip_addresses(IpAddresses::Keep).with_urls(Urls::Keep);
    assert!(texts(open).contains("203.0.113.77"));
    // A value that is no time may be an id.
    let wrong = line("s", 1, "").replace(":1,", ":\"ann\",");
    let quality = read(&wrong, Privacy::default().with_viewer_key(&key(), Rotation::Never)).quality().clone();
    assert!(quality.rejected() == 1 && !format!("{quality:?}").contains("ann"));
}

#[test]
fn reports_and_requests_are_treated_as_lines_are() {
    let report = r#"cid="film",com.example-ip="203.0.113.77",com.example-page="https://h/a?SECRET",e=ps,sid="s",sn=0,sta=p,ts=1000,v=2"#;
    let body = format!("{report},client-ip=\"203.0.113.77\"\n");
    let request = format!(
        "{}\n",
        serde_json::json!({"t": 1000, "method": "POST", "path": "/c", "headers": {"content-type": "application/cmcd"}, "body": body})
    );
    for lines in [&body, &request] {
        let (events, quality) = converted(lines, Privacy::default().with_session_key(&key()));
        assert_eq!(events.len(), 1, "{lines}");
        let text = format!("{events:?}");
        assert!(!text.contains("SECRET") && !text.contains("\"s\"") && !text.contains("client-ip"), "{text}");
        assert!(!text.contains("203.0.113.77") && quality.removed[&Removed::IpDropped] == 2, "{text}");
    }
}
