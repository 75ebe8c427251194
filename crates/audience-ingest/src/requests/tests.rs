//! What the lines of each log say.

use super::*;

/// The requests of a log, in order; a line that is none is no request.
fn requests(format: Format, log: &str) -> Vec<Request<'_>> {
    let mut reader = LogReader::of(format, None, None).unwrap();
    let drafts = log.lines().filter_map(|line| reader.draft(line, 7).ok().flatten());
    drafts.map(|draft| draft.finish().0).collect()
}

/// The request that a client gave up, the same in three logs, at other times.
#[track_caller]
fn check_aborted(requests: &[Request<'_>], received: i64, precision: u32, bytes: Option<u64>) {
    let aborted: Vec<_> = requests.iter().filter(|request| request.aborted).collect();
    let [request] = aborted.as_slice() else { panic!("{} of the requests were aborted", aborted.len()) };
    assert_eq!((request.received, request.precision), (received, precision));
    assert_eq!((request.elapsed, request.bytes, request.offset), (Some(3965), bytes, 7));
    assert_eq!((request.method.as_ref(), request.status), ("GET", Some(200)));
    assert_eq!(request.path, "/media/hls/s2_014.m4s");
    let wire = "CMCD=bl%3D6000%2Cbr%3D2095%2Ccid%3D%22teststream-hls-40s%22%2Cd%3D2000%2Cdl%3D6000%2C";
    assert!(request.query.starts_with(wire), "{}", request.query);
    assert!(request.query.contains("nor%3D%22..%252Fhls%252Fs2_015.m4s%22"), "{}", request.query);
    let agent =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36";
    assert_eq!(request.user_agent.as_deref(), Some(agent));
    assert!(request.cmcd.is_empty(), "all is in the query");
}

#[test]
fn cloudfront_logs_the_end_in_seconds() {
    let log = include_str!("../../tests/fixtures/logs/cloudfront-standard.log");
    let requests = requests(Format::W3c, log);
    assert_eq!(requests.len(), 19);
    // 20:01:04 less 3.965 s.
    check_aborted(&requests, 1_795_204_860_035, 1000, Some(4096));
    let page = &requests[0];
    assert_eq!(
        (page.host.as_deref(), page.path.as_ref(), page.query.as_ref()),
        (Some("video.example.com"), "/play.html", "")
    );
    assert_eq!(page.id.as_deref(), Some("5NGRnverV675_u67Nr3ZpJcCmWgvL3YuXRVQGmCviB0AAAAAAAAAAA=="));
    assert_eq!((page.client_ip.as_deref(), page.cache.as_deref()), (Some("2001:db8::10"), Some("Hit")));
    assert_eq!((page.elapsed, page.first_byte), (Some(2), Some(2)));
}

#[test]
fn cloudfront_logs_the_end_in_milliseconds_and_all_headers() {
    let log = include_str!("../../tests/fixtures/logs/cloudfront-realtime.tsv");
    let requests = requests(Format::CloudfrontRealtime, log);
    assert_eq!(requests.len(), 21);
    check_aborted(&requests, 1_795_204_837_594, 1, Some(4096));
    assert_eq!(requests[0].country.as_deref(), Some("DE"));
    assert_eq!(requests[5].id, requests[9].id, "the record that was delivered twice");
    // What stands in the headers comes first; what was found in them follows.
    let in_headers: Vec<_> = requests.iter().filter(|request| !request.cmcd.is_empty()).collect();
    assert_eq!(in_headers.len(), 3);
    let [object, request, session, found] = in_headers[0].cmcd.as_slice() else { panic!("four texts") };
    assert!(
        [object, request, session]
            .iter()
            .any(|text| *text == "cid=\"teststream-dash-40s\",sid=\"4e830f14-dae4-4f86-aca5-3a37e34bfb8b\",v=2")
    );
    assert!(found.contains("sid=\"4e830f14-dae4-4f86-aca5-3a37e34bfb8b\""), "{found}");
}

#[test]
fn iis_logs_the_end_in_seconds_and_the_duration_in_milliseconds() {
    let log = include_str!("../../tests/fixtures/logs/iis-w3c.log");
    let requests = requests(Format::W3c, log);
    assert_eq!(requests.len(), 19);
    check_aborted(&requests, 1_795_204_840_035, 1000, None);
}

#[test]
fn akamai_logs_the_start_in_milliseconds() {
    let log = include_str!("../../tests/fixtures/logs/akamai-datastream2.json");
    let requests = requests(Format::Akamai, log);
    assert_eq!(requests.len(), 20);
    check_aborted(&requests, 1_795_204_843_956, 1, Some(4096));
    let in_headers: Vec<_> = requests.iter().filter(|request| !request.cmcd.is_empty()).collect();
    assert_eq!(in_headers.len(), 2);
    let expected = "ot=m,sn=0,sta=s,cid=\"teststream-dash-40s\",sid=\"4e830f14-dae4-4f86-aca5-3a37e34bfb8b\",v=2";
    assert_eq!(in_headers[0].cmcd, [expected]);
}

#[test]
fn fastly_logs_the_start_in_milliseconds() {
    let log = include_str!("../../tests/fixtures/logs/fastly.ndjson");
    let requests = requests(Format::Fastly, log);
    assert_eq!(requests.len(), 16, "one line is cut off");
    let aborted: Vec<_> = requests.iter().filter(|request| request.aborted).collect();
    assert_eq!(aborted.len(), 1);
    let request = aborted[0];
    assert_eq!((request.received, request.precision, request.elapsed), (1_795_204_840_572, 1, Some(1)));
    assert_eq!((request.path.as_ref(), request.bytes), ("/media/dash/chunk-stream3-00012.m4s", Some(0)));
    assert_eq!(request.cmcd.len(), 4);
    assert_eq!(
        request.cmcd[2],
        "cid=\"teststream-dash-40s\",sf=d,sid=\"4e830f14-dae4-4f86-aca5-3a37e34bfb8b\",st=v,v=2"
    );
}

#[test]
fn nginx_logs_the_end_in_seconds_and_no_duration() {
    let log = include_str!("../../tests/fixtures/logs/nginx-combined.log");
    let requests = requests(Format::Combined, log);
    assert_eq!(requests.len(), 17);
    let page = &requests[0];
    assert_eq!((page.received, page.precision, page.elapsed), (1_795_204_804_000, 1000, None));
    assert_eq!((page.path.as_ref(), page.bytes), ("/play.html", Some(4694)));
}

#[test]
fn what_is_appended_to_the_combined_log_tells_whose_it_is() {
    let line =
        "192.0.2.1 - - [20/Nov/2026:21:00:04 +0100] \"GET /a?b=\\\"c\\\" HTTP/1.1\" 499 5 \"-\" \"a \\x22b\\x22\"";
    let appended = |rest: &str| {
        let line = format!("{line}{rest}");
        let request = requests(Format::Combined, &line).remove(0);
        assert_eq!((request.query.as_ref(), request.user_agent.as_deref()), ("b=\"c\"", Some("a \"b\"")));
        assert!(request.aborted, "nginx says so by 499");
        (request.received - 1_795_204_804_000, request.elapsed, request.cmcd.join(" | "))
    };
    assert_eq!(appended(""), (0, None, String::new()));
    assert_eq!(appended(" 0.250 0.249 ."), (-250, Some(250), String::new()), "nginx: seconds; the line is of the end");
    assert_eq!(appended(" 250000"), (0, Some(250), String::new()), "Apache: microseconds; the line is of the start");
    assert_eq!(
        appended(" \"198.51.100.7\" 250000 \"gzip\" \"ot=m\" \"-\" \"cid=\\\"a \\\\\\\\ b\\\",sid=\\\"s\\\"\" \"bs\""),
        (0, Some(250), "ot=m | cid=\"a \\\\ b\",sid=\"s\" | bs".to_owned())
    );
    assert_eq!(appended(" \"com.example-x=1,sid=\\\"s\\\"\" \"x-y=1\"").2, "com.example-x=1,sid=\"s\"");
}

#[test]
fn apache_logs_the_start_in_seconds_and_headers() {
    let log = include_str!("../../tests/fixtures/logs/apache-combined-headers.log");
    let requests = requests(Format::Combined, log);
    assert_eq!(requests.len(), 17);
    let manifest = &requests[2];
    assert_eq!((manifest.received, manifest.precision, manifest.elapsed), (1_795_204_804_000, 1000, Some(0)));
    let session = "cid=\"teststream-dash-40s\",sid=\"4e830f14-dae4-4f86-aca5-3a37e34bfb8b\",v=2";
    assert_eq!(manifest.cmcd, ["ot=m", "sn=0,sta=s", session]);
}

#[test]
fn addresses_may_be_whole() {
    let captured = |fields: &str| {
        let line = format!("{{\"t\":5000.9,\"t_end\":5251.2,\"method\":\"GET\",{fields}}}");
        let request = requests(Format::Requests, &line).remove(0);
        (request.received, request.elapsed, request.host.map(String::from), request.path.into_owned())
    };
    assert_eq!(
        captured(r#""path":"a","headers":{"host":"b:80"}"#),
        (5000, Some(251), Some("b:80".to_owned()), "/a".to_owned())
    );
    let line = "1 - - [20/Nov/2026:21:00:04 +0100] \"GET http://b.example?CMCD=x HTTP/1.1\" 000 -";
    let request = requests(Format::Combined, line).remove(0);
    assert_eq!(
        (request.host.as_deref(), request.path.as_ref(), request.query.as_ref()),
        (Some("b.example"), "", "CMCD=x")
    );
    assert!(request.aborted, "there was no status to send");
}

#[test]
fn a_field_may_be_there_twice_or_not_at_all() {
    let line = r#"{"timestamp":"2026-11-20T20:00:07+0000","time_start_msec":1795204807915,"url":"/a","host":"(null)","cmcd_object":"-"}"#;
    let request = requests(Format::Fastly, line).remove(0);
    assert_eq!((request.received, request.precision), (1_795_204_807_915, 1), "the finer time counts");
    assert_eq!((request.host, request.cmcd.len(), request.method.as_ref()), (None, 0, ""));
    let default = requests(Format::Fastly, r#"{"timestamp":"2026-11-20T20:00:07+0000","url":"/a"}"#).remove(0);
    assert_eq!((default.received, default.precision), (1_795_204_807_000, 1000));
}
