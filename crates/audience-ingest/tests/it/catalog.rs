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
fn errors_name_the_entry_and_what_is_wrong() {
    let error = |text: &str| read(text).unwrap_err();
    insta::assert_snapshot!(error(r#"[{"content_id":"a"},{"title":"B"}]"#), @"read the catalogue FILE, entry 2: content_id is missing");
    insta::assert_snapshot!(error("content_id,duration_ms\na,1:30\n"), @r#"read the catalogue FILE, entry 1: duration_ms is "1:30", which is not a number of milliseconds"#);
    insta::assert_snapshot!(error("content_id,duration_ms\na,-5\n"), @r#"read the catalogue FILE, entry 1: duration_ms is "-5", which is not a number of milliseconds"#);
    insta::assert_snapshot!(error("name\nx\n"), @"read the catalogue FILE, entry 1: content_id is missing");
    insta::assert_snapshot!(error("{\"content_id\":\"a\"}\n{oops\n"), @"read the catalogue FILE, entry 2: key must be a string at column 2");
    insta::assert_snapshot!(error("content_id,title\na,b,c\n"), @"read the catalogue FILE, entry 1: CSV error: record 1 (line: 2, byte: 17): found record with 3 fields, but the previous record has 2 fields");
}
