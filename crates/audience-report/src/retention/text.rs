//! A report on retention for a terminal.

use audience_core::MediaTime;

use super::report::{RetentionReport, TitleRetention};
use crate::format;
use crate::text::{DIM, TITLE, TextOptions, line, retention as words};

impl RetentionReport {
    /// The report as text, with ANSI styles for headings.
    pub fn to_text(&self, options: TextOptions) -> String {
        let mut out = String::new();
        let of = format::sessions(self.sessions, self.sessions_read);
        line(&mut out, format_args!("{TITLE}Audience retention{TITLE:#} {DIM}{of}{DIM:#}"));
        out.push('\n');
        for title in &self.titles {
            title.write(&mut out, options.width);
        }
        if self.titles_omitted > 0 {
            let more = format::things(self.titles_omitted as u64, "more title", "more titles");
            line(&mut out, format_args!("{DIM}and {more}{DIM:#}"));
        }
        out
    }
}

impl TitleRetention {
    fn write(&self, out: &mut String, width: usize) {
        let retention = &self.retention;
        let id = format::printable(&self.content_id);
        let id = if self.title.is_some() { format!(" {DIM}{id}{DIM:#}") } else { String::new() };
        let length = match self.duration_ms {
            MediaTime::ZERO => "unknown duration".to_owned(),
            length => format::clock(Some(length.as_millis() as f64)),
        };
        let sessions = format::things(retention.sessions, "session", "sessions");
        line(
            out,
            format_args!("{TITLE}{}{TITLE:#}{id} {DIM}{length}, {sessions}{DIM:#}", format::printable(self.name())),
        );
        let left_out = retention.unknown_duration + retention.unknown_positions + retention.too_long;
        for (count, why) in [
            (left_out, "without a duration, or at positions nobody reported"),
            (self.without_weight, "without a weight"),
        ] {
            if count > 0 {
                let count = format::things(count, "session is", "sessions are");
                line(out, format_args!("  {count} in no curve: {why}."));
            }
        }
        if retention.sessions > 0 {
            let length = self.duration_ms.as_millis();
            words::write_curve(out, retention, Some(length), width);
            words::write_findings(out, retention, width);
            for fall in &self.falls {
                let to = format::clock(Some(fall.position.as_millis() as f64));
                line(out, format_args!("  Falls by {} to {to}", fall.by));
            }
            if let Some(groups) = &self.groups {
                words::write_groups(out, groups, width);
            }
        }
        out.push('\n');
    }
}
