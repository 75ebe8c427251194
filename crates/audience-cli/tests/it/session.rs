//! `audience session` on captures of real players, and on sessions made up for what those do not have.

use serde_json::{Value, json};

use crate::{CATALOG, PLAYERS, feed, output, root};

const STALLED: &str = "1e57787a-6d9d-4988-82b4-455c5ea867cf";

#[test]
fn the_timeline_of_a_session() {
    insta::assert_snapshot!(output(&["session", PLAYERS, STALLED, "--catalog", CATALOG]));
}

#[test]
fn the_page_on_it_shows_what_is_printed() {
    let page = std::fs::read_to_string(root().join("docs/session.md")).unwrap();
    let text = output(&["session", PLAYERS, STALLED, "--catalog", CATALOG]);
    let end = &text[text.find("  watched").unwrap()..];
    let indented = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
    let shown: Vec<String> = end.trim_end().lines().map(indented).collect();
    assert!(page.contains(&shown.join("\n")), "docs/session.md does not show:\n{end}");
}

#[test]
fn the_same_as_json() {
    let views: Value = serde_json::from_str(&output(&["session", PLAYERS, STALLED, "--json"])).unwrap();
    let view = &views[0];
    assert_eq!(view["facts"]["stalls"], 1);
    assert_eq!(view["timeline"]["waits"].as_array().unwrap().iter().filter(|wait| wait["kind"] == "stall").count(), 1);
    let spans: u64 = view["timeline"]["spans"].as_array().unwrap().len() as u64;
    assert!(spans > 10);
}

#[test]
fn the_ending_of_the_file_says_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, further: &[&str]| {
        let path = folder.path().join(name);
        let all = [&["session", PLAYERS, STALLED, "-o", path.to_str().unwrap()], further].concat();
        assert_eq!(output(&all), "");
        std::fs::read_to_string(path).unwrap()
    };
    let page = written("session.html", &["--catalog", CATALOG]);
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for shown in [STALLED, "Test stream, HLS", "What the player did", "state stalled", "Buffer over time"] {
        assert!(page.contains(shown), "{shown}");
    }
    assert_eq!(written("session.json", &[]), output(&["session", PLAYERS, STALLED, "--json"]));
    assert_eq!(written("session.html", &["--json"]), output(&["session", PLAYERS, STALLED, "--json"]));
    assert_eq!(written("session.txt", &[]), output(&["session", PLAYERS, STALLED]));
}

/// Lines of one session's events, of one that is `(milliseconds, type, further fields)`.
fn lines(events: &[(u64, &str, Value)]) -> String {
    let line = |(at, kind, fields): &(u64, &str, Value)| {
        let mut event = json!({"session_id": "s", "content_id": "film", "ts": 1_700_000_000_000 + at, "type": kind});
        event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        format!("{event}\n")
    };
    events.iter().map(line).collect()
}

fn session(events: &[(u64, &str, Value)], arguments: &[&str]) -> String {
    let run = feed(&[&["session", "-", "s"], arguments].concat(), lines(events).as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    run.out
}

/// The block on how the stream felt.
fn felt(events: &[(u64, &str, Value)]) -> String {
    let text = session(events, &[]);
    text[text.find("Quality of experience").unwrap()..].trim_end().to_owned()
}

/// Ten minutes, 4 s of start-up, one stall of 6 s: the example of `docs/methods/scores.md`.
fn ten_minutes() -> Vec<(u64, &'static str, Value)> {
    vec![
        (0, "load", json!({"duration_ms": 3_600_000})),
        (1000, "play_request", json!({})),
        (5000, "play", json!({"position_ms": 0})),
        (305_000, "buffer_start", json!({"position_ms": 300_000})),
        (311_000, "buffer_end", json!({"position_ms": 300_000})),
        (611_000, "end", json!({"position_ms": 600_000})),
    ]
}

#[test]
fn the_index_is_explained_by_its_parts() {
    // Penalties of 0.116, 0.05 and 0.019 make 100 exp(-0.185) = 83.11; of the 16.89 lost, 116/185 are 10.6 and so on.
    insta::assert_snapshot!(felt(&ten_minutes()), @"
    Quality of experience
      start-up 0:04.000 from the request to play
      stalls   0:06.000 in 1 stall; rebuffer ratio 0.99 %
      index    83.1 of 100 (a policy index, no MOS): 10.6 points start-up, 4.6 stall time, 1.7 stall frequency; not known:
               bit rate, dropped frames
      scores   kino 50.0, kino_per_hour 0.0, mux_startup 66.7, mux_smoothness 90.0, stalling_mos 2.7
    ");
}

#[test]
fn scores_as_json() {
    let views: Value = serde_json::from_str(&session(&ten_minutes(), &["--json"])).unwrap();
    let (scores, experience) = (&views[0]["scores"], &views[0]["experience"]);
    let about = |value: &Value, expected: f64| {
        let value = value.as_f64().unwrap();
        assert!((value - expected).abs() < 5e-7, "{value} is not {expected}");
    };
    // From the formulas of the documentation, in Python.
    about(&scores["kino"], 50.0); // 100 - 5 * 2 - 10 * 1 - 5 * 6
    about(&scores["mux_startup"], 66.666_666_7); // 100 * 8 / (8 + 4)
    about(&scores["mux_smoothness"], 90.008_046_6); // (100 / sqrt(1.25) + 100 * exp(-60 / 606)) / 2
    about(&scores["experience"], 83.110_428_4); // 100 * exp(-0.185)
    for unknown in ["kino_quality", "mux_video_quality", "linear"] {
        assert_eq!(scores[unknown], Value::Null, "{unknown}");
    }
    assert_eq!(scores.as_object().unwrap().len(), 9);
    assert_eq!(experience["score"], scores["experience"]);
    let parts = experience["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 8);
    assert_eq!((&parts[0]["impairment"], &parts[5]["impairment"]), (&json!("start_up"), &json!("bitrate")));
    about(&parts[0]["cost"]["points"], 10.590_217_9); // (100 - 83.1104284) * 0.116 / 0.185
    assert_eq!(parts[5]["cost"], Value::Null);
    let lost: f64 = parts.iter().filter_map(|part| part["cost"]["points"].as_f64()).sum();
    about(&json!(lost), 100.0 - 83.110_428_4);
}

#[test]
fn nothing_played_is_no_score() {
    let left = [(0, "play_request", json!({})), (3000, "end", json!({"reason": "abandon"}))];
    insta::assert_snapshot!(felt(&left), @"
    Quality of experience
      start-up no first frame; 0:03.000 of waiting for it
      failure  no fatal error, but the viewer left before the first frame
      index    no score: nothing was played
    ");
    let views: Value = serde_json::from_str(&session(&left, &["--json"])).unwrap();
    assert_eq!(views[0]["experience"], Value::Null);
    assert!(views[0]["scores"].as_object().unwrap().values().all(Value::is_null));
}

#[test]
fn what_players_report_is_said_and_cannot_take_over_the_terminal() {
    let mut events = vec![
        (0, "load", json!({"is_live": true, "player_width": 1280, "player_height": 720})),
        (0, "play_request", json!({})),
        (1500, "play", json!({"live_latency_ms": 4000})),
    ];
    // Six renditions of which each is played for longer than the one before.
    let mut at = 1500;
    for (bps, secs) in [(300_000, 1), (600_000, 2), (1_200_000, 3), (2_400_000, 4), (5_000_000, 5), (900_000, 6)] {
        events.push((at, "quality_change", json!({"bitrate_bps": bps, "width": 640, "height": 360})));
        at += secs * 1000;
    }
    events.extend([
        (at, "heartbeat", json!({"dropped_frames": 12, "decoded_frames": 1000, "live_latency_ms": 7000})),
        (at, "buffer_start", json!({})),
        (at + 500, "buffer_end", json!({})),
        (at + 1500, "buffer_start", json!({})),
        (at + 3500, "buffer_end", json!({})),
        (at + 4500, "error", json!({"fatal": true, "code": "E\u{1b}[2J\n42"})),
    ]);
    insta::assert_snapshot!(felt(&events), @"
    Quality of experience
      start-up 0:01.500 from the request to play
      stalls   0:02.500 in 2 stalls, the longest 0:02.000; rebuffer ratio 9.80 %
      switches 4 up by 1175 kbit/s on average, 1 down by 4100 kbit/s
      bit rate 2039 kbit/s on average
      played   34.8 % at 900 kbit/s, 640x360; 21.7 % at 5000 kbit/s, 640x360; 17.4 % at 2400 kbit/s, 640x360; 13.0 % at 1200
               kbit/s, 640x360; 8.7 % at 600 kbit/s, 640x360; the rest in 1 more
      latency  0:04.260 behind the live edge on average, 0:07.000 at the most
      frames   12 of 1000 dropped: 1.20 %
      failure  failed after the first frame, code E�[2J�42
      index    7.1 of 100 (a policy index, no MOS): 34.8 points stall frequency, 24.6 failure, 19.1 stall time, 9.2
               switches, 4.7 bit rate, 0.4 dropped frames
      scores   kino 59.5, kino_per_hour 0.0, kino_quality 10.0, mux_startup 84.2, mux_smoothness 54.1, mux_video_quality
               71.9, linear -1.4, stalling_mos 3.1
    ");
}

#[test]
fn what_is_known_of_requests_alone_is_said_to_be_bounds() {
    let request = |number: u64| {
        let fields = json!({"object": "video", "segment_start_ms": number * 4000, "segment_ms": 4000});
        (number * 4000, "request", fields)
    };
    let requests: Vec<_> = (0..10).map(request).collect();
    assert!(
        felt(&requests).starts_with("Quality of experience  from requests alone: start-up at most, stalls at least\n")
    );
}

#[test]
fn little_lost_is_told_from_nothing_lost() {
    let smooth = |further: &[(u64, &'static str, Value)]| {
        let mut events = vec![
            (0, "load", json!({})),
            (0, "play_request", json!({})),
            (1000, "play", json!({"position_ms": 0})),
            (601_000, "end", json!({"position_ms": 600_000})),
        ];
        events.extend_from_slice(further);
        felt(&events)
    };
    assert!(smooth(&[]).contains("index    100.0 of 100 (a policy index, no MOS): no points lost; not known:"));
    // A tenth of a second over ten minutes: a penalty of 0.00017.
    let seek = [
        (301_000, "seek", json!({"from_ms": 300_000, "position_ms": 300_100})),
        (301_000, "buffer_start", json!({"position_ms": 300_100})),
        (301_100, "buffer_end", json!({"position_ms": 300_100})),
    ];
    let text = smooth(&seek);
    assert!(text.contains("  seeking  0:00.100 in 1 wait after 1 seek\n"), "{text}");
    assert!(text.contains("index    100.0 of 100 (a policy index, no MOS): less than 0.1 points waits after seeks; "));
}
