//! Reading files.

use std::fmt::Write;
use std::num::NonZeroUsize;

use audience_benches::{ndjson, scripts, sessions};
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

    let records = records(100_000);
    let kino = folder.path().join("records.ndjson");
    std::fs::write(&kino, &records).expect("room for a file");
    let rows = rows(50_000);
    let snowplow = folder.path().join("rows.csv");
    std::fs::write(&snowplow, &rows).expect("room for a file");

    let mut group = criterion.benchmark_group("ingest");
    for (name, path, bytes) in [
        ("ndjson", &path, events.len()),
        ("cmcd", &cmcd, reports.len()),
        ("kino", &kino, records.len()),
        ("snowplow", &snowplow, rows.len()),
    ] {
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

/// Lines of CMCD reports such as players post.
fn reports(count: usize) -> String {
    let mut text = String::new();
    for n in 0..count {
        let (session, sn, ts) = (n / 50, n % 50, 1_795_204_690_750_u64 + n as u64 * 97);
        writeln!(
            text,
            "bl=(5800),br=(2095),cid=\"film\",e=t,mtp=(168600),sf=h,sid=\"cf109441-{session:04}\",sn={sn},st=v,sta=p,ts={ts},v=2"
        )
        .expect("a string takes all");
    }
    text
}

/// Lines as kino-core writes them: a map reads them.
fn records(count: usize) -> String {
    let mut text = String::new();
    for n in 0..count {
        let (session, sequence, second) = (n / 50, n % 50 + 1, n % 60);
        writeln!(
            text,
            "{{\"id\":\"1b4e28ba-2fa1-41d2-883f-{n:012}\",\"session_id\":\"6fa459ea-ee8a-4ca4-894e-{session:012}\",\
             \"timestamp\":\"2026-01-05T10:{minute:02}:{second:02}.123456789Z\",\"sequence\":{sequence},\"event\":\"heartbeat\",\
             \"position\":{sequence}.25,\"buffer_level\":12.5,\"bitrate\":3000000,\"dropped_frames\":0,\"decoded_frames\":250}}",
            minute = n / 60 % 60
        )
        .expect("a string takes all");
    }
    text
}

/// A table of Snowplow's media events, as a warehouse writes it: contexts are JSON in cells.
fn rows(count: usize) -> String {
    const UNUSED: usize = 60;
    let mut text = "app_id,event_id,event_vendor,event_name,dvce_created_tstamp,domain_userid".to_owned();
    for n in 0..UNUSED {
        write!(text, ",unused_{n}").expect("a string takes all");
    }
    text.push_str(",contexts_com_snowplowanalytics_snowplow_media_player_2,contexts_com_snowplowanalytics_snowplow_media_session_1\n");
    for n in 0..count {
        let (session, step, second) = (n / 50, n % 50, n % 60);
        writeln!(
            text,
            "site,e{n},com.snowplowanalytics.snowplow.media,ping_event,2026-01-05 10:{minute:02}:{second:02}.123,u{session}{unused},\
             \"[{{\"\"currentTime\"\":{step}.5,\"\"duration\"\":180,\"\"playbackRate\"\":1,\"\"label\"\":\"\"Film\"\"}}]\",\
             \"[{{\"\"mediaSessionId\"\":\"\"s{session}\"\",\"\"pingInterval\"\":30}}]\"",
            minute = n / 60 % 60,
            unused = ",some text".repeat(UNUSED)
        )
        .expect("a string takes all");
    }
    text
}
