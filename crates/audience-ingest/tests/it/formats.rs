//! Which format a file is in.

use audience_ingest::{Error, Format, Options};

use crate::{folder, load_path, quality, read};

#[test]
fn the_first_lines_tell() {
    let events = |text: &str| quality(text).events;
    assert_eq!(events("\n\n{\"session_id\":\"s\",\"ts\":1,\"type\":\"play\"}\n"), 1);
    assert_eq!(events("\u{feff}{\"session_id\":\"s\",\"ts\":1,\"type\":\"play\"}\n"), 1, "with a byte order mark");
    assert_eq!(events("garbage\ne=ps,sid=\"s\",sta=p,ts=1,v=2\n"), 1);
    let request =
        r#"{"method":"POST","path":"/","headers":{"Content-Type":"application/cmcd"},"body":"e=t,sid=\"s\",ts=1"}"#;
    assert_eq!(events(request), 1);
}

#[test]
fn a_byte_order_mark_is_no_matter_when_the_format_is_given() {
    let folder = folder("a", "\u{feff}{\"session_id\":\"s\",\"ts\":1,\"type\":\"play\"}\n");
    let mut options = Options::default();
    options.format = Some(Format::Ndjson);
    assert_eq!(load_path(&folder.path().join("a"), &options).unwrap().quality().events, 1);
}

#[test]
fn what_is_none_of_them_is_an_error_that_says_what_it_seems_to_be() {
    let error = |bytes: &[u8]| {
        let folder = folder("x", bytes);
        match load_path(&folder.path().join("x"), &Options::default()).unwrap_err() {
            Error::UnknownFormat { path, hint } if path.ends_with("x") => hint,
            other => panic!("{other}"),
        }
    };
    insta::assert_snapshot!(error(b"[{\"session_id\":\"s\"}]"), @"it is a JSON array; events must be one JSON object a line");
    insta::assert_snapshot!(error(b"session,ts,type\ns,1,play\n"), @"it is neither JSON objects, CMCD reports nor a known log, one a line, nor a table of a known system (say which with a format or a map if it is)");
    insta::assert_snapshot!(error(b"\x89PNG\r\n\x1a\n\0\0\0"), @"it is neither JSON objects, CMCD reports nor a known log, one a line, nor a table of a known system (say which with a format or a map if it is)");
}

#[test]
fn a_given_format_is_taken_at_its_word() {
    let folder = folder("x", "session,ts,type\n");
    let mut options = Options::default();
    options.format = Some(Format::Ndjson);
    assert_eq!(load_path(&folder.path().join("x"), &options).unwrap().quality().rejected(), 1);
}

#[test]
fn names_are_read_and_unknown_ones_refused() {
    for format in Format::all() {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    let error = "csv".parse::<Format>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"csv\" is not one of ndjson, cmcd, requests, w3c, cloudfront-realtime, combined, akamai, fastly, delimited, parquet, adobe, edx, ga4, kino, mux, oximedia, segment, snowplow, xapi"
    );
}

#[test]
fn lines_of_json_without_a_type_are_rejected_one_by_one() {
    let sessions = read("{\"a\":1}\n{\"b\":2}\n");
    assert_eq!(sessions.quality().rejected(), 2);
}
