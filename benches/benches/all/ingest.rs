//! Reading files on several threads.

use std::num::NonZeroUsize;

use audience_benches::{ndjson, reports, scripts, sessions};
use audience_core::MediaTime;
use audience_ingest::{Input, Options, load};
use criterion::{BenchmarkId, Criterion, Throughput};

pub(crate) fn define(criterion: &mut Criterion) {
    let length = MediaTime::from_secs(600);
    let folder = tempfile::tempdir().expect("a folder for a file");
    let events = ndjson(&sessions(&scripts(4000, length), length));
    let path = folder.path().join("events.ndjson");
    std::fs::write(&path, &events).expect("room for a file");
    let reports = reports(100_000);
    let cmcd = folder.path().join("reports.cmcd");
    std::fs::write(&cmcd, &reports).expect("room for a file");

    let mut group = criterion.benchmark_group("ingest");
    for (name, path, bytes) in [("ndjson", &path, events.len()), ("cmcd", &cmcd, reports.len())] {
        group.throughput(Throughput::Bytes(bytes as u64));
        for threads in [1, 2] {
            let mut options = Options::default();
            options.threads = NonZeroUsize::new(threads);
            group.bench_function(BenchmarkId::new(name, threads), |bencher| {
                bencher.iter(|| load(Input::find(path).expect("the file"), &options).expect("events"));
            });
        }
    }
    group.finish();
}
