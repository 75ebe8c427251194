//! The language of maps, on small inputs.

use std::sync::Arc;

use audience_core::Envelope;
use audience_ingest::{
    Error, Format, Ignored, Input, Map, MapError, Options, Quality, Reason, Repair, load, read_events,
};

use crate::folder;

/// The events of a text by a map, as canonical lines, and what became of its lines.
fn mapped(map: &str, text: impl AsRef<[u8]>) -> (String, Quality) {
    let mut options = Options::default();
    options.map = Some(Arc::new(map.parse().unwrap()));
    let mut lines = Vec::new();
    let take = |event: Envelope| {
        event.write_line(&mut lines);
        Ok::<(), Error>(())
    };
    let quality = read_events(vec![Input::memory("input", text.as_ref())], &options, take).unwrap();
    (String::from_utf8(lines).unwrap(), quality)
}

fn error(map: &str) -> String {
    map.parse::<Map>().unwrap_err().to_string()
}

/// A map of flat records with these keys after it.
fn flat(more: &str) -> String {
    format!(
        "name = \"e\"\n[fields]\nsession_id = \"s\"\nts = \"t\"\nposition_ms = {{ path = \"p\", unit = \"s\" }}\n{more}\n\
         [types]\nplay = \"play\"\npause = \"pause\"\nbegin = [\"load\", \"play_request\"]\n"
    )
}

#[test]
fn a_table_is_read_whatever_separates_and_quotes_its_cells() {
    let expected = "{\"session_id\":\"a\",\"ts\":1,\"type\":\"play\",\"position_ms\":1500}\n\
                    {\"session_id\":\"b,\\\"\\nc\",\"ts\":2,\"type\":\"pause\"}\n";
    for (separator, end) in [(",", "\n"), (";", "\n"), ("\t", "\r\n"), ("|", "\n")] {
        let rows = ["e,s,t,p,x", "play,a,1,1.5,", "pause,\"b@\"\"\nc\",2,,"];
        let table = rows.map(|row| row.replace(',', separator).replace('@', ",") + end).concat();
        let (events, quality) = mapped(&flat(""), &table);
        assert_eq!(events, expected, "{table}");
        assert_eq!((quality.lines, quality.events, quality.rejected(), quality.repaired()), (4, 2, 0, 0));
    }
}

#[test]
fn rows_that_are_none_cost_themselves() {
    let (events, quality) =
        mapped(&flat(""), b"\xef\xbb\xbfe,s,t,p\n\nplay,a,1\nplay,\xff,1,2\nplay,a,3,4\nplay,\"a\n,5,6\n");
    assert_eq!(events, "{\"session_id\":\"a\",\"ts\":3,\"type\":\"play\",\"position_ms\":4000}\n");
    assert_eq!(quality.ignored[&Ignored::Blank], 1);
    let examples: Vec<String> = quality.examples.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(examples.join("\n"), @r"
    input:4: not UTF-8
    input:3: not a row of the table: it has 3 cells, not 4
    input:6: not a row of the table: it has 2 cells, not 4
    ");
}

#[test]
fn a_long_table_has_its_columns_everywhere() {
    let rows: Vec<String> = (0..30_000).map(|row| format!("play,s{},{row},0.5,\"a\nb\"\n", row % 7)).collect();
    let (events, quality) = mapped(&flat(""), "e,s,t,p,note\n".to_owned() + &rows.concat());
    assert_eq!((quality.events, quality.lines, quality.rejected()), (30_000, 60_001, 0));
    assert!(events.lines().all(|line| line.ends_with("\"type\":\"play\",\"position_ms\":500}")));
}

#[test]
fn one_record_may_be_several_events_or_none() {
    let (events, quality) =
        mapped(&flat(""), "{\"e\":\"begin\",\"s\":\"a\",\"t\":1}\n{\"e\":\"mute\",\"s\":\"a\",\"t\":1}\n");
    insta::assert_snapshot!(events, @r#"
    {"session_id":"a","ts":1,"type":"load"}
    {"session_id":"a","ts":1,"type":"play_request"}
    "#);
    assert_eq!((quality.events, quality.ignored[&Ignored::OtherEvent], quality.ignored_events["mute"]), (2, 1, 1));
    let kept = format!("others = \"custom\"\n{}", flat(""));
    let (events, quality) = mapped(&kept, "{\"e\":\"mute\",\"s\":\"a\",\"t\":1,\"p\":2}\n");
    insta::assert_snapshot!(events, @r#"{"session_id":"a","ts":1,"type":"custom","position_ms":2000,"name":"mute"}"#);
    assert_eq!(quality.custom_types["mute"], 1);
}

#[test]
fn units_and_times_become_those_of_the_fields() {
    let time = |source: &str, value: &str| {
        let map = format!("[fields]\nsession_id = {{ value = \"s\" }}\nts = {source}\n[[event]]\ntype = \"play\"\n");
        let (events, quality) = mapped(&map, format!("{{\"t\":{value}}}"));
        events.split_once("\"ts\":").map_or_else(
            || quality.examples[0].problem.to_string(),
            |(_, rest)| rest.split(',').next().unwrap().to_owned(),
        )
    };
    assert_eq!(time("\"t\"", "1700000000123"), "1700000000123");
    assert_eq!(time("\"t\"", "\"1700000000123\""), "1700000000123");
    assert_eq!(time("{ path = \"t\", unit = \"s\" }", "1700000000.1234"), "1700000000123");
    assert_eq!(time("{ path = \"t\", unit = \"us\" }", "\"1700000000123999\""), "1700000000124");
    assert_eq!(time("{ path = \"t\", unit = \"ns\" }", "1700000000123456789"), "1700000000123");
    assert_eq!(time("\"t\"", "\"2026-01-05T10:00:00Z\""), "1767607200000");
    assert_eq!(time("{ path = \"t\", zone = \"Europe/Berlin\" }", "\"2026-01-05 11:00:00\""), "1767607200000");
    assert_eq!(time("\"t\"", "-5"), "-5");
    assert_eq!(time("\"t\"", "\"soon\""), "t is \"soon\", which is not a time");
    assert_eq!(time("\"t\"", "true"), "t is true, which is not a time");
    assert_eq!(time("{ path = \"t\", unit = \"s\" }", "1e12"), "t is 1000000000000, which is not a time");
    assert_eq!(time("\"t\"", "null"), "t is missing");
}

#[test]
fn positions_may_be_parts_of_the_duration() {
    let map = |unit: &str| {
        format!(
            "[fields]\nsession_id = {{ value = \"s\" }}\nts = \"t\"\nduration_ms = {{ path = \"d\", unit = \"min\" }}\n\
             position_ms = {{ path = \"p\", unit = \"{unit}\" }}\n[[event]]\ntype = \"play\"\n"
        )
    };
    let (events, _) = mapped(&map("percent"), "{\"t\":1,\"d\":2,\"p\":25}");
    assert!(events.contains("\"position_ms\":30000"), "{events}");
    let (events, _) = mapped(&map("fraction"), "{\"t\":1,\"d\":\"2\",\"p\":0.5}");
    assert!(events.contains("\"position_ms\":60000"), "{events}");
    let (events, quality) = mapped(&map("percent"), "{\"t\":1,\"p\":25}");
    assert!(!events.contains("position_ms"), "{events}");
    assert_eq!(quality.repairs[&("p".into(), Repair::Dropped)], 1);
}

#[test]
fn values_come_from_wherever_they_stand() {
    let map = r#"
        [fields]
        session_id = { join = ["a.id", "b[1]", "list[key=x].v"], with = "-" }
        ts = { sum = [{ path = "time.s", unit = "s" }, { path = "time.ns", unit = "ns" }] }
        seq = { index = true }
        [attributes]
        word = ["none", "empty", "a.word"]
        constant = { value = 7 }
        translated = { path = "code", table = { 1 = "one", "*" = "other" } }
        quoted = 'odd."dotted.key"'
        inside = "text.deep.list[key=k].v"
        any = "begins_*"
        [[event]]
        type = "play"
    "#;
    let line = r#"{"list":[5,{"v":"3","key":"x"},{"key":"y","v":"4"}],"b":[1,2],"a":{"id":"i","word":"w"},"empty":"",
        "none":null,"time":{"s":1,"ns":5e8},"code":1,"odd":{"dotted.key":true},"begins_so":1.5,
        "text":"{\"deep\":{\"list\":[{\"key\":\"k\",\"v\":\"\\u00e9\"}]}}"}"#;
    let (events, quality) = mapped(map, line.replace('\n', ""));
    insta::assert_snapshot!(events, @r#"{"session_id":"i-2-3","ts":1500,"seq":0,"type":"play","any":"1.5","constant":"7","inside":"é","quoted":"true","translated":"one","word":"w"}"#);
    assert_eq!(quality.repaired(), 0);
}

#[test]
fn any_json_may_be_the_data_of_a_custom_event() {
    let map = "[fields]\nsession_id = { value = \"s\" }\nts = { value = \"20260105T100000Z\" }\ndata = \"d\"\nvalue = \"d.n\"\n\
               [[event]]\ntype = \"custom\"\nname = { value = \"like\" }\n";
    let data = |json: &str| {
        let (events, quality) = mapped(map, format!("{{\"d\":{json}}}"));
        assert_eq!((quality.events, quality.repaired()), (1, 0), "{json}");
        events.split_once("\"name\":\"like\"").unwrap().1.trim_end().to_owned()
    };
    assert_eq!(data("{\"n\":1.5,\"m\":[2]}"), ",\"value\":1.5,\"data\":\"{\\\"n\\\":1.5,\\\"m\\\":[2]}\"}");
    assert_eq!(data("\"t\\u00e9xt\""), ",\"data\":\"téxt\"}");
    assert_eq!(data("null"), "}");
}

#[test]
fn a_list_inside_a_line_is_its_records() {
    let map = "each = \"body.events\"\n[fields]\nsession_id = [\"s\", \"$.s\"]\nts = \"t\"\nseq = { index = true }\n\
               [[event]]\ntype = \"play\"\n";
    let lines = "{\"body\":{\"events\":[{\"t\":1},{\"t\":2,\"s\":\"own\"}]},\"s\":\"a\"}\n\
                 [{\"s\":\"b\",\"body\":{\"events\":[{\"t\":3}]}},{\"s\":\"c\",\"t\":4}]\n\
                 {\"s\":\"d\",\"body\":{\"events\":\"none\"},\"t\":5}\n{\"s\":\"e\",\"body\":{\"events\":[7]}}\n";
    let (events, quality) = mapped(map, lines);
    insta::assert_snapshot!(events, @r#"
    {"session_id":"a","ts":1,"seq":0,"type":"play"}
    {"session_id":"own","ts":2,"seq":1,"type":"play"}
    {"session_id":"b","ts":3,"seq":0,"type":"play"}
    {"session_id":"c","ts":4,"seq":0,"type":"play"}
    "#);
    assert_eq!((quality.lines, quality.events, quality.rejected()), (4, 4, 2));
    let table = "s;body\na;\"{\"\"events\"\":[{\"\"t\"\":1},{\"\"t\"\":2}]}\"\n";
    assert_eq!(mapped(map, table).1.events, 2, "in a cell");
}

#[test]
fn conditions_tell_records_apart() {
    let map = r#"
        name = "e"
        [fields]
        session_id = { value = "s" }
        ts = { value = 0 }
        [[event]]
        is = "x"
        when = { a = ["1", true], b = { exists = false } }
        type = "play"
        [[event]]
        is = ["x", "y"]
        when = { a = { not = 1 }, b = { begins = "in" } }
        type = "pause"
    "#;
    let kind = |line: &str| {
        mapped(map, line)
            .0
            .split("\"type\":\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(kind(r#"{"e":"x","a":1}"#), ["play"]);
    assert_eq!(kind(r#"{"e":"x","a":"TRUE"}"#), ["play"]);
    assert_eq!(kind(r#"{"e":"y","a":1}"#), Vec::<String>::new());
    assert_eq!(kind(r#"{"e":"x","a":1,"b":"in"}"#), Vec::<String>::new());
    assert_eq!(kind(r#"{"e":"y","b":"inside"}"#), ["pause"]);
    assert_eq!(kind(r#"{"e":"y","a":2,"b":"outside"}"#), Vec::<String>::new());
}

#[test]
fn what_a_type_needs_is_asked_for_by_the_name_it_has_there() {
    let map = flat("rate = \"speed\"\nstate = \"now\"").replace("pause = \"pause\"", "faster = \"rate_change\"");
    let problem = |line: &str| mapped(&map, line).1.examples[0].problem.clone();
    assert_eq!(problem(r#"{"e":"faster","s":"a","t":1}"#).to_string(), "speed is missing");
    assert_eq!(
        problem(r#"{"e":"faster","s":"a","t":1,"speed":"fast"}"#).to_string(),
        "speed is \"fast\", which is not a number"
    );
    assert_eq!(
        problem(r#"{"e":"faster","s":"a","t":1,"speed":-1}"#).to_string(),
        "speed is -1, which is not between 0 and 100"
    );
    assert_eq!(problem(r#"{"s":"a","t":1}"#).reason, Reason::MissingField);
    let (_, quality) = mapped(&map, r#"{"e":"play","s":"a","t":1,"now":"asleep"}"#);
    assert_eq!(quality.repairs[&("now".into(), Repair::Dropped)], 1);
}

#[test]
fn mistakes_in_a_map_are_named_with_their_line() {
    insta::assert_snapshot!(error("[fields"), @"read the map (text), line 1: unclosed table, expected `]`");
    insta::assert_snapshot!(error("\n[fields]\npositon_ms = \"p\"\n"), @"read the map (text), line 3: fields.positon_ms is none of session_id, viewer_id, content_id, ts, seq, source, event_id, position_ms, from_ms, duration_ms, url, is_live, bitrate_bps, from_bitrate_bps, width, height, rate, buffer_ms, dropped_frames, decoded_frames, live_latency_ms, state, from_state, code, message, fatal, reason, watch_ms, ad_id, slot, name, value, data, object, segment_start_ms, segment_ms, starved, urgent, http_status, response_ms, response_bytes, aborted, ts_error_ms, first_byte_ms, cache_result");
    insta::assert_snapshot!(error("[fields]\nposition_ms = { path = \"p\", unit = \"sec\" }\n"), @r#"read the map (text), line 2: fields.position_ms.unit is "sec", which is not one of h, min, s, ms, us, ns, percent, fraction"#);
    insta::assert_snapshot!(error("[fields]\nrate = { path = \"p\", unit = \"s\" }\n"), @r#"read the map (text), line 2: fields.rate.unit is "s", which is not the unit of anything: this field has none"#);
    insta::assert_snapshot!(error("[fields]\nts = { path = \"p\", zone = \"Mars/Base\" }\n"), @r#"read the map (text), line 2: fields.ts.zone is "Mars/Base", which is not a time zone"#);
    insta::assert_snapshot!(error("[fields]\nts = { unit = \"s\" }\n"), @"read the map (text), line 2: fields.ts.path is missing");
    insta::assert_snapshot!(error("[fields]\nts = 5\n"), @"read the map (text), line 2: fields.ts is 5, which is not a path, or a table that has one (or value, join, sum, index)");
    insta::assert_snapshot!(error("[fields]\nts = \"a..b\"\n"), @r#"read the map (text), line 2: fields.ts is "a..b", which is not a path: a key is empty"#);
    insta::assert_snapshot!(error("name = \"e\"\n\n[types]\na = \"play\"\nb = \"pley\"\n"), @r#"read the map (text), line 5: types.b is "pley", which is not a type of event (docs/formats/events.md)"#);
    insta::assert_snapshot!(error("[types]\na = \"play\"\n"), @r#"read the map (text), line 2: types.a is "play", which is not of use without the key name, which says where the names stand"#);
    insta::assert_snapshot!(error("[[event]]\nwhen = { a = 1 }\n"), @"read the map (text), line 1: event.type is missing");
    insta::assert_snapshot!(error("[[event]]\ntype = \"play\"\nwhen = { a = { is = 1 } }\n"), @"read the map (text), line 3: event.when.a is { is = 1 }, which is not a value, a list of them, or a table of exists, begins or not");
    insta::assert_snapshot!(error("[attributes]\nseq = \"n\"\n"), @r#"read the map (text), line 2: attributes.seq is "n", which is not of use: the name is that of a field, not of an attribute"#);
    insta::assert_snapshot!(error("others = \"keep\"\n"), @r#"read the map (text), line 1: others is "keep", which is not ignore or custom"#);
    insta::assert_snapshot!(error("[fields]\nurl = \"a[k=1].x\"\ncode = \"a[l=1].x\"\n"), @r#"read the map (text), line 3: fields.code is "a[l=1].x", which is not a path: items of one list are found by the same key everywhere"#);
    insta::assert_snapshot!(error("[fields]\nurl = \"abc*\"\ncode = \"ab*\"\n"), @r#"read the map (text), line 3: fields.code is "ab*", which is not a path: another one has a key with a * that means some of the same keys"#);
}

#[test]
fn a_map_that_cannot_be_read_is_named() {
    let folder = folder("map.toml", "surprise = 1\n");
    let error = Map::read(&folder.path().join("map.toml")).unwrap_err().to_string();
    assert!(error.ends_with("map.toml, line 1: surprise is none of each, zone, name, fields, clock, types, event, attributes, others, detect"), "{error}");
    assert!(matches!(Map::read(&folder.path().join("none.toml")), Err(MapError::Io { .. })));
    let mut options = Options::default();
    options.format = Some(Format::Map);
    assert!(matches!(load(vec![Input::memory("x", &b"{}"[..])], &options), Err(Error::NoMap)));
}

#[cfg(feature = "parquet")]
#[test]
fn a_table_in_parquet_is_read_by_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.parquet");
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = audience_lake::EventsWriter::new(file).unwrap();
    for line in [
        "{\"session_id\":\"a\",\"ts\":1,\"type\":\"play\",\"url\":\"{\\\"q\\\":[2.5]}\"}",
        "{\"session_id\":\"b\",\"ts\":2,\"type\":\"pause\"}",
    ] {
        writer
            .write(&serde_json::from_str::<Envelope>(&line.replace("play\",\"url", "load\",\"url")).unwrap())
            .unwrap();
    }
    writer.finish().unwrap();
    let map = "name = \"type\"\n[fields]\nsession_id = \"session_id\"\nts = { path = \"ts\", unit = \"s\" }\n\
               position_ms = { path = \"url.q[0]\", unit = \"s\" }\n[types]\nload = \"play\"\n";
    let mut options = Options::default();
    options.map = Some(Arc::new(map.parse().unwrap()));
    let sessions = load(Input::find(&path).unwrap(), &options).unwrap();
    let events = sessions.to_vec().unwrap()[0].events().to_vec();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].ts.as_millis(), events[0].position.unwrap().as_millis()), (1000, 2500));
    assert_eq!(sessions.quality().ignored_events["pause"], 1);
    assert_eq!(sessions.quality().lines, 2);
}
