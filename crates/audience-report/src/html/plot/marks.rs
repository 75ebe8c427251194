//! What stands out on a retention curve: where viewers leave, what they watch again and what they skip.

use audience_core::MediaTime;

use super::path;
use crate::format;
use crate::html::markup::Markup;
use crate::retention::Retention;

/// Parts of the content, below the curve: credits, the intro and what else is skipped, and what is watched again.
pub(super) fn parts(out: &mut Markup, retention: &Retention, length: u64) {
    let at = |position: MediaTime| position.as_millis() as f64 * 1000.0 / length.max(1) as f64;
    let part = |start: MediaTime, end: MediaTime, top: u32| {
        format!("M{:.1} {top}H{:.1}V1000H{:.1}Z", at(start), at(end), at(start))
    };
    if let Some(credits) = &retention.credits {
        path(out, "credits", &part(credits.start, MediaTime::from_millis(length), 0));
    }
    for skipped in retention.skipped.iter().filter(|skipped| !retention.in_credits(skipped)) {
        path(out, "skipped", &part(skipped.part.start, skipped.part.end, 0));
    }
    for again in &retention.rewatched {
        path(out, "again-mark", &part(again.part.start, again.part.end, 965));
    }
}

/// Drop-offs on the curve, each with what it is.
pub(super) fn drop_offs(out: &mut Markup, retention: &Retention, length: u64) {
    for drop_off in retention.early_drop_offs() {
        let x = drop_off.start.as_millis() as f64 / length.max(1) as f64;
        let share = retention.shares.get(drop_off.interval).copied().unwrap_or_default();
        let (cx, cy) = (format!("{:.2}%", x * 100.0), format!("{:.2}%", (1.0 - share) * 100.0));
        out.element("circle", &[("class", &"drop-off"), ("cx", &cx), ("cy", &cy), ("r", &5)], |out| {
            let hazard = format::share(Some(drop_off.hazard));
            let from = format::clock(Some(drop_off.start.as_millis() as f64));
            out.leaf("title", &[], format_args!("{hazard} leave at {from}"));
        });
    }
    if let Some(intro) = retention.intro() {
        let x = format!("{:.2}%", intro.part.end.as_millis() as f64 * 100.0 / length.max(1) as f64);
        out.leaf("text", &[("class", &"tick"), ("x", &x), ("y", &"8%"), ("dx", &4)], "intro");
    }
    if retention.credits.is_some() {
        out.leaf("text", &[("class", &"tick end"), ("x", &"100%"), ("y", &"8%"), ("dx", &-4)], "credits");
    }
}

/// What the marks mean, of those that there are.
pub(super) fn key(out: &mut Markup, retention: &Retention) {
    let catalogue = retention.catalogue.as_ref();
    let entries: [(&'static str, &'static str, bool); 6] = [
        ("swatch other stays", "of those who watch anything, stay this far", retention.survival.is_some()),
        ("patch fill catalogue", "the catalogue: middle half and middle four fifths", catalogue.is_some()),
        ("dot drop-off", "more leave than around there", retention.early_drop_offs().next().is_some()),
        ("patch again-mark", "watched again more than around there", !retention.rewatched.is_empty()),
        (
            "patch skipped",
            "skipped more than around there",
            retention.skipped.iter().any(|skipped| !retention.in_credits(skipped)),
        ),
        ("patch credits", "credits", retention.credits.is_some()),
    ];
    if entries.iter().all(|(_, _, there)| !there) {
        return;
    }
    out.element("p", &[("class", &"key")], |out| {
        for (class, text, _) in entries.iter().filter(|(_, _, there)| *there) {
            out.element("span", &[("class", &"entry")], |out| {
                out.leaf("span", &[("class", class)], "");
                out.text(*text);
            });
        }
    });
}

/// The curves of the titles of similar length: the middle four fifths, the middle half and the middle.
pub(super) fn catalogue(out: &mut Markup, retention: &Retention) {
    let Some(beside) = &retention.catalogue else { return };
    let bands = &beside.bands;
    let line = |of: fn(&audience_retention::CatalogueBand) -> f64| -> Vec<f64> { bands.iter().map(of).collect() };
    for (class, low, high) in [
        ("catalogue", line(|band| band.p10), line(|band| band.p90)),
        ("catalogue", line(|band| band.p25), line(|band| band.p75)),
    ] {
        path(out, class, &super::curve::between(&low, &high));
    }
    path(out, "median", &super::line_through(super::curve::points(&line(|band| band.p50))));
}

/// Shapes of the marks that lie below curves.
pub(super) fn below_curves(out: &mut Markup, retention: &Retention, length: Option<u64>) {
    catalogue(out, retention);
    if let Some(length) = length {
        parts(out, retention, length);
    }
}

/// From which tenth of the title to which tenth viewers seek, as a square of shades.
pub(in crate::html) fn seeks(out: &mut Markup, retention: &Retention) {
    let Some(seeks) = &retention.seeks else { return };
    let parts = seeks.rows.len();
    let most = seeks.rows.iter().flatten().copied().max().unwrap_or(0).max(1);
    let class =
        |count: u64| super::strip::CLASSES[((count as f64 / most as f64 * 8.0).ceil() as usize).clamp(1, 8) - 1];
    let total = format::things(seeks.total(), "seek", "seeks");
    out.element("figure", &[("class", &"plot seeks")], |out| {
        out.element("figcaption", &[], |out| {
            out.leaf("strong", &[], "Seeks");
            out.text(" ");
            let note =
                format!("{total} by tenths of the title: from the row, to the column; skips are right of the diagonal");
            out.leaf("span", &[("class", &"muted")], note);
        });
        out.element("div", &[("class", &"scroll")], |out| {
            out.element("table", &[("class", &"matrix"), ("data-file", &"seeks")], |out| {
                out.leaf("caption", &[("class", &"hidden")], "Seeks from one tenth of the title to another");
                out.element("thead", &[], |out| {
                    out.element("tr", &[], |out| {
                        out.leaf("th", &[("scope", &"col")], "from \\ to");
                        for part in 0..parts {
                            out.leaf("th", &[("scope", &"col")], format_args!("{} %", part * 100 / parts));
                        }
                    });
                });
                out.element("tbody", &[], |out| {
                    for (from, row) in seeks.rows.iter().enumerate() {
                        out.element("tr", &[], |out| {
                            out.leaf("th", &[("scope", &"row")], format_args!("{} %", from * 100 / parts));
                            for count in row {
                                match count {
                                    0 => out.leaf("td", &[], ""),
                                    count => out.leaf("td", &[("class", &class(*count))], format::count(*count)),
                                }
                            }
                        });
                    }
                });
            });
        });
    });
    out.line();
}
