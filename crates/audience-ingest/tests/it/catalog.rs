//! Names and durations of titles.

use audience_core::MediaTime;
use audience_ingest::Catalog;

use crate::folder;

fn read(text: &str) -> Result<Catalog, String> {
    let folder = folder("catalog", text);
    let path = folder.path().join("catalog");
    Catalog::read(&path).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
}

#[test]
fn json_lines_and_csv_say_the_same() {
    let texts = [
        r#"[{"content_id":"a","title":"A film","duration_ms":60000,"genre":"x"},{"content_id":7}]"#,
        "{\"content_id\":\"a\",\"title\":\"A film\",\"duration_ms\":60000}\n\n{\"content_id\":7}\n",
        "title,content_id,duration_ms\n\"A film\",a,60000\n,7,\n",
        "\u{feff}content_id,title,duration_ms\na,A film,60000.0\n7,,\n",
    ];
    for text in texts {
        let catalog = read(text).unwrap();
        assert_eq!(catalog.len(), 2, "{text}");
        let film = catalog.get("a").unwrap();
        assert_eq!((film.title.as_deref(), film.duration), (Some("A film"), Some(MediaTime::from_secs(60))));
        let other = catalog.get("7").unwrap();
        assert_eq!((other.title.as_deref(), other.duration), (None, None));
    }
}

#[test]
fn an_empty_catalogue_has_no_titles() {
    assert!(read("").unwrap().is_empty());
    assert!(read("[]").unwrap().is_empty());
}

#[test]
fn chapters_live_streams_and_other_fields_are_kept() {
    let texts = [
        r#"[{"content_id":"a","live":true,"genre":"x","year":2026,"chapters":[{"start_ms":90000,"title":"Act 1"},{"start_ms":0,"title":"Intro"}]}]"#,
        "content_id,live,genre,year,chapters\na,yes,x,2026, 90000=Act 1; 0=Intro;\n",
    ];
    for text in texts {
        let catalog = read(text).unwrap();
        let film = catalog.get("a").unwrap();
        assert!(film.live);
        let chapters: Vec<_> =
            film.chapters.iter().map(|chapter| (chapter.start.as_millis(), chapter.title.as_str())).collect();
        assert_eq!(chapters, [(0, "Intro"), (90_000, "Act 1")]);
        let extra: Vec<_> = film.extra.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(extra, [("genre", "x"), ("year", "2026")]);
    }
    let live = read("content_id,duration_ms,live\na,60000,1\nb,60000,0\n").unwrap();
    assert_eq!(live.get("a").unwrap().known_duration(), None);
    assert_eq!(live.get("b").unwrap().known_duration(), Some(MediaTime::from_secs(60)));
}

#[test]
fn errors_name_the_entry_and_what_is_wrong() {
    let error = |text: &str| read(text).unwrap_err();
    insta::assert_snapshot!(error(r#"[{"content_id":"a"},{"title":"B"}]"#), @"read the catalogue FILE, entry 2: content_id is missing");
    insta::assert_snapshot!(error("content_id,duration_ms\na,1:30\n"), @r#"read the catalogue FILE, entry 1: duration_ms is "1:30", which is not a number of milliseconds"#);
    insta::assert_snapshot!(error("content_id,duration_ms\na,-5\n"), @r#"read the catalogue FILE, entry 1: duration_ms is "-5", which is not a number of milliseconds"#);
    insta::assert_snapshot!(error("name\nx\n"), @"read the catalogue FILE, entry 1: content_id is missing");
    insta::assert_snapshot!(error("{\"content_id\":\"a\"}\n{oops\n"), @"read the catalogue FILE, entry 2: key must be a string at column 2");
    insta::assert_snapshot!(error("content_id,title\na,b,c\n"), @"read the catalogue FILE, entry 1: CSV error: record 1 (line: 2, byte: 17): found record with 3 fields, but the previous record has 2 fields");
    insta::assert_snapshot!(error("content_id,live\na,perhaps\n"), @r#"read the catalogue FILE, entry 1: live is "perhaps", which is neither true nor false"#);
    insta::assert_snapshot!(error("content_id,chapters\na,0=Intro;1:30=Act 1\n"), @r#"read the catalogue FILE, entry 1: chapters has "1:30=Act 1", which is not `milliseconds=title`"#);
    insta::assert_snapshot!(error(r#"[{"content_id":"a","chapters":[{"start_ms":0},{"start_ms":-1}]}]"#), @"read the catalogue FILE, entry 1: chapters: start_ms of chapter 2 is -1, which is not a number of milliseconds");
    insta::assert_snapshot!(error(r#"[{"content_id":"a","chapters":[{"title":"Intro"}]}]"#), @"read the catalogue FILE, entry 1: chapters: start_ms of chapter 1 is missing");
    insta::assert_snapshot!(error(r#"[{"content_id":"a","chapters":[{"start_ms":0,"title":7}]}]"#), @"read the catalogue FILE, entry 1: chapters: title of chapter 1 is 7, which is not text");
    insta::assert_snapshot!(error(r#"[{"content_id":"a","chapters":7}]"#), @"read the catalogue FILE, entry 1: chapters is 7, which is not a list of chapters");
    insta::assert_snapshot!(error("content_id,chapters\na,5=x;5=y\n"), @r#"read the catalogue FILE, entry 1: chapters: "x" and "y" both begin at 5 ms"#);
}
