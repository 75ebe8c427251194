//! How many packets were lost.

use audience_core::Ratio;

use super::{Numbering, Numbers};

/// Which packets of a track were lost, by the numbers that are missing.
///
/// Numbers of a window are put in their order, on past the largest one (RFC 3550, appendix A.1): those of each bucket begin
/// where the largest stretch of numbers ends that it has not seen, and continue the bucket before by the shorter way round.
/// A number that is missing between two that came is lost, unless more are missing in a row than
/// [`most_lost_in_a_row`](crate::StreamSpec): that is a jump. Packets that come late or out of order are no loss if they
/// come within the window, and those that come twice hide none (in RFC 3550, appendix A.3, they do, and the loss can be
/// below 0). What is missing before the first or after the last packet of a window is not counted.
///
/// Not known (`None`) when a bucket has more than 65,536 different numbers of a track, or numbers over more than half of all
/// there are: with 16 bits, buckets must be shorter than 32,768 packets. A loss of more than half of all numbers between two
/// buckets is taken for a smaller one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LossSummary {
    /// Packets that had a number.
    pub numbered: u64,
    /// Packets whose number had come before.
    pub duplicates: u64,
    /// Different packets that came, and those that were lost.
    pub expected: u64,
    /// Packets that were lost.
    pub lost: u64,
    /// How often the sender began anew, or jumped.
    pub jumps: u64,
    /// Lost packets by those that were expected.
    pub ratio: Ratio,
}

/// What was lost of the numbers of buckets in order, `numbered` packets in all. `None` when that cannot be told, or there
/// are none.
pub(in crate::stream) fn loss<'n>(
    buckets: impl Iterator<Item = &'n Numbers>,
    numbered: u64,
    numbering: Numbering,
    most_lost_in_a_row: u64,
) -> Option<LossSummary> {
    let mut placed: Vec<(i128, i128)> = Vec::new();
    // The first number of the bucket before, and where that was put.
    let mut before: Option<(u64, i128)> = None;
    for numbers in buckets {
        let runs = numbers.runs()?;
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else { continue };
        let base = first_of(runs, first.0, last.1, numbering)?;
        let start = before.map_or(i128::from(base), |(number, place)| place + shorter_way(number, base, numbering));
        placed.extend(runs.iter().map(|(first, last)| {
            let place = start + way(base, *first, numbering);
            (place, place + i128::from(last - first))
        }));
        before = Some((base, start));
    }
    placed.sort_unstable();
    let mut runs = placed.into_iter();
    let (first, mut latest) = runs.next()?;
    let (mut came, mut lost, mut jumps) = (latest - first + 1, 0, 0);
    for (first, last) in runs {
        let missing = first - latest - 1;
        if missing > i128::from(most_lost_in_a_row) {
            jumps += 1;
        } else {
            lost += missing.max(0);
        }
        came += (last - latest.max(first - 1)).max(0);
        latest = latest.max(last);
    }
    let [came, lost] = [came, lost].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
    let expected = came.saturating_add(lost);
    Some(LossSummary {
        numbered,
        duplicates: numbered.saturating_sub(came),
        expected,
        lost,
        jumps,
        ratio: Ratio::of(lost, expected)?,
    })
}

/// From one number up to another.
fn way(from: u64, to: u64, numbering: Numbering) -> i128 {
    (i128::from(to) - i128::from(from)).rem_euclid(numbering.modulus())
}

/// From one number up to another, or down if that is shorter.
fn shorter_way(from: u64, to: u64, numbering: Numbering) -> i128 {
    let up = way(from, to, numbering);
    if up < numbering.modulus() / 2 { up } else { up - numbering.modulus() }
}

/// The number that follows the largest stretch of numbers that did not come, of runs whose least and largest number these
/// are. `None` when those that came lie over more than half of all numbers.
fn first_of(runs: &[(u64, u64)], least: u64, largest: u64, numbering: Numbering) -> Option<u64> {
    let around = way(largest, least, numbering);
    // One run alone that has all numbers ends where it begins.
    let around = if around == 0 { numbering.modulus() } else { around };
    let gaps = runs.windows(2).map(|pair| (i128::from(pair[1].0 - pair[0].1), pair[1].0));
    let (gap, base) = gaps.fold((around, least), |widest, gap| if gap.0 > widest.0 { gap } else { widest });
    (numbering.modulus() - gap < numbering.modulus() / 2).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was lost of buckets of numbers.
    fn of(buckets: &[&[u64]], numbering: Numbering) -> Option<LossSummary> {
        let kept: Vec<Numbers> = buckets
            .iter()
            .map(|bucket| {
                let mut numbers = Numbers::default();
                bucket.iter().for_each(|number| numbers.insert(*number, numbering));
                numbers
            })
            .collect();
        let numbered = buckets.iter().map(|bucket| bucket.len() as u64).sum();
        loss(kept.iter(), numbered, numbering, 3000)
    }

    #[track_caller]
    fn check(buckets: &[&[u64]], lost: u64, duplicates: u64, jumps: u64) {
        for numbering in [Numbering::Bits16, Numbering::Bits32, Numbering::Bits64] {
            let found = of(buckets, numbering).unwrap();
            assert_eq!((found.lost, found.duplicates, found.jumps), (lost, duplicates, jumps), "{numbering:?}");
            assert_eq!(found.expected, found.numbered - duplicates + lost);
        }
    }

    #[test]
    fn what_is_missing_between_two_that_came_is_lost() {
        check(&[&[1, 2, 3]], 0, 0, 0);
        check(&[&[1, 3, 6]], 3, 0, 0);
        check(&[&[1, 2], &[5, 6]], 2, 0, 0);
        check(&[&[1, 2], &[], &[5, 6]], 2, 0, 0);
        assert_eq!(of(&[&[1, 3]], Numbering::Bits16).unwrap().ratio, Ratio::new(1.0 / 3.0).unwrap());
        assert_eq!(of(&[&[], &[]], Numbering::Bits16), None);
    }

    #[test]
    fn late_packets_and_packets_out_of_order_are_not_lost() {
        check(&[&[3, 1, 2]], 0, 0, 0);
        check(&[&[1, 2, 4], &[3, 5]], 0, 0, 0);
        check(&[&[10, 12], &[9, 11, 13]], 0, 0, 0);
    }

    #[test]
    fn packets_that_come_twice_hide_no_loss() {
        check(&[&[1, 1, 1, 4, 4]], 2, 3, 0);
        check(&[&[1, 2], &[2, 3]], 0, 1, 0);
        check(&[&[1, 2, 3, 4], &[2, 3]], 0, 2, 0);
    }

    #[test]
    fn the_number_after_the_largest_is_zero() {
        for (numbering, last) in
            [(Numbering::Bits16, 65_535), (Numbering::Bits32, u64::from(u32::MAX)), (Numbering::Bits64, u64::MAX)]
        {
            let found = of(&[&[last - 2, last - 1], &[last, 0, 2], &[3]], numbering).unwrap();
            assert_eq!((found.lost, found.expected, found.jumps), (1, 7, 0), "{numbering:?}");
            // A number from before that comes after.
            assert_eq!(of(&[&[last - 1, 0], &[last, 1]], numbering).unwrap().lost, 0, "{numbering:?}");
        }
    }

    #[test]
    fn a_window_may_go_round_several_times() {
        let rounds: Vec<Vec<u64>> = (0..20)
            .map(|bucket| (bucket * 10_000..(bucket + 1) * 10_000).filter(|n| n % 1000 != 7).collect())
            .collect();
        let rounds: Vec<&[u64]> = rounds.iter().map(Vec::as_slice).collect();
        let found = of(&rounds, Numbering::Bits16).unwrap();
        assert_eq!((found.lost, found.expected, found.duplicates, found.jumps), (200, 200_000, 0, 0));
    }

    #[test]
    fn a_sender_that_begins_anew_has_lost_nothing() {
        check(&[&[100, 101, 102], &[20_000, 20_001]], 0, 0, 1);
        check(&[&[100, 101, 102, 20_000, 20_001], &[20_002]], 0, 0, 1);
        check(&[&[20_000, 20_002], &[5, 6]], 1, 0, 1);
    }

    #[test]
    fn what_cannot_be_told_is_not() {
        let wide: Vec<u64> = (0..40_000).collect();
        assert_eq!(of(&[&wide], Numbering::Bits16), None);
        assert_eq!(of(&[&wide], Numbering::Bits32).unwrap().lost, 0);
        let all: Vec<u64> = (0..65_536).collect();
        assert_eq!(of(&[&all], Numbering::Bits16), None);
        let many: Vec<u64> = (0..=65_536).collect();
        assert_eq!(of(&[&many], Numbering::Bits64), None);
    }
}
