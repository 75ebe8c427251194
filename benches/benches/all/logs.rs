//! Reading logs of HTTP requests, beside canonical NDJSON.

use std::fmt::Write;
use std::num::NonZeroUsize;

use audience_benches::{ndjson, scripts, sessions};
use audience_core::MediaTime;
use audience_ingest::{Input, Options, load};
use criterion::{Criterion, Throughput};

pub(crate) fn define(criterion: &mut Criterion) {
    let length = MediaTime::from_secs(600);
    let logs = [
        ("ndjson", ndjson(&sessions(&scripts(2000, length), length))),
        ("cloudfront", cloudfront(20_000)),
        ("akamai", akamai(20_000)),
        ("combined", combined(20_000)),
    ];
    let mut options = Options::default();
    options.threads = NonZeroUsize::new(1);
    let folder = tempfile::tempdir().expect("a folder for files");
    let mut group = criterion.benchmark_group("logs");
    for (name, log) in &logs {
        let path = folder.path().join(name);
        std::fs::write(&path, log).expect("room for a file");
        group.throughput(Throughput::Bytes(log.len() as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| load(Input::find(&path).expect("the file"), &options).expect("a log"));
        });
    }
    group.finish();
}

/// The CMCD of a player's request, as in a query.
fn query(n: usize) -> String {
    let (session, number, buffer) = (n / 50, n % 50, n * 37 % 30_000);
    format!(
        "CMCD=bl%3D%28{buffer}%29%2Cbr%3D%282095%29%2Ccid%3D%22film%22%2Cd%3D2000%2Cmtp%3D%28168600%29%2Cnor%3D%28%22s2_{number:03}.m4s%22%29%2C\
         ot%3Dv%2Csf%3Dh%2Csid%3D%22cf109441-8c2c-4b0a-8c37-{session:012}%22%2Csn%3D{number}%2Cst%3Dv%2Csta%3Dp%2Cv%3D2"
    )
}

const AGENT: &str = "Mozilla/5.0%20(X11;%20Linux%20x86_64)%20AppleWebKit/537.36%20(KHTML,%20like%20Gecko)%20Chrome/156.0.0.0%20Safari/537.36";

/// The standard log of `CloudFront`.
fn cloudfront(count: usize) -> String {
    let fields = "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) \
        cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken \
        x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status \
        fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len \
        sc-range-start sc-range-end";
    let mut text = format!("#Version: 1.0\n#Fields: {fields}\n");
    for n in 0..count {
        let query = query(n).replace('%', "%25");
        let (minute, second, number) = (n / 60 % 60, n % 60, n % 50);
        writeln!(
            text,
            "2026-11-20\t20:{minute:02}:{second:02}\tFRA56-P4\t490914\t192.0.2.7\tGET\td1.cloudfront.net\t/media/hls/s2_{number:03}.m4s\t200\t\
             https://video.example.com/play.html\t{AGENT}\t{query}\t-\tHit\tADCoXR5JwCU5PedmPPX14YYD5eYnVRHjyOG_{n:08}==\t\
             video.example.com\thttps\t781\t0.029\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\tHTTP/2.0\t-\t-\t43248\t0.002\tHit\t\
             video/iso.segment\t490534\t-\t-"
        )
        .expect("a string takes all");
    }
    text
}

/// Akamai `DataStream` 2.
fn akamai(count: usize) -> String {
    let mut text = String::new();
    for n in 0..count {
        let (query, ms, number) = (query(n), n * 97 % 1000, n % 50);
        writeln!(
            text,
            "{{\"version\":2,\"streamId\":\"72113\",\"cp\":\"123456\",\"reqId\":\"{n:08x}\",\"reqTimeSec\":\"1795204803.{ms:03}\",\"bytes\":\"490534\",\
             \"cliIP\":\"192.0.2.7\",\"statusCode\":\"200\",\"proto\":\"HTTPS\",\"reqHost\":\"video.example.com\",\"reqMethod\":\"GET\",\
             \"reqPath\":\"media/hls/s2_{number:03}.m4s\",\"reqPort\":\"443\",\"rspContentLen\":\"490534\",\"rspContentType\":\"video/iso.segment\",\
             \"UA\":\"{AGENT}\",\"tlsOverheadTimeMSec\":\"0\",\"tlsVersion\":\"TLSv1.3\",\"objSize\":\"490534\",\"overheadBytes\":\"380\",\
             \"totalBytes\":\"490914\",\"queryStr\":\"{query}\",\"accLang\":\"en-US,en;q=0.9\",\"reqEndTimeMSec\":\"1\",\
             \"turnAroundTimeMSec\":\"1\",\"transferTimeMSec\":\"28\",\"lastByte\":\"1\",\"edgeIP\":\"192.0.2.201\",\"country\":\"DE\",\
             \"state\":\"HE\",\"city\":\"FRANKFURT\",\"serverCountry\":\"DE\",\"billingRegion\":\"2\",\"cacheStatus\":\"1\"}}"
        )
        .expect("a string takes all");
    }
    text
}

/// The combined log of nginx.
fn combined(count: usize) -> String {
    let (mut text, agent) = (String::new(), AGENT.replace("%20", " "));
    for n in 0..count {
        let (query, minute, second, number) = (query(n), n / 60 % 60, n % 60, n % 50);
        writeln!(
            text,
            "192.0.2.7 - - [20/Nov/2026:20:{minute:02}:{second:02} +0000] \"GET /media/hls/s2_{number:03}.m4s?{query} HTTP/1.1\" 200 490534 \
             \"https://video.example.com/play.html\" \"{agent}\" 0.029"
        )
        .expect("a string takes all");
    }
    text
}
