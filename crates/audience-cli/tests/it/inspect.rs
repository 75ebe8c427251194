//! `audience inspect`

use serde_json::Value;

use crate::{CATALOG, SEGMENTS, output};

const LOG: &str = "xtask/fixtures/cdn-logs/iis-w3c.log.gz";

#[test]
fn what_there_is_and_what_it_can_answer() {
    insta::assert_snapshot!(output(&["inspect", "docs/sample", "--catalog", CATALOG, "--segments", SEGMENTS]));
    insta::assert_snapshot!(output(&["inspect", LOG]));
}

#[test]
fn the_same_as_json() {
    let found: Value = serde_json::from_str(&output(&["inspect", LOG, "--json"])).unwrap();
    assert_eq!((&found["contents"]["sessions"], &found["lines"]["formats"]["w3c"]), (&Value::from(5), &Value::from(1)));
    let answers = found["answers"].as_array().unwrap();
    let verdict = |question: &str| &answers.iter().find(|answer| answer["question"] == question).unwrap()["verdict"];
    assert_eq!((verdict("retention"), verdict("watch_time")), (&Value::from("no"), &Value::from("partly")));
}
