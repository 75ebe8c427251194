//! Rules on sessions made by hand.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Event, EventKind, MediaTime, PlayerError, Session, SessionFacts, Timestamp};
use audience_ingest::Catalog;
use audience_qoe::{BusinessErrors, GoodStreamLimits};
use audience_report::check::{CheckReport, CheckSpec, CheckState, RuleReport, SCHEMA, Unjudged, Verdict};
use audience_report::{Filter, parse_zone, to_json};

use crate::facts;

fn spec(rules: &[&str]) -> CheckSpec {
    CheckSpec::new(rules.iter().map(|rule| rule.parse().unwrap()).collect())
}

fn check_by(spec: &CheckSpec, sessions: &[SessionFacts]) -> CheckReport {
    let mut state = CheckState::new(spec);
    state.observe_all(sessions);
    CheckReport::new(&state, spec, &Catalog::new())
}

/// What becomes of one rule.
fn check(rule: &str, sessions: &[SessionFacts]) -> RuleReport {
    check_by(&spec(&[rule]), sessions).rules.remove(0)
}

fn verdict(rule: &str, sessions: &[SessionFacts]) -> Verdict {
    check(rule, sessions).verdict
}

/// A session of a CDN, whose viewer waits so many milliseconds for the first frame, and then in 1000 s of playing stalls so many.
fn session(cdn: &str, viewer: &str, startup_ms: i64, stalled_ms: i64) -> SessionFacts {
    let at = |millis: i64| Timestamp::from_millis(startup_ms + millis);
    let events = [
        Event::new(Timestamp::from_millis(0), EventKind::PlayRequest),
        Event::new(at(0), EventKind::Play).at(MediaTime::ZERO),
        Event::new(at(500_000), EventKind::BufferStart).at(MediaTime::from_secs(500)),
        Event::new(at(500_000 + stalled_ms), EventKind::buffer_end()).at(MediaTime::from_secs(500)),
        Event::new(at(1_000_000 + stalled_ms), EventKind::Pause).at(MediaTime::from_secs(1000)),
    ];
    let session = Session::new(viewer, "film", events).with_viewer(viewer);
    facts(&if cdn.is_empty() { session } else { session.with_attribute("cdn", cdn) })
}

/// A session that fails before it starts.
fn failure(cdn: &str, code: &str) -> SessionFacts {
    let error = PlayerError { code: Some(code.into()), fatal: true, ..PlayerError::default() };
    let at = Timestamp::from_millis;
    let events = [Event::new(at(0), EventKind::load()), Event::new(at(1), EventKind::Error(Box::new(error)))];
    facts(&Session::new("f", "film", events).with_attribute("cdn", cdn))
}

/// So many sessions of a CDN, of different viewers, that start after a second and stall so long.
fn many(cdn: &str, count: usize, stalled_ms: i64) -> Vec<SessionFacts> {
    (0..count).map(|number| session(cdn, &format!("{cdn}{number}"), 1000, stalled_ms)).collect()
}

#[test]
fn the_state_obeys_the_laws() {
    let rules = [
        "startup_p95 < 4s by device,day confidence 0.9",
        "rebuffer_ratio < 1% by device,day confidence 0.9",
        "failure_rate < 1% confidence 0.9",
        "average_bitrate > 1kbps where device=tv confidence 0.9",
        "viewers > 1 by content",
    ];
    let filtered = CheckSpec {
        filter: Filter { content: Some("film".into()), ..Filter::default() },
        good: GoodStreamLimits { business: BusinessErrors::new(["E*"]).unwrap(), ..GoodStreamLimits::default() },
        ..spec(&rules)
    };
    for spec in [spec(&rules), filtered] {
        check_merge_laws(&CheckState::new(&spec), &various_facts());
    }
}

#[test]
fn a_value_on_the_limit_is_at_most_and_at_least_it_and_neither_below_nor_above() {
    // 250 s of 1250 are 20 %.
    let sessions = [session("a", "v", 1000, 250_000)];
    for (metric, limit) in [("rebuffer_ratio", "20%"), ("startup_p95", "1s"), ("sessions", "1")] {
        let verdict = |operator: &str| verdict(&format!("{metric} {operator} {limit}"), &sessions);
        assert_eq!([verdict("<="), verdict(">=")], [Verdict::Held; 2], "{metric}");
        assert_eq!([verdict("<"), verdict(">")], [Verdict::Broken; 2], "{metric}");
    }
}

#[test]
fn offenders_are_the_worst_first_and_then_by_name() {
    let sessions: Vec<_> = [("b", 20_000), ("d", 5000), ("c", 30_000), ("a", 20_000)]
        .iter()
        .flat_map(|(cdn, stalled)| many(cdn, 2, *stalled))
        .collect();
    let names = |rule: &str| -> Vec<String> {
        let report = check(rule, &sessions);
        report.offenders.into_iter().map(|offender| offender.values[0].clone().unwrap()).collect()
    };
    assert_eq!(names("rebuffer_ratio < 1% by cdn min_sessions 1"), ["c", "a", "b"]);
    assert_eq!(names("rebuffer_ratio > 2% by cdn min_sessions 1"), ["d", "a", "b"]);
    let report = check("rebuffer_ratio < 1% by cdn min_sessions 1", &sessions);
    assert_eq!((report.groups, report.judged, report.verdict), (4, 4, Verdict::Broken));
    assert_eq!((report.offenders[0].sessions, report.offenders[0].value), (2, 30.0 / 1030.0));
    assert_eq!(report.worst.as_ref(), report.offenders.first());
    // Of a rule that holds it is the one nearest to the limit.
    let held = check("rebuffer_ratio < 10% by cdn min_sessions 1", &sessions);
    assert_eq!((held.verdict, held.worst.unwrap().values), (Verdict::Held, vec![Some("c".to_owned())]));
}

#[test]
fn groups_with_fewer_sessions_than_asked_are_not_judged() {
    let sessions = [many("a", 3, 50_000), many("b", 2, 90_000)].concat();
    let counts = |fewest: u64| {
        let report = check(&format!("rebuffer_ratio < 1% by cdn min_sessions {fewest}"), &sessions);
        (report.judged, report.too_small, report.offenders.len(), report.verdict)
    };
    assert_eq!(counts(2), (2, 0, 2, Verdict::Broken));
    assert_eq!(counts(3), (1, 1, 1, Verdict::Broken));
    assert_eq!(counts(4), (0, 2, 0, Verdict::NotJudged));
    let report = check("rebuffer_ratio < 1% by cdn", &sessions);
    assert_eq!(report.why, Some(Unjudged::TooSmall { largest: 3 }));
}

#[test]
fn what_judged_nothing_says_why_and_does_not_hold() {
    let sessions = many("a", 3, 10);
    let why = |rule: &str| {
        let report = check(rule, &sessions);
        assert_eq!((report.verdict, report.judged), (Verdict::NotJudged, 0), "{rule}");
        report.why.unwrap()
    };
    let no_such = |name: &str| Unjudged::NoSuchAttribute { attribute: name.into() };
    assert_eq!(why("failure_rate < 1% by isp min_sessions 1"), no_such("isp"));
    assert_eq!(why("failure_rate < 1% by cdn,isp min_sessions 1"), no_such("isp"));
    assert_eq!(why("failure_rate < 1% where device=tv"), no_such("device"));
    assert_eq!(why("failure_rate < 1% where cdn=b"), Unjudged::NoSessions);
    assert_eq!(why("dropped_frame_ratio < 1%"), Unjudged::Undefined);
    assert_eq!(why("restart_p95 < 1s"), Unjudged::Undefined);
    // An outage: there is nothing at all.
    let outage = check_by(&spec(&["failure_rate < 1%", "sessions > 10"]), &[]);
    assert_eq!((outage.sessions, outage.broken, outage.not_judged), (0, 0, 2));
    assert_eq!(outage.rules[1].why, Some(Unjudged::NoSessions));
}

#[test]
fn sessions_without_the_attribute_are_a_group_where_others_have_it() {
    let sessions = [many("a", 2, 10), many("", 2, 90_000)].concat();
    let report = check("rebuffer_ratio < 1% by cdn min_sessions 2", &sessions);
    assert_eq!((report.groups, report.offenders.len(), &report.offenders[0].values), (2, 1, &vec![None]));
}

#[test]
fn a_metric_that_some_groups_lack_is_judged_in_the_others() {
    let sessions = [many("a", 2, 10), vec![failure("b", "X"), failure("b", "X")]].concat();
    let report = check("startup_p95 < 4s by cdn min_sessions 2", &sessions);
    assert_eq!((report.judged, report.undefined, report.verdict), (1, 1, Verdict::Held));
}

#[test]
fn where_is_of_the_rule_and_the_filter_of_all_rules() {
    let sessions = [many("a", 2, 10), many("b", 3, 90_000)].concat();
    let rules = spec(&["rebuffer_ratio < 1% where cdn=a", "rebuffer_ratio < 1% where cdn=b", "sessions >= 5"]);
    let verdicts =
        |spec: &CheckSpec| -> Vec<_> { check_by(spec, &sessions).rules.iter().map(|rule| rule.verdict).collect() };
    assert_eq!(verdicts(&rules), [Verdict::Held, Verdict::Broken, Verdict::Held]);
    let filter = Filter { attributes: vec![("cdn".into(), "a".into())], ..Filter::default() };
    let only_a = CheckSpec { filter, ..rules };
    assert_eq!(verdicts(&only_a), [Verdict::Held, Verdict::NotJudged, Verdict::Broken]);
    let report = check_by(&only_a, &sessions);
    assert_eq!((report.sessions_read, report.sessions, report.broken, report.not_judged), (5, 2, 1, 1));
}

#[test]
fn business_errors_are_no_technical_failures() {
    let sessions = [many("a", 8, 10), vec![failure("a", "GEO_BLOCKED"), failure("a", "DECODE")]].concat();
    let rules = ["failure_rate < 15%", "technical_failure_rate < 15%", "technical_start_failure_rate <= 10%"];
    let business = BusinessErrors::new(["GEO_*"]).unwrap();
    let good = GoodStreamLimits { business, ..GoodStreamLimits::default() };
    let report = check_by(&CheckSpec { good, ..spec(&rules) }, &sessions);
    let values: Vec<f64> = report.rules.iter().map(|rule| rule.worst.as_ref().unwrap().value).collect();
    assert_eq!(values, [0.2, 0.1, 0.1]);
    assert_eq!(check_by(&spec(&rules), &sessions).broken, 3, "nobody said which are which");
}

/// Two failures of 120 are more than 1 %, which chance alone explains: the interval of 95 % is 0.46 to 5.87 % (statsmodels,
/// `proportion_confint(2, 120, method="wilson")`). Of 1200 with the same rate, it is 1.08 to 2.56 %.
#[test]
fn confidence_keeps_a_noisy_group_from_failing() {
    let group = |cdn: &str, times: usize| [many(cdn, 118 * times, 10), vec![failure(cdn, "X"); 2 * times]].concat();
    let noisy = group("a", 1);
    assert_eq!(verdict("failure_rate < 1% by cdn", &noisy), Verdict::Broken);
    let report = check("failure_rate < 1% by cdn confidence 0.95", &noisy);
    assert_eq!((report.verdict, report.judged, report.uncertain), (Verdict::Held, 1, 1));

    let report = check("failure_rate < 1% by cdn confidence 0.95", &[noisy, group("b", 10)].concat());
    assert_eq!((report.verdict, report.judged, report.uncertain, report.offenders.len()), (Verdict::Broken, 2, 1, 1));
    let (low, high) = (report.offenders[0].low.unwrap(), report.offenders[0].high.unwrap());
    assert!((low - 0.010_814_682).abs() < 1e-8 && (high - 0.025_603_285).abs() < 1e-8, "{low} {high}");
}

/// The same figures from the other side: 118 of 120 started, and 1180 of 1200.
#[test]
fn confidence_looks_at_the_upper_end_of_what_must_be_large() {
    let group = |times: usize| [many("a", 118 * times, 10), vec![failure("a", "X"); 2 * times]].concat();
    let rule = "start_rate >= 99% confidence 0.95";
    let (noisy, sure) = (check(rule, &group(1)), check(rule, &group(10)));
    assert_eq!((noisy.verdict, noisy.uncertain), (Verdict::Held, 1));
    assert_eq!((sure.verdict, sure.uncertain), (Verdict::Broken, 0));
    let high = sure.offenders[0].high.unwrap();
    assert!((high - (1.0 - 0.010_814_682)).abs() < 1e-8, "{high}");
}

#[test]
fn days_are_those_of_the_time_zone() {
    let days = |zone: &str| {
        let spec = CheckSpec { zone: parse_zone(zone).unwrap(), ..spec(&["sessions > 5 by day"]) };
        check_by(&spec, &many("a", 2, 10)).rules[0].offenders[0].values.clone()
    };
    assert_eq!(days("UTC"), [Some("1970-01-01".to_owned())]);
    assert_eq!(days("America/New_York"), [Some("1969-12-31".to_owned())]);
}

#[test]
fn a_value_that_is_hardly_beyond_the_limit_is_shown_to_be_so() {
    // 10,102 ms of 1,010,102.
    let text = check_by(&spec(&["rebuffer_ratio <= 1% by cdn min_sessions 1"]), &many("a", 1, 10_102)).to_text();
    assert!(text.contains("1.0001 %") && text.contains("1.0000 %"), "{text}");
}

#[test]
fn intervals_of_quantiles_and_ratios_decide_too() {
    let sessions: Vec<_> = (1..=100).map(|n| session("a", &format!("v{n}"), n * 100, n * 1000)).collect();
    // `scipy.stats.quantile_test(x, q=0, p=0.95).confidence_interval(0.95)` of 100, 200 … 10,000: 9000 to 10,000.
    let startup = |limit: &str| check(&format!("startup_p95 < {limit} confidence 0.95"), &sessions);
    assert_eq!(startup("9s").verdict, Verdict::Broken);
    assert_eq!((startup("9.001s").verdict, startup("9.001s").uncertain), (Verdict::Held, 1));
    let worst = startup("9s").worst.unwrap();
    assert_eq!((worst.low, worst.value, worst.high), (Some(9000.0), 9505.0, Some(10_000.0)));

    // Every viewer is one session, so that groups of them vary as sessions do: statsmodels, `WLS(stalled, both, weights=1 / both)`
    // with `cov_type="cluster"`, has 4.29 % to 5.32 % with the normal distribution.
    let rebuffering = |limit: &str| check(&format!("rebuffer_ratio < {limit} confidence 0.95"), &sessions);
    let worst = rebuffering("1%").worst.unwrap();
    let (low, high) = (worst.low.unwrap(), worst.high.unwrap());
    assert!((0.041..0.0435).contains(&low) && (0.0525..0.055).contains(&high), "{low} {high}");
    assert_eq!(rebuffering(&format!("{}", low - 1e-9)).verdict, Verdict::Broken);
    let held = rebuffering(&format!("{}", low + 1e-9));
    assert_eq!((held.verdict, held.uncertain), (Verdict::Held, 1));
    // With too few viewers nothing is sure.
    let few = check("rebuffer_ratio < 1% confidence 0.95", &sessions[81..]);
    assert_eq!((few.verdict, few.uncertain, few.worst.unwrap().low), (Verdict::Held, 1, None));
}

#[test]
fn the_order_of_sessions_and_rules_that_share_groups_change_nothing() {
    let rules =
        ["startup_p95 < 4s by device", "startup_p50 < 4s by device", "failure_rate < 1% by device confidence 0.9"];
    let mut facts = various_facts();
    let together = check_by(&spec(&rules), &facts);
    for (at, rule) in rules.iter().enumerate() {
        assert_eq!(check(rule, &facts), together.rules[at]);
    }
    facts.reverse();
    assert_eq!(check_by(&spec(&rules), &facts), together);
}

#[test]
fn the_text_of_a_check() {
    let sessions = [many("fast", 120, 1000), many("slow\u{1b}[31m", 110, 20_000), many("tiny", 5, 90_000)].concat();
    let rules = [
        "startup_p95 < 4s",
        "rebuffer_ratio < 1% by cdn confidence 0.95",
        "rebuffer_ratio < 5% by cdn min_sessions 1",
        "dropped_frame_ratio < 1%",
        "failure_rate < 1% by isp",
        "stalls_per_hour > 4",
        "startup_p50 < 1s",
        "failure_rate < 1% confidence 57%",
    ];
    let report = check_by(&spec(&rules), &sessions);
    let text = anstream::adapter::strip_str(&report.to_text()).to_string();
    insta::assert_snapshot!(text, @"
    Audience check 235 sessions

    ok          startup_p95 < 4s                            1.00 s
    BROKEN      rebuffer_ratio < 1% by cdn confidence 0.95  1 of 2 groups, worst slow�[31m 1.96 %, 1 with fewer than 100 sessions
    BROKEN      rebuffer_ratio < 5% by cdn min_sessions 1   1 of 3 groups, worst tiny 8.26 %
    not judged  dropped_frame_ratio < 1%                    the metric is undefined
    not judged  failure_rate < 1% by isp                    no session has the attribute isp
    BROKEN      stalls_per_hour > 4                         3.60 /h, a rule says what must hold: is it the other way round?
    BROKEN      startup_p50 < 1s                            1.00 s
    ok          failure_rate < 1% confidence 57%            0.00 %, 57 % interval 0.00 % to 0.26 %

    rebuffer_ratio < 1% by cdn confidence 0.95
      cdn        Sessions   Value   Limit     95 % interval
      slow�[31m       110  1.96 %  1.00 %  1.96 % to 1.96 %

    rebuffer_ratio < 5% by cdn min_sessions 1
      cdn   Sessions   Value   Limit
      tiny         5  8.26 %  5.00 %
    ");
    assert!(text.lines().all(|line| line == line.trim_end()));
}

#[test]
fn the_json_of_a_check() {
    let one = check_by(
        &spec(&[
            "rebuffer_ratio < 1% by cdn where cdn=slow min_sessions 100 confidence 0.95",
            "failure_rate < 1% by isp",
        ]),
        &many("slow", 110, 20_000),
    );
    assert_eq!(one.schema, SCHEMA);
    insta::assert_snapshot!(to_json(&one).unwrap(), @r#"
    {
      "schema": "audience.check/1",
      "checked": {
        "time_zone": "UTC"
      },
      "sessions_read": 110,
      "sessions": 110,
      "broken": 1,
      "not_judged": 1,
      "rules": [
        {
          "rule": "rebuffer_ratio < 1% by cdn where cdn=slow min_sessions 100 confidence 0.95",
          "metric": "rebuffer_ratio",
          "unit": "ratio",
          "operator": "<",
          "limit": 0.01,
          "by": ["cdn"],
          "where": ["cdn=slow"],
          "min_sessions": 100,
          "confidence": 0.95,
          "verdict": "broken",
          "why": null,
          "groups": 1,
          "judged": 1,
          "too_small": 0,
          "undefined": 0,
          "uncertain": 0,
          "worst": {
            "values": ["slow"],
            "sessions": 110,
            "value": 0.0196078431372549,
            "low": 0.0196078431372549,
            "high": 0.0196078431372549
          },
          "offenders": [
            {
              "values": ["slow"],
              "sessions": 110,
              "value": 0.0196078431372549,
              "low": 0.0196078431372549,
              "high": 0.0196078431372549
            }
          ]
        },
        {
          "rule": "failure_rate < 1% by isp",
          "metric": "failure_rate",
          "unit": "ratio",
          "operator": "<",
          "limit": 0.01,
          "by": ["isp"],
          "where": [],
          "min_sessions": 100,
          "confidence": null,
          "verdict": "not_judged",
          "why": {
            "reason": "no_such_attribute",
            "attribute": "isp"
          },
          "groups": 1,
          "judged": 0,
          "too_small": 0,
          "undefined": 0,
          "uncertain": 0,
          "worst": null,
          "offenders": []
        }
      ]
    }
    "#);
}

#[test]
fn titles_go_by_their_names() {
    let catalog = r#"[{"content_id": "film", "title": "The Long Ferry"}]"#;
    let catalog = Catalog::parse(catalog, "catalog.json".as_ref()).unwrap();
    let spec = spec(&["sessions > 5 by content"]);
    let mut state = CheckState::new(&spec);
    state.observe_all(&many("a", 3, 10));
    let report = CheckReport::new(&state, &spec, &catalog);
    let offender = &report.rules[0].offenders[0];
    assert_eq!((offender.values[0].as_deref(), offender.title.as_deref()), (Some("film"), Some("The Long Ferry")));
    assert!(report.to_text().contains("The Long Ferry"));
}

#[test]
fn good_streams_and_the_index_are_metrics_too() {
    let sessions = [many("fast", 120, 1000), many("slow", 110, 20_000)].concat();
    // All of fast are good, none of slow: 20 s of 1020 s are more than 1 %.
    let good = check("good_stream_rate > 50% by cdn", &sessions);
    assert_eq!((good.verdict, good.judged, good.offenders.len()), (Verdict::Broken, 2, 1));
    assert_eq!((good.offenders[0].values[0].as_deref(), good.offenders[0].value), (Some("slow"), 0.0));
    let index = check("experience_index >= 90 confidence 0.9 by cdn", &sessions);
    assert_eq!((index.verdict, index.worst.as_ref().unwrap().values[0].as_deref()), (Verdict::Broken, Some("slow")));
    let slow = index.worst.unwrap();
    // 5 for each unit of stalled time to playing time, and 0.19 for each stall a minute: 100 · exp(−0.1 − 0.0114).
    assert!((slow.value - 89.457).abs() < 0.01, "{}", slow.value);
    assert!(slow.low.is_some() && slow.high.is_some());
}
