//! `audience experiment plan`: how many units it takes.

use serde_json::Value;

use crate::{output, run};

fn plan(flags: &[&str]) -> Value {
    serde_json::from_str(&output(&[&["experiment", "plan", "--json"], flags].concat())).unwrap()
}

fn per_arm(flags: &[&str]) -> f64 {
    plan(flags)["effects"][0]["units_per_arm"].as_f64().unwrap()
}

/// statsmodels' `samplesize_proportions_2indep_onetail` at half the level has 9335.3 for two points more than 60 %.
#[test]
fn numbers_are_those_of_other_programs() {
    assert!((per_arm(&["--rate", "60%", "--effect", "3.333333333%"]) - 9336.0).abs() <= 1.0);
    // 2 (1.96 + 0.8416)² (sd / difference)².
    let of_means = per_arm(&["--mean", "100", "--sd", "200", "--effect", "10%"]);
    assert!((of_means - 6280.0).abs() <= 1.0, "{of_means}");
}

#[test]
fn what_makes_it_harder_takes_more_units() {
    let plain = per_arm(&["--rate", "12%", "--effect", "5%"]);
    for harder in [
        &["--effect", "4%"][..],
        &["--effect", "5%", "--arms", "4"],
        &["--effect", "5%", "--power", "95%"],
        &["--effect", "5%", "--confidence", "99%"],
        &["--effect", "5%", "--sequential"],
    ] {
        assert!(per_arm(&[&["--rate", "12%"], harder].concat()) > 1.2 * plain, "{harder:?}");
    }
    let adjusted = per_arm(&["--rate", "12%", "--effect", "5%", "--variance-reduction", "50%"]);
    assert!((0.45..0.55).contains(&(adjusted / plain)), "{adjusted} of {plain}");
}

#[test]
fn a_plan_as_text() {
    insta::assert_snapshot!(output(&["experiment", "plan", "--rate", "12%", "--effect", "2%,-5%", "--per-day", "20000"]), @r"
        Units to find an effect in 80 % of experiments, looking once, when they are reached

            Effect      Difference   Units per arm           Units      Days
              +2 %         +0.0024          290272          580544        30
              -5 %          -0.006           45048           90096         5
        ");
}

#[test]
fn what_cannot_be_planned_is_said() {
    for (flags, said) in [
        (&["--rate", "1.2"][..], "it is not between 0 and 1"),
        (&["--rate", "99%", "--effect", "5%"], "cannot plan with 0.0495 for the effect"),
        (&["--mean", "0", "--sd", "1"], "effects are parts of it"),
        (&["--mean", "5", "--sd", "0"], "it is not above 0"),
        (&["--rate", "12%", "--effect", "0"], "other than 0"),
        (&["--rate", "12%", "--per-day", "0"], "units per day"),
        (&[], "required arguments"),
    ] {
        let run = run(&[&["experiment", "plan"], flags].concat());
        assert!(run.code != 0 && run.err.contains(said), "{flags:?}: {}", run.err);
    }
}
