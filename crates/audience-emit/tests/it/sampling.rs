//! Samples of sessions.

use std::collections::BTreeMap;

use audience_core::{Envelope, Ratio};
use audience_emit::{Emitted, Emitter, EmitterConfig, Sampling};

use crate::server::Server;
use crate::{LONG, check_sums, config, event, numbers};

#[test]
fn sessions_are_sent_whole_or_not_at_all_and_about_as_many_as_asked_for() {
    let server = Server::willing();
    let sampling = Sampling { share: Ratio::new(0.3).unwrap(), salt: 7 };
    let mut config = EmitterConfig { sampling, ..config(&server.url()) };
    config.batching.max_events = 500;
    let emitter = Emitter::new(config).unwrap();
    for n in 0..3 {
        for session in 0..2000 {
            emitter.emit(event(&format!("session {session}"), n));
        }
    }
    assert!(emitter.flush(LONG).is_complete());
    let status = emitter.status();
    check_sums(&status);
    let mut sent: BTreeMap<String, u64> = BTreeMap::new();
    for line in server.text().lines() {
        let envelope: Envelope = serde_json::from_str(line).unwrap();
        *sent.entry(envelope.session_id.to_string()).or_default() += 1;
    }
    assert!(sent.values().all(|events| *events == 3));
    // Four standard errors of 2000 draws at 0.3 are 82.
    assert!(sent.len().abs_diff(600) < 82, "{}", sent.len());
    assert_eq!(status.sampled_out, 6000 - sent.len() as u64 * 3);
    assert_eq!(server.taken(), numbers(status.delivered), "what is sampled out leaves no gap");
}

#[test]
fn all_nothing_and_a_share_that_changes() {
    let server = Server::willing();
    let emitter = Emitter::new(config(&server.url())).unwrap();
    let emitted = || (0..100).map(|session| emitter.emit(event(&session.to_string(), 0))).collect::<Vec<_>>();
    assert!(emitted().iter().all(|emitted| *emitted == Emitted::Queued));
    emitter.set_sample_share(Ratio::ZERO);
    assert!(emitted().iter().all(|emitted| *emitted == Emitted::SampledOut));
    emitter.set_sample_share(Ratio::new(0.5).unwrap());
    let half = emitted();
    emitter.set_sample_share(Ratio::new(0.2).unwrap());
    let fifth = emitted();
    assert!(fifth.iter().zip(&half).all(|(fifth, half)| *fifth == Emitted::SampledOut || *half == Emitted::Queued));
    assert!(fifth != half);
}
