//! The sums of the status agree, whatever collectors answer.

use std::time::Duration;

use audience_core::Ratio;
use audience_emit::{Emitter, EmitterConfig, Overflow, QueueLimits, Retry, Sampling, Spool, SpoolWhen};
use proptest::prelude::*;

use crate::server::{Answer, Server};
use crate::{check_sums, config, event, until};

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        6 => Just(Answer::Status(200)),
        2 => Just(Answer::Status(503)),
        1 => Just(Answer::Status(400)),
        1 => Just(Answer::Status(413)),
        1 => Just(Answer::Status(401)),
        1 => Just(Answer::Break),
        1 => Just(Answer::Close),
        1 => Just(Answer::Hang),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_event_is_somewhere_and_only_once(
        answers in proptest::collection::vec(answer(), 0..12),
        pauses in proptest::collection::vec(0_u64..4, 40),
        queue in 5_usize..60,
        newest in any::<bool>(),
        when in proptest::option::of(any::<bool>()),
        share in 0.5..=1.0,
        cleared in proptest::option::weighted(0.3, 0_usize..40),
    ) {
        let server = Server::first(answers);
        let dir = tempfile::tempdir().unwrap();
        let spool = when.map(|always| Spool {
            when: if always { SpoolWhen::Always } else { SpoolWhen::Offline },
            max_bytes: 4096,
            ..Spool::new(dir.path())
        });
        let emitter = Emitter::new(EmitterConfig {
            queue: QueueLimits { max_events: queue, ..QueueLimits::default() },
            overflow: if newest { Overflow::DropNewest } else { Overflow::DropOldest },
            spool,
            sampling: Sampling { share: Ratio::new(share).unwrap(), salt: 0 },
            request_timeout: Duration::from_millis(100),
            retry: Retry { first: Duration::from_millis(2), max: Duration::from_millis(20), ..Retry::default() },
            ..config(&server.url())
        })
        .unwrap();
        for (step, pause) in pauses.into_iter().enumerate() {
            for n in 0..4 {
                emitter.emit(event(&format!("session {}", step % 9), n));
            }
            check_sums(&emitter.status());
            if cleared == Some(step) {
                emitter.clear();
                check_sums(&emitter.status());
            }
            std::thread::sleep(Duration::from_millis(pause));
        }
        let flushed = emitter.flush(Duration::from_millis(50));
        let status = emitter.status();
        check_sums(&status);
        prop_assert!(flushed.delivered <= status.delivered);
        let status = until(&emitter, "the rest", |status| status.pending.total() == 0);
        check_sums(&status);
        prop_assert_eq!(status.emitted, 160);
        // What came before its answer was lost came once more, with the same number.
        let mut taken = server.distinct();
        prop_assert_eq!(taken.len() as u64 >= status.delivered, true);
        taken.sort_unstable();
        prop_assert!(taken.last().is_none_or(|last| *last <= status.emitted - status.sampled_out));
    }
}
