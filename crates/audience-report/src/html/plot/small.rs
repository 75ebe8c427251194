//! Drawings that fit a line of text. The numbers stand beside them.

use std::fmt::Display;

use super::line_through;
use crate::html::markup::Markup;

fn drawing(class: &'static str, inside: impl FnOnce(&mut Markup)) -> Markup {
    let mut out = Markup::new();
    out.element("svg", &[("class", &class), ("aria-hidden", &"true")], inside);
    out
}

/// A retention curve, from 0 to 1.
pub(in crate::html) fn sparkline(shares: &[f64]) -> Markup {
    let last = shares.len().saturating_sub(1).max(1) as f64;
    // Thirty points are as many as there are pixels to tell them apart.
    let every = (shares.len() / 30).max(1);
    let points = || shares.iter().enumerate().step_by(every).map(|(at, share)| (at as f64 / last, *share));
    let end = points().next_back().map_or(0.0, |(x, _)| x);
    drawing("spark", |out| {
        super::shapes(out, |out| {
            let line = line_through(points());
            super::path(out, "fill", &format_args!("{line}L{:.0} 1000L0 1000Z", end * 1000.0));
            super::path(out, "curve", &line);
        });
    })
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0)
}

/// A share of the whole.
pub(in crate::html) fn bar(share: f64) -> Markup {
    drawing("bar", |out| {
        out.empty("rect", &[("class", &"back"), ("width", &"100%"), ("height", &"100%")]);
        out.empty("rect", &[("class", &"front"), ("width", &percent(share)), ("height", &"100%")]);
    })
}

/// An estimate with its interval, on a scale from −`reach` to `reach`.
pub(in crate::html) fn interval(estimate: f64, low: f64, high: f64, reach: f64) -> Markup {
    let at = |value: f64| f64::midpoint(value / reach, 1.0);
    drawing("interval", |out| {
        let level = ("y", &"25%" as &dyn Display);
        out.empty("line", &[("class", &"zero"), ("x1", &"50%"), ("x2", &"50%"), ("y1", &0), ("y2", &"100%")]);
        let width = percent(at(high) - at(low));
        let class = if low > 0.0 || high < 0.0 { "clear" } else { "unclear" };
        out.empty("rect", &[("class", &class), ("x", &percent(at(low))), level, ("width", &width), ("height", &"50%")]);
        out.empty("circle", &[("cx", &percent(at(estimate))), ("cy", &"50%"), ("r", &3)]);
    })
}

/// An estimate from 0 to 1 with its interval.
pub(in crate::html) fn share_interval(estimate: f64, ends: Option<(f64, f64)>) -> Markup {
    drawing("interval", |out| {
        if let Some((low, high)) = ends {
            let (x, width) = (percent(low), percent(high - low));
            let level = [("y", &"25%" as &dyn Display), ("height", &"50%")];
            out.empty("rect", &[("class", &"clear"), ("x", &x), level[0], ("width", &width), level[1]]);
        }
        out.empty("circle", &[("cx", &percent(estimate)), ("cy", &"50%"), ("r", &3)]);
    })
}

/// The middle half as a box with the median in it, and a line to the last of the quantiles; `reach` is the scale's end.
pub(in crate::html) fn quantiles([p25, p50, p75, p95]: [f64; 4], reach: f64) -> Markup {
    let at = |value: f64| percent(if reach > 0.0 { value / reach } else { 0.0 });
    drawing("quantiles", |out| {
        out.empty("line", &[("class", &"reach"), ("x1", &at(p75)), ("x2", &at(p95)), ("y1", &"50%"), ("y2", &"50%")]);
        out.empty("line", &[("class", &"stop"), ("x1", &at(p95)), ("x2", &at(p95)), ("y1", &"25%"), ("y2", &"75%")]);
        let width = at(p75 - p25);
        out.empty("rect", &[("x", &at(p25)), ("y", &"15%"), ("width", &width), ("height", &"70%")]);
        out.empty("line", &[("class", &"median"), ("x1", &at(p50)), ("x2", &at(p50)), ("y1", &"5%"), ("y2", &"95%")]);
    })
}
