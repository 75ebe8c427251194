//! The page of one session.

mod felt;
mod tables;

use std::fmt::Display;

use audience_core::{Accumulator, Rate};
use audience_qoe::Experience;

use super::markup::Markup;
use super::page::document;
use super::plot;
use crate::format;
use crate::session::{SessionReport, SessionView, Tone, since_words};

/// What tells blocks apart without colour. The style sheet refers to them by their ids.
const HATCHES: &str = r#"<svg class="hidden" aria-hidden="true"><defs>
<pattern id="hatch-starting" width="6" height="6" patternUnits="userSpaceOnUse"><path class="hatch care" d="M1.5 0V6M4.5 0V6" /></pattern>
<pattern id="hatch-seeking" width="6" height="6" patternUnits="userSpaceOnUse"><path class="hatch care" d="M-1 1 1 -1M0 6 6 0M5 7 7 5" /></pattern>
<pattern id="hatch-ad" width="6" height="6" patternUnits="userSpaceOnUse"><path class="hatch other" d="M-1 5 1 7M0 0 6 6M5 -1 7 1" /></pattern>
<pattern id="hatch-adwait" width="5" height="5" patternUnits="userSpaceOnUse"><path class="hatch other" d="M0 2.5H5M2.5 0V5" /></pattern>
<pattern id="hatch-ended" width="6" height="6" patternUnits="userSpaceOnUse"><path class="hatch edge" d="M0 1.5H6M0 4.5H6" /></pattern>
<pattern id="hatch-failed" width="6" height="6" patternUnits="userSpaceOnUse"><path class="hatch bad" d="M0 0 6 6M6 0 0 6" /></pattern>
</defs></svg>"#;

pub(super) fn write(report: &SessionReport) -> Markup {
    let id = report.views.first().map_or("", |view| view.facts.identity.session_id.as_str());
    document(&format!("Session {id}"), |out| {
        out.leaf("a", &[("class", &"skip"), ("href", &"#main")], "Skip to the session");
        out.element("header", &[], |out| write_header(out, report, id));
        out.line();
        out.literal(HATCHES);
        out.line();
        out.element("main", &[("id", &"main")], |out| {
            if report.views.is_empty() {
                out.leaf("p", &[("class", &"none")], "There is no such session.");
            }
            for (number, view) in report.views.iter().enumerate() {
                let id = format!("t{number}");
                let attributes: [(&'static str, &dyn Display); 2] = [("id", &id), ("class", &"title")];
                // What is above the first one is the head of the page, which has a line of its own.
                let attributes = if number > 0 { &attributes[..] } else { &attributes[..1] };
                out.element("section", attributes, |out| write_view(out, view));
                out.line();
            }
        });
        out.line();
        out.leaf(
            "footer",
            &[],
            concat!(
                "Made by audience ",
                env!("CARGO_PKG_VERSION"),
                ". Times count from the session's first event, in hours, minutes and seconds, unless they say that they \
                 are UTC."
            ),
        );
    })
}

fn write_header(out: &mut Markup, report: &SessionReport, id: &str) {
    out.element("div", &[("class", &"top")], |out| {
        out.element("h1", &[], |out| {
            out.text("Session ");
            out.name(id);
        });
        out.literal("<p class=\"theme\"></p>");
    });
    if report.views.len() < 2 {
        return;
    }
    out.element("nav", &[("aria-label", &"Titles")], |out| {
        for (number, view) in report.views.iter().enumerate() {
            out.element("a", &[("href", &format_args!("#t{number}"))], |out| out.name(&view.title_words()));
        }
    });
}

fn write_view(out: &mut Markup, view: &SessionView) {
    out.element("h2", &[], |out| out.name(&view.title_words()));
    write_facts(out, view);
    write_exit(out, view);
    if let Some(estimates) = view.estimates() {
        out.element("aside", &[("class", &"notice care"), ("aria-label", &"How far to trust this")], |out| {
            out.text(capitalised(&estimates));
            out.text(". Start-up is at most what is shown, stalls are at least that.");
        });
    }
    write_headline(out, view);
    plot::Course::of(view).write(out);
    plot::write_watched(out, view);
    tables::write_waits(out, view);
    felt::write(out, view);
    tables::write_log(out, view);
}

/// Who, what and when.
fn write_facts(out: &mut Markup, view: &SessionView) {
    let facts = &view.facts;
    let length = match (facts.duration, facts.is_live) {
        (Some(length), _) => length.to_string(),
        (None, true) => "live".to_owned(),
        (None, false) => "not known".to_owned(),
    };
    out.element("dl", &[("class", &"figures")], |out| {
        let mut fact = |name: &str, value: &str| {
            out.element("div", &[], |out| {
                out.element("dt", &[], |out| out.name(name));
                out.element("dd", &[], |out| out.name(value));
            });
        };
        fact("Began", &view.began());
        fact("Lasted", &view.lasted());
        fact("Length of the content", &length);
        if let Some(viewer) = &facts.identity.viewer_id {
            fact("Viewer", viewer.as_str());
        }
        for (name, value) in facts.identity.attributes.iter() {
            fact(name, value);
        }
    });
    out.line();
}

fn write_exit(out: &mut Markup, view: &SessionView) {
    let (tone, exit) = view.exit();
    let class = match tone {
        Tone::Good => "verdict",
        Tone::Plain => "verdict plain",
        Tone::Wait => "verdict care",
        Tone::Bad => "verdict bad",
    };
    out.leaf("p", &[("class", &class)], capitalised(&exit));
    out.line();
}

fn write_headline(out: &mut Markup, view: &SessionView) {
    let facts = &view.facts;
    let mut felt = Experience::default();
    felt.observe(facts);
    let felt = felt.summary();
    let coverage = facts.duration.and_then(|duration| facts.map.coverage(duration));
    let covered = match coverage.filter(|_| facts.unplaced.is_zero()) {
        Some(coverage) => format!("{coverage} of the title"),
        None if facts.watched.is_zero() => "nothing was played".to_owned(),
        None => view.unique_words(),
    };
    let (start_up, since) = match facts.startup {
        Some(startup) => (startup.time.to_string(), since_words(startup.since).to_owned()),
        None if facts.started() => (format::NONE.to_owned(), "nothing to count from".to_owned()),
        None => (format::NONE.to_owned(), format!("no first frame in {}", facts.wall.starting)),
    };
    let (index, lost) = match &view.scored.experience {
        Some(found) => (format!("{:.1}", found.score), "of 100: a policy index, no MOS"),
        None => (format::NONE.to_owned(), "nothing was played"),
    };
    let stalls = format!("{}; rebuffer ratio {}", facts.wall.stalled, format::fine_ratio(felt.rebuffer_ratio));
    let cards = [
        ("Watched", facts.watched.to_string(), covered),
        ("Start-up", start_up, since),
        ("Stalls", format::count(facts.stalls), stalls),
        ("Experience index", index, lost.to_owned()),
    ];
    out.element("dl", &[("class", &"headline")], |out| {
        for (name, value, note) in cards {
            out.element("div", &[], |out| {
                out.leaf("dt", &[("class", &"muted")], name);
                out.leaf("dd", &[("class", &"value")], value);
                out.leaf("dd", &[("class", &"muted")], note);
            });
        }
    });
    out.line();
}

/// The same, beginning a sentence.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `2x`, where it is not the normal rate.
fn rate(rate: Rate) -> String {
    if rate == Rate::NORMAL { String::new() } else { format!("{}x", rate.as_f64()) }
}
