//! Reports on experiments.

use audience_abtest::{Metric, Multiplicity, RelativeInterval, Verdict};
use audience_core::{Accumulator, Merge, SessionFacts};
use audience_report::experiment::{Baseline, ExperimentReport, ExperimentSpec, ExperimentState};
use audience_report::{Error, Report, ReportSpec, TextOptions};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::page::check_page;
use crate::{facts, report, view};

/// Two hundred viewers, one session each; those of `new` watch a quarter of a minute more.
fn viewers(arm: impl Fn(u64) -> &'static str) -> Vec<SessionFacts> {
    let session = |number: u64| {
        let arm = arm(number);
        let secs = 20 + number * 7 % 40 + if arm == "new" { 15 } else { 0 };
        let viewer = format!("viewer-{number:03}");
        let device = if number.is_multiple_of(3) { "tv" } else { "web" };
        let session = view(&format!("s{number:03}"), "film", 1_767_225_600_000 + number as i64 * 60_000, secs);
        facts(&session.with_viewer(viewer).with_attribute("variant", arm).with_attribute("device", device))
    };
    (0..200).map(session).collect()
}

/// Divided as they should be.
fn clean() -> Vec<SessionFacts> {
    viewers(|number| if number.is_multiple_of(2) { "new" } else { "old" })
}

/// Most of `new` are lost, and some viewers are in both.
fn spoilt() -> Vec<SessionFacts> {
    let mut sessions = viewers(|number| if number.is_multiple_of(4) { "new" } else { "old" });
    for number in 0..20 {
        let session = view(&format!("t{number:03}"), "film", 1_767_225_000_000, 50);
        let viewer = format!("viewer-{:03}", number * 4);
        sessions.push(facts(&session.with_viewer(viewer).with_attribute("variant", "old")));
    }
    sessions
}

fn spec(metrics: &[Metric]) -> ExperimentSpec {
    let mut spec = ExperimentSpec::new("variant");
    spec.analysis.metrics = metrics.to_vec();
    spec.control = Some("old".to_owned());
    spec
}

fn state(spec: &ExperimentSpec, sessions: &[SessionFacts]) -> ExperimentState {
    let mut state = ExperimentState::new(spec);
    state.observe_all(sessions);
    state
}

fn analysed(spec: &ExperimentSpec, sessions: &[SessionFacts]) -> ExperimentReport {
    ExperimentReport::new(&state(spec, sessions), spec).unwrap()
}

/// Without styles.
fn text(report: &ExperimentReport) -> String {
    anstream::adapter::strip_str(&report.to_text(TextOptions::default())).to_string()
}

/// With numbers to six digits: more are those of the machine.
fn rounded(text: &str) -> String {
    let of_number = |c: char| c.is_ascii_digit() || ".eE+-".contains(c);
    let mut rest = text;
    let mut out = String::new();
    while let Some(start) = rest.find(of_number) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !of_number(c)).unwrap_or(from.len()));
        out.push_str(before);
        match word.parse::<f64>() {
            Ok(number) if word.contains('.') => {
                let digits = 10_f64.powf(5.0 - number.abs().max(1e-300).log10().floor());
                let short = (number * digits).round() / digits;
                let short = if number.abs() < 1e-4 { format!("{number:.5e}") } else { short.to_string() };
                out.push_str(&short);
            }
            _ => out.push_str(word),
        }
        rest = after;
    }
    out + rest
}

#[test]
fn a_clean_experiment_as_text() {
    let mut spec = spec(&[Metric::WatchTime, Metric::Completed, Metric::StartUp(950)]);
    spec.analysis.minimum_units = 100;
    insta::assert_snapshot!(text(&analysed(&spec, &clean())), @r"
        Experiment variant 200 sessions

          Watch time: new is higher than old, which is better: +35.0 % (95 % interval +25.4 % to +44.6 %; adjusted p < 0.001).

        Arms units are viewers, data up to 2026-01-01 03:19 UTC
                         Units   Share  Planned
          old (control)    100  50.0 %   50.0 %
          new              100  50.0 %   50.0 %
          Nothing speaks against the planned division (p = 1.000).

        Relative differences from old, with intervals of 95 %
          Watch time, new                               │              ├────●─────┤     +35.0 %
                           −50 %                        0                        +50 %

        Watch time primary, mean over units, each unit counts up to 1:13
          Arm   Value       Value, 95 %  Difference  Relative      Relative, 95 %        p  adjusted p  Verdict
          old  40.0 s  37.7 s to 42.3 s
          new  54.0 s  51.7 s to 56.3 s     +14.0 s   +35.0 %  +25.4 % to +44.6 %  < 0.001     < 0.001   better
          Watch time: new is higher than old, which is better: +35.0 % (95 % interval +25.4 % to +44.6 %; adjusted p < 0.001).
          However often one looks: +9.0 s to +19.0 s, p < 0.001. Chance to be better: above 99.9 %; choosing it loses 0.0 s on
          average.

        Completed a title share of units
          Arm  Units  Value     Value, 95 %  Difference  Relative  Relative, 95 %      p  adjusted p    Verdict
          old    100  0.0 %  0.0 % to 3.7 %
          new    100  0.0 %  0.0 % to 3.7 %    ±0.00 pp         –               –  1.000       1.000  not shown
          Completed a title: new and old are alike. That is no proof that they always are: anything from −3.70 to +3.70
          percentage points is compatible with the data (95 % interval; adjusted p = 1.000).

        Start-up time, p95 quantile of values, less is better
          Arm  Units   Value       Value, 95 %  Difference  Relative  Relative, 95 %  p  adjusted p    Verdict
          old    100  1.00 s  1.00 s to 1.00 s
          new    100  1.00 s  1.00 s to 1.00 s           –         –               –  –           –  no answer
          Start-up time, p95: nothing can be said of new: units do not vary.

          p is adjusted for 2 comparisons by the method of Holm. Intervals are of 95 %, each for its comparison alone. A
          difference that is not shown may still be there.
        ");
}

#[test]
fn a_spoilt_experiment_says_so_first() {
    let mut spec = spec(&[Metric::WatchTime]);
    spec.analysis.exposures.dimensions = vec!["device".to_owned()];
    let text = text(&analysed(&spec, &spoilt()));
    let first = text.lines().find(|line| !line.is_empty() && !line.starts_with("Experiment")).unwrap();
    assert!(first.trim_start().starts_with("STOP"), "{first}");
    insta::assert_snapshot!(text, @r"
        Experiment variant 220 sessions

          STOP     20 of 200 units (10.0 %) were in more than one arm. They are left out, and those that are left are no random
                   sample: units with many sessions are more likely to be missing. Assign units, not sessions.
          STOP     Units are not divided among arms as planned (p < 0.001): some are lost, or are counted in one arm only.
                   Differences between arms may come from that alone.
          STOP     Units of device web are not divided among arms as planned (p < 0.001). Look for what loses units there.
          STOP     Units of device tv are not divided among arms as planned (p < 0.001). Look for what loses units there.
          note     Nothing says how many units were planned or when the experiment ends. These figures are for one look at the
                   end, not for stopping as soon as something is found.

          Do not decide by these figures: see the warnings above.

        Arms units are viewers, data up to 2026-01-01 03:19 UTC
                         Units   Share  Planned
          old (control)    150  83.3 %   50.0 %
          new               30  16.7 %   50.0 %
          They are not divided as planned (p < 0.001). 20 units were in more than one arm.
          By device: not as planned in 2 of 2 values.

        Relative differences from old, with intervals of 95 %
          Watch time, new                               │           ├──────●──────┤     +32.5 %
                           −50 %                        0                        +50 %

        Watch time primary, mean over units, each unit counts up to 1:11
          Arm   Value       Value, 95 %  Difference  Relative      Relative, 95 %        p  adjusted p  Verdict
          old  40.0 s  38.2 s to 41.8 s
          new  53.0 s  48.8 s to 57.2 s     +13.0 s   +32.5 %  +20.0 % to +45.0 %  < 0.001     < 0.001   better
          Watch time: new is higher than old, which is better: +32.5 % (95 % interval +20.0 % to +45.0 %; adjusted p < 0.001).
          Chance to be better: above 99.9 %; choosing it loses 0.0 s on average.

          There is one comparison, which needs no adjustment. Intervals are of 95 %, each for its comparison alone. A difference
          that is not shown may still be there.
        ");
}

#[test]
fn it_fits_a_narrow_terminal() {
    let spec = spec(&ExperimentSpec::metrics());
    let mut options = TextOptions::default();
    for width in [80, 100, 120, 200] {
        options.width = width;
        let report = analysed(&spec, &clean());
        let text = anstream::adapter::strip_str(&report.to_text(options)).to_string();
        let longest = text.lines().max_by_key(|line| line.width()).unwrap();
        assert!(longest.width() <= width, "{width}: {longest}");
    }
}

#[test]
fn numbers_as_csv() {
    let spec = spec(&[Metric::WatchTime, Metric::StartUp(950)]);
    insta::assert_snapshot!(rounded(&analysed(&spec, &clean()).to_csv()), @"
metric,kind,primary,margin,cap,arm,control,units,planned_share,value,low,high,method,difference,difference_low,difference_high,simultaneous_low,simultaneous_high,relative,relative_interval,relative_low,relative_high,p,ln_p,adjusted_p,ln_adjusted_p,variance_reduction,verdict,refused
watch-time,mean,true,,73000,old,true,100,0.5,40000,37728.3,42271.7,,,,,,,,,,,,,,,,,
watch-time,mean,true,,73000,new,false,100,0.5,54000,51728.3,56271.7,means,14000,10767.5,17232.5,10767.5,17232.5,0.35,within,0.253999,0.446001,3.51993e-15,-33.2803,3.51993e-15,-33.2803,,better,
startup-p95,quantile,false,,,old,true,100,0.5,1000,1000,1000,,,,,,,,,,,,,,,,,
startup-p95,quantile,false,,,new,false,100,0.5,1000,1000,1000,,,,,,,,,,,,,,,,,units do not vary
");
}

#[test]
fn a_report_has_the_same_numbers_among_its_tables() {
    let table =
        |report: &Report| report.to_csv().into_iter().find(|table| table.file_name == "experiment.csv").unwrap();
    let mut report = report(&ReportSpec::default(), &clean());
    let header = table(&report).text;
    let experiment = analysed(&spec(&[Metric::WatchTime, Metric::StartUp(950)]), &clean());
    report.experiment = Some(experiment.clone());
    assert_eq!(table(&report).text, experiment.to_csv());
    assert!(experiment.to_csv().starts_with(&header) && header.lines().count() == 1, "{header}");
}

#[test]
fn all_of_it_as_json() {
    let mut spec = spec(&[Metric::WatchTime]);
    spec.analysis.margins.insert(Metric::WatchTime, 0.05);
    let report = analysed(&spec, &clean());
    insta::assert_snapshot!(rounded(&audience_report::to_json(&report).unwrap()));
    let value: Value = serde_json::to_value(&report).unwrap();
    let analysis: audience_abtest::Analysis = serde_json::from_value(value).unwrap();
    assert_eq!(analysis.metrics[0].comparisons.len(), 1);
    assert!(analysis.metrics[0].comparisons[0].finding.unwrap().interval.high.is_infinite());
}

#[test]
fn a_guardrail_holds_where_its_interval_does() {
    let mut seen = [0, 0];
    for margin in (200..350).step_by(10).map(|thousandths| f64::from(thousandths) / 1000.0) {
        let mut spec = spec(&[Metric::WatchTime]);
        spec.control = Some("new".to_owned());
        spec.analysis.margins.insert(Metric::WatchTime, margin);
        let report = analysed(&spec, &clean());
        let finding = report.analysis.metrics[0].comparisons[0].finding.unwrap();
        let Some(RelativeInterval::Within(ends)) = finding.relative_interval else { panic!("it is an interval") };
        assert!(ends.high.is_infinite());
        assert_eq!(finding.verdict == Verdict::NotWorse, ends.low > -margin, "{margin} {ends:?}");
        seen[usize::from(ends.low > -margin)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 2), "{seen:?}");
}

#[test]
fn pages_are_whole_and_warn_first() {
    let metrics = [Metric::WatchTime, Metric::Started, Metric::Completed, Metric::RebufferRatio];
    let mut spec = spec(&metrics);
    spec.analysis.margins.insert(Metric::WatchTime, 0.05);
    let words = check_page(&analysed(&spec, &clean()).to_html());
    for word in [
        "Watch time",
        "guardrail: less than 5 % worse",
        "Relative differences",
        "margin of a guardrail",
        "within margin",
    ] {
        assert!(words.contains(word), "{word}");
    }
    let words = check_page(&analysed(&spec, &spoilt()).to_html());
    let place = |word: &str| words.find(word).unwrap_or_else(|| panic!("{word} is not there"));
    assert!(place("Stop.") < place("Do not decide by these figures"));
    assert!(place("Do not decide by these figures") < place("Arms"));
}

/// What the buttons of a page call the files they make.
fn files(page: &str) -> Vec<&str> {
    page.split("data-file=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_file_of_each_metric_has_a_name_of_its_own() {
    let conversions = ["Über/alles", "a b", "a.b", "A-b", "..\\x\u{202e}", &"x".repeat(300)];
    let conversions = conversions.map(|name| Metric::Conversion(name.to_owned()));
    let metrics = [&[Metric::WatchTime, Metric::StartUp(950), Metric::StartUp(999)][..], &conversions].concat();
    let page = analysed(&spec(&metrics), &clean()).to_html();
    check_page(&page);
    let long = format!("metric-conversion-{}", "x".repeat(49));
    assert_eq!(
        files(&page).into_iter().filter(|file| file.starts_with("metric")).collect::<Vec<_>>(),
        [
            "metric-watch-time",
            "metric-startup-p95",
            "metric-startup-p99.9",
            "metric-conversion--ber-alles",
            "metric-conversion-a-b",
            "metric-conversion-a.b",
            "metric-conversion-a-b-2",
            "metric-conversion-..-x-",
            &long,
        ]
    );
}

#[test]
fn names_from_telemetry_stay_text() {
    let hostile = "<script>alert(1)</script>\u{1b}[31m";
    let sessions =
        viewers(|number| if number.is_multiple_of(2) { "<script>alert(1)</script>\u{1b}[31m" } else { "old" });
    let mut spec = spec(&[Metric::WatchTime]);
    spec.control = None;
    let report = analysed(&spec, &sessions);
    let page = report.to_html();
    check_page(&page);
    assert!(!page.contains(hostile) && page.contains("&lt;script&gt;"));
    assert!(!text(&report).contains('\u{1b}'));
}

#[test]
fn a_section_of_a_report() {
    let sessions = clean();
    let spec = spec(&ExperimentSpec::metrics());
    let mut report = report(&ReportSpec::default(), &sessions);
    assert!(!report.to_html().contains("id=\"experiment\""));
    report.experiment = Some(analysed(&spec, &sessions));
    let words = check_page(&report.to_html());
    assert!(words.contains("Experiment") && words.contains("Watch time"));
    let text = report.to_text(TextOptions::default());
    assert!(text.contains("Relative differences"), "{text}");
    let value = serde_json::to_value(&report).unwrap();
    assert_eq!(value["experiment"]["schema"], ExperimentReport::SCHEMA);
    assert_eq!(value["experiment"]["arms"][0]["name"], "old");
}

#[test]
fn parts_of_the_sessions_merge_to_the_whole() {
    let (spec, sessions) = (spec(&[Metric::WatchTime]), spoilt());
    let whole = analysed(&spec, &sessions);
    for at in [0, 1, 77, sessions.len()] {
        let (first, second) = sessions.split_at(at);
        let mut merged = state(&spec, second);
        merged.merge(state(&spec, first));
        assert_eq!(ExperimentReport::new(&merged, &spec).unwrap(), whole, "{at}");
    }
}

#[test]
fn what_cannot_be_compared_is_said() {
    let failure = |change: &dyn Fn(&mut ExperimentSpec)| -> Error {
        let mut spec = spec(&[Metric::WatchTime]);
        change(&mut spec);
        ExperimentReport::new(&state(&spec, &clean()), &spec).unwrap_err()
    };
    let unknown = failure(&|spec| spec.analysis.exposures.attribute = Some("arm".to_owned()));
    insta::assert_snapshot!(unknown, @r#"compare the arms of "arm": no session has this attribute; they have device, variant"#);
    insta::assert_snapshot!(failure(&|spec| spec.control = Some("older".to_owned())), @r#"find arm "older": there are "new", "old""#);
    let weights = failure(&|spec| spec.analysis.weights = [("old".to_owned(), 1.0), ("knew".to_owned(), 1.0)].into());
    insta::assert_snapshot!(weights, @r#"find arm "knew": there are "old", "new""#);
    let one = failure(&|spec| spec.analysis.exposures.arms = vec!["old".to_owned()]);
    insta::assert_snapshot!(one, @"compare 1 arms that may have units: there must be 2");
}

#[test]
fn comparisons_are_told_how_many_there_are() {
    let mut spec = spec(&[Metric::WatchTime, Metric::Completed]);
    spec.analysis.multiplicity = Multiplicity::Each;
    assert!(text(&analysed(&spec, &clean())).contains("are not adjusted for their number"));
    spec.analysis.multiplicity = Multiplicity::Preferential(0.7);
    assert!(text(&analysed(&spec, &clean())).contains("the primary metric has 70 % of the level for itself"));
}

/// A viewer each on these days, at so many hours.
fn on_days(days: &[(i64, i64)]) -> Vec<SessionFacts> {
    let session = |(number, (day, hour)): (usize, &(i64, i64))| {
        let at = 1_767_225_600_000 + day * 86_400_000 + hour * 3_600_000;
        let session = view(&format!("s{number}"), "film", at, 20 + number as u64);
        facts(&session.with_viewer(format!("v{number}")).with_attribute("device", "tv"))
    };
    days.iter().enumerate().map(session).collect()
}

#[test]
fn days_begin_where_the_data_do_or_where_they_are_cut() {
    let sessions = on_days(&[(0, 13), (1, 12), (1, 14), (2, 6), (3, 5)]);
    let by_day = |change: &dyn Fn(&mut ExperimentSpec)| {
        let mut spec = ExperimentSpec::everyone();
        change(&mut spec);
        let baseline = Baseline::new(&state(&spec, &sessions), &spec).unwrap();
        baseline.arrivals.map(|arrivals| arrivals.new_units().to_vec()).map_err(|refusal| refusal.to_string())
    };
    let day = |days: i64| Some(audience_core::Timestamp::from_millis(1_767_225_600_000 + days * 86_400_000));
    assert_eq!(by_day(&|_| ()), Ok(vec![2, 2]));
    assert_eq!(by_day(&|spec| spec.filter.from = day(0)), Ok(vec![1, 2, 1]));
    // A beginning from long before the data says nothing.
    assert_eq!(by_day(&|spec| spec.filter.from = day(-9)), Ok(vec![2, 2]));
    let short = by_day(&|spec| (spec.filter.from, spec.filter.to) = (day(0), day(2)));
    assert_eq!(short.unwrap_err(), "the data have 1 of the 2 whole days that it takes to see how units come in");
}

#[test]
fn a_plan_without_units_is_refused() {
    let failure = |sessions: &[SessionFacts], change: &dyn Fn(&mut ExperimentSpec)| {
        let mut spec = ExperimentSpec::everyone();
        change(&mut spec);
        Baseline::new(&state(&spec, sessions), &spec).unwrap_err().to_string()
    };
    let sessions = on_days(&[(0, 0), (2, 0)]);
    let long = failure(&sessions, &|spec| {
        spec.analysis.exposures.pre_period = Some(audience_core::Elapsed::from_millis(3 * 86_400_000));
    });
    assert_eq!(long, "plan with a pre-period of 3 days: the data end after 2 days");
    let unknown = failure(&sessions, &|spec| spec.analysis.exposures.unit = Some("house".to_owned()));
    assert_eq!(unknown, r#"plan for units of "house": no session has this attribute; they have device"#);
    assert_eq!(failure(&[], &|_| ()), "plan with a pre-period of 0 days: the data end after 0 days");
}
