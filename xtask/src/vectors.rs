//! Our answers to questions that other programs have answered.

mod abtest;
mod cohort;
mod comparison;
mod curves;
mod engagement;
mod retention;
mod survival;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;

use comparison::{Compared, Comparison, Failure};

/// Answer every case of the families of questions in a folder and compare with what other programs answered. Each file has a
/// `family` and its `cases`: `in`, and the `out` expected.
#[derive(clap::Args, Debug)]
pub(crate) struct Vectors {
    /// Whose families they are.
    #[arg(value_name = "CRATE")]
    of: Of,
    /// The folder of `*.json` files, one family each.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// A crate, and with it what it answers.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Of {
    Abtest,
    Cohort,
    Engagement,
    Retention,
}

/// Computes what a case asks for from its `in` and compares it with its `out`.
type Family = fn(&Value, &mut Comparison) -> Result<(), Failure>;

impl Of {
    /// Families by name. One that is not there is said to be not built yet.
    fn families(self) -> Vec<(&'static str, Family)> {
        match self {
            Self::Abtest => abtest::FAMILIES.concat(),
            Self::Cohort => cohort::FAMILIES.concat(),
            Self::Engagement => engagement::FAMILIES.concat(),
            Self::Retention => retention::FAMILIES.to_vec(),
        }
    }
}

impl Vectors {
    #[expect(clippy::print_stdout, reason = "this is what the task is for")]
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut failed = 0;
        for report in reports(self.of, &self.folder)? {
            print!("{report}");
            failed += report.failed();
        }
        if failed > 0 {
            bail!("{failed} cases failed");
        }
        Ok(())
    }
}

/// What became of one family.
#[derive(Debug)]
struct Report {
    family: String,
    cases: usize,
    /// `None` when the family is not built yet.
    outcome: Option<Outcome>,
}

#[derive(Debug, Default)]
struct Outcome {
    passed: usize,
    /// Cases that the other program refuses, which we may answer or not: how many we answer, and how many we refuse.
    answered: usize,
    refused: usize,
    worst: f64,
    /// Fields that are not compared, for a reason that the family gives.
    passed_over: BTreeSet<String>,
    /// Of each case that failed, its id and what is wrong.
    failures: Vec<(String, Vec<String>)>,
}

impl Report {
    fn failed(&self) -> usize {
        self.outcome.as_ref().map_or(0, |outcome| outcome.failures.len())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { family, cases, outcome } = self;
        let Some(Outcome { passed, answered, refused, worst, passed_over, failures }) = outcome else {
            return writeln!(f, "{family}: {cases} cases, not built yet");
        };
        let failed = failures.len();
        let worst = if *worst == 0.0 { "0".to_owned() } else { format!("{worst:.0e}") };
        writeln!(f, "{family}: {cases} cases, {passed} passed, {failed} failed, worst error {worst} (relative)")?;
        if answered + refused > 0 {
            writeln!(
                f,
                "  the other program refuses {} of these: we answer {answered}, refuse {refused}",
                answered + refused
            )?;
        }
        if !passed_over.is_empty() {
            let fields: Vec<&str> = passed_over.iter().map(String::as_str).collect();
            writeln!(f, "  not compared, in some cases or in all: {}", fields.join(", "))?;
        }
        for (id, differences) in failures {
            for difference in differences {
                writeln!(f, "  {id}: {difference}")?;
            }
        }
        Ok(())
    }
}

/// All families in the folder, by name of file; an error when there is none.
fn reports(of: Of, folder: &Path) -> anyhow::Result<Vec<Report>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("{} has no family", folder.display());
    }
    files.iter().map(|file| report(of, file).with_context(|| format!("cannot compare {}", file.display()))).collect()
}

fn report(of: Of, file: &Path) -> anyhow::Result<Report> {
    let mut content: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let family = content["family"].as_str().context("it has no `family`")?.to_owned();
    let cases = cases(content["cases"].take()).context("it has no `cases`")?;
    let function = of.families().into_iter().find(|(name, _)| *name == family);
    let outcome = function.map(|(_, answer)| outcome(&cases, answer)).transpose()?;
    Ok(Report { family, cases: cases.len(), outcome })
}

/// The cases of a family. Where they are rows by kind, without names of their own, each gets the kind and its place for one.
fn cases(content: Value) -> Option<Vec<Value>> {
    match content {
        Value::Array(cases) => Some(cases),
        Value::Object(kinds) => {
            let rows = kinds.into_iter().flat_map(|(kind, rows)| {
                let rows = rows.as_array().cloned().unwrap_or_default();
                rows.into_iter().enumerate().map(move |(at, row)| {
                    serde_json::json!({ "id": format!("{kind}[{at}]"), "in": { "kind": kind, "row": row }, "out": {} })
                })
            });
            Some(rows.collect())
        }
        _ => None,
    }
}

fn outcome(cases: &[Value], answer: Family) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    for case in cases {
        let id = case["id"].as_str().context("a case has no `id`")?;
        let expected = case.get("out").with_context(|| format!("{id} lacks out"))?;
        let mut comparison = Comparison::with(expected).of(case);
        // What some families ask for is beside the answer.
        let answered = answer(case.get("in").unwrap_or(case), &mut comparison);
        if ["error", "p_value_error"].iter().any(|field| expected.get(field).is_some_and(Value::is_string)) {
            match answered {
                Ok(()) => (outcome.passed, outcome.answered) = (outcome.passed + 1, outcome.answered + 1),
                Err(Failure::Refused(_)) => {
                    (outcome.passed, outcome.refused) = (outcome.passed + 1, outcome.refused + 1);
                }
                Err(Failure::Unreadable(reason)) => outcome.failures.push((id.to_owned(), vec![reason])),
            }
            continue;
        }
        let Compared { worst, differences, passed_over } = comparison.end(answered);
        outcome.passed_over.extend(passed_over);
        outcome.worst = outcome.worst.max(worst);
        if differences.is_empty() {
            outcome.passed += 1;
        } else {
            outcome.failures.push((id.to_owned(), differences));
        }
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn our_answers_are_those_of_other_programs(of: Of, folder: &str) {
        let reports = reports(of, &crate::shell::root().join("xtask/fixtures/vectors").join(folder)).unwrap();
        assert!(reports.len() >= of.families().len());
        for (family, _) in of.families() {
            let report = reports.iter().find(|report| report.family == family).unwrap();
            assert!(report.cases > 4 && report.failed() == 0, "{report}");
        }
    }

    #[test]
    fn our_curves_are_those_of_other_programs() {
        our_answers_are_those_of_other_programs(Of::Retention, "retention");
    }

    #[test]
    fn our_engagement_is_that_of_other_programs() {
        our_answers_are_those_of_other_programs(Of::Engagement, "engagement");
    }

    #[test]
    fn our_cohorts_are_those_of_other_programs() {
        our_answers_are_those_of_other_programs(Of::Cohort, "cohort");
    }

    #[test]
    fn our_experiments_are_those_of_other_programs() {
        our_answers_are_those_of_other_programs(Of::Abtest, "abtest");
    }

    #[test]
    fn what_the_other_program_refuses_may_be_answered() {
        let cases = [serde_json::json!({ "id": "a", "in": {}, "out": { "error": "ZERO", "p": 1.0 } })];
        let one = |answer: Family| super::outcome(&cases, answer).unwrap();
        let Outcome { passed, answered, refused, failures, .. } = one(|_, _| Ok(()));
        assert_eq!((passed, answered, refused, failures.len()), (1, 1, 0, 0));
        let Outcome { passed, answered, refused, failures, .. } = one(|_, _| Err(Failure::refused("no")));
        assert_eq!((passed, answered, refused, failures.len()), (1, 0, 1, 0));
        let outcome = one(|_, _| Err(Failure::Unreadable("it has no x".to_owned())));
        assert_eq!((outcome.passed, outcome.failures.len()), (0, 1));
    }

    #[test]
    fn rows_by_kind_are_cases() {
        let rows = cases(serde_json::json!({ "hash": [["", "a"], ["b", "a"]] })).unwrap();
        assert_eq!(
            rows[1],
            serde_json::json!({ "id": "hash[1]", "in": { "kind": "hash", "row": ["b", "a"] }, "out": {} })
        );
        assert!(cases(serde_json::json!(7)).is_none());
    }

    fn check(expected: &str, answered: Result<&[f64], Failure>, differences: &[&str]) {
        let expected: Value = serde_json::from_str(expected).unwrap();
        let mut comparison = Comparison::with(&expected);
        let answered = answered.map(|values| comparison.check("a", 1e-12, values.to_vec()));
        assert_eq!(comparison.end(answered).differences, differences);
    }

    #[test]
    fn what_differs_is_said() {
        let refused = || Err(Failure::Refused("it is nothing".to_owned()));
        let unreadable = || Err(Failure::Unreadable("it has no x".to_owned()));
        check(r#"{"a": [1, "inf"], "scipy_a": 3}"#, Ok(&[1.0, f64::INFINITY]), &[]);
        check(r#"{"a": [1]}"#, Ok(&[1.0 + 1e-13]), &[]);
        check(r#"{"a": [1]}"#, Ok(&[1.25]), &["a[0] is 1.25, not 1"]);
        check(r#"{"a": [null]}"#, Ok(&[1.5]), &["a[0] is 1.5, not null"]);
        check(r#"{"a": [1]}"#, Ok(&[]), &["a is [], not [1]"]);
        check(r#"{"a": [1]}"#, refused(), &["refused: it is nothing"]);
        check(r#"{"a": [1], "b": 2}"#, Ok(&[1.0]), &["b is not compared"]);
        check("\"error\"", refused(), &[]);
        check("\"error\"", Ok(&[]), &["accepted, not refused"]);
        check("\"error\"", unreadable(), &["cannot be read: it has no x"]);
    }

    #[test]
    fn fields_within_fields_are_compared() {
        let expected = serde_json::json!({ "one": { "a": 1 }, "each": [{ "a": 2 }, { "a": 1, "b": 3 }] });
        let mut comparison = Comparison::with(&expected);
        for field in ["one", "each", "none"] {
            let compared: Result<(), Failure> = comparison.within(field, |part| {
                part.check("a", 0.0, 1_u64);
                Ok(())
            });
            compared.unwrap();
        }
        assert_eq!(comparison.end(Ok(())).differences, ["each[0].a is 1, not 2", "each[1].b is not compared"]);
    }

    #[test]
    fn answers_without_fields_and_those_beside_them_are_compared() {
        let case = serde_json::json!({ "out": 0.5, "out_in_bytes": 0.25 });
        let mut comparison = Comparison::with(&case["out"]).of(&case);
        comparison.check_all(0.0, 0.5);
        comparison.check_beside("out_in_bytes", 0.0, true);
        comparison.check_beside("out_in_words", 0.0, 0.75);
        comparison.check_against("row", 0.0, "7".to_owned(), &Value::from(7));
        assert_eq!(comparison.end(Ok(())).differences, ["out_in_bytes is true, not 0.25", "row is \"7\", not 7"]);
    }

    #[test]
    fn a_folder_has_families_and_those_to_come_are_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(reports(Of::Retention, folder.path()).is_err());
        std::fs::write(folder.path().join("a.json"), r#"{"family": "weather", "cases": [{}]}"#).unwrap();
        let reports = reports(Of::Retention, folder.path()).unwrap();
        assert_eq!(reports[0].to_string(), "weather: 1 cases, not built yet\n");
        std::fs::write(folder.path().join("b.json"), "{}").unwrap();
        assert!(super::reports(Of::Retention, folder.path()).is_err());
    }
}
