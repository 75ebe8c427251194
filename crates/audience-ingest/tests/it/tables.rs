//! Tables in Parquet.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use audience_core::{Accumulator, Envelope, Rules, SessionFacts, UnitTotals};
use audience_ingest::{
    Catalog, Error, Format, Input, IpAddresses, Key, Options, Privacy, Quality, Reason, Rotation, Sessions, Urls, load,
    read_events,
};
use audience_lake::{EventsWriter, SessionsWriter};
use tempfile::TempDir;

use crate::{facts, folder, load_path, read, sample};

/// All events of a file with this content, in order.
fn envelopes(content: &str) -> (Vec<Envelope>, Quality) {
    let folder = folder("input.ndjson", content);
    let mut all = Vec::new();
    let quality = read_events(Input::find(folder.path()).unwrap(), &Options::default(), |envelope| {
        all.push(envelope);
        Ok::<(), Error>(())
    });
    (all, quality.unwrap())
}

fn events_table(path: &Path, all: &[Envelope]) {
    let mut writer = EventsWriter::new(File::create(path).unwrap()).unwrap();
    for envelope in all {
        writer.write(envelope).unwrap();
    }
    writer.finish().unwrap();
}

fn sessions_table(sessions: &Sessions) -> (TempDir, Vec<SessionFacts>) {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = SessionsWriter::new(File::create(folder.path().join("table.parquet")).unwrap()).unwrap();
    let all = facts(sessions);
    for facts in &all {
        writer.write(facts).unwrap();
    }
    writer.finish().unwrap();
    (folder, all)
}

#[test]
fn events_are_given_in_their_order_and_as_they_are() {
    let text = format!("{}\n{}\noops\n", sample(), sample().lines().next().unwrap());
    let (all, quality) = envelopes(&text);
    assert_eq!((all.len(), quality.events, quality.rejected()), (281, 281, 1));
    let ids: Vec<_> = all.iter().map(|envelope| envelope.session_id.as_str()).collect();
    assert_eq!(ids[..9], ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s0", "s1"]);
    assert_eq!(all[0], all[280]);
    assert_eq!(all[0].attributes, [("device".into(), "tv".into())]);
}

#[test]
fn whoever_takes_events_may_stop() {
    let folder = folder("input.ndjson", sample());
    let mut left = 3;
    let error = read_events(Input::find(folder.path()).unwrap(), &Options::default(), |_| {
        left -= 1;
        if left == 0 { Err("enough") } else { Ok(()) }
    });
    assert_eq!((error.unwrap_err().to_string(), left), ("enough".to_owned(), 0));
}

#[test]
fn a_table_of_events_is_as_good_as_lines() {
    let (all, _) = envelopes(&sample());
    let folder = tempfile::tempdir().unwrap();
    events_table(&folder.path().join("events.parquet"), &all);
    // Found in its folder by its name.
    let sessions = load_path(folder.path(), &Options::default()).unwrap();
    let of_lines = read(sample());
    assert_eq!(sessions.to_vec().unwrap(), of_lines.to_vec().unwrap());
    assert_eq!(sessions.horizon(), of_lines.horizon());
    let of_no_file = |quality: &Quality| Quality { bytes: 0, formats: BTreeMap::new(), ..quality.clone() };
    assert_eq!(of_no_file(sessions.quality()), of_no_file(of_lines.quality()));
    assert_eq!(sessions.quality().formats, BTreeMap::from([(Format::Parquet, 1)]));
    assert!(sessions.quality().bytes > 0);
}

#[test]
fn a_row_that_cannot_be_used_is_rejected_by_its_number() {
    let (mut all, _) = envelopes(&sample());
    all.truncate(5);
    all[3].session_id = "".into();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table");
    events_table(&path, &all);
    let sessions = load_path(&path, &Options::default()).unwrap();
    let quality = sessions.quality();
    assert_eq!((quality.lines, quality.events, quality.rejected()), (5, 4, 1));
    let reject = &quality.examples[0];
    assert_eq!((reject.line, reject.problem.reason), (4, Reason::BadValue));
    assert!(reject.text.contains(r#""type":"load""#) && reject.text.contains(r#""device":"tv""#), "{}", reject.text);
}

#[test]
fn a_table_of_sessions_gives_facts_and_no_events() {
    let of_lines = read(sample());
    let (folder, all) = sessions_table(&of_lines);
    let sessions = load_path(folder.path(), &Options::default()).unwrap();
    assert_eq!((sessions.quality().session_rows, sessions.quality().lines), (all.len() as u64, 0));
    assert!(sessions.quality().bytes > 0);
    assert_eq!(sessions.quality().attributes.get("device"), Some(&(all.len() as u64)));
    let totals = |sessions: &Sessions| {
        let take = |totals: &mut UnitTotals, facts: SessionFacts| totals.observe(&facts);
        sessions.fold_facts(&Rules::default(), &Catalog::new(), &UnitTotals::new(), take).unwrap().summary()
    };
    assert!(totals(&of_lines).watched_ms > 0);
    assert_eq!(totals(&sessions), totals(&of_lines));
    for error in [sessions.to_vec().err(), sessions.get("s1").err()] {
        assert!(matches!(error, Some(Error::NoEvents { .. })), "{error:?}");
    }

    // Together with lines, each session once.
    let lines = crate::folder("more.ndjson", sample().replace(r#""session_id":"s"#, r#""session_id":"t"#));
    let inputs = [folder.path(), lines.path()].map(|path| Input::find(path).unwrap()).concat();
    let both = load(inputs, &Options::default()).unwrap();
    assert_eq!(totals(&both).watched_ms, 2 * totals(&of_lines).watched_ms);
}

#[test]
fn a_table_of_sessions_is_treated_as_its_events_would_have_been() {
    let lines =
        sample().replace(r#""device":"tv""#, r#""device":"tv","client_ip":"203.0.113.77","page":"https://h/a?b""#);
    let lines_folder = crate::folder("in.ndjson", &lines);
    let open = Privacy::default().with_ip_addresses(IpAddresses::Keep).with_urls(Urls::Keep);
    let with = |privacy: &Privacy| {
        let mut options = Options::default();
        options.privacy = privacy.clone();
        options
    };
    let (table_folder, _) = sessions_table(&load_path(lines_folder.path(), &with(&open)).unwrap());
    let facts = |folder: &TempDir, privacy: &Privacy| {
        let sessions = load_path(folder.path(), &with(privacy)).unwrap();
        let mut all: Vec<String> = Vec::new();
        let take = |facts: SessionFacts| {
            all.push(format!("{:?}", facts.identity));
            Ok::<(), Error>(())
        };
        sessions.each_facts(&Rules::default(), &Catalog::new(), take).unwrap();
        all.sort_unstable();
        (all, sessions.quality().ignored.keys().copied().collect::<Vec<_>>())
    };
    let key = Key::new(b"thirty-two random bytes, in truth").unwrap();
    let strict =
        Privacy::default().with_viewer_key(&key, Rotation::Day).with_session_key(&key).without("viewer_id", "*1");
    for (privacy, sessions) in [(open, 7), (Privacy::default(), 7), (strict, 5)] {
        let (of_lines, of_table) = (facts(&lines_folder, &privacy), facts(&table_folder, &privacy));
        assert_eq!(of_lines, of_table);
        assert_eq!(of_table.0.len(), sessions);
    }
}

#[test]
fn a_table_comes_from_a_file_or_not_at_all() {
    let bytes = b"PAR1 and so on".to_vec();
    let expected = "it is Parquet, which can only be read from a file, not from a stream, nor compressed once more";
    let error = load(vec![Input::memory("body", bytes.clone())], &Options::default()).unwrap_err();
    assert_eq!(error.to_string(), format!("read body: {expected}"));
    let mut options = Options::default();
    options.format = Some(Format::Parquet);
    let error = load(vec![Input::memory("body", bytes)], &options).unwrap_err();
    assert_eq!(error.to_string(), format!("read body: {expected}"));
    let folder = folder("lines", sample());
    let error = load_path(&folder.path().join("lines"), &options).unwrap_err();
    assert!(matches!(error, Error::Table(audience_lake::Error::Damaged { .. })), "{error}");
}
