//! Help that teaches.

use crate::{output, run};

#[test]
fn the_help_of_the_command() {
    insta::assert_snapshot!(output(&["--help"]));
}

#[test]
fn without_a_command_it_shows_the_help_and_fails() {
    let run = run(&[]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("Examples:"));
}

#[test]
fn every_command_says_what_it_does_and_takes() {
    for (command, expected) in [
        (
            "report",
            ["--by", "--where", "--content", "--from", "--tz", "--top", "--rejects", "--strict", "--json"].as_slice(),
        ),
        (
            "check",
            ["--rule", "--rules", "--allow-unjudged", "--list-metrics", "--business-error", "--tz", "min_sessions"]
                .as_slice(),
        ),
        (
            "breakdown",
            [
                "--by",
                "--order-by",
                "--top",
                "--min-viewers",
                "--approx-viewers",
                "--vs",
                "--rollups",
                "--catalog",
                "--csv",
            ]
            .as_slice(),
        ),
        ("session", ["--json", "--output", "--catalog", "<ID>", "playhead"].as_slice()),
        ("simulate", ["--seed", "--effect", "--faults", "--scenario", "--truth", "--catalog-out", "off"].as_slice()),
        (
            "live",
            ["--window", "--lateness", "--timeout", "--by", "--follow", "--speed", "--alerts", "--json", "ndjson"]
                .as_slice(),
        ),
        ("experiment", ["assign", "analyze"].as_slice()),
        ("completions", ["bash", "zsh", "fish"].as_slice()),
    ] {
        let help = output(&[command, "--help"]);
        for word in expected {
            assert!(help.contains(word), "{command} --help does not speak of {word}:\n{help}");
        }
    }
}

#[test]
fn completions_are_scripts_that_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = output(&["completions", shell]);
        assert!(script.contains("report") && script.contains("session"), "{shell}");
    }
    assert_eq!(run(&["completions", "tcsh"]).code, 2);
}

#[test]
fn the_version_is_that_of_the_crate() {
    assert_eq!(output(&["--version"]), format!("audience {}\n", env!("CARGO_PKG_VERSION")));
}
