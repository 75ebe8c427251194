//! Processes that are killed: what they reported as spooled is delivered by the next one.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use audience_emit::{Emitter, SpoolWhen};

use crate::server::{Answer, Server};
use crate::{LONG, check_sums, config, emit, event, numbers, with_spool};

const DIR: &str = "AUDIENCE_EMIT_CHILD_DIR";
const ENDPOINT: &str = "AUDIENCE_EMIT_CHILD_ENDPOINT";

/// What the child process runs: this same test, told where to spool. It emits until it is killed, and says how far it is.
#[test]
fn child() {
    let (Some(dir), Ok(endpoint)) = (std::env::var_os(DIR).map(PathBuf::from), std::env::var(ENDPOINT)) else {
        return;
    };
    let emitter = Emitter::new(with_spool(config(&endpoint), &dir, SpoolWhen::Always)).unwrap();
    for n in 0.. {
        emitter.emit(event("s1", n));
        if n % 7 == 0 {
            println!("spooled {}", emitter.status().spooled);
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// Runs the child for so long, kills it, and gives the last number it said was spooled.
fn run_and_kill(dir: &Path, endpoint: &str, time: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child", "--nocapture", "--test-threads=1"])
        .env(DIR, dir)
        .env(ENDPOINT, endpoint)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let spooled = |line: &str| line.split_once("spooled ").and_then(|(_, number)| number.parse::<u64>().ok());
    // The time runs from when it has written something.
    let mut last = 0;
    while last == 0 {
        last = spooled(&lines.next().unwrap().unwrap()).unwrap_or(0);
    }
    std::thread::sleep(time);
    // SIGKILL, where there is such a thing.
    child.kill().unwrap();
    // The last line may have been cut, and a number cut short is smaller.
    for line in lines.map_while(Result::ok) {
        last = spooled(&line).map_or(last, |spooled| spooled.max(last));
    }
    child.wait().unwrap();
    last
}

/// What the next process delivers.
fn deliver(dir: &Path) -> (Server, audience_emit::Status) {
    let server = Server::willing();
    let emitter = Emitter::new(with_spool(config(&server.url()), dir, SpoolWhen::Always)).unwrap();
    emit(&emitter, 0);
    emitter.flush(LONG);
    let status = emitter.status();
    check_sums(&status);
    assert_eq!((status.pending.total(), status.dropped.total()), (0, 0));
    (server, status)
}

#[test]
fn nothing_that_was_spooled_is_lost_when_nothing_was_delivered() {
    for millis in [0, 13, 57] {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::new(|_, _| Answer::Status(503));
        let spooled = run_and_kill(dir.path(), &server.url(), Duration::from_millis(millis));
        assert!(spooled > 0);
        let (server, status) = deliver(dir.path());
        assert!(status.recovered >= spooled);
        assert_eq!(server.taken(), numbers(status.recovered), "each once, in order, without a gap");
    }
}

#[test]
fn nothing_that_was_spooled_is_lost_and_at_most_a_batch_comes_twice_when_some_was_delivered() {
    for millis in [0, 11, 29, 61, 127] {
        let dir = tempfile::tempdir().unwrap();
        let before = Server::willing();
        let spooled = run_and_kill(dir.path(), &before.url(), Duration::from_millis(millis));
        let (after, status) = deliver(dir.path());
        assert!(status.spool.unwrap().torn <= 1);
        let (mut all, replayed) = (before.taken(), after.taken());
        assert!(all.is_sorted() && replayed.is_sorted());
        let twice = replayed.iter().filter(|number| all.binary_search(number).is_ok()).count();
        assert!(twice <= 10, "{twice}");
        all.extend(replayed);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all, numbers(all.len() as u64), "no gap");
        assert!(all.len() as u64 >= spooled, "{} of {spooled}", all.len());
    }
}
