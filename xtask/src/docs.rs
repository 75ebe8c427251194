//! Whether the documentation says all that it must.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use audience_cohort::{FunnelSpec, FunnelStep, MilestoneReading, Milestones, PositionUnit};
    use audience_core::test_util::{various_facts, various_sessions};
    use audience_core::{
        Accumulator, Bitrate, Elapsed, Envelope, Event, EventKind, Field, MediaTime, Rendition, Request, Timestamp,
    };
    use audience_ingest::{Catalog, Format, Input, Options, Quality, read_events};
    use audience_lake::SessionsTable;
    use audience_realtime::{LiveSpec, Metric};
    use audience_report::check::{CheckReport, CheckSpec, CheckState, metrics, parse_rules};
    use audience_report::cohorts::{CohortsReport, CohortsSpec, CohortsState};
    use audience_report::funnel::{FunnelReport, FunnelReportSpec, FunnelState, PositionsAsked};
    use audience_report::groups::{GroupsReport, GroupsSpec, GroupsState, Versus};
    use audience_report::live::LiveMonitor;
    use audience_report::{Dimension, Filter, Report, ReportSpec, ReportState};
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
        // What is the same as in other reports is documented there.
        let page = [page("docs/report-json.md"), page("docs/engagement.md"), page("docs/cohorts.md")].concat();
        let documented = words(&page);
        let missing: Vec<_> = found.iter().filter(|key| !documented.contains(key.as_str())).collect();
        assert_eq!(missing, Vec::<&String>::new());
    }

    #[test]
    fn every_key_and_column_of_cohorts_is_documented() {
        // Where these sessions of one night are on two days, so that somebody comes back.
        let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
        let by = Some("device".to_owned());
        let spec = CohortsSpec { zone, by, list_viewers: true, ..CohortsSpec::default() };
        let mut state = CohortsState::new(&spec);
        state.observe_all(&various_facts());
        let report = CohortsReport::new(state, &spec).unwrap();
        let mut found = BTreeSet::new();
        keys(&serde_json::to_value(&report).unwrap(), &mut found);
        for table in report.to_csv() {
            found.extend(table.text.lines().next().unwrap().split(',').map(str::to_owned));
        }
        assert!(
            ["viewer_rows", "expected_of_new", "omitted", "eligible"].iter().all(|key| found.contains(*key)),
            "{found:?}"
        );
        let page = [page("docs/cohorts.md"), page("docs/report-json.md")].concat();
        let documented = words(&page);
        let missing: Vec<_> = found.iter().filter(|key| !documented.contains(key.as_str())).collect();
        assert_eq!(missing, Vec::<&String>::new());
    }

    #[test]
    fn every_key_and_column_of_a_breakdown_is_documented() {
        let versus = Versus { name: "itself".to_owned(), filter: Filter::default() };
        let by = Dimension::parse_list("content,device").unwrap();
        let filter = Filter { from: Some(Timestamp::default()), ..Filter::default() };
        let spec = GroupsSpec { by, filter, versus: Some(versus), rollups: true, top: 1, ..GroupsSpec::default() };
        let mut state = GroupsState::new(&spec).unwrap();
        state.observe_all(&various_facts());
        let catalog = Catalog::parse(r#"[{"content_id": "film", "title": "A"}]"#, "catalog.json".as_ref()).unwrap();
        let report = GroupsReport::new(&state, &spec, &catalog).unwrap();
        let mut found = BTreeSet::new();
        keys(&serde_json::to_value(&report).unwrap(), &mut found);
        for table in report.to_csv() {
            found.extend(table.text.lines().next().unwrap().split(',').map(str::to_owned));
        }
        assert!(["change", "gone", "title", "rollups"].iter().all(|key| found.contains(*key)), "{found:?}");
        // What was asked for is the same as in a report.
        let page = [page("docs/breakdown.md"), page("docs/report-json.md")].concat();
        let documented = words(&page);
        let missing: Vec<_> = found.iter().filter(|key| !documented.contains(key.as_str())).collect();
        assert_eq!(missing, Vec::<&String>::new());
    }

    #[test]
    fn every_key_and_column_of_a_funnel_is_documented() {
        let steps = FunnelSpec::new(["load", "play", "nothing"].map(FunnelStep::new)).unwrap();
        let milestones = [Milestones::percents([0, 50]), Milestones::positions([MediaTime::ZERO])];
        let (mut found, page) = (BTreeSet::new(), page("docs/funnel.md"));
        for milestones in milestones {
            let (per, reading) = (PositionUnit::Session, MilestoneReading::Ordered);
            let spec = FunnelReportSpec {
                steps: Some(steps.clone()),
                positions: Some(PositionsAsked { milestones: milestones.unwrap(), per, reading }),
                by: Some("device".to_owned()),
                ..FunnelReportSpec::default()
            };
            let mut state = FunnelState::new(&spec);
            state.observe_all(&various_sessions());
            let report = FunnelReport::new(&state, &spec).unwrap();
            keys(&serde_json::to_value(&report).unwrap(), &mut found);
            for table in report.to_csv() {
                assert!(page.contains(table.file_name), "{}", table.file_name);
                let header = table.text.lines().next().unwrap_or_default();
                found.extend(header.split(',').map(str::to_owned));
            }
        }
        let documented = words(&page);
        let missing: Vec<_> = found.iter().filter(|key| !documented.contains(key.as_str())).collect();
        assert!(found.contains("adjusted_p") && found.contains("suggestion"), "{found:?}");
        assert_eq!(missing, Vec::<&String>::new());
    }

    #[test]
    fn every_key_of_what_is_live_is_documented() {
        let rule = r#"{"rules": [{"name": "stalls", "series": "stalls", "above": 0.5}]}"#;
        let mut monitor = LiveMonitor::new(LiveSpec::default(), serde_json::from_str(rule).unwrap()).unwrap();
        let bitrate = Bitrate::from_bps(3_000_000);
        let rendition = Rendition { bitrate, ..Rendition::default() };
        let took = Some(Elapsed::from_secs(1));
        let request = Request { status: Some(200), first_byte: took, elapsed: took, ..Request::default() };
        let events = [
            (0, EventKind::load_of(MediaTime::from_secs(900))),
            (1, EventKind::Play),
            (2, EventKind::QualityChange { to: rendition, from: None, reason: None }),
            (3, EventKind::Request(Box::new(request))),
            (10, EventKind::BufferStart),
            (12, EventKind::BufferEnd { reported: None }),
            (280, EventKind::Heartbeat),
            (500, EventKind::Heartbeat),
        ];
        for (secs, kind) in events {
            monitor.observe(Envelope {
                session_id: "s".into(),
                viewer_id: None,
                content_id: Some("film".into()),
                event: Event::new(Timestamp::from_millis(secs * 1000), kind),
                attributes: vec![("cdn".into(), "a".into())],
            });
        }
        monitor.take_held();
        let mut lines = monitor.snapshot(10, true).viewer_lines();
        monitor.finish();
        lines.extend(monitor.take_lines());
        lines.push(monitor.summary(Some(&Quality::default())));
        let mut found = BTreeSet::new();
        for line in &lines {
            keys(&serde_json::to_value(line).unwrap(), &mut found);
        }
        for key in ["lasted_ms", "codes", "p99_ms", "max_bps", "startup_ms", "mean_bps", "classes", "rejected"] {
            assert!(found.contains(key), "{key} in {found:?}");
        }
        let page = page("docs/live.md");
        let documented = words(&page);
        let missing: Vec<_> = found.iter().filter(|key| !documented.contains(key.as_str())).collect();
        assert_eq!(missing, Vec::<&String>::new());
        for metric in Metric::ALL {
            assert!(documented.contains(metric.as_str()), "{metric}");
        }
    }

    #[test]
    fn every_metric_of_rules_is_documented_as_it_is() {
        let page = page("docs/check.md");
        let table: Vec<&str> =
            page.lines().filter(|line| line.starts_with("| `") && line.matches('|').count() == 6).collect();
        let rows = metrics().map(|metric| {
            let interval = if metric.has_interval { "yes" } else { "–" };
            let (unit, better) = (metric.unit.name(), metric.better.as_str());
            format!("| `{}` | {unit} | {better} | {interval} | {} |", metric.name, metric.help)
        });
        assert_eq!(table, rows.collect::<Vec<_>>());
    }

    #[test]
    fn every_key_of_a_check_and_every_rule_of_its_page_is_true() {
        let page = page("docs/check.md");
        let rules = parse_rules(&block(&page, "# What we promise")).unwrap();
        assert_eq!(rules.len(), 6);
        let more = "sessions > 1 by content,isp\nfailure_rate < 1% where device=tv by isp";
        let rules = [rules, parse_rules(more).unwrap()].concat();
        let filter = Filter { content: Some("film".into()), from: Some(Timestamp::default()), ..Filter::default() };
        let spec = CheckSpec { filter, ..CheckSpec::new(rules) };
        let mut state = CheckState::new(&spec);
        state.observe_all(&various_facts());
        let mut found = BTreeSet::new();
        keys(&serde_json::to_value(CheckReport::new(&state, &spec, &Catalog::new())).unwrap(), &mut found);
        let documented = words(&page);
        let missing: Vec<_> = found.iter().filter(|key| !documented.contains(key.as_str())).collect();
        assert!(found.contains("low") && found.contains("reason"), "{found:?}");
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
        let page =
            ["cmcd", "events", "logs", "maps", "tables"].map(|name| page(&format!("docs/formats/{name}.md"))).concat();
        for format in Format::all() {
            assert!(page.contains(format.as_str()), "{format}");
        }
    }

    /// The block of a page that begins so, without its indentation.
    fn block(page: &str, start: &str) -> String {
        let from = page.lines().skip_while(|line| line.strip_prefix("    ") != Some(start));
        let lines = from.map_while(|line| if line.is_empty() { Some(line) } else { line.strip_prefix("    ") });
        lines.collect::<Vec<_>>().join("\n").trim_end().to_owned() + "\n"
    }

    #[test]
    fn the_example_of_a_map_makes_the_events_it_says() {
        let page = page("docs/formats/maps.md");
        let table = block(&page, "run,user,film,at,what,time,extra");
        let map = block(&page, "name = \"what\"                # what happened stands in this column");
        let mut options = Options::default();
        options.map = Some(std::sync::Arc::new(map.parse().unwrap()));
        let mut lines = Vec::new();
        let quality = read_events(vec![Input::memory("player.csv", table.as_bytes())], &options, |event: Envelope| {
            event.write_line(&mut lines);
            Ok::<(), std::io::Error>(())
        });
        assert_eq!((quality.unwrap().events, table.lines().count()), (3, 4));
        let lines = String::from_utf8(lines).unwrap();
        assert_eq!(block(&page, lines.lines().next().unwrap()), lines);
    }

    #[test]
    fn the_readme_has_two_commands() {
        let readme = page("README.md");
        let setup = readme.split("## ").find(|section| section.starts_with("Set-up")).unwrap();
        let commands: Vec<&str> = setup.lines().filter(|line| line.starts_with("cargo ")).collect();
        assert_eq!(commands.len(), 2, "{commands:?}");
    }
}
