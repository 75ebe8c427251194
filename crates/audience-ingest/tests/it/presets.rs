//! The formats of other systems, each from a file in `fixtures/maps`: what was watched, sought, waited for and advertised.

use std::fmt::Write;
use std::path::PathBuf;

use audience_core::SessionFacts;
use audience_ingest::{Format, Input, Options, Preset, Quality, Sessions, load};

use crate::{facts, folder, load_path};

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", "maps", name].iter().collect()
}

fn read(name: &str) -> Sessions {
    load_path(&fixture(name), &Options::default()).unwrap()
}

/// One line for each view: milliseconds of the content and of the wall clock.
fn views(sessions: &Sessions) -> String {
    let mut text = String::new();
    for facts in &facts(sessions) {
        writeln!(text, "{}", view(facts)).unwrap();
    }
    text
}

fn view(facts: &SessionFacts) -> String {
    let mut text = format!("{} of {}", facts.identity.session_id, facts.identity.content_id);
    if let Some(viewer) = &facts.identity.viewer_id {
        write!(text, " by {viewer}").unwrap();
    }
    let runs = facts.map.runs().iter().map(|run| format!("{}-{}", run.start.as_millis(), run.end.as_millis()));
    write!(text, ": watched {} [{}]", facts.watched.as_millis(), runs.collect::<Vec<_>>().join(" ")).unwrap();
    let startup = facts.startup.map(|startup| startup.time.as_millis());
    write!(text, ", startup {startup:?}, seeks {}+{}", facts.seeks.reported(), facts.seeks.inferred()).unwrap();
    write!(text, ", stalls {} of {}", facts.stalls, facts.wall.stalled.as_millis()).unwrap();
    write!(text, ", ads {}, paused {}", facts.wall.in_ads.as_millis(), facts.wall.paused.as_millis()).unwrap();
    write!(text, ", {:?}", facts.exit.reason).unwrap();
    text
}

/// What was not plainly an event.
fn oddities(quality: &Quality) -> String {
    let mut text = String::new();
    for reject in &quality.examples {
        writeln!(text, "line {}: {}", reject.line, reject.problem).unwrap();
    }
    for ((field, repair), count) in &quality.repairs {
        writeln!(text, "{field} {} {count}", repair.as_str()).unwrap();
    }
    for (name, count) in &quality.ignored_events {
        writeln!(text, "passed over {name} {count}").unwrap();
    }
    let rejected = quality.rejected();
    let events = quality.events;
    write!(text, "{} lines, {events} events, {rejected} rejected", quality.lines).unwrap();
    text
}

#[test]
fn every_fixture_is_found_to_be_what_it_is() {
    for file in std::fs::read_dir(fixture("")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !matches!(path.extension().and_then(|ending| ending.to_str()), Some("ndjson" | "csv")) {
            continue;
        }
        let preset = Preset::ALL.into_iter().find(|preset| name.starts_with(preset.as_str())).unwrap();
        let mut options = Options::default();
        options.format = Some(Format::Mapped(preset));
        let named = load_path(&path, &options).unwrap();
        let found = load_path(&path, &Options::default()).unwrap();
        assert_eq!(found.quality(), named.quality(), "{name}");
        assert_eq!(facts(&found), facts(&named), "{name}");
    }
}

#[test]
fn kino() {
    let sessions = read("kino.ndjson");
    insta::assert_snapshot!(views(&sessions), @"7d4c6a1e-0000-4000-8000-000000000001 of : watched 85000 [0-30000 90000-145000], startup Some(1000), seeks 1+0, stalls 1 of 4000, ads 0, paused 10000, Stopped");
    insta::assert_snapshot!(oddities(sessions.quality()), @"7 lines, 13 events, 0 rejected");
    insta::assert_snapshot!(oddities(read("kino-malformed.ndjson").quality()), @r#"
    line 8: not a JSON object: EOF while parsing a string at column 113
    line 9: not a JSON object: invalid type: integer `1`, expected a JSON object, or a list of them at column 2
    line 5: session_id is missing
    line 6: event is missing
    line 1: timestamp is "yesterday", which is not a time
    line 4: to is "Asleep", which is not one of Buffering Ended Error Idle Loading Paused Playing Seeking
    event repeated 1
    from dropped 1
    position dropped 1
    passed over sneeze 1
    10 lines, 3 events, 6 rejected
    "#);
}

#[test]
fn oximedia() {
    let sessions = read("oximedia.ndjson");
    insta::assert_snapshot!(views(&sessions), @r"
    o1 of film by ann: watched 120000 [0-30000 90000-180000], startup None, seeks 1+0, stalls 1 of 4000, ads 0, paused 20000, Stopped
    o2 of film: watched 7000 [0-7000], startup None, seeks 0+0, stalls 0 of 0, ads 0, paused 0, Left
    ");
    insta::assert_snapshot!(oddities(sessions.quality()), @r"
    line 3: ts is missing
    line 3: Play.timestamp_ms is 10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000, which is not a time
    passed over (no name) 1
    3 lines, 10 events, 2 rejected
    ");
}

#[test]
fn edx() {
    let sessions = read("edx.ndjson");
    insta::assert_snapshot!(views(&sessions), @r"
    17/v2 of v2 by 17: watched 20250 [0-20250], startup None, seeks 0+0, stalls 0 of 0, ads 0, paused 0, Left
    f00d/v1 of v1 by 17: watched 120000 [0-30000 90000-180000], startup Some(2000), seeks 1+0, stalls 0 of 0, ads 0, paused 10000, Left
    ");
    insta::assert_snapshot!(oddities(sessions.quality()), @r"
    (JSON in text) dropped 1
    passed over problem_check 1
    passed over show_transcript 1
    12 lines, 10 events, 0 rejected
    ");
}

#[test]
fn segment() {
    let sessions = read("segment.ndjson");
    insta::assert_snapshot!(views(&sessions), @"g1 of film by ann: watched 120000 [0-30000 90000-180000], startup Some(1000), seeks 1+0, stalls 1 of 4000, ads 15000, paused 9500, Ended");
    insta::assert_snapshot!(oddities(sessions.quality()), @r"
    passed over page 1
    16 lines, 15 events, 0 rejected
    ");
}

#[test]
fn ga4() {
    let sessions = read("ga4.ndjson");
    insta::assert_snapshot!(views(&sessions), @"9.8/170/https://v.example/film of https://v.example/film by 9.8: watched 200000 [0-200000], startup None, seeks 0+0, stalls 0 of 0, ads 0, paused 0, Ended");
    insta::assert_snapshot!(oddities(sessions.quality()), @r"
    passed over page_view 1
    7 lines, 6 events, 0 rejected
    ");
}

#[test]
fn adobe() {
    let sessions = read("adobe.ndjson");
    insta::assert_snapshot!(views(&sessions), @"m1 of film by ann: watched 120000 [0-30000 90000-180000], startup Some(1000), seeks 0+1, stalls 1 of 4000, ads 15000, paused 11000, Ended");
    insta::assert_snapshot!(oddities(sessions.quality()), @r"
    line 1: xdm.mediaCollection.sessionID is missing
    passed over media.adComplete 1
    13 lines, 15 events, 1 rejected
    ");
}

#[test]
fn mux() {
    let sessions = read("mux.ndjson");
    insta::assert_snapshot!(views(&sessions), @r"
    u1 of film: watched 120000 [0-30000 90000-180000], startup Some(1250), seeks 1+0, stalls 1 of 4000, ads 15100, paused 9600, Ended
    u2 of film by bob: watched 120000 [0-30000 90000-180000], startup Some(1250), seeks 1+0, stalls 1 of 4000, ads 15100, paused 9600, Ended
    ");
    insta::assert_snapshot!(oddities(sessions.quality()), @r"
    passed over adended 2
    passed over adplay 2
    19 lines, 32 events, 0 rejected
    ");
}

#[test]
fn xapi() {
    let sessions = read("xapi.ndjson");
    insta::assert_snapshot!(views(&sessions), @"6d of https://lms.example/film by ann: watched 115000 [0-30000 90000-175000], startup Some(1000), seeks 1+0, stalls 0 of 0, ads 0, paused 9000, Ended");
    insta::assert_snapshot!(oddities(sessions.quality()), @"8 lines, 8 events, 0 rejected");
}

#[test]
fn snowplow_version_2() {
    let sessions = read("snowplow-v2.ndjson");
    insta::assert_snapshot!(views(&sessions), @"ms1 of Film by ann: watched 120000 [0-30000 90000-180000], startup Some(1000), seeks 1+0, stalls 1 of 4000, ads 15000, paused 9900, Ended");
    insta::assert_snapshot!(oddities(sessions.quality()), @r"
    passed over ad_complete_event 1
    passed over ad_quartile_event 1
    passed over volume_change_event 1
    20 lines, 17 events, 0 rejected
    ");
    let table = read("snowplow-v2.csv");
    assert_eq!(facts(&table), facts(&sessions), "the same rows as a table");
    assert_eq!(table.quality().events, sessions.quality().events);
}

#[cfg(feature = "parquet")]
#[test]
fn snowplow_in_parquet() {
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    let table = std::fs::read(fixture("snowplow-v2.csv")).unwrap();
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(&*table);
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let columns: Vec<String> = names.iter().map(|name| format!("REQUIRED BYTE_ARRAY {name} (UTF8);")).collect();
    let schema = parse_message_type(&format!("message m {{ {} }}", columns.join(" "))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.parquet");
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema.into(), std::sync::Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for index in 0..names.len() {
        let cells: Vec<ByteArray> = rows.iter().map(|row| ByteArray::from(row[index].as_bytes())).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&cells, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();

    let found = load_path(&path, &Options::default()).unwrap();
    assert_eq!(facts(&found), facts(&read("snowplow-v2.ndjson")));
    assert_eq!(found.quality().ignored_events, read("snowplow-v2.ndjson").quality().ignored_events);
}

#[test]
fn snowplow_version_1() {
    let sessions = read("snowplow-v1.csv");
    insta::assert_snapshot!(views(&sessions), @r"
    825b6905-1c30-457e-b068-6728ca9d7425/yt-dbt-coalesce-2021 of yt-dbt-coalesce-2021 by 2e5cddb8-8719-4d2b-ad8c-9064df2be4bc: watched 20688 [1883078-1886681], startup None, seeks 2+2, stalls 0 of 0, ads 0, paused 1634, Ended
    89438633-4f3d-482e-b9fe-d311abc61890/html-dbt of html-dbt by 071916a0-07dd-49ca-8f61-1761da6911de: watched 1886558 [0-1499582 1499613-1632478 1632504-1820173 1820203-1886645], startup None, seeks 0+0, stalls 0 of 0, ads 0, paused 101361, Ended
    ffae6eef-c255-4dea-918f-f793c716e117/html-dbt of html-dbt by 8386d9a2-fb0c-4567-b20a-a6c73c0d6e1c: watched 7967 [0-662 1882079-1882948 1882948-1886645], startup None, seeks 1+2, stalls 0 of 0, ads 0, paused 6299, Ended
    ");
    insta::assert_snapshot!(oddities(sessions.quality()), @r"
    passed over volumechange 5
    36 lines, 30 events, 0 rejected
    ");
}

/// What becomes of a file of which one text is replaced by another, beyond what is odd about it anyway.
fn spoiled(name: &str, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(fixture(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    let folder = folder("spoiled", text.replacen(from, to, 1));
    let mut options = Options::default();
    options.format = name.split(['.', '-']).next().map(|preset| preset.parse().unwrap());
    let (before, after) = (
        oddities(read(name).quality()),
        oddities(load_path(&folder.path().join("spoiled"), &options).unwrap().quality()),
    );
    after.lines().filter(|line| !before.contains(line) && !line.ends_with("rejected")).collect::<Vec<_>>().join("; ")
}

#[test]
fn what_cannot_be_used_is_named_as_its_system_names_it() {
    let spoiled = |name: &str, times: (&str, &str), positions: (&str, &str)| {
        format!("{} | {}", spoiled(name, times.0, times.1), spoiled(name, positions.0, positions.1))
    };
    insta::assert_snapshot!(spoiled("adobe.ndjson", ("2026-01-05T10:00:10.000Z", "10 o'clock"), ("\"playhead\":10}", "\"playhead\":[10]}")), @r#"line 3: xdm.timestamp is "10 o'clock", which is not a time | xdm.mediaCollection.playhead dropped 1"#);
    insta::assert_snapshot!(spoiled("edx.ndjson", ("2026-01-05T10:01:00.000000+00:00", "?"), ("\\\"currentTime\\\": 130", "\\\"currentTime\\\": \\\"late\\\"")), @r#"line 5: time is "?", which is not a time | event.currentTime dropped 1"#);
    insta::assert_snapshot!(spoiled("ga4.ndjson", ("\"1767607220000000\"", "\"x\""), ("\"int_value\":\"50\"", "\"int_value\":\"-50\"")), @r#"line 3: event_timestamp is "x", which is not a time | event_params[key=video_current_time].value.int_value dropped 1"#);
    insta::assert_snapshot!(spoiled("kino.ndjson", ("2026-01-05T10:01:00.000000Z", "2026-01-05T25:01:00Z"), ("\"position\":135.0", "\"position\":1e300")), @r#"line 2: timestamp is "2026-01-05T25:01:00Z", which is not a time | position dropped 1"#);
    insta::assert_snapshot!(spoiled("mux.ndjson", ("\"viewer_time\":1767607210000", "\"viewer_time\":-1e18"), ("\"playback_time\":10000", "\"playback_time\":true")), @"line 5: viewer_time is -1000000000000000000, which is not a time | playback_time dropped 1");
    insta::assert_snapshot!(spoiled("oximedia.ndjson", ("{\"timestamp_ms\":1767607294500}", "{\"timestamp_ms\":false}"), ("{\"position_ms\":110000}", "{\"position_ms\":\"\\u0000\"}")), @"line 1: Play.timestamp_ms is false, which is not a time | BufferStart.position_ms dropped 1");
    insta::assert_snapshot!(spoiled("segment.ndjson", ("2026-01-05T10:00:41.000Z", "later"), ("\"position\":100", "\"position\":{\"s\":100}")), @r#"line 7: timestamp is "later", which is not a time | properties.position dropped 1"#);
    insta::assert_snapshot!(spoiled("snowplow-v1.csv", ("2022-01-18 11:59:33.953", "2022-18-01"), ("\"\"current_time\"\":\"\"189.126494313985\"\"", "\"\"current_time\"\":\"\"soon\"\"")), @r#"line 5: dvce_created_tstamp is "2022-18-01", which is not a time | contexts_com_snowplowanalytics_snowplow_media_player_*[0].current_time dropped 1"#);
    insta::assert_snapshot!(spoiled("snowplow-v2.ndjson", ("\"dvce_created_tstamp\":\"2026-01-05T10:00:10.000Z\"", "\"dvce_created_tstamp\":\"now\""), ("\"currentTime\":99", "\"currentTime\":-99")), @r#"line 3: dvce_created_tstamp is "now", which is not a time | contexts_com_snowplowanalytics_snowplow_media_player_*[0].currentTime dropped 1"#);
    insta::assert_snapshot!(spoiled("xapi.ndjson", ("2026-01-05T10:01:10.000Z", "2026-1"), ("/time\":175.0", "/time\":\"PT175S\"")), @r#"line 6: timestamp is "2026-1", which is not a time | result.extensions."https://w3id.org/xapi/video/extensions/time" dropped 1"#);
}

#[test]
fn every_preset_survives_files_that_end_anywhere() {
    for name in ["adobe", "edx", "ga4", "kino", "mux", "oximedia", "segment", "snowplow-v2", "xapi"] {
        let text = std::fs::read_to_string(fixture(&format!("{name}.ndjson"))).unwrap();
        let mut options = Options::default();
        options.format = name.split('-').next().map(|preset| preset.parse().unwrap());
        for end in (0..text.len()).step_by(97) {
            let input = vec![Input::memory("cut", &text.as_bytes()[..end])];
            let quality = load(input, &options).unwrap().quality().clone();
            let whole = text[..end].matches('\n').count() as u64;
            assert!(quality.lines == whole || quality.lines == whole + 1, "{name} {end}");
        }
    }
}

#[test]
fn an_adapted_preset_is_a_map() {
    let map = Preset::Kino.toml().replace("name = \"event\"", "name = \"what\"");
    let line = std::fs::read_to_string(fixture("kino.ndjson")).unwrap().replace("\"event\":", "\"what\":");
    let folder = folder("lines", line);
    let mut options = Options::default();
    options.map = Some(std::sync::Arc::new(map.parse().unwrap()));
    let adapted = load_path(&folder.path().join("lines"), &options).unwrap();
    assert_eq!(facts(&adapted), facts(&read("kino.ndjson")));
}
