//! In which values two JSON documents differ.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

/// How far apart two floats may be, relative to the larger one: they are summed in another order elsewhere.
const TOLERANCE: f64 = 1e-9;

/// How figures end that others give as a mistake, so that it can be recognised. They are not compared.
const A_MISTAKE: &str = "_not_the_answer";

/// Our document beside theirs, value by value.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// Values that are the same in both.
    pub(super) agree: u64,
    /// The others, those included that only one of them has.
    pub(super) differences: Vec<Difference>,
}

/// A value that is not the same in both.
#[derive(Debug)]
pub(super) struct Difference {
    path: String,
    ours: Option<Value>,
    theirs: Option<Value>,
}

impl Comparison {
    /// Compares all values. Whole numbers and text are the same when equal, floats to 1e-9.
    pub(super) fn of(ours: &Value, theirs: &Value) -> Self {
        let mut comparison = Self::default();
        comparison.compare("", &[], Some(ours), Some(theirs));
        comparison
    }

    /// `columns` are the names of the cells of rows below.
    fn compare(&mut self, path: &str, columns: &[Value], ours: Option<&Value>, theirs: Option<&Value>) {
        match (ours, theirs) {
            (Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
                let columns = theirs.get("columns").and_then(Value::as_array).map_or(columns, Vec::as_slice);
                let answers = theirs.keys().filter(|key| !key.ends_with(A_MISTAKE));
                let keys: BTreeSet<&String> = ours.keys().chain(answers).collect();
                for key in keys {
                    self.compare(&format!("{path}/{key}"), columns, ours.get(key), theirs.get(key));
                }
            }
            (Some(Value::Array(ours)), Some(Value::Array(theirs))) => {
                for at in 0..ours.len().max(theirs.len()) {
                    let (ours, theirs) = (ours.get(at), theirs.get(at));
                    let name = theirs.or(ours).and_then(key).or_else(|| columns.get(at)?.as_str().map(str::to_owned));
                    let name = name.unwrap_or_else(|| at.to_string());
                    self.compare(&format!("{path}/{name}"), columns, ours, theirs);
                }
            }
            (Some(ours), Some(theirs)) if same(ours, theirs) => self.agree += 1,
            _ => {
                let path = path.to_owned();
                self.differences.push(Difference { path, ours: ours.cloned(), theirs: theirs.cloned() });
            }
        }
    }
}

fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) if ours.is_f64() || theirs.is_f64() => {
            ours.as_f64().zip(theirs.as_f64()).is_some_and(|(ours, theirs)| close(ours, theirs))
        }
        _ => ours == theirs,
    }
}

fn close(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= TOLERANCE * ours.abs().max(theirs.abs())
}

/// By what a row is known: its first cell, or what it says its key is.
fn key(row: &Value) -> Option<String> {
    match row {
        Value::Array(cells) => cells.first()?.as_str().map(str::to_owned),
        Value::Object(figures) => {
            let parts: Option<Vec<&str>> = figures.get("key")?.as_array()?.iter().map(Value::as_str).collect();
            Some(parts?.join(","))
        }
        _ => None,
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
        write!(f, "{}: {}, and elsewhere {}", self.path, shown(&self.ours), shown(&self.theirs))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(ours: &Value, theirs: &Value, agree: u64, differences: &[&str]) {
        let comparison = Comparison::of(ours, theirs);
        let found: Vec<String> = comparison.differences.iter().map(ToString::to_string).collect();
        assert_eq!(comparison.agree, agree, "{ours} {theirs}");
        assert_eq!(found, differences, "{ours} {theirs}");
    }

    #[test]
    fn whole_numbers_are_equal_and_floats_nearly() {
        check(&json!([1, "1", null, true]), &json!([1, "1", null, true]), 4, &[]);
        check(&json!([1, 2]), &json!([1, 3]), 1, &["/1: 2, and elsewhere 3"]);
        check(&json!([1]), &json!(["1"]), 0, &["/0: 1, and elsewhere \"1\""]);
        // Past 2^53, where floats no longer tell them apart.
        check(&json!([9_007_199_254_740_993_u64]), &json!([9_007_199_254_740_993_u64]), 1, &[]);
        let differ = "/0: 9007199254740993, and elsewhere 9007199254740992";
        check(&json!([9_007_199_254_740_993_u64]), &json!([9_007_199_254_740_992_u64]), 0, &[differ]);
        check(&json!([0.002]), &json!([0.002 * (1.0 + 0.9e-9)]), 1, &[]);
        assert_eq!(Comparison::of(&json!(0.002), &json!(0.002 * (1.0 + 1.1e-9))).differences.len(), 1);
        check(&json!([582]), &json!([582.0]), 1, &[]);
        check(&json!([0.0]), &json!([null]), 0, &["/0: 0.0, and elsewhere null"]);
    }

    #[test]
    fn what_only_one_has_is_a_difference() {
        check(&json!({"a": 1, "b": 2}), &json!({"a": 1}), 1, &["/b: 2, and elsewhere nothing"]);
        check(&json!({}), &json!({"a": {"b": 1}}), 0, &["/a: nothing, and elsewhere {\"b\":1}"]);
        check(&json!([1]), &json!([1, 2]), 1, &["/1: nothing, and elsewhere 2"]);
    }

    #[test]
    fn what_others_show_as_a_mistake_is_not_compared() {
        check(&json!({"a": 1}), &json!({"a": 1, "a_greedy_not_the_answer": 2}), 1, &[]);
        let differ = "/a_not_the_answer: 1, and elsewhere 2";
        check(&json!({"a_not_the_answer": 1}), &json!({"a_not_the_answer": 2}), 0, &[differ]);
    }

    #[test]
    fn differences_are_named_by_row_and_column() {
        let table = |seeks: u64| json!({"columns": ["title", "seeks"], "rows": [["c1", 0], ["c2", seeks]]});
        check(&table(5), &table(6), 5, &["/rows/c2/seeks: 5, and elsewhere 6"]);
        let group = |sessions: u64| json!([{"key": ["tv", "A"], "sessions": sessions}]);
        check(&group(1), &group(2), 2, &["/tv,A/sessions: 1, and elsewhere 2"]);
    }
}
