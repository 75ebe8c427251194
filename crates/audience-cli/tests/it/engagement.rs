//! `audience engagement`

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::{CATALOG, EVENTS, output, run};

fn json(flags: &[&str]) -> Value {
    serde_json::from_str(&output(&[&["engagement", EVENTS, "--json"], flags].concat())).unwrap()
}

#[test]
fn titles_are_ranked_and_parts_are_credited() {
    let found = json(&["--catalog", CATALOG, "--similar", "2", "--top", "3"]);
    assert_eq!((&found["schema"], &found["sessions"]), (&Value::from("audience.engagement/1"), &Value::from(500)));
    let titles = found["titles"].as_array().unwrap();
    assert_eq!(titles.len(), 3);
    let least = |title: &Value| title["shrunk"]["at_least"].as_f64().unwrap();
    assert!(least(&titles[0]) >= least(&titles[1]) && least(&titles[1]) >= least(&titles[2]));
    for title in titles {
        let score = title["score"].as_f64().unwrap();
        let (low, high) = (title["interval"]["low"].as_f64().unwrap(), title["interval"]["high"].as_f64().unwrap());
        assert!(low < score && score < high && (0.0..=1.0).contains(&low) && high <= 1.0);
        let shares: f64 = title["segments"]["watch_time"].as_array().unwrap().iter().filter_map(Value::as_f64).sum();
        assert!((shares - 1.0).abs() < 1e-9, "{shares}");
        assert!(title["similar"].as_array().unwrap().len() <= 2);
    }
}

#[test]
fn weights_are_as_they_are_asked_for() {
    let only_completion = "watch-time=0,completion=1,rewatch=0,social=0,skip-penalty=0";
    for title in json(&["--weights", only_completion])["titles"].as_array().unwrap() {
        assert_eq!(title["score"], title["components"]["completion"]);
    }
    let even = json(&["--weights", "even"]);
    assert_eq!(even["weights"]["rewatch"], 0.2);
    // Those that are not named stay.
    assert_eq!(json(&["--weights", "social=0.5"])["weights"]["watch_time"], 0.4);
    for (weights, why) in [
        ("likes=1", "\"likes\" is none of watch-time, completion, rewatch, social, skip-penalty"),
        ("social", "\"social\" is not NAME=W"),
        ("social=much", "\"much\" is not a number"),
        ("social=-1", "cannot weigh social signals by -1"),
        ("watch-time=0,completion=0,rewatch=0,social=0", "cannot weigh nothing"),
    ] {
        let refused = run(&["engagement", EVENTS, "--weights", weights]);
        assert_eq!(refused.code, 2, "{weights}");
        assert!(refused.err.contains(why), "{weights}: {}", refused.err);
    }
}

#[test]
fn conversions_are_credited_to_what_came_before() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.ndjson");
    let mut lines = String::new();
    let day = 86_400_000;
    for (number, (viewer, at, campaign, converts)) in [
        ("ann", 0, "mail", false),
        ("ann", 1, "ad", false),
        ("ann", 2, "ad", true),
        ("bob", 40, "ad", true),
        ("cid", 0, "mail", false),
    ]
    .into_iter()
    .enumerate()
    {
        let common =
            format!(r#""session_id":"s{number}","viewer_id":"{viewer}","content_id":"film","campaign":"{campaign}""#);
        let at = 1_790_000_000_000_i64 + at * day;
        writeln!(lines, "{{{common},\"ts\":{at},\"type\":\"play\",\"position_ms\":0}}").unwrap();
        if converts {
            writeln!(lines, "{{{common},\"ts\":{},\"type\":\"custom\",\"name\":\"subscribe\"}}", at + 1000).unwrap();
        }
    }
    fs::write(&input, lines).unwrap();
    let asked = ["engagement", input.to_str().unwrap(), "--touch", "campaign", "--conversion", "subscribe", "--json"];
    let found: Value = serde_json::from_str(&output(&asked)).unwrap();
    let journeys = &found["journeys"];
    assert_eq!((&journeys["viewers"], &journeys["conversions"]), (&Value::from(3), &Value::from(2)));
    let credits = |of: &Value, model: &str| -> Vec<f64> {
        of["journeys"]["credits"].as_array().unwrap().iter().map(|credit| credit[model].as_f64().unwrap()).collect()
    };
    // First ad, then mail.
    assert_eq!(credits(&found, "first"), [1.0, 1.0]);
    assert_eq!(credits(&found, "last"), [2.0, 0.0]);
    assert!((credits(&found, "linear")[0] - 5.0 / 3.0).abs() < 1e-12);
    let recent: Value = serde_json::from_str(&output(&[&asked[..], &["--look-back", "36h"]].concat())).unwrap();
    assert_eq!(credits(&recent, "linear"), [2.0]);
    let alone = run(&["engagement", EVENTS, "--look-back", "3d"]);
    assert_eq!(alone.code, 2);
}

#[test]
fn pages_and_tables_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let (page, tables) = (folder.path().join("page.html"), folder.path().join("tables"));
    let (page, tables) = (page.to_str().unwrap(), tables.to_str().unwrap());
    output(&["engagement", EVENTS, "--catalog", CATALOG, "-o", page, "--csv", tables]);
    assert!(fs::read_to_string(page).unwrap().contains("<h1>Audience engagement</h1>"));
    let mut names: Vec<_> =
        fs::read_dir(tables).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(
        names.join(" "),
        "anomalies.csv daily.csv engagement.csv journeys.csv segments.csv similar.csv trends.csv"
    );
    let nobody = run(&["engagement", EVENTS, "--where", "device=fridge"]);
    assert_eq!(nobody.code, 3);
}
