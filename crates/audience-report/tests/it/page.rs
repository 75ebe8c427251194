//! Reports as HTML.

use audience_core::test_util::various_facts;
use audience_core::{Accumulator, Event, EventKind, SessionFacts, Timestamp};
use audience_ingest::{Catalog, Quality};
use audience_report::{ComparedState, Dimension, Filter, Report, ReportSpec, parse_versus};
use jiff::tz::TimeZone;
use roxmltree::{Document, Node};

use crate::{facts, report, various, view};

fn by(names: &str) -> ReportSpec {
    ReportSpec { by: Dimension::parse_list(names).unwrap(), ..ReportSpec::default() }
}

/// The page without what is between the tags of style and script, which are not XML.
pub(crate) fn without_code(page: &str) -> String {
    let mut text = page.to_owned();
    for name in ["style", "script"] {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        assert_eq!((text.matches(&open).count(), text.matches(&close).count()), (1, 1), "{name}");
        let (start, end) = (text.find(&open).unwrap() + open.len(), text.find(&close).unwrap());
        text.replace_range(start..end, "");
    }
    text
}

/// Checks what every page must be, and gives all text of it.
fn check(report: &Report) -> String {
    check_page(&report.to_html())
}

/// Checks what every page must be, and gives all text of it.
pub(crate) fn check_page(page: &str) -> String {
    assert!(!page.contains("http://") && !page.contains("https://"), "it refers to somewhere");
    let text = without_code(page);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).unwrap();
    let mut ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is there twice");
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(!["img", "iframe", "link", "object", "embed", "form", "base"].contains(&name), "{name}");
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(!key.starts_with("on") && key != "style" && key != "src", "{name} {key}");
            if key == "href" {
                let target = value.strip_prefix('#').unwrap_or_else(|| panic!("{value} leads away"));
                assert!(ids.binary_search(&target).is_ok(), "{value} leads nowhere");
            }
            let number = ["d", "x", "y", "x1", "x2", "width", "cx", "data-v"].contains(&key);
            assert!(!number || !["NaN", "inf"].iter().any(|bad| value.contains(bad)), "{name} {key} {value}");
        }
        if name == "svg" {
            let parts = |part: &str| node.children().any(|child| child.tag_name().name() == part);
            let hidden = node.ancestors().any(|node| node.attribute("aria-hidden") == Some("true"));
            let drawn = node.attribute("role") == Some("img") && parts("title") && parts("desc");
            assert!(hidden || drawn || node.attribute("viewBox").is_some(), "a drawing says what it is");
        }
        // What the page's script makes of other plots has their tables.
        if name == "figure" && node.attribute("hidden").is_none() {
            assert!(node.descendants().any(|node| node.tag_name().name() == "table"), "a plot has a table");
        }
        if name == "table" {
            let rows = node.descendants().filter(|node| node.tag_name().name() == "tr");
            let mut widths: Vec<_> = rows.map(|row| row.children().filter(Node::is_element).count()).collect();
            widths.dedup();
            assert_eq!(widths.len(), 1, "rows of a table are of one length: {widths:?}");
        }
    }
    document.descendants().filter_map(|node| node.text()).collect::<Vec<_>>().join("\n")
}

/// The words of a page, an element a line, as a reader hears them.
pub(crate) fn words(page: &str) -> String {
    let text = without_code(page);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).unwrap();
    let mut lines = Vec::new();
    for node in document.descendants() {
        let name = node.tag_name().name();
        let long = ["tbody", "dl", "details"].contains(&name) && node.attribute("class") != Some("headline");
        if long && node.descendants().filter(Node::is_element).count() > 400 {
            lines.push(format!("({name} with {} lines)", node.children().filter(Node::is_element).count()));
        }
        let inside_long = node
            .ancestors()
            .any(|node| node.tag_name().name() == "tbody" && node.descendants().filter(Node::is_element).count() > 400);
        if let Some(text) = node.text().filter(|text| node.is_text() && !text.trim().is_empty() && !inside_long) {
            lines.push(text.trim().to_owned());
        }
    }
    lines.join("\n")
}

#[test]
fn the_page_of_various_sessions_is_whole() {
    let text = check(&various(&by("device,day")));
    for word in ["Overview", "film", "Retention", "Attention", "Data quality", "Definitions", "live stream"] {
        assert!(text.contains(word), "{word}");
    }
    check(&various(&by("content")));
}

#[test]
fn the_words_of_a_page() {
    insta::assert_snapshot!(words(&various(&by("device")).to_html()));
}

#[test]
fn the_source_of_a_small_page() {
    let filter = Filter { content: Some("odd".into()), ..Filter::default() };
    let spec = ReportSpec { filter, ..ReportSpec::default() };
    let page = without_code(&various(&spec).to_html());
    let (before, after) = page.split_once("Content-Security-Policy\" content=\"").unwrap();
    let after = after.split_once('"').unwrap().1;
    let page = format!("{before}Content-Security-Policy\" content=\"{after}");
    insta::assert_snapshot!(page.replace(concat!("audience ", env!("CARGO_PKG_VERSION")), "audience VERSION"));
}

#[test]
fn pages_of_little_are_whole_too() {
    check(&report(&ReportSpec::default(), &[]));
    check(&report(&by("device"), &[facts(&view("s", "a", 0, 50))]));
    check(&report(&ReportSpec::default(), &[facts(&view("s", "", 0, 50))]));
    for id in ["live", "unknown", "nowhere", "never"] {
        let session = various_facts().into_iter().find(|facts| facts.identity.session_id.as_str() == id);
        check(&report(&by("day"), &[session.unwrap()]));
    }
    let far = Event::new(Timestamp::from_millis(i64::MAX), EventKind::Play);
    check(&report(&by("day"), &[facts(&audience_core::Session::new("s", "a", [far]))]));
}

#[test]
fn what_telemetry_says_stays_text() {
    for hostile in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title></style></script><!--",
        "]]>&amp;&lt;\u{0}\u{1b}\u{ffff}",
        "\u{202e}desrever",
    ] {
        let session = view("s", hostile, 0, 50).with_attribute("device", hostile).with_attribute(hostile, "x");
        let spec = ReportSpec {
            by: vec![Dimension::Attribute("device".into()), Dimension::Attribute(hostile.into())],
            filter: Filter { attributes: vec![("device".into(), hostile.into())], ..Filter::default() },
            ..ReportSpec::default()
        };
        let catalog = serde_json::json!([{
            "content_id": hostile, "title": hostile, hostile: hostile, "chapters": [{"start_ms": 0, "title": hostile}],
        }]);
        let catalog = Catalog::parse(&catalog.to_string(), "catalog.json".as_ref()).unwrap();
        let mut quality = Quality::default();
        quality.attributes.insert(hostile.into(), 1);
        quality.custom_types.insert(hostile.into(), 1);
        let mut state = ComparedState::new(&spec, Some(&spec));
        state.observe(&facts(&session));
        let report = Report::new(&state.this, &spec, &quality, &catalog);
        let report = report.compared_with(state.other.as_ref().unwrap(), &spec, hostile, state.in_both);
        let page = report.to_html();
        assert!(!page.contains("<img") && !page.contains("<script>alert") && !page.contains("' onmouse"));
        let shown: String =
            hostile.chars().map(|c| if c.is_control() || c == '\u{ffff}' { '\u{fffd}' } else { c }).collect();
        assert!(check(&report).contains(&shown), "{hostile:?} is shown as it is");
    }
}

#[test]
fn a_comparison_has_a_section_and_a_second_curve() {
    let sessions: Vec<SessionFacts> = (0..60).map(|n| facts(&view("s", "a", n * 3_600_000, 10 + n as u64))).collect();
    let filter = Filter {
        from: Some(Timestamp::from_millis(30 * 3_600_000)),
        to: Some(Timestamp::from_millis(60 * 3_600_000)),
        ..Filter::default()
    };
    let other = parse_versus("previous", &filter, &TimeZone::UTC).unwrap();
    let spec = |filter: Filter| ReportSpec { filter, ..ReportSpec::default() };
    let (this, other) = (spec(filter), spec(other));
    let mut state = ComparedState::new(&this, Some(&other));
    state.observe_all(&sessions);
    let report = Report::new(&state.this, &this, &Quality::default(), &Catalog::new());
    let report = report.compared_with(state.other.as_ref().unwrap(), &other, "the day before", state.in_both);
    let text = check(&report);
    for word in ["Compared with", "the day before", "not a randomised experiment", "95 % interval"] {
        assert!(text.contains(word), "{word}");
    }
    assert!(report.to_html().contains("curve other"));
    insta::assert_snapshot!(
        anstream::adapter::strip_str(&report.to_text(audience_report::TextOptions::default())).to_string()
    );
}

#[test]
fn a_page_of_twenty_long_titles_is_less_than_a_megabyte_and_one_of_two_hundred_is_whole() {
    let sessions: Vec<SessionFacts> = (0..200)
        .flat_map(|title| (0..3).map(move |n| (title, n)))
        .map(|(title, n)| {
            let at = |after: u64| Timestamp::from_millis(n * 86_400_000 * 9 + after as i64 * 1000);
            let position = audience_core::MediaTime::from_secs;
            let events = [
                Event::new(at(0), EventKind::load_of(position(9000))),
                Event::new(at(1), EventKind::Play).at(position(0)),
                Event::new(at(4001), EventKind::seek_from(position(4000))).at(position(1000)),
                Event::new(at(9001), EventKind::Pause).at(position(6000)),
            ];
            facts(&audience_core::Session::new(format!("{n}"), format!("title {title}"), events))
        })
        .collect();
    let page = |top: usize| report(&ReportSpec { top, ..ReportSpec::default() }, &sessions);
    let size = page(20).to_html().len();
    assert!(size < 950_000, "{size} bytes");
    check(&page(200));
}

#[test]
fn neither_long_names_nor_many_groups_make_a_page_long() {
    let long = "x".repeat(1 << 20);
    let spec = by("device");
    let named = report(&spec, &[facts(&view("s", &long, 0, 50).with_attribute("device", &long))]);
    check(&named);
    assert!(named.to_html().len() < 150_000, "{}", named.to_html().len());
    let sessions: Vec<SessionFacts> =
        (0..2000).map(|n| facts(&view("s", "a", 0, 50).with_attribute("device", &n.to_string()))).collect();
    let many = report(&spec, &sessions);
    assert!(check(&many).contains("And 1,900 groups more"));
    assert!(many.to_html().len() < 300_000, "{}", many.to_html().len());
}
