//! `audience experiment assign`: which arm each id is in.

use std::fs;

use serde_json::Value;

use crate::{feed, run};

const FLAGS: &[&str] = &["experiment", "assign", "-", "--key", "player", "--variants", "control=1,treatment=1"];

fn assign(flags: &[&str], ids: &[u8]) -> crate::Run {
    feed(&[FLAGS, flags].concat(), ids)
}

/// The arm of each id.
fn arms(flags: &[&str], ids: &str) -> Vec<String> {
    let run = assign(flags, ids.as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    run.out.lines().skip(1).map(|line| line.rsplit(',').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn a_row_for_each_line() {
    let run = assign(&[], "a\nb\r\n\nuser_0\n\"x\", y\nuser_1".as_bytes());
    insta::assert_snapshot!(run.out, @r#"
unit,arm,reason
a,control,
b,control,
,,no_id
user_0,control,
"""x"", y",treatment,
user_1,treatment,
"#);
    insta::assert_snapshot!(run.err, @"
6 ids, 5 in an arm
  control            3   60.00 % (50.00 % expected)
  treatment          2   40.00 % (50.00 % expected)
  (no_id)            1
");
    assert_eq!(run.code, 0);
}

#[test]
fn rows_of_json() {
    let run = assign(&["--format", "json", "--coverage", "0.8"], "a\n用户42566\nuser_1\n".as_bytes());
    insta::assert_snapshot!(run.out, @r#"
{"unit":"a","arm":null,"reason":"not_covered"}
{"unit":"用户42566","arm":"treatment","reason":null}
{"unit":"user_1","arm":"treatment","reason":null}
"#);
    assert!(run.out.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[test]
fn arms_are_said_to_have_their_shares() {
    let ids = (0..10_000).map(|id| format!("user_{id}\n")).collect::<Vec<_>>().concat();
    let run = assign(&["--coverage", "0.5"], ids.as_bytes());
    insta::assert_snapshot!(run.err, @"
10000 ids, 5008 in an arm
  control             2554   51.00 % (50.00 % expected)
  treatment           2454   49.00 % (50.00 % expected)
  (not_covered)       4992
arms have their shares (p = 0.16)
");
    let same = assign(&[], "user_1\n".repeat(1000).as_bytes());
    insta::assert_snapshot!(same.err, @"
1000 ids, 1000 in an arm
  control            0    0.00 % (50.00 % expected)
  treatment       1000  100.00 % (50.00 % expected)
arms do not have their shares (p = 1.80e-219): are ids in there more than once?
");
}

#[test]
fn an_experiment_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let assign = |name: &str, flags: &[&str]| {
        let file = path(name);
        feed(&[&["experiment", "assign", "-", "--experiment", file.as_str()], flags].concat(), b"a\nuser_1\n")
    };
    let toml =
        "key = \"player\"\nends_at_ms = 1000\n[[variants]]\nname = \"control\"\n[[variants]]\nname = \"treatment\"\n";
    fs::write(path("x.toml"), toml).unwrap();
    let json = r#"{"key":"player","variants":[{"name":"control"},{"name":"treatment"}]}"#;
    fs::write(path("x.json"), json).unwrap();
    let expected = "unit,arm,reason\na,control,\nuser_1,treatment,\n";
    assert_eq!(assign("x.json", &[]).out, expected);
    assert_eq!(assign("x.toml", &["--at", "1970-01-01"]).out, expected);
    // Without a time it is now, and over.
    assert_eq!(assign("x.toml", &[]).out, "unit,arm,reason\na,,ended\nuser_1,,ended\n");
    assert_ne!(assign("x.json", &["--salt", "other"]).out, expected);
    let output = path("arms.csv");
    let run = assign("x.json", &["-o", &output]);
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(&output).unwrap(), expected);

    fs::write(path("wrong.toml"), toml.replace("ends_at_ms", "end")).unwrap();
    fs::write(path("wrong.json"), json.replace("treatment", "control")).unwrap();
    let onto_itself = assign("x.json", &["-o", &path("x.json")]);
    assert_eq!((onto_itself.code, fs::read_to_string(path("x.json")).unwrap().as_str()), (2, json));

    let mut messages = Vec::new();
    for name in ["wrong.toml", "wrong.json"] {
        let run = assign(name, &[]);
        assert_eq!(run.code, 1);
        let message = run.err.replace(&path(name), name);
        messages.push(message);
    }
    insta::assert_snapshot!(messages[0], @"error: cannot read the experiment wrong.toml, line 2: unknown field `end`, expected one of `key`, `salt`, `unit`, `control`, `version`, `minimum_version`, `coverage`, `starts_at_ms`, `ends_at_ms`, `minimum_units`, `variants`, `layer`, `hold_out`");
    insta::assert_snapshot!(messages[1], @r#"error: cannot read the experiment wrong.json: use two variants of one name, "control""#);
}

#[test]
fn schemes_of_other_systems() {
    // Their own answers: see the vectors of the workspace.
    let ids = "用户42566\n";
    assert_eq!(arms(&["--salt", "watch-time-2026", "--scheme", "growthbook-v2"], ids), ["treatment"]);
    assert_eq!(arms(&["--salt", "watch-time-2026", "--scheme", "growthbook-v2", "--utf16"], ids), ["control"]);
    assert_eq!(arms(&["--salt", "exp", "--scheme", "growthbook-v1"], "f5-764add7354547df\n"), ["control"]);
    // Of 0.481, half of its arm is not covered.
    let half = ["--salt", "exp", "--scheme", "growthbook-v1", "--coverage", "0.5"];
    assert_eq!(arms(&half, "f5-764add7354547df\n"), [""]);
    assert_eq!(arms(&["--salt", "1410202317", "--scheme", "optimizely"], "-m0897\n"), ["treatment"]);
    assert_eq!(
        arms(&["--salt", "flag-split", "--scheme", "eppo"], "subject-389944\nsubject-568597\n\n"),
        ["control", "treatment", ""]
    );
}

#[test]
fn what_is_wrong_is_named() {
    let failure = |run: crate::Run| format!("{} {}", run.code, run.err.trim_end());
    insta::assert_snapshot!(failure(assign(&[], b"a\n\xffb\n")), @r#"1 error: cannot use -:2: "�b" is not UTF-8"#);
    insta::assert_snapshot!(failure(run(&["experiment", "assign", "none.txt", "--key", "k", "--variants", "a,b"])), @"1 error: cannot read none.txt: No such file or directory (os error 2)");
    insta::assert_snapshot!(failure(run(&["experiment", "assign", "-", "--experiment", "none.toml"])), @"1 error: cannot read none.toml: No such file or directory (os error 2)");
    insta::assert_snapshot!(failure(run(&["experiment", "assign", "-", "--key", "k", "--variants", "a=1"])), @"2 error: cannot compare 1 variant(s): it takes two");
    insta::assert_snapshot!(failure(run(&["experiment", "assign", "-", "--key", "k", "--variants", "a=1,b=-1"])), @r#"2 error: cannot give variant "b" the weight -1.0: it is not a number above 0"#);
    insta::assert_snapshot!(failure(assign(&["--utf16"], b"")), @"2 error: cannot hash UTF-16 as native does");
    insta::assert_snapshot!(failure(assign(&["--scheme", "eppo", "--coverage", "0.5"], b"")), @"2 error: cannot cover a part of the units as eppo does");
    insta::assert_snapshot!(failure(assign(&["--at", "soon"], b"")), @r#"2 error: cannot read the time "soon": failed to parse four digit integer as year: invalid digit, expected 0-9 but got s"#);
    for wrong in [
        &["-"][..],
        &["-", "--key", "k"],
        &["-", "--key", "k", "--variants", "a=x,b=1"],
        &["-", "--key", "k", "--variants", "a,b", "--coverage", "2"],
        &["-", "--key", "k", "--variants", "a,b", "--experiment", "x.toml"],
        &["-", "--key", "k", "--variants", "a,b", "--scheme", "none"],
    ] {
        assert_eq!(run(&[&["experiment", "assign"], wrong].concat()).code, 2, "{wrong:?}");
    }
}
