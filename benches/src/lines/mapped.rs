//! Telemetry of other systems: what players say now and then while they play.

use super::player::SESSION;
use super::{EVENTS, each, repeat};

/// A time such as `2026-01-05T10:00:00`.
fn time(n: usize) -> String {
    format!("2026-01-05T{:02}:{:02}:{:02}", 10 + n / 3600 % 10, n / 60 % 60, n % 60)
}

pub(super) fn kino() -> String {
    repeat(|n| {
        let (session, sequence, time) = (n / SESSION, n % SESSION + 1, time(n));
        format!(
            "{{\"id\":\"1b4e28ba-2fa1-41d2-883f-{n:012}\",\"session_id\":\"6fa459ea-ee8a-4ca4-894e-{session:012}\",\
             \"timestamp\":\"{time}.123456789Z\",\"sequence\":{sequence},\"event\":\"heartbeat\",\
             \"position\":{sequence}.25,\"buffer_level\":12.5,\"bitrate\":3000000,\"dropped_frames\":0,\"decoded_frames\":250}}"
        )
    })
}

pub(super) fn segment() -> String {
    repeat(|n| {
        let (session, step, time) = (n / SESSION, n % SESSION, time(n));
        format!(
            "{{\"type\":\"track\",\"event\":\"Video Content Playing\",\"messageId\":\"ajs-next-1767607{n:09}-b3f1c2de\",\
             \"anonymousId\":\"507f191e-810c-4197-89de-{session:012}\",\"userId\":\"u{session}\",\"timestamp\":\"{time}.123Z\",\
             \"sentAt\":\"{time}.150Z\",\"originalTimestamp\":\"{time}.120Z\",\
             \"context\":{{\"library\":{{\"name\":\"analytics.js\",\"version\":\"2.11.1\"}},\"app\":{{\"name\":\"web\"}},\
             \"page\":{{\"path\":\"/film\",\"title\":\"Film\",\"url\":\"https://v.example/film\"}},\"locale\":\"en-US\"}},\
             \"properties\":{{\"session_id\":\"g{session:08}\",\"content_asset_id\":\"film\",\"total_length\":180,\
             \"video_player\":\"html5\",\"bitrate\":3000,\"position\":{step},\"sound\":88,\"full_screen\":true,\"ad_enabled\":false}}}}"
        )
    })
}

const PLAYER: &str = "contexts_com_snowplowanalytics_snowplow_media_player_2";
const MEDIA_SESSION: &str = "contexts_com_snowplowanalytics_snowplow_media_session_1";

/// A table of a warehouse, of whose many columns few are used; contexts are JSON in cells.
pub(super) fn snowplow_csv() -> String {
    const UNUSED: usize = 60;
    let unused = (0..UNUSED).fold(String::new(), |names, n| format!("{names},unused_{n}"));
    let values = ",some text".repeat(UNUSED);
    let rows = repeat(|n| {
        let (session, step, time) = (n / SESSION, n % SESSION, time(n).replace('T', " "));
        format!(
            "site,e{n},com.snowplowanalytics.snowplow.media,ping_event,{time}.123,u{session}{values},\
             \"[{{\"\"currentTime\"\":{step}.5,\"\"duration\"\":180,\"\"playbackRate\"\":1,\"\"label\"\":\"\"Film\"\"}}]\",\
             \"[{{\"\"mediaSessionId\"\":\"\"s{session}\"\",\"\"pingInterval\"\":30}}]\""
        )
    });
    format!(
        "app_id,event_id,event_vendor,event_name,dvce_created_tstamp,domain_userid{unused},{PLAYER},{MEDIA_SESSION}\n{rows}"
    )
}

pub(super) fn snowplow_ndjson() -> String {
    repeat(|n| {
        let (session, step, time) = (n / SESSION, n % SESSION, time(n));
        format!(
            "{{\"app_id\":\"site\",\"platform\":\"web\",\"event\":\"unstruct\",\"event_id\":\"e{n}\",\
             \"event_vendor\":\"com.snowplowanalytics.snowplow.media\",\"event_name\":\"ping_event\",\"event_version\":\"1-0-0\",\
             \"dvce_created_tstamp\":\"{time}.000Z\",\"derived_tstamp\":\"{time}.200Z\",\"collector_tstamp\":\"{time}.300Z\",\
             \"domain_userid\":\"u{session}\",\"geo_country\":\"DE\",\"br_family\":\"Firefox\",\"os_family\":\"Linux\",\
             \"dvce_type\":\"Computer\",\"{PLAYER}\":[{{\"currentTime\":{step}.5,\"duration\":180.0,\"ended\":false,\"paused\":false,\
             \"playbackRate\":1,\"label\":\"Film\",\"mediaType\":\"video\"}}],\
             \"{MEDIA_SESSION}\":[{{\"mediaSessionId\":\"s{session}\",\"startedAt\":\"2026-01-05T10:00:00.000Z\"}}]}}"
        )
    })
}

pub(super) fn ga4() -> String {
    repeat(|n| {
        let (session, step, micros) = (n / SESSION, n % SESSION, 1_767_607_200_000_000 + n * 1_000_000);
        format!(
            "{{\"event_date\":\"20260105\",\"event_timestamp\":\"{micros}\",\"event_name\":\"video_progress\",\"event_params\":[\
             {{\"key\":\"ga_session_id\",\"value\":{{\"int_value\":\"17{session}\"}}}},\
             {{\"key\":\"video_url\",\"value\":{{\"string_value\":\"https://v.example/film\"}}}},\
             {{\"key\":\"video_title\",\"value\":{{\"string_value\":\"Film\"}}}},\
             {{\"key\":\"video_duration\",\"value\":{{\"int_value\":\"200\"}}}},\
             {{\"key\":\"video_percent\",\"value\":{{\"int_value\":\"10\"}}}},\
             {{\"key\":\"video_current_time\",\"value\":{{\"int_value\":\"{step}\"}}}}],\"user_pseudo_id\":\"9.{session}\",\
             \"device\":{{\"category\":\"mobile\",\"operating_system\":\"Android\"}},\"geo\":{{\"country\":\"Germany\"}},\"platform\":\"WEB\"}}"
        )
    })
}

/// A line a view, with all its events.
pub(super) fn mux() -> String {
    each(EVENTS / SESSION, |view| {
        let events: Vec<String> = (0..SESSION)
            .map(|n| {
                let second = 1_767_607_200 + n * 10;
                format!(
                    "{{\"type\":\"timeupdate\",\"sequenceNumber\":{n},\"viewerTime\":{{\"seconds\":{second},\"nanos\":500000000}},\
                     \"serverTime\":{{\"seconds\":{second},\"nanos\":900000000}},\"playheadTime\":{{\"seconds\":{},\"nanos\":0}}}}",
                    n * 10
                )
            })
            .collect();
        format!("{{\"viewId\":\"u{view}\",\"propertyId\":\"1\",\"events\":[{}]}}", events.join(","))
    })
}

pub(super) fn adobe() -> String {
    repeat(|n| {
        let (session, step, time) = (n / SESSION, n % SESSION, time(n));
        format!(
            "{{\"events\":[{{\"xdm\":{{\"eventType\":\"media.ping\",\"timestamp\":\"{time}.000Z\",\
             \"mediaCollection\":{{\"sessionID\":\"m{session}\",\"playhead\":{step}}},\
             \"identityMap\":{{\"FPID\":[{{\"id\":\"u{session}\"}}]}}}}}}]}}"
        )
    })
}

/// What the player says is JSON in a text.
pub(super) fn edx() -> String {
    repeat(|n| {
        let (session, step, time) = (n / SESSION, n % SESSION, time(n));
        format!(
            "{{\"username\":\"u{session}\",\"event_source\":\"browser\",\"event_type\":\"play_video\",\"name\":\"play_video\",\
             \"time\":\"{time}.000000+00:00\",\"session\":\"f{session:031}\",\"page\":\"https://courses.example/x\",\
             \"host\":\"courses.example\",\"ip\":\"\",\"agent\":\"Mozilla\",\"context\":{{\"user_id\":{session},\
             \"course_id\":\"course-v1:X+Y+Z\",\"org_id\":\"X\",\"path\":\"/event\"}},\
             \"event\":\"{{\\\"id\\\": \\\"v1\\\", \\\"currentTime\\\": {step}, \\\"code\\\": \\\"html5\\\", \\\"duration\\\": 180}}\"}}"
        )
    })
}

pub(super) fn xapi() -> String {
    repeat(|n| {
        let (session, step, time) = (n / SESSION, n % SESSION, time(n));
        format!(
            "{{\"id\":\"fd41c918-b88b-4b20-a0a5-{n:012}\",\"actor\":{{\"account\":{{\"homePage\":\"https://lms.example\",\"name\":\"u{session}\"}}}},\
             \"verb\":{{\"id\":\"https://w3id.org/xapi/video/verbs/played\",\"display\":{{\"en-US\":\"played\"}}}},\
             \"object\":{{\"id\":\"https://lms.example/film\",\"definition\":{{\"name\":{{\"en-US\":\"Film\"}},\
             \"type\":\"https://w3id.org/xapi/video/activity-type/video\"}}}},\
             \"result\":{{\"extensions\":{{\"https://w3id.org/xapi/video/extensions/time\":{step}}}}},\
             \"context\":{{\"registration\":\"r{session}\",\"contextActivities\":{{\"category\":[{{\"id\":\"https://w3id.org/xapi/video/\"}}]}},\
             \"extensions\":{{\"https://w3id.org/xapi/video/extensions/session-id\":\"6d{session}\",\
             \"https://w3id.org/xapi/video/extensions/length\":180}}}},\"timestamp\":\"{time}.000Z\"}}"
        )
    })
}

/// A line a session, with all its events.
pub(super) fn oximedia() -> String {
    each(EVENTS / SESSION, |session| {
        let start = 1_767_607_200_000_usize;
        let events: Vec<String> = (0..SESSION)
            .map(|n| match n % 2 {
                0 => format!("{{\"Play\":{{\"timestamp_ms\":{}}}}}", start + n * 1000),
                _ => format!("{{\"Pause\":{{\"timestamp_ms\":{},\"position_ms\":{}}}}}", start + n * 1000, n * 500),
            })
            .collect();
        format!(
            "{{\"session_id\":\"o{session}\",\"user_id\":\"u{session}\",\"content_id\":\"film\",\"started_at_ms\":{start},\"events\":[{}]}}",
            events.join(",")
        )
    })
}
