//! What logs of CDNs say of real players against what their media elements did.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use audience_core::{MediaTime, Session};
use audience_ingest::{Ignored, Input, Options, Quality, RequestMap, Segments, load};
use serde::Deserialize;

use crate::captures::requests;
use crate::captures::truth::{Check, Truth, Verdict, check};

/// Compare every log in DIR with `expected.json` there, and fail where they disagree.
#[derive(clap::Args, Debug)]
pub(crate) struct CdnLogs {
    /// The folder: logs, segments.json with where each segment is in the content, and expected.json with the sessions of
    /// each log and what really happened in them.
    dir: PathBuf,
}

/// What a log holds.
#[derive(Debug, Deserialize)]
struct Expected {
    lines: u64,
    requests_with_readable_cmcd: u64,
    header_lines: u64,
    duplicate_lines: u64,
    malformed_lines: u64,
    other_traffic: BTreeMap<String, u64>,
    sessions: Vec<Told>,
    /// The fields of a log that does not name them itself, in their order.
    #[serde(default)]
    fields: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Told {
    sid: String,
    requests_with_cmcd: u64,
    truth: Truth,
}

/// How far the media element's positions are ahead of the table's, by the folder of the segments.
#[derive(Debug, Default, Deserialize)]
struct Offsets {
    #[serde(default)]
    element_offset_s: BTreeMap<String, f64>,
}

impl CdnLogs {
    #[expect(clippy::print_stdout, reason = "this is what the task is for")]
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let logs = logs(&self.dir)?;
        let (mut passed, mut failed) = (0, 0);
        for (name, parts) in &logs {
            println!("{name}");
            for (part, checks) in parts {
                println!("  {part}");
                for Check { name, measured, truth, verdict } in checks {
                    println!("    {name:<14} {measured:<52} true {truth:<26} {verdict}");
                    match verdict {
                        Verdict::Pass => passed += 1,
                        Verdict::Fail => failed += 1,
                        Verdict::NotReported => {}
                    }
                }
            }
        }
        println!("{} logs: {passed} checks passed, {failed} failed", logs.len());
        if failed > 0 {
            bail!("{failed} checks failed");
        }
        Ok(())
    }
}

/// The checks of a log: of the whole, and of each of its sessions.
type Log = (String, Vec<(String, Vec<Check>)>);

fn logs(dir: &Path) -> anyhow::Result<Vec<Log>> {
    let table = dir.join("segments.json");
    let mut segments = Segments::default();
    segments.read(&table)?;
    let offsets: Offsets = read(&table)?;
    let mut options = Options::default();
    options.segments = Arc::new(segments);
    let expected: BTreeMap<String, Expected> = read(&dir.join("expected.json"))?;
    let log = |(name, told): (String, Expected)| {
        let inputs = Input::find(&dir.join(&name))?;
        let loaded = match load(inputs.clone(), &options) {
            // Only the known order of fields is found out.
            Err(audience_ingest::Error::UnknownFormat { .. }) if !told.fields.is_empty() => {
                let mut options = options.clone();
                options.request_map =
                    Some(Arc::new(RequestMap::from_toml(&cloudfront(&told.fields), Path::new(&name))?));
                load(inputs, &options)
            }
            loaded => loaded,
        }?;
        let sessions = loaded.to_vec()?.into_iter();
        let sessions: BTreeMap<String, Session> =
            sessions.map(|session| (session.session_id().as_str().to_owned(), session)).collect();
        let mut parts = vec![("the log".to_owned(), of_log(loaded.quality(), &sessions, &told))];
        for Told { sid, requests_with_cmcd, truth } in &told.sessions {
            let Some(session) = sessions.get(sid) else { continue };
            let truth = without_offset(truth, session, &offsets);
            let mut checks = vec![count("requests", session.events().len() as u64, *requests_with_cmcd)];
            checks.extend(requests::checks(session, &truth, SEGMENT));
            parts.push((sid.clone(), checks));
        }
        Ok((name, parts))
    };
    expected.into_iter().map(log).collect()
}

/// The map of a real-time log of `CloudFront` with these fields.
fn cloudfront(fields: &[String]) -> String {
    const PARTS: [(&str, &str); 8] = [
        ("path", "cs-uri-stem"),
        ("query", "cs-uri-query"),
        ("method", "cs-method"),
        ("host", "x-host-header"),
        ("status", "sc-status"),
        ("id", "x-edge-request-id"),
        ("headers", "cs-headers"),
        ("country", "c-country"),
    ];
    let columns: Vec<String> = fields.iter().map(|name| format!("{name:?}")).collect();
    let there = PARTS.iter().filter(|(_, name)| fields.iter().any(|field| field == name));
    let parts: Vec<String> = there.map(|(part, name)| format!("{part} = {name:?}")).collect();
    let (columns, parts) = (columns.join(", "), parts.join(", "));
    format!(
        "syntax = \"delimited\"\nencoding = \"percent\"\ncolumns = [{columns}]\nfields = {{ {parts} }}\n\
         time = {{ field = \"timestamp\", format = \"s\", is = \"end\" }}\n\
         duration = {{ field = \"time-taken\", unit = \"s\" }}\n"
    )
}

/// Segments of the test stream's picture.
const SEGMENT: MediaTime = MediaTime::from_secs(2);

fn of_log(quality: &Quality, sessions: &BTreeMap<String, Session>, told: &Expected) -> Vec<Check> {
    let ignored = |why: Ignored| quality.ignored.get(&why).copied().unwrap_or(0);
    let other: u64 = quality.ignored.values().sum::<u64>() - ignored(Ignored::Header) - ignored(Ignored::Blank);
    let duplicates: u64 = sessions.values().map(|session| session.tidied().duplicates).sum();
    let found: BTreeSet<&str> = sessions.keys().map(String::as_str).collect();
    let real: BTreeSet<&str> = told.sessions.iter().map(|session| session.sid.as_str()).collect();
    vec![
        count("lines", quality.lines, told.lines),
        count("header lines", ignored(Ignored::Header), told.header_lines),
        count("malformed", quality.rejected(), told.malformed_lines),
        count("other traffic", other, told.other_traffic.values().sum()),
        count("with CMCD", quality.events - duplicates, told.requests_with_readable_cmcd),
        count("repeated", duplicates, told.duplicate_lines),
        check("sessions", found.len().to_string(), real.len().to_string(), found == real),
    ]
}

fn count(name: &'static str, measured: u64, truth: u64) -> Check {
    check(name, measured.to_string(), truth.to_string(), measured == truth)
}

/// The truth as the table has positions.
fn without_offset(truth: &Truth, session: &Session, offsets: &Offsets) -> Truth {
    let of = |(name, offset): (&String, &f64)| session.content_id().as_str().contains(name.as_str()).then_some(*offset);
    let offset = offsets.element_offset_s.iter().find_map(of).unwrap_or(0.0);
    let mut truth = truth.clone();
    truth.max_position_s = (truth.max_position_s - offset).max(0.0);
    for seek in &mut truth.seeks {
        seek.from -= offset;
        seek.to -= offset;
    }
    truth
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_of_another_order_of_fields_is_one() {
        let fields = ["cs-uri-query", "timestamp", "cs-uri-stem", "time-taken", "x-edge-request-id", "sc-status"];
        let fields = fields.map(str::to_owned);
        let mut options = Options::default();
        options.request_map = Some(Arc::new(RequestMap::from_toml(&cloudfront(&fields), Path::new("log")).unwrap()));
        let line =
            "CMCD=bl%253D4000%252Cot%253Dv%252Csid%253D%2522s%2522\t1795204806.526\t/film/3.m4s\t0.020\tid\t200\n";
        let sessions = load(vec![Input::memory("log", line.as_bytes())], &options).unwrap();
        let session = sessions.get("s").unwrap().remove(0);
        assert_eq!(session.events()[0].ts.as_millis(), 1_795_204_806_506);
    }

    #[test]
    fn logs_say_what_the_elements_did() {
        let logs = logs(&crate::shell::root().join("xtask/fixtures/cdn-logs")).unwrap();
        assert_eq!(logs.len(), 7);
        let mut passed = 0;
        for (name, parts) in &logs {
            for (part, checks) in parts {
                for check in checks {
                    let Check { name: of, measured, truth, verdict } = check;
                    assert_ne!(*verdict, Verdict::Fail, "{name}, {part}: {of} {measured}, true {truth}");
                    passed += usize::from(*verdict == Verdict::Pass);
                }
            }
        }
        assert_eq!(passed, 244);
    }
}
