//! Making titles up.

use audience_core::{ContentId, MediaTime};

use super::names::Names;
use super::{Chapter, Cue, CueKind, Plan, Title, TitleKind};
use crate::random::{Purpose, Stream, Weighted};
use crate::scenario::{KindSpec, Titles};

/// The shortest title: shorter than that, nothing can happen in it.
const SHORTEST_MS: f64 = 5_000.0;
/// The longest.
const LONGEST_MS: f64 = 12.0 * 3_600_000.0;

/// All titles in order of their rank.
pub(crate) fn titles(spec: &Titles, seed: u64) -> Vec<Title> {
    let kinds = Weighted::new(spec.kinds.all().iter().map(|(_, kind)| kind.share));
    let mut names = Names::default();
    let width = spec.count.saturating_sub(1).to_string().len().max(4);
    let make = |rank: u32| {
        let mut stream = Stream::new(seed, Purpose::Title, u64::from(rank));
        let kind = kinds.draw(&mut stream);
        let (spec_of_kind, kind) = (spec.kinds.all()[kind].1, TitleKind::ALL[kind]);
        let id = ContentId::from(format!("c{rank:0width$}"));
        let name = names.next(kind, &mut stream);
        title(id, name, kind, spec_of_kind, stream.lognormal(1.0, spec.appeal_spread), &mut stream)
    };
    (0..spec.count).map(make).collect()
}

fn title(id: ContentId, name: String, kind: TitleKind, spec: &KindSpec, appeal: f64, stream: &mut Stream) -> Title {
    let length = stream.lognormal(spec.median_secs * 1000.0, spec.spread).clamp(SHORTEST_MS, LONGEST_MS) as u64;
    let ads = stream.chance(spec.ads);
    if kind == TitleKind::Live {
        let plan = Plan { length, appeal, ads, cues: Vec::new() };
        return Title { content_id: id, name, kind, duration: None, chapters: Vec::new(), plan };
    }
    let part = |of: f64| (length as f64 * of) as u64;
    let intro = intro(spec, length, stream);
    let credits = (spec.credits > 0.0).then(|| part(1.0 - spec.credits * stream.between(0.7, 1.3)));
    let mut cues = Vec::new();
    cues.extend(intro.map(|(at, until)| Cue { at, kind: CueKind::Intro { until } }));
    cues.extend(credits.map(|at| Cue { at, kind: CueKind::Credits }));
    for _ in 0..stream.below(u64::from(spec.weak_points) + 1) {
        cues.push(Cue { at: part(stream.between(0.1, 0.85)), kind: CueKind::WeakPoint });
    }
    for _ in 0..stream.below(u64::from(spec.scenes) + 1) {
        let began = part(stream.between(0.15, 0.85));
        let at = began + part(stream.between(0.01, 0.05)).clamp(2_000, 60_000);
        cues.push(Cue { at, kind: CueKind::SceneOver { began } });
    }
    let before_credits = credits.unwrap_or(length);
    if ads && spec.break_secs > 0.0 {
        let every = (spec.break_secs * 1000.0) as u64;
        // None right before the end.
        let breaks = (1..).map(|number| every * number).take_while(|at| at + every / 4 < before_credits);
        cues.extend(breaks.map(|at| Cue { at, kind: CueKind::Break }));
    }
    cues.retain(|cue| cue.at < length);
    cues.sort_by_key(|cue| cue.at);
    let chapters = chapters(length, intro, credits);
    let duration = Some(MediaTime::from_millis(length));
    Title { content_id: id, name, kind, duration, chapters, plan: Plan { length, appeal, ads, cues } }
}

fn intro(spec: &KindSpec, length: u64, stream: &mut Stream) -> Option<(u64, u64)> {
    if spec.intro_secs == 0.0 {
        return None;
    }
    // A cold open of up to a minute and a half, or none.
    let at = if stream.chance(0.5) { 0 } else { (stream.between(20.0, 90.0) * 1000.0) as u64 };
    let until = at + (spec.intro_secs * stream.between(0.6, 1.4) * 1000.0) as u64;
    (until < length / 2).then_some((at, until))
}

/// Intro and credits, and what is between them in parts of about ten minutes, four at most.
fn chapters(length: u64, intro: Option<(u64, u64)>, credits: Option<u64>) -> Vec<Chapter> {
    let mut chapters = Vec::new();
    let mut add = |name: String, start: u64, end: u64| {
        if end > start {
            chapters.push(Chapter { name, start: MediaTime::from_millis(start), end: MediaTime::from_millis(end) });
        }
    };
    let (begin, end) = (intro.map_or(0, |(_, until)| until), credits.unwrap_or(length));
    if let Some((at, until)) = intro {
        add("opening".to_owned(), 0, at);
        add("intro".to_owned(), at, until);
    }
    let parts = ((end - begin) / 600_000).clamp(1, 4);
    let border = |number: u64| begin + (end - begin) * number / parts;
    for number in 0..parts {
        add(format!("part {}", number + 1), border(number), border(number + 1));
    }
    add("credits".to_owned(), end, length);
    chapters
}
