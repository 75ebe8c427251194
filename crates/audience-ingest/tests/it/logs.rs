//! Access logs of CDNs and servers.

use std::path::Path;
use std::sync::Arc;

use audience_core::{Elapsed, EventKind, Request, Session};
use audience_ingest::{
    Error, Format, Ignored, Input, IpAddresses, Options, Privacy, Quality, Reason, Repair, RequestMap, load,
};

use crate::{folder, load_path};

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/logs").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn read(log: impl AsRef<[u8]>, format: Option<Format>) -> Quality {
    let folder = folder("log", log);
    let mut options = Options::default();
    options.format = format;
    load_path(&folder.path().join("log"), &options).unwrap().quality().clone()
}

/// Requests with CMCD, with CMCD that cannot be read, others, lines about the log, and rejects.
fn counts(quality: &Quality) -> [u64; 5] {
    let ignored = |why: Ignored| quality.ignored.get(&why).copied().unwrap_or(0);
    let counts = [
        quality.events,
        ignored(Ignored::UnreadableCmcd),
        ignored(Ignored::OtherRequest),
        ignored(Ignored::Header),
        quality.rejected(),
    ];
    assert_eq!(counts.iter().sum::<u64>(), quality.lines, "every line is accounted for");
    counts
}

#[track_caller]
fn check(name: &str, format: Format, expected: [u64; 5]) {
    let log = fixture(name);
    assert_eq!(counts(&read(&log, None)), expected, "{name} as it seems to be");
    let quality = read(&log, Some(format));
    assert_eq!(counts(&quality), expected, "{name} as it is");
    let listed = quality.repairs.keys().all(|(_, repair)| *repair == Repair::Listed);
    assert!(listed, "{name}: {:?}", quality.repairs);
    assert_eq!(counts(&read(log.replace('\n', "\r\n"), None)), expected, "{name} with other ends of lines");
}

#[test]
fn each_log_has_the_requests_that_were_put_into_it() {
    check("cloudfront-standard.log", Format::W3c, [10, 2, 7, 2, 0]);
    check("cloudfront-realtime.tsv", Format::CloudfrontRealtime, [12, 2, 7, 0, 0]);
    check("nginx-combined.log", Format::Combined, [8, 2, 7, 0, 0]);
    check("apache-combined-headers.log", Format::Combined, [8, 2, 7, 0, 0]);
    check("akamai-datastream2.json", Format::Akamai, [11, 2, 7, 0, 0]);
    check("fastly.ndjson", Format::Fastly, [7, 2, 7, 0, 1]);
    check("iis-w3c.log", Format::W3c, [10, 2, 7, 8, 0]);
}

/// The requests of a log that say what the cache made of them, how long their first byte took, and neither.
fn cached(name: &str) -> [usize; 3] {
    let folder = folder("log", fixture(name));
    let sessions = load_path(&folder.path().join("log"), &Options::default()).unwrap().to_vec().unwrap();
    let requests: Vec<_> = sessions
        .iter()
        .flat_map(Session::events)
        .filter_map(|event| if let EventKind::Request(request) = &event.kind { Some(&**request) } else { None })
        .collect();
    let late = |request: &&&Request| request.first_byte.zip(request.elapsed).is_some_and(|(first, last)| first > last);
    assert_eq!(requests.iter().filter(late).count(), 0, "{name}");
    let count = |what: fn(&Request) -> bool| requests.iter().filter(|request| what(request)).count();
    [
        count(|request| request.cache.is_some()),
        count(|request| request.first_byte.is_some()),
        count(|request| request.cache.is_none() && request.first_byte.is_none()),
    ]
}

#[test]
fn logs_of_cdns_say_what_the_cache_made_of_requests() {
    assert_eq!(cached("cloudfront-standard.log"), [10, 10, 0]);
    assert_eq!(cached("cloudfront-realtime.tsv"), [11, 11, 0]);
    assert_eq!(cached("akamai-datastream2.json"), [11, 11, 0]);
    assert_eq!(cached("fastly.ndjson"), [7, 0, 0]);
    assert_eq!(cached("iis-w3c.log"), [0, 0, 10]);
}

#[test]
fn the_first_byte_of_a_map_may_be_a_part_of_the_duration() {
    let map = r#"
        syntax = "json"
        time = { field = "t", format = "ms", is = "start" }
        duration = { field = ["wait", "send"], unit = "ms" }
        first_byte = { field = "wait", unit = "ms" }
        fields = { path = "path", query = "query", cache = "cache" }
    "#;
    let log = r#"{"t":1795204803449,"wait":20,"send":35,"path":"/a","query":"CMCD=sid%3D%22s%22","cache":"lukewarm"}"#;
    let mut options = Options::default();
    options.request_map = Some(Arc::new(RequestMap::from_toml(map, Path::new("map.toml")).unwrap()));
    let sessions = load(vec![Input::memory("log", log.as_bytes())], &options).unwrap();
    assert_eq!(sessions.quality().repairs[&("cache".into(), Repair::Dropped)], 1);
    let sessions = sessions.to_vec().unwrap();
    let EventKind::Request(request) = &sessions[0].events()[0].kind else { panic!("a request") };
    assert_eq!(request.elapsed, Some(Elapsed::from_millis(55)));
    assert_eq!((request.first_byte, request.cache), (Some(Elapsed::from_millis(20)), None));
}

#[test]
fn logs_longer_than_a_chunk_keep_their_header() {
    let log = fixture("cloudfront-standard.log");
    let (header, lines) = log.split_at(log.find("\n2026").unwrap() + 1);
    let quality = read(format!("{header}{}", lines.repeat(100)), None);
    assert!(quality.bytes > 800 << 10, "several chunks");
    assert_eq!(counts(&quality), [1000, 200, 700, 2, 0]);
    let one_is_not_utf8 = [header.as_bytes(), lines.as_bytes(), b"\xff\n"].concat();
    assert_eq!(counts(&read(one_is_not_utf8, None)), [10, 2, 7, 2, 1]);
}

#[test]
fn each_directive_counts_for_the_lines_after_it() {
    let quality = read(
        "#Version: 1.0\n#Fields: date time cs-uri-stem cs-uri-query\n\
         2026-11-20 20:00:02 /a.m4s CMCD=sid%3D%22s%22\n\
         #Fields: cs-uri-query time date x\n\
         CMCD=sid%3D%22s%22 20:00:02 2026-11-20 -\n\
         2026-11-20 20:00:02 /a.m4s CMCD=sid%3D%22s%22\n",
        None,
    );
    assert_eq!(counts(&quality), [2, 0, 0, 3, 1]);
    let problem = quality.examples[0].problem.to_string();
    assert_eq!(problem, "date is /a.m4s, which is not a date such as 2026-11-20", "the last directive is obeyed");
}

#[test]
fn what_is_no_line_of_the_log_is_rejected_with_the_reason() {
    let rejections = |format: Format, log: &str| {
        let quality = read(log, Some(format));
        assert_eq!(quality.events, 0);
        quality
            .examples
            .iter()
            .map(|reject| format!("{} {}", reject.line, reject.problem))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(rejections(Format::W3c, "2026-11-20 20:00:02 /a\n#Fields: date time cs-uri-stem\n2026-11-20 20:00:02\n"), @"
    1 not a line of this log: no #Fields line before it names its fields
    3 not a line of this log: it has 2 values for 3 fields
    ");
    insta::assert_snapshot!(rejections(Format::W3c, "#Fields: date time sc-status time-taken\n2026-11-31 20:00:02 200 1\n2026-11-20 20:00:02 OK 1\n2026-11-20 20:00:02 200 -1\n"), @"
    2 date is 2026-11-31, which is not a date such as 2026-11-20
    3 status is OK, which is not a status code
    4 duration is -1, which is not a duration of at most a year
    ");
    insta::assert_snapshot!(rejections(Format::W3c, "#Fields: date sc-status\n2026-11-20 200\n"), @"2 time is missing");
    insta::assert_snapshot!(rejections(Format::CloudfrontRealtime, "1795204806.526\t192.0.2.1\n"), @"1 not a line of this log: it has 2 values for 61 fields");
    insta::assert_snapshot!(rejections(Format::Combined, "192.0.2.1 - - 200 1\n192.0.2.1 - - [20/Nov/2026] \"GET / HTTP/1.1\" 200 1\n"), @"
    1 not a line of this log: there is no time in brackets
    2 time is 20/Nov/2026, which is not a time such as 20/Nov/2026:20:00:04 +0000
    ");
    insta::assert_snapshot!(rejections(Format::Combined, "192.0.2.1 - - [20/Nov/2026:20:00:04 +0000] \"GET / HTTP/1.1\n"), @"1 not a line of this log: there is no request in quotation marks");
    insta::assert_snapshot!(rejections(Format::Combined, "192.0.2.1 - - [20/Nov/2026:20:00:04 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"UA \\\"\n"), @"1 not a line of this log: a quotation mark has no end");
    insta::assert_snapshot!(rejections(Format::Akamai, "{\"reqTimeSec\":\"soon\"}\n[]\n{\"cliIP\":\"192.0.2.1\"}\n"), @"
    2 not a JSON object: invalid type: sequence, expected a JSON object
    3 time is missing
    1 time is soon, which is not a time in seconds since 1970
    ");
    insta::assert_snapshot!(rejections(Format::Fastly, "{\"url\":\"\\ud800\"}\n{\"response_status\":70000}\n"), @"
    1 not a JSON object: unexpected end of hex escape at column 8
    2 status is 70000, which is not a status code
    ");
}

#[test]
fn who_the_client_is_is_only_kept_when_asked_for() {
    let line = |ip: &str, agent: &str, sid: &str| {
        format!(
            "{ip} - - [20/Nov/2026:20:00:04 +0000] \"GET /1.m4s?CMCD=sid%3D%22{sid}%22 HTTP/1.1\" 200 1 \"-\" \"{agent}\"\n"
        )
    };
    let log = line("203.0.113.9", "Mozilla/5.0", "a") + &line("203.0.113.9", "ExampleBot/2.1", "b");
    let read = |privacy: Privacy| {
        let folder = folder("log", &log);
        let mut options = Options::default();
        options.privacy = privacy;
        let sessions = load_path(&folder.path().join("log"), &options).unwrap();
        let attributes = |id: &str| {
            let session = sessions.get(id).unwrap().pop();
            session.map(|session| {
                session.attributes().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
            })
        };
        (attributes("a"), attributes("b"))
    };
    assert_eq!(read(Privacy::default()), (Some(vec![]), Some(vec![])));
    let cut = read(Privacy::default().with_ip_addresses(IpAddresses::Truncate)).0;
    assert_eq!(cut, Some(vec!["client_ip=203.0.113.0".to_owned()]));
    let (viewer, bot) = read(Privacy::default().without_bots());
    assert_eq!((viewer, bot), (Some(vec!["user_agent=Mozilla/5.0".to_owned()]), None));
}

#[test]
fn lines_without_a_request_are_no_fault() {
    let time = "192.0.2.1 - - [20/Nov/2026:20:00:04 +0000]";
    // A connection that was closed, another protocol, and the common log.
    let log = format!(
        "{time} \"-\" 408 -\n{time} \"\\x16\\x03\\x01\" 400 157 \"-\" \"-\"\n{time} \"GET / HTTP/1.0\" 200 5\n"
    );
    assert_eq!(counts(&read(log, Some(Format::Combined))), [0, 0, 3, 0, 0]);
}

const MAP: &str = r#"
syntax = "delimited"
delimiter = ";"
encoding = "percent"
unencoded = ["query"]
time = { field = "when", format = "rfc3339", is = "end" }
duration = { field = "took", unit = "ms" }
aborted = { field = "how", when = ["gone"] }

[fields]
path = "path"
query = "query"
cmcd = ["session"]

[cmcd_keys]
br = "bitrate"
"#;

fn read_with(map: &str, format: Option<Format>, log: &str) -> Result<Quality, Error> {
    let mut options = Options::default();
    options.format = format;
    options.request_map = Some(Arc::new(RequestMap::from_toml(map, Path::new("map.toml"))?));
    Ok(load(vec![Input::memory("log", log.as_bytes())], &options)?.quality().clone())
}

const LINES: &str = "2026-11-20T20:00:04.125Z;12;ok;/a.m4s;CMCD=sid%3D%22s%22;-;-\n\
    2026-11-20T20:00:04.125Z;12;gone;/a.m4s;;sid=%22s%22,v=2;2000\n\
    2026-11-20T20:00:04.125Z;12;gone;/a.m4s;;;2000\n\
    2026-11-20T20:00:04.125Z;;;/a;;;\n\
    yesterday;;;/a;;;\n";

#[test]
fn a_map_says_what_the_columns_of_a_table_are() {
    let log = format!("when;took;how;path;query;session;bitrate\n{LINES}");
    let quality = read_with(MAP, None, &log).unwrap();
    assert_eq!((quality.events, quality.ignored[&Ignored::NoSession]), (2, 1));
    assert_eq!((quality.ignored[&Ignored::OtherRequest], quality.ignored[&Ignored::Header]), (1, 1));
    assert_eq!(
        quality.examples[0].problem.to_string(),
        "time is yesterday, which is not a time such as 2026-11-20T20:00:04Z"
    );
    let columns = "columns = [\"when\", \"took\", \"how\", \"path\", \"query\", \"session\", \"bitrate\"]";
    let without_header = read_with(&MAP.replace("encoding =", &format!("{columns}\nencoding =")), None, LINES).unwrap();
    assert_eq!((without_header.lines, without_header.events), (5, 2));
    assert!(!without_header.ignored.contains_key(&Ignored::Header));
}

#[test]
fn a_map_says_what_the_fields_of_objects_are() {
    let map = r#"
        syntax = "json"
        time = { field = "EdgeStartTimestamp", format = "rfc3339", is = "start" }
        fields = { url = "ClientRequestURI", cmcd = ["RequestHeaders.cmcd-session", "RequestHeaders.cmcd-object"] }
    "#;
    let log = r#"{"EdgeStartTimestamp":"2026-11-20T20:00:04Z","ClientRequestURI":"https://a.example/b?CMCD=sid%3D%22s%22"}
{"EdgeStartTimestamp":"2026-11-20T20:00:04Z","ClientRequestURI":"/b","RequestHeaders":{"cmcd-session":"sid=\"s\""}}
{"EdgeStartTimestamp":"2026-11-20T20:00:04Z","ClientRequestURI":"/b","RequestHeaders":["cmcd-session"]}
{"EdgeStartTimestamp":"2026-11-20T20:00:04Z","ClientRequestURI":"/b","RequestHeaders":{"cmcd-object":
"#;
    let quality = read_with(map, None, log).unwrap();
    assert_eq!(counts(&quality), [2, 0, 1, 0, 1]);
    assert_eq!(quality.rejects[&Reason::NotJson], 1);
}

#[test]
fn a_map_is_for_logs_of_its_own_format() {
    let map = "syntax = \"w3c\"\nfields = { path = \"cs-uri\" }\n[time]\ndate = \"day\"\ntime_of_day = \"clock\"\nis = \"start\"\n";
    let log = "#Fields: day clock cs-uri\n2026-11-20 20:00:02 /a\n";
    assert_eq!(counts(&read_with(map, None, log).unwrap()), [0, 0, 1, 1, 0]);
    assert_eq!(read_with(map, Some(Format::Combined), log).unwrap().rejected(), 2, "what was asked for is read");
    let error = read_with(map, Some(Format::Delimited), log).unwrap_err();
    insta::assert_snapshot!(error, @"read log: nothing says what its columns are; a map of its fields would");
}

#[test]
fn the_documented_map_is_one() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/logs.md");
    let page = std::fs::read_to_string(page).unwrap();
    let map = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let log = "when;uri;cmcd\n2026-11-20T20:00:04Z;/a;%22\n2026-11-20T20:00:04Z;/a?CMCD=sid%3D%22s%22;-\n";
    let quality = read_with(map, None, log).unwrap();
    assert_eq!(counts(&quality), [1, 1, 0, 1, 0]);
}

#[test]
fn maps_that_are_none_say_what_is_wrong() {
    let error = |from: &str, to: &str| {
        assert!(MAP.contains(from), "{from}");
        RequestMap::from_toml(&MAP.replacen(from, to, 1), Path::new("map.toml")).unwrap_err().to_string()
    };
    insta::assert_snapshot!(error("path = \"path\"", "pth = \"path\""), @r#"
    read the map map.toml: TOML parse error at line 11, column 1
       |
    11 | pth = "path"
       | ^^^
    unknown variant `pth`, expected one of `request`, `method`, `host`, `path`, `query`, `url`, `status`, `bytes`, `id`, `client_ip`, `user_agent`, `country`, `cache`, `cmcd`, `cmcd_found`, `headers`, `content_type`, `body`
    "#);
    insta::assert_snapshot!(error("\"rfc3339\"", "\"iso\""), @r#"
    read the map map.toml: TOML parse error at line 6, column 35
      |
    6 | time = { field = "when", format = "iso", is = "end" }
      |                                   ^^^^^
    unknown variant `iso`, expected one of `s`, `ms`, `us`, `rfc3339`, `clf`
    "#);
    insta::assert_snapshot!(error("field = \"when\", format = \"rfc3339\",", "field = \"when\","), @"read the map map.toml: time has either field and format, or date and time_of_day");
    insta::assert_snapshot!(error("path = \"path\"", ""), @"read the map map.toml: fields has none of path, url and request");
    insta::assert_snapshot!(error("path = \"path\"", "path = \"query\""), @r#"read the map map.toml: the field "query" is named twice"#);
    insta::assert_snapshot!(error("br =", "bitrate ="), @r#"read the map map.toml: cmcd_keys has "bitrate", which is no key of CMCD"#);
    insta::assert_snapshot!(error("[\"query\"]", "[\"qury\"]"), @r#"read the map map.toml: unencoded names "qury", which is used nowhere"#);
    insta::assert_snapshot!(error("\";\"", "\"→\""), @"read the map map.toml: delimiter is '→', which separates nothing");
    insta::assert_snapshot!(error("\"delimited\"", "\"json\""), @r#"read the map map.toml: delimiter is of no use unless syntax is "delimited""#);
    insta::assert_snapshot!(error("encoding =", "columns = [\"when\"]\nencoding ="), @r#"read the map map.toml: columns does not have "took""#);
}
