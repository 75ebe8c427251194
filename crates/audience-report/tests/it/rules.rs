//! What is a rule, and what is said of what is none.

use audience_report::Dimension;
use audience_report::check::{Operator, Rule, metrics, parse_rules};
use proptest::prelude::*;

fn rule(text: &str) -> Rule {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn error(text: &str) -> String {
    text.parse::<Rule>().unwrap_err().to_string()
}

#[test]
fn a_rule_has_a_metric_a_limit_and_clauses_in_any_order() {
    let least = rule("rebuffer_ratio < 1%");
    assert_eq!((least.operator, least.limit, least.min_sessions), (Operator::Below, 0.01, 1));
    assert_eq!((least.by.len(), least.attributes.len(), least.confidence), (0, 0, None));

    let most = rule(
        "  startup_p95\t<=  4s  confidence 99% min_sessions 7 where device=tv,device=web by cdn,day,attr:day # why",
    );
    assert_eq!(
        most.text,
        "startup_p95 <= 4s confidence 99% min_sessions 7 where device=tv,device=web by cdn,day,attr:day"
    );
    assert_eq!((most.operator, most.limit, most.min_sessions), (Operator::AtMost, 4000.0, 7));
    assert_eq!(most.by, [Dimension::Attribute("cdn".into()), Dimension::Day, Dimension::Attribute("day".into())]);
    assert_eq!(most.attributes, [("device".into(), "tv".into()), ("device".into(), "web".into())]);
    assert_eq!(most.confidence.map(audience_stats::Confidence::as_f64), Some(0.99));
}

#[test]
fn quotes_keep_blanks_commas_and_number_signs() {
    let quoted = rule(r##"failure_rate < 1% where "device=Apple TV, 2nd",name="#1 , x",tag=#2 by "my cdn""##);
    let pairs = [("device", "Apple TV, 2nd"), ("name", "#1 , x"), ("tag", "#2")];
    assert_eq!(quoted.attributes, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(quoted.by, [Dimension::Attribute("my cdn".into())]);
    // A rule says what it was: it is read again as the same.
    assert_eq!(rule(&quoted.text), quoted);
}

#[test]
fn limits_are_in_the_unit_of_the_metric() {
    for (text, expected) in [
        ("rebuffer_ratio < 0.01", 0.01),
        // Not 0.7 / 100, which is another number.
        ("rebuffer_ratio < 0.7%", 0.007),
        ("rebuffer_ratio < .5", 0.5),
        ("startup_p95 < 400ms", 400.0),
        ("startup_p95 < 0.1s", 100.0),
        ("startup_p95_ms < 4000", 4000.0),
        ("startup_p95_ms < 4s", 4000.0),
        ("average_view_duration > 1.5min", 90_000.0),
        ("watched > 2h", 7_200_000.0),
        ("average_bitrate > 2.5Mbps", 2_500_000.0),
        ("average_bitrate > 800kbps", 800_000.0),
        ("average_bitrate_bps > 800000", 800_000.0),
        ("average_bitrate > 1Gbps", 1e9),
        ("stalls_per_hour <= 0.5", 0.5),
        ("sessions >= 1000", 1000.0),
        ("sessions > 0", 0.0),
        ("dropped_frame_ratio <= 0", 0.0),
    ] {
        assert_eq!(rule(text).limit, expected, "{text}");
    }
}

#[test]
fn quantiles_are_any() {
    for (name, shown) in [
        ("startup_p95", "startup_p95"),
        ("startup_p5", "startup_p5"),
        ("startup_p05", "startup_p5"),
        ("startup_p99.9", "startup_p99.9"),
        ("restart_p50_ms", "restart_p50"),
        ("buffering_p50.0", "buffering_p50"),
    ] {
        assert_eq!(rule(&format!("{name} < 1s")).metric.to_string(), shown);
    }
    for name in
        ["startup_p", "startup_p0", "startup_p100", "startup_p9.99", "startup_p-5", "startup_p+5", "startup_pNN"]
    {
        assert!(format!("{name} < 1s").parse::<Rule>().is_err(), "{name}");
    }
}

#[test]
fn small_groups_are_not_judged_unless_it_is_asked_for_or_they_are_the_point() {
    assert_eq!(rule("failure_rate < 1%").min_sessions, 1);
    assert_eq!(rule("failure_rate < 1% by cdn").min_sessions, 100);
    assert_eq!(rule("failure_rate < 1% by cdn min_sessions 1").min_sessions, 1);
    assert_eq!(rule("sessions > 50 by cdn").min_sessions, 1);
}

#[test]
fn what_is_no_rule_is_said_with_the_word_and_what_was_expected() {
    insta::assert_snapshot!(error(""), @"there is no rule in it");
    insta::assert_snapshot!(error(" # nothing"), @"there is no rule in it");
    insta::assert_snapshot!(error("rebufer_ratio < 1%"), @r#"there is no metric "rebufer_ratio"; there is rebuffer_ratio"#);
    insta::assert_snapshot!(error("rebuffer < 1%"), @r#"there is no metric "rebuffer"; there is rebuffer_ratio"#);
    insta::assert_snapshot!(error("startup_95 < 1s"), @r#"there is no metric "startup_95"; there is startup_p95, startup_p50, startup_p75"#);
    insta::assert_snapshot!(error("Failure_rate < 1%"), @r#"there is no metric "Failure_rate"; there is failure_rate"#);
    insta::assert_snapshot!(error("happiness > 1"), @r#"there is no metric "happiness""#);
    insta::assert_snapshot!(error("failure_rate"), @"expected one of < <= > >= after failure_rate, found nothing");
    insta::assert_snapshot!(error("failure_rate == 1%"), @r#"expected one of < <= > >= after failure_rate, found "==""#);
    insta::assert_snapshot!(error("failure_rate <"), @"expected a share from 0 to 1 (0.01, 1%) after failure_rate <, found nothing");
    insta::assert_snapshot!(error("failure_rate < 5"), @r#"expected a share from 0 to 1 (0.01, 1%) after failure_rate <, found "5""#);
    insta::assert_snapshot!(error("failure_rate < 4s"), @r#"expected a share from 0 to 1 (0.01, 1%) after failure_rate <, found "4s""#);
    insta::assert_snapshot!(error("failure_rate < 1 %"), @r#"expected by, where, min_sessions or confidence, found "%""#);
    insta::assert_snapshot!(error("startup_p95 < 4000"), @r#"expected a time with its unit (4s, 400ms, 2min) after startup_p95 <, found "4000""#);
    insta::assert_snapshot!(error("startup_p95 < 4m"), @r#"expected a time with its unit (4s, 400ms, 2min) after startup_p95 <, found "4m""#);
    insta::assert_snapshot!(error("average_bitrate > 2.5"), @r#"expected a bit rate with its unit (2.5Mbps, 800kbps) after average_bitrate >, found "2.5""#);
    insta::assert_snapshot!(error("sessions > -1"), @r#"expected a number after sessions >, found "-1""#);
    insta::assert_snapshot!(error("sessions > 1e3"), @r#"expected a number after sessions >, found "1e3""#);
    insta::assert_snapshot!(error("sessions > 1.2.3"), @r#"expected a number after sessions >, found "1.2.3""#);
    insta::assert_snapshot!(error("sessions > ."), @r#"expected a number after sessions >, found ".""#);
    insta::assert_snapshot!(error("sessions >= 0"), @"sessions >= 0 always holds");
    insta::assert_snapshot!(error("failure_rate <= 100%"), @"failure_rate <= 100% always holds");
    insta::assert_snapshot!(error("failure_rate > 1"), @"failure_rate > 1 never holds");
    insta::assert_snapshot!(error("stalls_per_hour < 0"), @"stalls_per_hour < 0 never holds");
    insta::assert_snapshot!(error("failure_rate < 1% per cdn"), @r#"expected by, where, min_sessions or confidence, found "per""#);
    insta::assert_snapshot!(error("failure_rate < 1% by"), @"expected names with commas between them (cdn,device) after by, found nothing");
    insta::assert_snapshot!(error("failure_rate < 1% by cdn,,day"), @r#"expected names with commas between them (cdn,device) after by, found "cdn,,day""#);
    insta::assert_snapshot!(error("failure_rate < 1% by cdn by day"), @"by is given twice");
    insta::assert_snapshot!(error("failure_rate < 1% where tv"), @r#"expected NAME=VALUE (device=tv,country=DE) after where, found "tv""#);
    insta::assert_snapshot!(error("failure_rate < 1% min_sessions 0"), @r#"expected a number from 1 on after min_sessions, found "0""#);
    insta::assert_snapshot!(error("failure_rate < 1% min_sessions many"), @r#"expected a number from 1 on after min_sessions, found "many""#);
    insta::assert_snapshot!(error("failure_rate < 1% confidence 0.05"), @r#"expected a share from 0.5 to below 1 (0.95, 95%) after confidence, found "0.05""#);
    insta::assert_snapshot!(error("failure_rate < 1% confidence 1"), @r#"expected a share from 0.5 to below 1 (0.95, 95%) after confidence, found "1""#);
    insta::assert_snapshot!(error("longest_stall < 1min confidence 0.95"), @"longest_stall has no interval of confidence: leave out confidence");
    insta::assert_snapshot!(error("failure_rate < 1% where \"device=Apple TV"), @r#"there is no second " after "device=Apple TV""#);
}

#[test]
fn files_have_a_rule_a_line_and_errors_name_the_line() {
    let file = "# Start-up\n\nstartup_p95 < 4s # the slow ones\r\n   \n  rebuffer_ratio < 1% by cdn\n";
    let texts: Vec<String> = parse_rules(file).unwrap().into_iter().map(|rule| rule.text).collect();
    assert_eq!(texts, ["startup_p95 < 4s", "rebuffer_ratio < 1% by cdn"]);
    assert_eq!(parse_rules("# nothing\n"), Ok(Vec::new()));
    let wrong = parse_rules("# Start-up\nstartup_p95 < 4s\nrebuffer_ratio < 1% by cdn where tv\n").unwrap_err();
    assert_eq!(wrong.line, 3);
    insta::assert_snapshot!(wrong, @r#"line 3: expected NAME=VALUE (device=tv,country=DE) after where, found "tv""#);
}

#[test]
fn every_metric_can_be_used_and_every_limit_has_an_example() {
    for metric in metrics() {
        let name = metric.name.replace("NN", "95");
        let limit = ["0.5", "0.5s", "0.5Mbps"].map(|limit| format!("{name} < {limit}"));
        assert!(limit.iter().any(|text| text.parse::<Rule>().is_ok()), "{name}");
        let sure = ["0.5", "0.5s", "0.5Mbps"].map(|limit| format!("{name} < {limit} confidence 0.9"));
        assert_eq!(sure.iter().any(|text| text.parse::<Rule>().is_ok()), metric.has_interval, "{name}");
    }
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "\\PC*") {
        let _ = text.parse::<Rule>();
        let _ = parse_rules(&text);
    }

    #[test]
    fn no_words_are_too_strange(words in proptest::collection::vec(
        prop_oneof![
            Just("startup_p95".to_owned()), Just("failure_rate".to_owned()), Just("sessions".to_owned()),
            Just("<".to_owned()), Just(">=".to_owned()), Just("by".to_owned()), Just("where".to_owned()),
            Just("min_sessions".to_owned()), Just("confidence".to_owned()), Just("4s".to_owned()), Just("1%".to_owned()),
            "[0-9.,=\"#a-z%]{0,9}",
        ],
        0..12,
    )) {
        if let Ok(rule) = words.join(" ").parse::<Rule>() {
            prop_assert!(rule.limit.is_finite() && rule.limit >= 0.0 && rule.min_sessions > 0);
            prop_assert_eq!(rule.text.parse::<Rule>(), Ok(rule));
        }
    }
}
