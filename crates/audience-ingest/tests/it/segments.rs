//! Where manifests say that segments are. The times expected were computed by hand from RFC 8216 and ISO/IEC 23009-1.

use std::path::Path;

use audience_core::MediaTime;
use audience_ingest::{Error, Segments};

fn try_parse(text: &str, folder: Option<&str>) -> Result<Segments, Error> {
    let mut segments = Segments::default();
    segments.parse(Path::new("manifest"), text.as_bytes(), folder)?;
    Ok(segments)
}

fn parse(text: &str) -> Segments {
    try_parse(text, None).unwrap()
}

/// Start, length and content duration in milliseconds of the segment at a path.
fn at(segments: &Segments, path: &str) -> Option<(u64, u64, Option<u64>)> {
    let place = segments.find(path)?;
    Some((place.start.as_millis(), place.length.as_millis(), place.content.map(MediaTime::as_millis)))
}

fn failure(text: &str) -> String {
    try_parse(text, None).unwrap_err().to_string()
}

fn mpd(attributes: &str, inner: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" {attributes}>{inner}</MPD>")
}

/// A static MPD of 20 s with one representation.
fn vod(inner: &str) -> Segments {
    parse(&mpd(r#"type="static" mediaPresentationDuration="PT20S""#, &one(inner)))
}

fn one(inner: &str) -> String {
    format!(
        "<Period><AdaptationSet contentType=\"video\"><Representation id=\"v\" bandwidth=\"1\">{inner}</Representation></AdaptationSet></Period>"
    )
}

const HLS: &str = "\
#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:7
#EXT-X-MEDIA-SEQUENCE:17
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI=\"init.mp4\"
#EXTINF:6.006,
video/1.m4s?token=x
#EXTINF:6.006,a title
#EXT-X-PROGRAM-DATE-TIME:2026-01-05T00:00:00Z
video/2.m4s

#EXT-X-DISCONTINUITY
#EXTINF:3,
../ads/3.m4s
#EXTINF:4.5
/whole/4.m4s
#EXTINF:0.5,
https://cdn.example/other/5.m4s?x#y
#EXT-X-ENDLIST
";

#[test]
fn segments_of_a_playlist_follow_each_other_across_discontinuities() {
    let segments = parse(HLS);
    let content = Some(20_012);
    assert_eq!(at(&segments, "/any/where/video/1.m4s"), Some((0, 6006, content)));
    assert_eq!(at(&segments, "/video/2.m4s"), Some((6006, 6006, content)));
    assert_eq!(at(&segments, "/x/ads/3.m4s"), Some((12_012, 3000, content)));
    assert_eq!(at(&segments, "/whole/4.m4s"), Some((15_012, 4500, content)));
    assert_eq!(at(&segments, "/other/5.m4s"), Some((19_512, 500, content)));
    for path in ["/2.m4s", "/other-video/2.m4s", "/any/whole/4.m4s", "/init.mp4", "", "/"] {
        assert_eq!(at(&segments, path), None, "{path}");
    }
}

#[test]
fn with_its_folder_a_manifest_means_exact_paths() {
    for folder in ["/media/hls", "/media/hls/", "https://h.example/media/hls/?x"] {
        let segments = try_parse(HLS, Some(folder)).unwrap();
        assert_eq!(at(&segments, "/media/hls/video/2.m4s"), Some((6006, 6006, Some(20_012))));
        assert_eq!(at(&segments, "/media/ads/3.m4s"), Some((12_012, 3000, Some(20_012))));
        assert_eq!(at(&segments, "/whole/4.m4s").unwrap().0, 15_012);
        assert_eq!(at(&segments, "/any/video/2.m4s"), None);
    }
}

#[test]
fn durations_add_up_without_rounding_each() {
    let mut text = "#EXTM3U\n".to_owned();
    for number in 0..3000 {
        text += &["#EXTINF:2.0020333,\n", &number.to_string(), ".ts\n"].concat();
    }
    let segments = parse(&text);
    // 2999 times 2.0020333 is 6004.0978667; there is no end, and so no duration.
    assert_eq!(at(&segments, "/2999.ts"), Some((6_004_098, 2002, None)));
}

#[test]
fn the_longest_name_that_is_the_end_of_a_path_counts() {
    let mut segments = Segments::default();
    let list = |name: &str, seconds: u8| format!("#EXTM3U\n#EXTINF:{seconds},\nfirst\n#EXTINF:2,\n{name}\n");
    segments.parse(Path::new("a"), list("1.ts", 2).replace("first", "a0.ts").as_bytes(), None).unwrap();
    segments.parse(Path::new("b"), list("b/1.ts", 3).replace("first", "b0.ts").as_bytes(), None).unwrap();
    assert_eq!(at(&segments, "/x/1.ts"), Some((2000, 2000, None)));
    assert_eq!(at(&segments, "/x/b/1.ts"), Some((3000, 2000, None)));
    // The same name at the same time is another rendition; at another, it could be either.
    segments.parse(Path::new("c"), list("b/1.ts", 3).replace("first", "c0.ts").as_bytes(), None).unwrap();
    let error = segments.parse(Path::new("d"), list("1.ts", 5).as_bytes(), None).unwrap_err();
    insta::assert_snapshot!(error, @"read segments of d: 1.ts is both at 0:02.000 for 0:02.000 and at 0:05.000 for 0:02.000, and no request says which: of two manifests, say which folder each is served from; in one, each segment has to be a file of its own");
    segments.parse(Path::new("d"), list("1.ts", 5).as_bytes(), Some("/d/")).unwrap();
    assert_eq!(at(&segments, "/d/1.ts"), Some((5000, 2000, None)));
}

#[test]
fn playlists_that_cannot_be_placed_say_what_to_do() {
    insta::assert_snapshot!(failure("#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,URI=\"a.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nw.m3u8\n"), @"read segments of manifest: it is a multivariant playlist; give the playlists it names instead: a.m3u8, v.m3u8, w.m3u8");
    insta::assert_snapshot!(failure("#EXTM3U\n#EXTINF:2,\n#EXT-X-BYTERANGE:10@0\na.mp4\n#EXTINF:2,\n#EXT-X-BYTERANGE:10@10\na.mp4\n"), @"read segments of manifest: a.mp4 is both at 0:00.000 for 0:02.000 and at 0:02.000 for 0:02.000, and no request says which: of two manifests, say which folder each is served from; in one, each segment has to be a file of its own");
    insta::assert_snapshot!(failure("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:100\n#EXTINF:2,\n100.ts\n"), @"read segments of manifest: it is of a live stream, and its first 100 segments are gone, so that nobody knows when the others begin; give a playlist with all of them");
    insta::assert_snapshot!(failure(""), @"read segments of manifest: there is no segment in it");
    insta::assert_snapshot!(failure("path,start_s,duration_s\n"), @"read segments of manifest: there is no segment in it");
    insta::assert_snapshot!(failure("#EXTM3U\n#EXTINF:soon,\n100.ts\n"), @r#"read segments of manifest: line 2: "soon" is no duration of a segment"#);
    insta::assert_snapshot!(failure("#EXTM3U\n100.ts\n"), @"read segments of manifest: line 2: there is no #EXTINF before the segment");
    insta::assert_snapshot!(failure("#EXTM3U\n#EXT-X-I-FRAMES-ONLY\n"), @"read segments of manifest: line 2: it is a playlist of single frames, which are ranges of segments; give the one of segments");
    insta::assert_snapshot!(failure("#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"\n"), @"read segments of manifest: line 2: it has variables, which are not read; put their values in");
    // One whose beginning is there is no trouble.
    let event = parse("#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-SEQUENCE:100\n#EXTINF:2,\n100.ts\n");
    assert_eq!(at(&event, "/100.ts"), Some((0, 2000, None)));
}

#[test]
fn numbers_and_a_duration() {
    // 90000/22500 = 4 s a segment; the fifth ends with the period at 18 s.
    let text = mpd(
        r#"type="static" mediaPresentationDuration="PT18S""#,
        r#"<BaseURL>media/</BaseURL><Period><AdaptationSet mimeType="video/mp4">
           <SegmentTemplate timescale="22500" duration="90000" startNumber="0" media="$RepresentationID$/$Number%03d$.m4s" initialization="i"/>
           <Representation id="v1" bandwidth="1"/><Representation id="v2" bandwidth="2"><BaseURL>hd/</BaseURL></Representation>
           </AdaptationSet></Period>"#,
    );
    let segments = parse(&text);
    assert_eq!(at(&segments, "/x/media/v1/000.m4s"), Some((0, 4000, Some(18_000))));
    assert_eq!(at(&segments, "/x/media/v1/004.m4s"), Some((16_000, 2000, Some(18_000))));
    assert_eq!(at(&segments, "/x/media/hd/v2/002.m4s"), Some((8000, 4000, Some(18_000))));
    assert_eq!(at(&segments, "/x/media/v1/005.m4s"), None);
    let exact = try_parse(&text, Some("/x/")).unwrap();
    assert_eq!(at(&exact, "/x/media/hd/v2/002.m4s").unwrap().0, 8000);
    assert_eq!(at(&exact, "/y/media/hd/v2/002.m4s"), None);
}

#[test]
fn times_in_a_timeline_with_an_offset() {
    // The media's clock is at 100 s when the period begins. 100 + 2 × 6 s, then 4 s, then from 120 s up to the end.
    let segments =
        vod(r#"<SegmentTemplate timescale="10" presentationTimeOffset="1000" media="$Time$.m4s"><SegmentTimeline>
           <S t="1000" d="60" r="1"/><S d="40"/><S t="1170" d="10" r="-1"/></SegmentTimeline></SegmentTemplate>"#);
    let found = |path| at(&segments, path).map(|(start, length, _)| (start, length));
    assert_eq!(found("/1000.m4s"), Some((0, 6000)));
    assert_eq!(found("/1060.m4s"), Some((6000, 6000)));
    assert_eq!(found("/1120.m4s"), Some((12_000, 4000)));
    assert_eq!(found("/1170.m4s"), Some((17_000, 1000)));
    assert_eq!(found("/1190.m4s"), Some((19_000, 1000)));
    assert_eq!(found("/1200.m4s"), None);
}

#[test]
fn a_run_without_an_end_goes_up_to_the_next() {
    // 0, 3, 6 (up to 9 although the next begins at 8), then numbers go on.
    let segments = vod(r#"<SegmentTemplate media="$Number$.m4s" startNumber="5"><SegmentTimeline>
           <S d="3" r="-1"/><S t="8" d="2"/></SegmentTimeline></SegmentTemplate>"#);
    assert_eq!(at(&segments, "/5.m4s").unwrap().0, 0);
    assert_eq!(at(&segments, "/7.m4s").unwrap().0, 6000);
    assert_eq!(at(&segments, "/8.m4s"), Some((8000, 2000, Some(20_000))));
    assert_eq!(at(&segments, "/9.m4s"), None);
}

#[test]
fn time_of_a_template_with_a_duration_counts_from_the_offset() {
    let segments =
        vod(r#"<SegmentTemplate timescale="10" presentationTimeOffset="500" duration="50" media="$Time$.m4s"/>"#);
    assert_eq!(at(&segments, "/500.m4s").unwrap().0, 0);
    assert_eq!(at(&segments, "/650.m4s"), Some((15_000, 5000, Some(20_000))));
    assert_eq!(at(&segments, "/700.m4s"), None);
}

#[test]
fn periods_follow_each_other() {
    let template = |media: &str| {
        format!(
            "<AdaptationSet contentType=\"video\"><SegmentTemplate duration=\"4\" media=\"{media}-$Number$\"/><Representation id=\"v\"/></AdaptationSet>"
        )
    };
    let inner = format!(
        "<Period duration=\"PT10S\"><BaseURL>one/</BaseURL>{}</Period><Period duration=\"PT3S\">{}</Period><Period start=\"PT15S\">{}</Period>",
        template("a"),
        template("b"),
        template("c")
    );
    let segments = parse(&mpd(r#"mediaPresentationDuration="PT20S""#, &inner));
    let found = |path| at(&segments, path).map(|(start, length, _)| (start, length));
    assert_eq!(found("/one/a-3"), Some((8000, 2000)));
    assert_eq!((found("/one/a-4"), found("/a-1")), (None, None));
    assert_eq!((found("/b-1"), found("/b-2")), (Some((10_000, 3000)), None));
    assert_eq!((found("/c-2"), found("/c-3")), (Some((19_000, 1000)), None));
    assert_eq!(at(&segments, "/c-1").unwrap().2, Some(20_000));
}

#[test]
fn segment_lists_are_named_one_by_one() {
    let list = r#"<SegmentList timescale="1000" duration="7000"><Initialization sourceURL="i.mp4"/>
        <SegmentURL media="a.m4s"/><SegmentURL media="sub/b.m4s"/><SegmentURL media="/c.m4s"/></SegmentList>"#;
    let segments = vod(list);
    assert_eq!(at(&segments, "/x/a.m4s"), Some((0, 7000, Some(20_000))));
    assert_eq!(at(&segments, "/x/sub/b.m4s"), Some((7000, 7000, Some(20_000))));
    assert_eq!(at(&segments, "/c.m4s"), Some((14_000, 6000, Some(20_000))));
    let timeline = vod(
        r#"<SegmentList><SegmentTimeline><S d="5"/><S d="15"/></SegmentTimeline><SegmentURL media="a"/><SegmentURL media="b"/></SegmentList>"#,
    );
    assert_eq!(at(&timeline, "/b"), Some((5000, 15_000, Some(20_000))));
}

#[test]
fn live_descriptions_are_read_as_far_as_no_clock_is_needed() {
    let live = |inner: &str| {
        mpd(
            r#"type="dynamic" availabilityStartTime="2026-01-05T00:00:00Z""#,
            &one(inner).replace("<Period>", "<Period start=\"PT100S\">"),
        )
    };
    let timeline = r#"<SegmentTemplate media="$Time$"><SegmentTimeline><S t="7" d="2" r="2"/></SegmentTimeline></SegmentTemplate>"#;
    assert_eq!(at(&parse(&live(timeline)), "/11"), Some((111_000, 2000, None)));
    let up_to_the_end = timeline.replace("r=\"2\"", "r=\"-1\"");
    insta::assert_snapshot!(failure(&live(&up_to_the_end)), @r#"read segments of manifest: period 1: representation "v": a run of the timeline goes on up to an end that is not known"#);
    insta::assert_snapshot!(failure(&live(r#"<SegmentTemplate media="$Number$" duration="2"/>"#)), @r#"read segments of manifest: period 1: representation "v": it is of a live stream whose segments are only numbered: how many there are, only a clock tells; give the duration of a segment and the number of the first instead"#);
    let ended =
        live(r#"<SegmentTemplate media="$Number$" duration="2"/>"#).replace("<Period ", "<Period duration=\"PT4S\" ");
    assert_eq!(at(&parse(&ended), "/2"), Some((102_000, 2000, None)));
}

#[test]
fn subtitles_and_pictures_in_one_file_are_passed_over() {
    let text = mpd(
        r#"mediaPresentationDuration="PT8S""#,
        r#"<Period><AdaptationSet mimeType="text/vtt"><Representation id="t"><BaseURL>t.vtt</BaseURL></Representation></AdaptationSet>
           <AdaptationSet contentType="image"><SegmentTemplate media="p$Number$" duration="4"/><Representation id="p"/></AdaptationSet>
           <AdaptationSet contentType="audio"><SegmentTemplate media="a$Number$" duration="4"/><Representation id="a"/></AdaptationSet></Period>"#,
    );
    let segments = parse(&text);
    assert_eq!(at(&segments, "/a2"), Some((4000, 4000, Some(8000))));
    assert_eq!((at(&segments, "/p2"), at(&segments, "/t.vtt")), (None, None));
}

#[test]
fn descriptions_that_cannot_be_placed_say_what_is_wrong() {
    let failed = |inner: &str| failure(&mpd(r#"mediaPresentationDuration="PT20S""#, &one(inner)));
    insta::assert_snapshot!(failed("<BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"0-1\"/>"), @r#"read segments of manifest: period 1: representation "v": it is one file (SegmentBase), of which players ask for ranges, and no path says which range; only a presentation with one file a segment can be placed"#);
    insta::assert_snapshot!(failed("<SegmentList duration=\"10\"><SegmentURL mediaRange=\"0-1\"/><SegmentURL mediaRange=\"2-3\"/></SegmentList>"), @r#"read segments of manifest: period 1: representation "v": its segments are ranges of one file, and no path says which; only a presentation with one file a segment can be placed"#);
    insta::assert_snapshot!(failed("<SegmentList duration=\"10\"><SegmentURL media=\"a\" mediaRange=\"0-1\"/><SegmentURL media=\"a\" mediaRange=\"2-3\"/></SegmentList>"), @"read segments of manifest: a is both at 0:00.000 for 0:10.000 and at 0:10.000 for 0:10.000, and no request says which: of two manifests, say which folder each is served from; in one, each segment has to be a file of its own");
    insta::assert_snapshot!(failed("<SegmentTemplate media=\"$SubNumber$\" duration=\"1\"/>"), @r#"read segments of manifest: period 1: representation "v": media has $SubNumber$, which is not read"#);
    insta::assert_snapshot!(failed("<SegmentTemplate media=\"$Number$\"/>"), @r#"read segments of manifest: period 1: representation "v": its segments have neither a timeline nor a duration"#);
    insta::assert_snapshot!(failed("<SegmentTemplate duration=\"1\"/>"), @r#"read segments of manifest: period 1: representation "v": its template has no media"#);
    insta::assert_snapshot!(failed("<SegmentTemplate media=\"$Number$\" duration=\"one\"/>"), @r#"read segments of manifest: period 1: representation "v": duration is "one", which is no whole number"#);
    insta::assert_snapshot!(failed("<SegmentTemplate media=\"$Number$\" duration=\"1\" timescale=\"0\"/>"), @r#"read segments of manifest: period 1: representation "v": timescale is 0"#);
    insta::assert_snapshot!(failed("<SegmentTemplate media=\"$Time$\"><SegmentTimeline><S d=\"0\" r=\"9\"/></SegmentTimeline></SegmentTemplate>"), @r#"read segments of manifest: period 1: representation "v": a segment of the timeline has no duration"#);
    insta::assert_snapshot!(failure("<MPD mediaPresentationDuration=\"1 hour\"/>"), @r#"read segments of manifest: mediaPresentationDuration is "1 hour", which is no duration"#);
    insta::assert_snapshot!(failure("<html></html>"), @"read segments of manifest: it is XML, but html, not an MPD");
    insta::assert_snapshot!(failure("<MPD><Period xlink:href=\"x\" xmlns:xlink=\"l\"/></MPD>"), @"read segments of manifest: period 1: it is in another file, which is not read; put it in");
    insta::assert_snapshot!(failure("<!DOCTYPE a [<!ENTITY b \"c\">]><MPD/>"), @"read segments of manifest: XML with DTD detected");
}

#[test]
fn no_number_in_a_manifest_takes_memory() {
    let failed = |inner: &str| failure(&mpd(r#"mediaPresentationDuration="P300D""#, &one(inner)));
    for many in [
        r#"<SegmentTemplate media="$Number$" duration="1" timescale="4000000000"/>"#,
        r#"<SegmentTemplate media="$Time$"><SegmentTimeline><S d="1" r="9000000000000000000"/></SegmentTimeline></SegmentTemplate>"#,
        r#"<SegmentTemplate media="$Time$" timescale="1000000"><SegmentTimeline><S d="1" r="-1"/></SegmentTimeline></SegmentTemplate>"#,
    ] {
        let error = failed(many);
        assert!(error.contains("more than 1000000 segments"), "{error}");
    }
    for large in [
        r#"<SegmentTemplate media="$Time$"><SegmentTimeline><S t="18446744073709551615" d="18446744073709551615"/></SegmentTimeline></SegmentTemplate>"#,
        r#"<SegmentTemplate media="$Number$" startNumber="18446744073709551615" duration="1000000"/>"#,
    ] {
        let error = failed(large);
        assert!(error.contains("too large"), "{error}");
    }
}
