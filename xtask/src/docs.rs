//! Whether the documentation says all that it must.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use audience_core::test_util::various_facts;
    use audience_core::{Accumulator, EventKind, Field};
    use audience_ingest::{Catalog, Format, Quality};
    use audience_lake::SessionsTable;
    use audience_report::{Dimension, Report, ReportSpec, ReportState};
    use serde_json::Value;

    fn page(name: &str) -> String {
        std::fs::read_to_string(crate::shell::root().join(name)).unwrap()
    }

    /// The words between backquotes of a page, taken apart at everything that is no letter, digit or underscore.
    fn words(page: &str) -> BTreeSet<&str> {
        let quoted = page.split('`').skip(1).step_by(2);
        quoted.flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_')).collect()
    }

    fn keys(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    into.insert(key.clone());
                    keys(value, into);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| keys(value, into)),
            _ => {}
        }
    }

    #[test]
    fn every_key_of_a_report_is_documented() {
        let spec = ReportSpec { by: Dimension::parse_list("device").unwrap(), ..ReportSpec::default() };
        let mut state = ReportState::new(&spec);
        state.observe_all(&various_facts());
        let titles = r#"[{"content_id": "film", "title": "A", "chapters": [{"start_ms": 0, "title": "B"}]}]"#;
        let catalog = Catalog::parse(titles, "catalog.json".as_ref()).unwrap();
        let report = Report::new(&state, &spec, &Quality::default(), &catalog);
        let report = report.compared_with(&state, &spec, "itself", 0);
        let mut found = BTreeSet::new();
        keys(&serde_json::to_value(&report).unwrap(), &mut found);
        let page = page("docs/report-json.md");
        let documented = words(&page);
        let missing: Vec<_> = found.iter().filter(|key| !documented.contains(key.as_str())).collect();
        assert_eq!(missing, Vec::<&String>::new());
    }

    #[test]
    fn every_key_and_type_of_events_is_documented() {
        let page = page("docs/formats/events.md");
        let documented = words(&page);
        for field in Field::ALL {
            assert!(documented.contains(field.name()), "{}", field.name());
        }
        let types = ["load", "seek", "rate_change", EventKind::Play.name(), EventKind::PlayRequest.name(), "custom"];
        assert!(types.iter().all(|name| documented.contains(name)));
    }

    #[test]
    fn every_column_of_sessions_is_documented() {
        let page = page("docs/formats/tables.md");
        let documented = words(&page);
        for column in SessionsTable::columns() {
            assert!(documented.contains(column), "{column}");
        }
    }

    #[test]
    fn every_format_is_documented() {
        let page = page("docs/formats/cmcd.md") + &page("docs/formats/events.md") + &page("docs/formats/tables.md");
        for format in Format::all() {
            assert!(page.contains(format.as_str()), "{format}");
        }
    }

    #[test]
    fn the_readme_has_two_commands() {
        let readme = page("README.md");
        let setup = readme.split("## ").find(|section| section.starts_with("Set-up")).unwrap();
        let commands: Vec<&str> = setup.lines().filter(|line| line.starts_with("cargo ")).collect();
        assert_eq!(commands.len(), 2, "{commands:?}");
    }
}
