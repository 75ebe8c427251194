//! What is around the sections.

use jiff::tz::TimeZone;

use super::markup::Markup;
use super::verdict::Verdict;
use super::{cohorts, comparison, engagement, experiment, glossary, overview, quality, streams, title};
use crate::format;
use crate::report::Report;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Nothing may be loaded, and nothing may run but the style and the script with these digests.
const POLICY: &str = "default-src 'none'; \
    style-src 'sha256-Ufryph6unt/sHJEKEYrnZVqpxHG+wTHc7xf2BOirXgk='; \
    script-src 'sha256-H3AKqZiH1RxE/O/Y2EDrlaearx4fb5uqpKK5swJAiRc='; \
    base-uri 'none'; form-action 'none'";

/// What sections need besides the report.
pub(super) struct Context<'a> {
    pub(super) report: &'a Report,
    pub(super) zone: TimeZone,
    pub(super) verdict: Verdict,
}

pub(super) fn write(report: &Report) -> Markup {
    let zone = TimeZone::get(&report.asked.time_zone).unwrap_or(TimeZone::UTC);
    let context = Context { report, zone, verdict: Verdict::of(report) };
    document(&format!("Audience report, {}", period(&context)), |out| write_body(out, &context))
}

/// A page with our style and script around what `body` writes.
pub(super) fn document(title: &str, body: impl FnOnce(&mut Markup)) -> Markup {
    let mut out = Markup::new();
    out.literal("<!DOCTYPE html>\n");
    out.element("html", &[("lang", &"en")], |out| {
        out.line();
        out.element("head", &[], |out| write_head(out, title));
        out.line();
        out.element("body", &[], |out| {
            body(out);
            out.line();
            out.literal("<script>");
            out.literal(SCRIPT);
            out.literal("</script>");
        });
        out.line();
    });
    out.line();
    out
}

/// A page about one thing: what it is called, of how much it is, and the time zone of its days, if it has any.
pub(super) fn topic(name: &str, of: &str, zone: Option<&str>, main: impl FnOnce(&mut Markup)) -> Markup {
    document(name, |out| {
        out.leaf("a", &[("class", &"skip"), ("href", &"#main")], "Skip to the report");
        out.element("header", &[], |out| {
            out.element("div", &[("class", &"top")], |out| {
                out.leaf("h1", &[], name);
                out.leaf("p", &[("class", &"period")], of);
                out.literal("<p class=\"theme\"></p>");
            });
        });
        out.line();
        out.element("main", &[("id", &"main")], main);
        out.line();
        out.element("footer", &[], |out| {
            out.text(concat!("Made by audience ", env!("CARGO_PKG_VERSION"), "."));
            if let Some(zone) = zone {
                out.text(" Days are those of ");
                out.name(zone);
                out.text(".");
            }
        });
    })
}

fn write_head(out: &mut Markup, title: &str) {
    out.empty("meta", &[("charset", &"utf-8")]);
    out.empty("meta", &[("http-equiv", &"Content-Security-Policy"), ("content", &POLICY)]);
    out.empty("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
    out.empty("meta", &[("name", &"color-scheme"), ("content", &"light dark")]);
    out.empty("meta", &[("name", &"generator"), ("content", &concat!("audience ", env!("CARGO_PKG_VERSION")))]);
    out.leaf("title", &[], title);
    out.literal("<style>");
    out.literal(STYLE);
    out.literal("</style>");
}

fn write_body(out: &mut Markup, context: &Context<'_>) {
    let report = context.report;
    let any = report.totals.sessions > 0;
    out.leaf("a", &[("class", &"skip"), ("href", &"#main")], "Skip to the report");
    out.element("header", &[], |out| {
        out.element("div", &[("class", &"top")], |out| {
            out.leaf("h1", &[], "Audience report");
            out.leaf("p", &[("class", &"period")], period(context));
            out.literal("<p class=\"theme\"></p>");
        });
        write_asked(out, context);
        out.element("nav", &[("aria-label", &"Sections")], |out| {
            let mut link = |to: &'static str, text: &'static str| out.leaf("a", &[("href", &to)], text);
            if any {
                link("#overview", "Overview");
                link("#titles", "Titles");
                link("#streams", "Streams");
                link("#engagement", "Engagement");
                if report.cohorts.says_something() {
                    link("#cohorts", "Who comes back");
                }
            }
            if report.breakdown.is_some() && any {
                link("#breakdown", "Breakdown");
            }
            if report.comparison.is_some() {
                link("#comparison", "Comparison");
            }
            if report.experiment.is_some() && any {
                link("#experiment", "Experiment");
            }
            link("#quality", "Data quality");
            link("#definitions", "Definitions");
        });
    });
    out.line();
    out.element("main", &[("id", &"main")], |out| {
        if any {
            overview::write(out, context);
            streams::write(out, context);
            engagement::write(out, &report.engagement);
            if report.cohorts.says_something() {
                cohorts::write(out, &report.cohorts);
            }
            if let Some(found) = &report.comparison {
                comparison::write(out, found, context);
            }
            if let Some(found) = &report.experiment {
                experiment::write(out, found);
            }
            for (number, _) in report.titles.iter().enumerate() {
                title::write(out, context, number);
            }
        } else {
            overview::write_nothing(out, context);
        }
        quality::write(out, context);
        glossary::write(out);
    });
    out.line();
    out.element("footer", &[], |out| {
        out.text(concat!("Made by audience ", env!("CARGO_PKG_VERSION"), ". Times are those of "));
        out.name(&report.asked.time_zone);
        out.text(".");
    });
}

fn period(context: &Context<'_>) -> String {
    let totals = &context.report.totals;
    match (totals.first_at, totals.last_at) {
        (Some(first), Some(last)) => {
            format!("{} to {}", format::local(first, &context.zone), format::local(last, &context.zone))
        }
        _ => "no sessions".to_owned(),
    }
}

/// The filter, if there is one.
fn write_asked(out: &mut Markup, context: &Context<'_>) {
    let (asked, sessions) = (&context.report.asked, &context.report.quality.sessions);
    let mut filters: Vec<String> = asked.attributes.clone();
    filters.extend(asked.content.iter().map(|content| format!("content {content}")));
    filters.extend(asked.from.map(|from| format!("from {}", format::local(from, &context.zone))));
    filters.extend(asked.to.map(|to| format!("to {}", format::local(to, &context.zone))));
    if filters.is_empty() {
        return;
    }
    out.element("p", &[("class", &"asked")], |out| {
        out.text("Only ");
        for (at, filter) in filters.iter().enumerate() {
            out.text(if at > 0 { ", " } else { "" });
            out.name(filter);
        }
        let kept = sessions.sessions_read - sessions.filtered_out;
        out.text(format_args!(": {} of {} sessions.", format::count(kept), format::count(sessions.sessions_read)));
    });
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// Base 64 as in a content security policy.
    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for digit in 0..4 {
                let six = (bits >> (18 - 6 * digit)) as usize % 64;
                text.push(if digit <= chunk.len() { DIGITS[six] as char } else { '=' });
            }
        }
        text
    }

    #[test]
    fn the_policy_allows_our_style_and_script_and_nothing_else() {
        assert_eq!(base64(b"abcde"), "YWJjZGU=");
        for (part, source) in [("style", STYLE), ("script", SCRIPT)] {
            let digest = base64(&Sha256::digest(source));
            assert!(POLICY.contains(&format!("{part}-src 'sha256-{digest}';")), "{part}-src 'sha256-{digest}'");
            assert!(!source.contains("</") && !source.contains("<!--"), "{part} would end early");
            assert!(!source.contains("http"), "{part} refers to somewhere");
        }
    }
}
