//! A comparison, in a table.

use super::{DIM, TITLE, line, paragraph, tables};
use crate::format;
use crate::report::Comparison;

pub(super) fn write(out: &mut String, comparison: &Comparison, width: usize) {
    let name = format::printable(&comparison.other.name);
    line(out, format_args!("{TITLE}Compared with {}{TITLE:#}", tables::shorten(&name, width.saturating_sub(14))));
    let header = ["", "This", "Other", "Difference", "Relative", "95 % interval"];
    let figures = comparison.figures.iter().map(|row| {
        vec![
            format::label(row.figure).to_owned(),
            format::figure(row.figure, row.this),
            format::figure(row.figure, row.other),
            format::change(row.figure, row.difference),
            format::relative(row.relative),
            String::new(),
        ]
    });
    let shares = comparison.shares.iter().map(|row| {
        vec![
            format::label(row.share).to_owned(),
            format::share(row.this.rate),
            format::share(row.other.rate),
            format::points(row.difference),
            String::new(),
            format::points_between(row.low, row.high),
        ]
    });
    tables::write(out, &header, figures.chain(shares).collect(), 1, &["Relative", "95 % interval"], width);
    let note = match comparison.sessions_in_both {
        0 => "A description, not a randomised experiment: other things differ between the two as well.".to_owned(),
        both => format!(
            "{} in both, so that differences have no intervals. A description, not a randomised experiment.",
            match both {
                1 => "1 session is".to_owned(),
                both => format!("{} sessions are", format::count(both)),
            },
        ),
    };
    paragraph(out, width, "  ", &format!("{DIM}{note}{DIM:#}"));
    out.push('\n');
}
