//! `audience session` on captures of real players.

use serde_json::Value;

use crate::{CATALOG, PLAYERS, output};

const STALLED: &str = "1e57787a-6d9d-4988-82b4-455c5ea867cf";

#[test]
fn the_timeline_of_a_session() {
    insta::assert_snapshot!(output(&["session", PLAYERS, STALLED, "--catalog", CATALOG]));
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
