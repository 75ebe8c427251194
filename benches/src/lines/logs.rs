//! Logs of requests for segments, each of which carries CMCD.

use super::player::{SESSION, headers, query, query_of_version_1};
use super::repeat;

const AGENT: &str = "Mozilla/5.0%20(X11;%20Linux%20x86_64)%20AppleWebKit/537.36%20(KHTML,%20like%20Gecko)%20Chrome/156.0.0.0%20Safari/537.36";

/// The time of a line, within an hour.
fn minute_and_second(n: usize) -> (usize, usize) {
    (n / 60 % 60, n % 60)
}

fn segment(n: usize) -> String {
    format!("/media/hls/s2_{:03}.m4s", n % SESSION)
}

/// What is encoded, encoded once more.
fn twice(text: &str) -> String {
    text.replace('%', "%25")
}

pub(super) fn cloudfront_standard() -> String {
    let fields = "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) \
        cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken \
        x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status \
        fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len \
        sc-range-start sc-range-end";
    let lines = repeat(|n| {
        let ((minute, second), segment, query) = (minute_and_second(n), segment(n), twice(&query(n)));
        format!(
            "2026-11-20\t20:{minute:02}:{second:02}\tFRA56-P4\t490914\t192.0.2.7\tGET\td1.cloudfront.net\t{segment}\t200\t\
             https://video.example.com/play.html\t{AGENT}\t{query}\t-\tHit\tADCoXR5JwCU5PedmPPX14YYD5eYnVRHjyOG_{n:08}==\t\
             video.example.com\thttps\t781\t0.029\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\tHTTP/2.0\t-\t-\t43248\t0.002\tHit\t\
             video/iso.segment\t490534\t-\t-"
        )
    });
    format!("#Version: 1.0\n#Fields: {fields}\n{lines}")
}

/// With all fields: the headers, and the keys of CMCD once more each in a field of its own.
pub(super) fn cloudfront_realtime() -> String {
    repeat(|n| {
        let (second, ms, segment, query) =
            (1_795_204_800 + n / 10, n * 97 % 1000, segment(n), twice(&query_of_version_1(n)));
        let (session, buffer) = (n / SESSION, n * 37 % 30_000 / 100 * 100);
        format!(
            "{second}.{ms:03}\t192.0.2.7\t0.002\t200\t490914\tGET\thttps\td1.cloudfront.net\t{segment}\t886\tFRA56-P4\t\
             udQbei1i9XdXHSQ2HimZjXIyylZ0WTWm-bFyqhpKlr8_{n:08}==\tvideo.example.com\t0.029\tHTTP/2.0\tIPv4\t{AGENT}\t\
             https://video.example.com/play.html\t-\t{query}\tHit\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\t-\t-\tvideo/iso.segment\t490534\t-\t-\t\
             41921\tHit\tDE\tgzip,%20deflate,%20br,%20zstd\t*/*\t/media/*\thost:video.example.com%0Aconnection:keep-alive%0A\
             sec-ch-ua-platform:%22Linux%22%0Auser-agent:{AGENT}%0Asec-ch-ua:%22Not:A-Brand%22;v=%228%22,%20%22Chromium%22;v=%22156%22%0A\
             sec-ch-ua-mobile:?0%0Aaccept:*/*%0Asec-fetch-site:same-origin%0Asec-fetch-mode:cors%0Asec-fetch-dest:empty%0A\
             referer:https://video.example.com/play.html%0Aaccept-encoding:gzip,%20deflate,%20br,%20zstd%0Aaccept-language:en-US,en;q=0.9%0A\t\
             host%0Aconnection%0Asec-ch-ua-platform%0Auser-agent%0Asec-ch-ua%0Asec-ch-ua-mobile%0Aaccept%0Asec-fetch-site%0A\
             sec-fetch-mode%0Asec-fetch-dest%0Areferer%0Aaccept-encoding%0Aaccept-language%0A\t13\t-\t-\t64496\t\
             2095\t{buffer}\t-\tfilm\t2000\t{buffer}\t168600\t-\t-\tv\t-\t1600\th\tcf109441-8c2c-4b0a-8c37-{session:012}\tv\t-\t-\t-"
        )
    })
}

pub(super) fn nginx() -> String {
    let agent = AGENT.replace("%20", " ");
    repeat(|n| {
        let ((minute, second), segment, query) = (minute_and_second(n), segment(n), query(n));
        format!(
            "192.0.2.7 - - [20/Nov/2026:20:{minute:02}:{second:02} +0000] \"GET {segment}?{query} HTTP/1.1\" 200 490534 \
             \"https://video.example.com/play.html\" \"{agent}\" 0.029"
        )
    })
}

/// With the four headers of CMCD, the last of which is rare.
pub(super) fn apache() -> String {
    let agent = AGENT.replace("%20", " ");
    repeat(|n| {
        let ((minute, second), segment) = (minute_and_second(n), segment(n));
        let [object, request, session] = headers(n).map(|header| header.replace('"', "\\\""));
        format!(
            "192.0.2.7 - - [20/Nov/2026:20:{minute:02}:{second:02} +0000] \"GET {segment} HTTP/1.1\" 200 490534 \
             \"https://video.example.com/play.html\" \"{agent}\" 29000 \"{object}\" \"{request}\" \"{session}\" \"-\""
        )
    })
}

pub(super) fn akamai() -> String {
    repeat(|n| {
        let (second, ms, segment, query) = (1_795_204_800 + n / 10, n * 97 % 1000, segment(n), query(n));
        format!(
            "{{\"version\":2,\"streamId\":\"72113\",\"cp\":\"123456\",\"reqId\":\"{n:08x}\",\"reqTimeSec\":\"{second}.{ms:03}\",\
             \"bytes\":\"490534\",\"cliIP\":\"192.0.2.7\",\"statusCode\":\"200\",\"proto\":\"HTTPS\",\"reqHost\":\"video.example.com\",\
             \"reqMethod\":\"GET\",\"reqPath\":\"{path}\",\"reqPort\":\"443\",\"rspContentLen\":\"490534\",\
             \"rspContentType\":\"video/iso.segment\",\"UA\":\"{AGENT}\",\"tlsOverheadTimeMSec\":\"0\",\"tlsVersion\":\"TLSv1.3\",\
             \"objSize\":\"490534\",\"overheadBytes\":\"380\",\"totalBytes\":\"490914\",\"queryStr\":\"{query}\",\
             \"accLang\":\"en-US,en;q=0.9\",\"reqEndTimeMSec\":\"1\",\"turnAroundTimeMSec\":\"1\",\"transferTimeMSec\":\"28\",\
             \"lastByte\":\"1\",\"edgeIP\":\"192.0.2.201\",\"country\":\"DE\",\"state\":\"HE\",\"city\":\"FRANKFURT\",\
             \"serverCountry\":\"DE\",\"billingRegion\":\"2\",\"cacheStatus\":\"1\"}}",
            path = segment.trim_start_matches('/')
        )
    })
}

/// With a space after each colon and comma, as Fastly's own examples have.
pub(super) fn fastly() -> String {
    let agent = AGENT.replace("%20", " ");
    repeat(|n| {
        let (second, ms, segment, query) = (1_795_204_800 + n / 10, n * 97 % 1000, segment(n), query(n));
        let (minute, of_minute) = minute_and_second(n / 10);
        format!(
            "{{\"timestamp\": \"2026-11-20T20:{minute:02}:{of_minute:02}+0000\", \"time_start_msec\": {second}{ms:03}, \
             \"time_elapsed_usec\": 29000, \"client_ip\": \"192.0.2.7\", \"geo_country\": \"germany\", \"host\": \"video.example.com\", \
             \"url\": \"{segment}?{query}\", \"request_method\": \"GET\", \"request_protocol\": \"HTTP/2\", \
             \"request_referer\": \"https://video.example.com/play.html\", \"request_user_agent\": \"{agent}\", \
             \"response_state\": \"HIT-CLUSTER\", \"response_status\": 200, \"response_body_size\": 490534, \
             \"response_completed\": true, \"fastly_server\": \"cache-fra-eddf8230042-FRA\", \"fastly_is_edge\": true, \
             \"cmcd_object\": \"\", \"cmcd_request\": \"\", \"cmcd_session\": \"\", \"cmcd_status\": \"\"}}"
        )
    })
}

pub(super) fn iis() -> String {
    let agent = AGENT.replace("%20", "+");
    let lines = repeat(|n| {
        let ((minute, second), segment, query) = (minute_and_second(n), segment(n), query(n));
        format!(
            "2026-11-20 20:{minute:02}:{second:02} 192.0.2.10 GET {segment} {query} 443 - 192.0.2.7 {agent} \
             https://video.example.com/play.html 200 0 0 29"
        )
    });
    format!(
        "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time s-ip cs-method cs-uri-stem \
         cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n{lines}"
    )
}

/// As a proxy writes them, with all headers.
pub(super) fn captures() -> String {
    let agent = AGENT.replace("%20", " ");
    repeat(|n| {
        let (t, segment, query) = (1_795_204_800_000 + n * 97, segment(n), query(n));
        format!(
            "{{\"t\":{t},\"t_end\":{end},\"method\":\"GET\",\"path\":\"{segment}\",\"query\":\"{query}\",\"status\":200,\"bytes\":490534,\
             \"aborted\":false,\"headers\":{{\"host\":\"video.example.com\",\"connection\":\"keep-alive\",\"user-agent\":\"{agent}\",\
             \"accept\":\"*/*\",\"origin\":\"https://video.example.com\",\"referer\":\"https://video.example.com/play.html\",\
             \"accept-encoding\":\"gzip, deflate, br, zstd\"}},\"body\":null}}",
            end = t + 29
        )
    })
}
