//! Logs of HTTP requests that carry reports.

use audience_ingest::{Format, Ignored, Options, Repair, Sessions};

use crate::{facts, folder, load_path};

fn read(lines: &[&str]) -> Sessions {
    let folder = folder("input", lines.join("\n"));
    let mut options = Options::default();
    options.format = Some(Format::Requests);
    load_path(&folder.path().join("input"), &options).unwrap()
}

const POST: &str = r#"{"t":5000.4,"method":"POST","path":"/cmcd/a","headers":{"content-type":"application/cmcd; charset=utf-8"},"body":"e=ps,sid=\"s\",sn=0,sta=s,ts=1000,v=2\ne=ps,sid=\"s\",sn=1,sta=p,ts=1200,v=2\n"}"#;

#[test]
fn every_report_of_a_posted_body_is_an_event() {
    let sessions = read(&[POST]);
    assert_eq!((sessions.quality().lines, sessions.quality().events), (1, 2));
    assert_eq!(facts(&sessions)[0].startup.unwrap().time.as_millis(), 200);
}

#[test]
fn the_rest_of_the_traffic_is_passed_over_by_reason() {
    let quality = read(&[
        r#"{"t":1,"method":"GET","path":"/video/1.m4s","query":"CMCD=bl%3D100%2Csid%3D%22s%22"}"#,
        r#"{"t":1,"method":"GET","path":"/video/2.m4s","headers":{"cmcd-session":"sid=\"s\""}}"#,
        r#"{"t":1,"method":"GET","path":"/index.html"}"#,
        r#"{"t":1,"method":"OPTIONS","path":"/cmcd/a","headers":{"content-type":"application/cmcd"}}"#,
        r#"{"t":1,"method":"POST","path":"/login","headers":{"content-type":"application/json"},"body":"{}"}"#,
        r#"{"t":1,"method":"POST","path":"/cmcd/a","headers":{"content-type":"application/cmcd"},"body":"\n"}"#,
    ])
    .quality()
    .clone();
    assert_eq!((quality.events, quality.rejected()), (2, 0));
    assert_eq!(quality.ignored[&Ignored::OtherRequest], 4);
}

#[test]
fn cmcd_that_cannot_be_used_is_counted_by_reason() {
    let request = |query: &str| format!(r#"{{"t":1,"method":"GET","path":"/1.m4s","query":"{query}"}}"#);
    let ignored = |query: &str| {
        let quality = read(&[&request(query)]).quality().clone();
        assert_eq!((quality.lines, quality.events, quality.rejected()), (1, 0, 0), "{query}");
        assert_eq!(quality.repaired(), 0, "{query}");
        quality.ignored.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(ignored("CMCD="), [Ignored::UnreadableCmcd]);
    assert_eq!(ignored("CMCD=%ZZbr%3D%22"), [Ignored::UnreadableCmcd]);
    assert_eq!(ignored("CMCD=%3F%3F"), [Ignored::UnreadableCmcd]);
    assert_eq!(ignored("CMCD=br%3D328"), [Ignored::NoSession]);
    assert_eq!(ignored("CMCD=sid%3D%22%22"), [Ignored::NoSession]);
    assert_eq!(ignored("utm_source=mail&cmcdx=1"), [Ignored::OtherRequest]);
    let twice = read(&[&request("a=b&CMCD=br%3D328&CMCD=sid%3D%22s%22")]).quality().clone();
    assert_eq!((twice.events, twice.ignored.len()), (1, 0));
}

#[test]
fn cmcd_may_be_a_json_object() {
    let sessions = read(&[
        r#"{"t":1,"method":"GET","path":"/1.m4s","headers":{"cmcd-session":"{\"sid\":\"s\",\"bl\":2100,\"su\":true}"}}"#,
        r#"{"t":2,"method":"GET","path":"/2.m4s","query":"CMCD=%7B%22sid%22%3A%22s%22%2C%22bl%22%3A4000%7D"}"#,
    ]);
    assert_eq!((sessions.quality().events, sessions.quality().repaired()), (2, 0));
    let session = sessions.get("s").unwrap().remove(0);
    let buffers: Vec<_> = session.events().iter().map(|event| event.vitals.as_ref().unwrap().buffer.unwrap()).collect();
    assert_eq!(buffers.iter().map(|buffer| buffer.as_millis()).collect::<Vec<_>>(), [2100, 4000]);
}

#[test]
fn keys_may_stand_in_any_header() {
    let quality = read(&[
        r#"{"t":1,"method":"GET","path":"/1.m4s","headers":{"cmcd-object":"sid=\"s\",v=2","cmcd-status":"bs"}}"#,
        r#"{"t":1,"method":"GET","path":"/1.m4s","headers":{"CMCD-Request":"?!","CMCD-Session":"sid=\"s\""}}"#,
    ])
    .quality()
    .clone();
    assert_eq!(quality.events, 2);
    assert_eq!(quality.repairs[&("CMCD".into(), Repair::Dropped)], 1);
}

#[test]
fn a_request_without_a_time_is_rejected() {
    let quality = read(&[r#"{"method":"GET","path":"/1.m4s"}"#]).quality().clone();
    assert_eq!(quality.examples[0].problem.to_string(), "time is missing");
}

#[test]
fn a_missing_time_is_taken_from_the_request() {
    let sessions = read(&[
        r#"{"t":5000.4,"method":"POST","path":"/a","headers":{"content-type":"application/cmcd"},"body":"e=t,sid=\"s\",v=2"}"#,
    ]);
    assert_eq!(sessions.horizon().unwrap().as_millis(), 5000);
    assert_eq!(sessions.quality().repairs[&("ts".into(), Repair::TakenFromRequest)], 1);
}

#[test]
fn each_target_numbers_its_reports_apart() {
    let other = POST.replace("/cmcd/a", "/cmcd/b").replace("ts=1", "ts=2");
    let session = read(&[POST, &other]).to_vec().unwrap().remove(0);
    assert_eq!((session.events().len(), session.tidied().conflicts), (4, 0));
    let same_target = POST.replace("ts=1", "ts=2");
    assert_eq!(read(&[POST, &same_target]).to_vec().unwrap()[0].tidied().conflicts, 2);
}

#[test]
fn a_bad_report_costs_itself_and_not_its_neighbours() {
    let sessions = read(&[
        r#"{"method":"POST","path":"/a","headers":{"content-type":"application/cmcd"},"body":"e=t,v=2\ne=t,sid=\"s\",ts=7,v=2\n???\n"}"#,
        "no request",
    ]);
    let quality = sessions.quality();
    assert_eq!((quality.events, quality.rejected()), (1, 3));
    let examples: Vec<String> =
        quality.examples.iter().map(|reject| format!("{} {}", reject.line, reject.problem)).collect();
    insta::assert_snapshot!(examples.join("\n"), @r#"
    2 not a JSON object: expected ident at column 2
    1 not a CMCD report: "???" is no key
    1 sid is missing
    "#);
}
