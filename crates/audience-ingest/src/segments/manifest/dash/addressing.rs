//! How the segments of a representation are named and timed.

use roxmltree::Node;

use super::super::path::resolve;
use super::super::{MAX_SEGMENTS, NANOS_PER_SECOND, Segments, Span};
use super::template::Template;
use super::{Period, children, number};

/// `SegmentTemplate` or `SegmentList` of a representation, and those of the elements around it, the innermost first.
pub(super) struct Addressing<'a, 'i> {
    levels: Vec<Node<'a, 'i>>,
}

/// When a segment is, in units of the timescale.
struct Timed {
    /// On the timeline of the media.
    time: u64,
    /// From the start of the period.
    start: u64,
    duration: u64,
}

impl<'a, 'i> Addressing<'a, 'i> {
    /// That of the innermost of these elements, if there is any.
    pub(super) fn of(elements: [Node<'a, 'i>; 3]) -> Option<Self> {
        let find = |name| elements.iter().filter_map(|element| children(*element, name).next()).collect::<Vec<_>>();
        let levels = [find("SegmentTemplate"), find("SegmentList")].into_iter().find(|levels| !levels.is_empty())?;
        Some(Self { levels })
    }

    /// Adds the segments of the representation.
    pub(super) fn list(
        &self,
        period: Period,
        representation: Node<'_, '_>,
        base: &str,
        segments: &mut Segments,
    ) -> Result<(), String> {
        let timescale = self.number("timescale")?.unwrap_or(1);
        if timescale == 0 {
            return Err("timescale is 0".to_owned());
        }
        let first = self.number("startNumber")?.unwrap_or(1);
        let names = self.names(representation)?;
        let timed = self.timed(period, timescale, first, names.count())?;
        let in_period = |units: u64| nanos(units, timescale).and_then(|nanos| period.start.checked_add(nanos));
        for (index, timed) in timed.enumerate() {
            let Timed { time, start, duration } = timed?;
            let number = first.checked_add(index as u64).ok_or("a number of a segment is too large")?;
            let span = start
                .checked_add(duration)
                .and_then(|end| Some(Span { start: in_period(start)?, end: in_period(end)? }));
            let span = span.ok_or("a time of a segment is too large")?;
            segments.push(resolve(base, &names.of(index, number, time)?), span)?;
        }
        Ok(())
    }

    /// The innermost value of an attribute.
    fn number(&self, name: &str) -> Result<Option<u64>, String> {
        for level in &self.levels {
            if let Some(found) = number(*level, name)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn names(&self, representation: Node<'_, '_>) -> Result<Names<'a>, String> {
        if self.levels[0].tag_name().name() == "SegmentTemplate" {
            let media = self.levels.iter().find_map(|level| level.attribute("media"));
            return Ok(Names::Template(Template::new(media.ok_or("its template has no media")?, representation)?));
        }
        let with_names = self.levels.iter().find(|level| children(**level, "SegmentURL").next().is_some());
        let urls = with_names.into_iter().flat_map(|level| children(*level, "SegmentURL"));
        Ok(Names::List(urls.map(|url| url.attribute("media")).collect()))
    }

    /// When the segments are, of which there are at most `count` if that is known.
    fn timed(
        &self,
        period: Period,
        timescale: u64,
        first: u64,
        count: Option<usize>,
    ) -> Result<Box<dyn Iterator<Item = Result<Timed, String>> + '_>, String> {
        let offset = self.number("presentationTimeOffset")?.unwrap_or(0);
        let end = period.duration.map(|duration| units(duration, timescale));
        let timeline = self.levels.iter().find_map(|level| children(*level, "SegmentTimeline").next());
        if let Some(timeline) = timeline {
            let until = end.and_then(|end| end.checked_add(offset));
            let timed = Timeline::new(timeline, until).map(move |item| {
                let (time, duration) = item?;
                // What lies before the period is cut off by it.
                let (start, cut) = (time.saturating_sub(offset), offset.saturating_sub(time));
                Ok(Timed { time, start, duration: duration.saturating_sub(cut) })
            });
            return Ok(Box::new(timed.take(count.unwrap_or(usize::MAX))));
        }
        let duration = self.number("duration")?;
        let duration = match (duration, count, end) {
            (Some(0), ..) => return Err("the duration of its segments is 0".to_owned()),
            (Some(duration), ..) => duration,
            // A single segment is as long as the period.
            (None, Some(1), Some(end)) => end,
            (None, ..) => return Err("its segments have neither a timeline nor a duration".to_owned()),
        };
        let by_number = self.number("endNumber")?.map(|last| last.saturating_add(1).saturating_sub(first));
        let by_time = end.map(|end| end.div_ceil(duration.max(1)));
        let known = [by_number, by_time, count.map(|count| count as u64)].into_iter().flatten().min();
        let count = known.ok_or(
            "it is of a live stream whose segments are only numbered: how many there are, only a clock tells; \
             give the duration of a segment and the number of the first instead",
        )?;
        if count > MAX_SEGMENTS as u64 {
            return Err(format!("it has more than {MAX_SEGMENTS} segments"));
        }
        let timed = move |index: u64| {
            let start = index.checked_mul(duration);
            let time = start.and_then(|start| start.checked_add(offset));
            let (Some(start), Some(time)) = (start, time) else {
                return Err("a time of a segment is too large".to_owned());
            };
            // The last one ends with the period.
            let left = end.map_or(duration, |end| end.saturating_sub(start));
            Ok(Timed { time, start, duration: duration.min(left) })
        };
        Ok(Box::new((0..count).map(timed)))
    }
}

/// What the segments are called.
enum Names<'a> {
    Template(Template),
    List(Vec<Option<&'a str>>),
}

impl Names<'_> {
    fn count(&self) -> Option<usize> {
        match self {
            Self::Template(_) => None,
            Self::List(names) => Some(names.len()),
        }
    }

    fn of(&self, index: usize, number: u64, time: u64) -> Result<String, String> {
        match self {
            Self::Template(template) => Ok(template.fill(number, time)),
            Self::List(names) => names.get(index).copied().flatten().map(str::to_owned).ok_or_else(|| {
                "its segments are ranges of one file, and no path says which; \
                 only a presentation with one file a segment can be placed"
                    .to_owned()
            }),
        }
    }
}

/// The times and durations of a `SegmentTimeline`.
struct Timeline<'a, 'i> {
    /// The runs of segments that are left.
    runs: std::iter::Peekable<std::vec::IntoIter<Node<'a, 'i>>>,
    /// Where the last run ends, where that is known.
    end: Option<u64>,
    at: u64,
    duration: u64,
    /// How many are left of this run.
    left: u64,
}

impl<'a, 'i> Timeline<'a, 'i> {
    fn new(timeline: Node<'a, 'i>, end: Option<u64>) -> Self {
        let runs: Vec<_> = children(timeline, "S").collect();
        Self { runs: runs.into_iter().peekable(), end, at: 0, duration: 0, left: 0 }
    }

    /// Begins the next run.
    fn begin(&mut self, run: Node<'_, '_>) -> Result<(), String> {
        self.at = number(run, "t")?.unwrap_or(self.at);
        self.duration =
            number(run, "d")?.filter(|duration| *duration > 0).ok_or("a segment of the timeline has no duration")?;
        let repeats = run.attribute("r").map_or(Ok(0), |text| text.trim().parse::<i64>());
        let repeats = repeats.map_err(|_| "a repeat count of the timeline is no number")?;
        self.left = if let Ok(repeats) = u64::try_from(repeats) {
            repeats.saturating_add(1)
        } else {
            // Up to the next run, or to the end.
            let next = self.runs.peek().map(|next| number(*next, "t")).transpose()?;
            let end = if let Some(next) = next { next } else { self.end };
            let end = end.ok_or("a run of the timeline goes on up to an end that is not known")?;
            end.saturating_sub(self.at).div_ceil(self.duration)
        };
        Ok(())
    }
}

impl Iterator for Timeline<'_, '_> {
    type Item = Result<(u64, u64), String>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.left == 0 {
            let run = self.runs.next()?;
            if let Err(reason) = self.begin(run) {
                return Some(Err(reason));
            }
        }
        self.left -= 1;
        let at = self.at;
        self.at = at.saturating_add(self.duration);
        Some(Ok((at, self.duration)))
    }
}

/// Nanoseconds in units of a timescale, rounded.
fn units(nanos: u64, timescale: u64) -> u64 {
    let second = u128::from(NANOS_PER_SECOND);
    u64::try_from((u128::from(nanos) * u128::from(timescale) + second / 2) / second).unwrap_or(u64::MAX)
}

/// Units of a timescale in nanoseconds, rounded.
fn nanos(units: u64, timescale: u64) -> Option<u64> {
    let timescale = u128::from(timescale);
    u64::try_from((u128::from(units) * u128::from(NANOS_PER_SECOND) + timescale / 2) / timescale).ok()
}
