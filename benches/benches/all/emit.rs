//! What emitting an event costs the thread that emits, and how fast events are delivered, on the loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use audience_core::{Envelope, Event, EventKind, MediaTime, Timestamp};
use audience_emit::{Batching, Emitter, EmitterConfig, Overflow, QueueLimits, Spool, SpoolWhen};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};

const DELIVERED: u64 = 20_000;

pub(crate) fn define(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("emit");
    group.throughput(Throughput::Elements(1));
    let config = EmitterConfig { overflow: Overflow::DropOldest, ..EmitterConfig::new(collector(false)) };
    let emitter = Emitter::new(config).expect("an emitter");
    let event = event(0);
    group.bench_function("to an endpoint that hangs, the queue full", |bencher| {
        bencher.iter_batched(|| event.clone(), |event| emitter.emit(event), BatchSize::SmallInput);
    });
    group.finish();

    let mut group = criterion.benchmark_group("deliver");
    group.throughput(Throughput::Elements(DELIVERED));
    for batch in [50, 1000] {
        for (name, when) in [("memory", None), ("spool", Some(SpoolWhen::Always))] {
            let dir = tempfile::tempdir().expect("a directory");
            let emitter = Emitter::new(EmitterConfig {
                batching: Batching { max_events: batch, ..Batching::default() },
                queue: QueueLimits { max_events: DELIVERED as usize, ..QueueLimits::default() },
                spool: when.map(|when| Spool { when, ..Spool::new(dir.path()) }),
                ..EmitterConfig::new(collector(true))
            })
            .expect("an emitter");
            group.bench_function(BenchmarkId::new(format!("from {name}"), format!("{batch} a request")), |bencher| {
                bencher.iter(|| {
                    for n in 0..DELIVERED {
                        emitter.emit(self::event(n));
                    }
                    assert!(emitter.flush(Duration::from_mins(1)).is_complete(), "all is delivered");
                });
            });
        }
    }
    group.finish();
}

fn event(n: u64) -> Envelope {
    let at = Timestamp::from_millis(1_795_204_690_000 + n as i64 * 250);
    Envelope {
        session_id: "5f2d1c1e-8c6d-4f0e-9a53-0123456789ab".into(),
        viewer_id: Some("viewer".into()),
        content_id: Some("film".into()),
        event: Event::new(at, EventKind::Heartbeat).at(MediaTime::from_millis(n * 250)),
        attributes: Vec::new(),
    }
}

/// The address of something that takes events, or hangs.
fn collector(answers: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || if answers { serve(&stream) } else { park(&stream) });
        }
    });
    format!("http://{address}/events")
}

fn park(mut stream: &std::net::TcpStream) -> std::io::Result<()> {
    std::io::copy(&mut stream, &mut std::io::sink()).map(drop)
}

fn serve(mut stream: &std::net::TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
    }
}
