//! What the player did, in lanes: where a block is says as much as its colour.

use std::fmt::Display;

use audience_core::{Activity, Timestamp};

use super::super::scale::Tick;
use super::{Axis, Course, FINEST, below, chart, stretch};
use crate::html::markup::Markup;

/// Most blocks.
const BLOCKS: usize = 1200;

/// Most blocks that say on their own what they are.
const TITLED: usize = 300;

/// Most marks of a kind in a lane.
const MARKS: f64 = 200.0;

const HEIGHT: usize = 22;

/// Lanes of marks for moments, below those of blocks.
const SEEKS: &str = "Seeks";
const ERRORS: &str = "Errors";

/// How a block of this activity is drawn.
pub(in crate::html) const fn state_class(activity: Activity) -> &'static str {
    match activity {
        Activity::Idle => "state idle",
        Activity::StartUp => "state starting",
        Activity::Playing => "state playing",
        Activity::Paused => "state paused",
        Activity::SeekWait => "state seeking",
        Activity::Stall => "state stalled",
        Activity::Ad => "state ad",
        Activity::AdWait => "state adwait",
        Activity::Ended => "state ended",
        Activity::Failed => "state failed",
    }
}

/// Which lane it is in.
const fn lane(activity: Activity) -> &'static str {
    match activity {
        Activity::StartUp | Activity::SeekWait | Activity::Stall | Activity::AdWait => "Waits",
        Activity::Playing | Activity::Ad => "Plays",
        Activity::Idle | Activity::Paused | Activity::Ended | Activity::Failed => "Rests",
    }
}

/// The lanes and what is in them.
pub(super) struct Lanes {
    names: Vec<&'static str>,
    blocks: Vec<Block>,
    marks: Vec<Mark>,
    /// Stretches less than this share of the width apart were put together, if any were.
    pub(super) merged: Option<f64>,
    shown: Vec<Activity>,
}

/// One stretch, or several that are too close to tell apart.
#[derive(Clone)]
struct Block {
    activity: Activity,
    start: f64,
    end: f64,
    title: String,
    stretches: usize,
}

/// A moment.
struct Mark {
    lane: &'static str,
    class: &'static str,
    at: f64,
}

impl Lanes {
    pub(super) fn of(course: &Course<'_>, axis: Axis) -> Self {
        let mut gap = FINEST;
        let mut blocks = blocks(course, axis, gap);
        while blocks.len() > BLOCKS {
            gap *= 2.0;
            blocks = self::blocks(course, axis, gap);
        }
        let merged = blocks.iter().any(|block| block.stretches > 1).then_some(gap);
        let marks = marks(course, axis);
        let shown = Activity::ALL.into_iter().filter(|one| blocks.iter().any(|block| block.activity == *one));
        let shown: Vec<Activity> = shown.collect();
        let names = ["Waits", "Plays", "Rests", SEEKS, ERRORS].into_iter().filter(|name| {
            shown.iter().any(|activity| lane(*activity) == *name) || marks.iter().any(|mark| mark.lane == *name)
        });
        Self { names: names.collect(), blocks, marks, merged, shown }
    }

    pub(super) fn write(&self, out: &mut Markup, ticks: &[Tick]) {
        self.write_key(out);
        let sizes = ["lanes l1", "lanes l1", "lanes l2", "lanes l3", "lanes l4", "lanes l5"];
        let class = sizes[self.names.len().min(sizes.len() - 1)];
        let words: Vec<&str> = self.shown.iter().map(|activity| activity.as_str()).collect();
        let description = format!("It was {}.", words.join(", "));
        chart(out, class, "What the player did over time", &description, |out| {
            for (number, name) in self.names.iter().enumerate() {
                let y = number * HEIGHT + 2;
                let tall = ("height", &(HEIGHT - 4) as &dyn Display);
                out.empty("rect", &[("class", &"lane"), ("y", &y), ("width", &"100%"), tall]);
                let middle = ("y", &(y + HEIGHT / 2 - 2) as &dyn Display);
                let class = ("class", &"tick end" as &dyn Display);
                out.leaf("text", &[class, ("x", &0), middle, ("dx", &-8), ("dy", &"0.35em")], name);
            }
            for block in &self.blocks {
                self.write_block(out, block);
            }
            for mark in &self.marks {
                let x = format!("{:.2}%", mark.at * 100.0);
                let y = self.row(mark.lane) * HEIGHT + HEIGHT / 2;
                out.empty("circle", &[("class", &mark.class), ("cx", &x), ("cy", &y), ("r", &"4")]);
            }
            below(out, ticks);
        });
    }

    fn row(&self, name: &str) -> usize {
        self.names.iter().position(|other| *other == name).unwrap_or_default()
    }

    fn write_block(&self, out: &mut Markup, block: &Block) {
        // What is narrower could not be seen.
        let width = (block.end - block.start).max(2.0 * FINEST);
        let start = block.start.min(1.0 - width).max(0.0);
        let (x, width) = (format!("{:.2}%", start * 100.0), format!("{:.2}%", width * 100.0));
        let y = self.row(lane(block.activity)) * HEIGHT + 2;
        let class = state_class(block.activity);
        let attributes: [(&'static str, &dyn Display); 5] =
            [("class", &class), ("x", &x), ("y", &y), ("width", &width), ("height", &(HEIGHT - 4))];
        if self.blocks.len() > TITLED {
            out.empty("rect", &attributes);
        } else {
            out.element("rect", &attributes, |out| out.leaf("title", &[], &block.title));
        }
    }

    /// What the blocks and marks stand for.
    fn write_key(&self, out: &mut Markup) {
        out.element("p", &[("class", &"key")], |out| {
            for activity in &self.shown {
                entry(out, activity.as_str(), |out| {
                    let class = state_class(*activity);
                    out.empty("rect", &[("class", &class), ("width", &"100%"), ("height", &"100%")]);
                });
            }
            let kinds = [("seek", "seek"), ("seek inferred", "seek, inferred"), ("wrong", "error")];
            for (class, name) in kinds {
                if self.marks.iter().any(|mark| mark.class == class) {
                    entry(out, name, |out| {
                        out.empty("circle", &[("class", &class), ("cx", &"50%"), ("cy", &"50%"), ("r", &"4")]);
                    });
                }
            }
        });
        out.line();
    }
}

fn entry(out: &mut Markup, name: &str, patch: impl FnOnce(&mut Markup)) {
    out.element("span", &[("class", &"entry")], |out| {
        out.element("svg", &[("class", &"patch"), ("aria-hidden", &"true")], patch);
        out.text(name);
    });
}

/// The stretches; those of one activity that are no more than `gap` apart are one.
fn blocks(course: &Course<'_>, axis: Axis, gap: f64) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut latest = [None::<usize>; Activity::ALL.len()];
    for span in &course.activities {
        let Some((activity, start, end)) = stretch(span, axis) else { continue };
        let latest = &mut latest[activity as usize];
        if let Some(block) = latest.and_then(|at| blocks.get_mut(at)).filter(|block| start - block.end < gap) {
            block.end = end;
            block.stretches += 1;
            block.title = format!("{activity}, {} times", block.stretches);
            continue;
        }
        *latest = Some(blocks.len());
        let since = |at: Timestamp| at.since(axis.first);
        let title = format!("{activity} {}, {} to {}", span.length(), since(span.start), since(span.end));
        blocks.push(Block { activity, start, end, title, stretches: 1 });
    }
    blocks
}

/// Seeks and errors, of which those too close to tell apart are one.
fn marks(course: &Course<'_>, axis: Axis) -> Vec<Mark> {
    let seeks = course.view.timeline.seeks().iter().map(|seek| {
        let class = if seek.inferred { "seek inferred" } else { "seek" };
        Mark { lane: SEEKS, class, at: axis.share(seek.at) }
    });
    let errors = course.view.errors().map(|at| Mark { lane: ERRORS, class: "wrong", at: axis.share(at) });
    let mut marks: Vec<Mark> = seeks.chain(errors).collect();
    marks.sort_by(|a, b| (a.lane, a.class).cmp(&(b.lane, b.class)).then(a.at.total_cmp(&b.at)));
    marks.dedup_by_key(|mark| (mark.class, (mark.at * MARKS) as u64));
    marks
}
