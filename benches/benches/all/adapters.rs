//! Reading every format, beside canonical NDJSON.

use std::num::NonZeroUsize;
use std::time::Duration;

use audience_benches::{EVENTS, Lines, lines};
use audience_ingest::{Input, Options, load};
use criterion::{BenchmarkId, Criterion, Throughput};

pub(crate) fn define(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for files");
    let mut group = criterion.benchmark_group("adapters");
    // There are many of them, and each takes a few milliseconds.
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_millis(1500));
    for Lines { name, format, text } in lines() {
        let path = folder.path().join("events");
        std::fs::write(&path, &text).expect("room for a file");
        let mut options = Options::default();
        options.threads = NonZeroUsize::new(1);
        options.format = Some(format);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new(name, text.len() / EVENTS), |bencher| {
            bencher.iter(|| load(Input::find(&path).expect("the file"), &options).expect("events"));
        });
    }
    group.finish();
}
