//! Health of live streams.

use audience_core::{Elapsed, Merge, Ratio};
use audience_realtime::{Numbering, Packet, StreamHealth, StreamSpec, StreamSummary, Table, Track};
use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, Portable};
use proptest::prelude::*;

use crate::{at, window};

/// Ten seconds, in buckets of one.
fn stream() -> StreamHealth {
    StreamHealth::new(StreamSpec::new(window(10, 1), Numbering::Bits16))
}

fn of<'p>(packets: impl IntoIterator<Item = &'p Packet>) -> StreamHealth {
    let mut stream = stream();
    stream.observe_all(packets);
    stream
}

/// The summary of the window that ends then.
fn until(packets: &[Packet], millis: i64) -> StreamSummary {
    of(packets).summary_until(at(millis))
}

/// Packets of one size at a fixed pace.
fn steady(track: Track, every: i64, bytes: u64, until: i64) -> Vec<Packet> {
    (0..until / every).map(|n| Packet { bytes, ..Packet::new(at(n * every), track) }).collect()
}

fn video(millis: i64) -> Packet {
    Packet::new(at(millis), Track::Video)
}

#[test]
fn a_packet_of_duration_0_has_no_part_in_the_bit_rate() {
    let mut packets = steady(Track::Video, 40, 10_000, 10_000);
    for packet in &mut packets {
        packet.duration = Some(Elapsed::ZERO);
    }
    let summary = until(&packets, 10_000);
    assert_eq!(summary.video.bitrate_bps, Some(2_000_000.0));
    assert_eq!(summary.video.pace, Some(0.0));
}

#[test]
fn the_picture_and_the_sound_are_not_averaged_together() {
    let packets = [steady(Track::Video, 40, 10_000, 10_000), steady(Track::Audio, 20, 320, 10_000)].concat();
    let summary = until(&packets, 10_000);
    assert_eq!(summary.video.bitrate_bps, Some(2_000_000.0));
    assert_eq!(summary.audio.bitrate_bps, Some(128_000.0));
    assert_eq!(summary.other.bitrate_bps, Some(0.0));
    assert_eq!(summary.other.peak_bitrate_bps, None);
}

#[test]
fn the_peak_is_that_of_all_the_window() {
    // 20,000 packets: the peak is among the first, much more than 1000 before the last.
    let mut packets = steady(Track::Video, 100, 1000, 2_000_000);
    packets[3].bytes = 1_000_000;
    let mut stream = StreamHealth::new(StreamSpec::new(window(2000, 1), Numbering::Bits16));
    stream.observe_all(&packets);
    let summary = stream.summary_until(at(2_000_000));
    assert_eq!(summary.video.peak_bitrate_bps, Some(8.0 * 1_009_000.0));
}

#[test]
fn frames_key_frames_and_latency_are_measured() {
    // Every 40 ms, where another system says 30 whenever there is a key frame, and 100 ms of latency.
    let packet = |n: i64| Packet {
        frames: Some(1),
        keyframe: n % 75 == 0,
        latency: Some(Elapsed::from_millis(300 + (n as u64 % 2) * 200)),
        dropped_frames: u64::from(n == 9) * 10,
        ..video(40 * n)
    };
    let summary = until(&(0..250).map(packet).collect::<Vec<_>>(), 10_000);
    assert_eq!((summary.frames, summary.frame_rate), (250, Some(25.0)));
    assert_eq!(summary.dropped_frame_ratio, Ratio::of(10, 260));
    let keyframes = summary.keyframes.unwrap();
    assert_eq!((keyframes.count, keyframes.mean_interval_ms), (4, Some(3000.0)));
    assert_eq!(keyframes.longest_interval, Some(Elapsed::from_secs(3)));
    assert_eq!(keyframes.since_last, Some(Elapsed::from_secs(1)));
    let latency = summary.latency.unwrap();
    assert_eq!((latency.count, latency.least_ms, latency.mean_ms, latency.most_ms), (250, 300.0, 400.0, 500.0));
    assert!((latency.p95_ms - 500.0).abs() <= 5.0);
}

#[test]
fn where_packets_are_no_frames_frames_are_counted_where_they_begin() {
    // Each frame in four packets.
    let packets: Vec<Packet> =
        (0..1000).map(|n| Packet { frames: Some(u64::from(n % 4 == 0)), ..video(10 * n) }).collect();
    assert_eq!(until(&packets, 10_000).frame_rate, Some(25.0));
    let mut packets = packets;
    packets[7].frames = None;
    let summary = until(&packets, 10_000);
    assert_eq!((summary.frame_rate, summary.dropped_frame_ratio), (None, None));
    assert_eq!(until(&steady(Track::Audio, 20, 320, 10_000), 10_000).frame_rate, None, "there is no picture");
}

#[test]
fn gaps_between_key_frames_go_over_buckets() {
    let keyframe = |millis| Packet { keyframe: true, ..video(millis) };
    let summary = until(&[keyframe(900), keyframe(1100), keyframe(6100), keyframe(6100)], 10_000);
    let keyframes = summary.keyframes.unwrap();
    assert_eq!((keyframes.count, keyframes.mean_interval_ms), (3, Some(2600.0)));
    assert_eq!(keyframes.longest_interval, Some(Elapsed::from_secs(5)));
    let one = until(&[keyframe(900)], 10_000).keyframes.unwrap();
    assert_eq!((one.count, one.mean_interval_ms, one.longest_interval), (1, None, None));
    let every_millisecond: Vec<Packet> = (0..2000).map(keyframe).collect();
    let mut wide = StreamHealth::new(StreamSpec::new(window(10, 2), Numbering::Bits16));
    wide.observe_all(&every_millisecond);
    assert_eq!(wide.summary_until(at(10_000)).keyframes, None, "more than there is room for");
}

#[test]
fn a_stream_that_has_begun_in_the_window_is_measured_from_its_first_packet() {
    let packets: Vec<Packet> = steady(Track::Video, 40, 10_000, 10_000).split_off(100);
    assert_eq!(packets[0].at, at(4000));
    let summary = until(&packets, 10_000);
    assert_eq!((summary.covered, summary.video.bitrate_bps), (Elapsed::from_secs(6), Some(2_000_000.0)));
    let early = until(&packets, 4999);
    assert_eq!((early.covered, early.video.packets, early.video.bitrate_bps), (Elapsed::ZERO, 0, None));
    // One that has stopped sends nothing, and one that is silent for the whole window sends 0.
    let stopped = until(&packets, 15_000);
    assert_eq!((stopped.covered, stopped.video.bitrate_bps), (Elapsed::from_secs(10), Some(1_000_000.0)));
    let silent = until(&packets, 100_000);
    assert_eq!((silent.video.packets, silent.video.bitrate_bps, silent.video.pace), (0, Some(0.0), None));
}

#[test]
fn the_window_ends_with_the_last_bucket_that_is_over() {
    let packets = steady(Track::Video, 100, 1, 10_000);
    let summary = until(&packets, 5999);
    assert_eq!((summary.from, summary.until, summary.video.packets), (at(-5000), at(5000), 50));
    let latest = of(&packets).summary().unwrap();
    assert_eq!((latest.from, latest.until), (at(0), at(10_000)));
    assert_eq!(stream().summary(), None);
}

#[test]
fn lost_packets_are_those_that_never_came_in_the_window() {
    let numbered = |millis: i64, n: u64| Packet { sequence: Some(n), ..video(millis) };
    // 3 comes two seconds late, 5 never, 6 twice, and the numbers begin anew.
    let order = [
        (0, 65_534),
        (500, 65_535),
        (1000, 0),
        (1100, 1),
        (1200, 2),
        (1300, 4),
        (1400, 6),
        (3300, 3),
        (3400, 6),
        (3500, 7),
    ];
    let mut packets: Vec<Packet> = order.map(|(millis, n)| numbered(millis, n)).to_vec();
    // The sound has numbers of its own.
    packets.push(Packet { track: Track::Audio, ..numbered(1250, 40_000) });
    let summary = until(&packets, 10_000);
    let loss = summary.video.loss.unwrap();
    assert_eq!((loss.lost, loss.expected, loss.duplicates, loss.jumps), (1, 10, 1, 0));
    assert_eq!(loss.ratio, Ratio::new(0.1).unwrap());
    assert_eq!(summary.audio.loss.unwrap().lost, 0);
    assert_eq!(summary.other.loss, None);
}

#[test]
fn the_largest_numbers_there_are_do_no_harm() {
    let most = Packet {
        bytes: u64::MAX,
        duration: Some(Elapsed::from_millis(u64::MAX)),
        frames: Some(u64::MAX),
        keyframe: true,
        sequence: Some(u64::MAX),
        dropped_frames: u64::MAX,
        latency: Some(Elapsed::from_millis(u64::MAX)),
        ..video(0)
    };
    let times = [i64::MIN, i64::MIN + 1, -1, 0, 1, 999, i64::MAX - 1, i64::MAX];
    let packets: Vec<Packet> =
        times.iter().flat_map(|millis| [Packet { at: at(*millis), ..most }, video(*millis)]).collect();
    for millis in times {
        let summary = until(&packets, millis);
        assert!(summary.video.bitrate_bps.is_none_or(f64::is_finite));
    }
    let summary = until(&packets, 2000);
    assert_eq!((summary.video.bytes, summary.frames), (u64::MAX, u64::MAX));
    assert_eq!(summary.dropped_frame_ratio, None, "one packet does not say");
}

#[test]
fn a_late_packet_counts_in_its_bucket() {
    let mut packets = steady(Track::Video, 40, 10_000, 10_000);
    let late = packets.remove(30);
    packets.push(late);
    assert_eq!(until(&packets, 2000), until(&steady(Track::Video, 40, 10_000, 10_000), 2000));
    // What is too late for any window is counted.
    let far: Vec<Packet> = (0..60).map(|n| video(n * 1000)).collect();
    let mut stream = of(&far);
    assert_eq!(stream.outside(), 60 - 22);
    stream.observe(&video(0));
    assert_eq!(stream.outside(), 60 - 22 + 1);
    stream.forget_before(at(50_000));
    assert_eq!(stream.outside(), 60 - 10 + 1);
}

fn any_packet() -> impl Strategy<Value = Packet> {
    let track = prop_oneof![3 => Just(Track::Video), 1 => Just(Track::Audio), 1 => Just(Track::Other)];
    let counts =
        (0..5000_u64, proptest::option::of(0..50_u64), proptest::option::weighted(0.95, 0..3_u64), any::<bool>());
    let rest = (proptest::option::of(65_500..65_600_u64), 0..3_u64, proptest::option::of(0..5000_u64));
    (-3000..40_000_i64, track, counts, rest).prop_map(|(millis, track, (bytes, duration, frames, keyframe), rest)| {
        Packet {
            bytes,
            duration: duration.map(Elapsed::from_millis),
            frames,
            keyframe,
            sequence: rest.0,
            dropped_frames: rest.1,
            latency: rest.2.map(Elapsed::from_millis),
            ..Packet::new(at(millis), track)
        }
    })
}

/// What RFC 3550 says is lost of packets that came in this order: the extended number of appendix A.1, the count of A.3.
fn lost_by_rfc_3550(numbers: &[u16]) -> i64 {
    const MAX_DROPOUT: u16 = 3000;
    let (base, mut largest, mut cycles) = (numbers[0], numbers[0], 0_i64);
    for number in &numbers[1..] {
        let ahead = number.wrapping_sub(largest);
        if ahead < MAX_DROPOUT {
            if *number < largest {
                cycles += 1 << 16;
            }
            largest = *number;
        }
    }
    cycles + i64::from(largest) - i64::from(base) + 1 - numbers.len() as i64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn without_duplicates_losses_are_those_of_rfc_3550(
        first: u16,
        steps in proptest::collection::vec(prop_oneof![20 => Just(1_u16), 2 => 2..40_u16, 1 => 40..2500_u16], 1..800),
        swapped in proptest::collection::vec(any::<proptest::sample::Index>(), 0..20),
    ) {
        let mut numbers = vec![first];
        for step in steps {
            numbers.push(numbers[numbers.len() - 1].wrapping_add(step));
        }
        // Some come out of order, but the first, which is the base of that count.
        for place in swapped {
            let place = 1 + place.index(numbers.len() - 1);
            if place + 1 < numbers.len() {
                numbers.swap(place, place + 1);
            }
        }
        let packets = numbers.iter().enumerate().map(|(n, number)| Packet { sequence: Some((*number).into()), ..video(12 * n as i64) });
        let summary = until(&packets.collect::<Vec<_>>(), 10_000);
        prop_assert_eq!(summary.video.loss.map(|loss| (loss.lost as i64, loss.duplicates, loss.jumps)), Some((lost_by_rfc_3550(&numbers), 0, 0)));
    }

    #[test]
    fn streams_obey_the_laws(packets in proptest::collection::vec(any_packet(), 0..10)) {
        check_merge_laws(&stream(), &packets);
    }

    #[test]
    fn the_same_packets_give_the_same_bytes(
        packets in proptest::collection::vec(any_packet(), 0..120).prop_shuffle(),
        shards in 1..5_usize,
    ) {
        let whole = of(&packets).encode();
        let mut merged = stream();
        for shard in 0..shards {
            let mut packets: Vec<&Packet> = packets.iter().skip(shard).step_by(shards).collect();
            packets.reverse();
            merged.merge(of(packets));
        }
        prop_assert_eq!(&merged.encode(), &whole);
        let read = StreamHealth::decode(&whole, &stream()).unwrap();
        prop_assert_eq!(read.summary(), merged.summary());
        prop_assert_eq!(read.encode(), whole);
        let text = serde_json::to_string(&merged).unwrap();
        prop_assert_eq!(serde_json::from_str::<StreamHealth>(&text).unwrap().summary(), merged.summary());
    }

    #[test]
    fn damaged_states_are_errors_or_states_but_no_panics(
        packets in proptest::collection::vec(any_packet(), 1..30),
        place: proptest::sample::Index,
        byte: u8,
        cut: proptest::sample::Index,
    ) {
        let good = of(&packets);
        let mut bytes = good.encode();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
            if let Ok(mut read) = StreamHealth::decode(bytes, &stream()) {
                let _ = read.summary();
                read.merge(good.clone());
                let _ = read.summary_until(at(10_000));
                let _ = read.encode();
            }
        }
    }
}

#[test]
fn states_that_are_measured_by_something_else_do_not_meet() {
    let other = StreamHealth::new(StreamSpec::new(window(10, 1), Numbering::Bits32));
    assert!(StreamHealth::decode(&other.encode(), &stream()).is_err());
}

#[test]
fn a_table_has_room_for_so_many_streams() {
    let mut streams = Table::<Box<str>, _>::new(2, stream());
    for (stream, millis) in [("a", 0), ("b", 10), ("c", 20), ("a", 30), ("c", 40)] {
        streams.observe(stream, &video(millis));
    }
    assert_eq!((streams.len(), streams.left_out()), (2, 2));
    assert_eq!(streams.get("a").unwrap().summary().unwrap().video.packets, 2);
    assert!(streams.get("c").is_none());

    let read = Table::<Box<str>, StreamHealth>::decode(&streams.encode(), &Table::new(2, stream())).unwrap();
    assert_eq!(read.encode(), streams.encode());
    let mut merged = read;
    let mut other = Table::<Box<str>, _>::new(2, stream());
    other.observe("b", &video(50));
    other.observe("d", &video(60));
    merged.merge(other);
    assert_eq!((merged.len(), merged.left_out()), (2, 3));
    assert_eq!(merged.get("b").unwrap().summary().unwrap().video.packets, 2);
    merged.retain(|_, stream| stream.summary_until(at(1000)).video.packets > 2);
    assert!(merged.is_empty());
    assert!(Table::<Box<str>, StreamHealth>::decode(&streams.encode(), &Table::new(3, stream())).is_err());
}
