//! Times of segments in access logs.

use std::fs;

use crate::{output, run};

/// What is known of the requests of a log for `/film/v/2.m4s`, under these flags.
fn placed(folder: &std::path::Path, flags: &[&str]) -> String {
    let log = folder.join("requests.ndjson");
    let line = r#"{"t":1795205392545,"method":"GET","path":"/film/v/2.m4s","query":"CMCD=ot%3Dv%2Csid%3D%22s%22","status":200}"#;
    fs::write(&log, format!("{line}\n")).unwrap();
    let run = run(&[&["convert", log.to_str().unwrap()], flags].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let known = ["segment_start_ms", "segment_ms", "duration_ms"].map(|name| {
        let value = run.out.split_once(&format!("\"{name}\":")).map_or("none", |(_, rest)| rest);
        value.split([',', '}']).next().unwrap().to_owned()
    });
    known.join(" ")
}

#[test]
fn segments_are_where_manifests_numbers_or_tables_say() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let playlist = file("v.m3u8", "#EXTM3U\n#EXTINF:6,\nv/1.m4s\n#EXTINF:5,\nv/2.m4s\n#EXT-X-ENDLIST\n");
    let mpd = file(
        "a=b.mpd",
        r#"<MPD mediaPresentationDuration="PT9S"><Period><AdaptationSet><SegmentTemplate duration="3" media="v/$Number$.m4s"/><Representation id="v"/></AdaptationSet></Period></MPD>"#,
    );
    let table = file("t.csv", "path,start_s,duration_s\n/film/v/2.m4s,7,1.5\n");
    let at = |flags: &[&str]| placed(folder.path(), flags);
    assert_eq!(at(&[]), "none none none");
    assert_eq!(at(&["--segments", &playlist]), "6000 5000 11000");
    assert_eq!(at(&["--segments", &format!("/film/={playlist}")]), "6000 5000 11000");
    assert_eq!(at(&["--segments", &format!("https://h/other/={playlist}")]), "none none none");
    assert_eq!(at(&["--segments", &mpd]), "3000 3000 9000");
    assert_eq!(at(&["--segments", &table]), "7000 1500 none");
    assert_eq!(at(&["--segment-duration", "4"]), "4000 4000 none");
    assert_eq!(at(&["--segment-duration", "2.5", "--first-segment", "0"]), "5000 2500 none");
    assert_eq!(at(&["--segment-duration", "4", "--segments", &playlist]), "6000 5000 11000");

    let failure = |flags: &[&str]| {
        let run = run(&[&["report", crate::EVENTS], flags].concat());
        format!("{} {}", run.code, run.err.trim_end().replace(folder.path().to_str().unwrap(), "DIR"))
    };
    insta::assert_snapshot!(failure(&["--segments", "none.mpd"]), @"1 error: cannot read none.mpd: No such file or directory (os error 2)");
    let both = failure(&["--segments", &playlist, "--segments", &mpd]);
    assert!(both.starts_with("1 error: cannot read segments of DIR/a=b.mpd: v/1.m4s is both at 0:00.000"), "{both}");
    for wrong in [&["--segment-duration", "0"][..], &["--segment-duration", "soon"], &["--first-segment", "0"]] {
        assert!(failure(wrong).starts_with('2'), "{wrong:?}");
    }
}

#[test]
fn the_help_speaks_of_segments_and_privacy() {
    for command in ["report", "convert", "session"] {
        let help = output(&[command, "--help"]);
        for flag in
            ["--segments", "--segment-duration", "--first-segment", "--ip", "--urls", "--viewer-key-file", "--opt-out"]
        {
            assert!(help.contains(flag), "{command} {flag}");
        }
    }
}
