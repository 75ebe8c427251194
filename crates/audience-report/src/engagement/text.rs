//! Findings for a terminal.

use super::findings::{EngagementFindings, JourneyFindings, TitleEngagement};
use super::report::EngagementReport;
use super::series::{DailyFigure, DailyTrend};
use super::words;
use crate::format::{self, NONE};
use crate::text::{DIM, TITLE, TextOptions, draw, line, paragraph, tables};

/// Columns of daily figures.
const CURVE: usize = 60;

impl EngagementReport {
    /// The report as text, with ANSI styles for headings.
    pub fn to_text(&self, options: TextOptions) -> String {
        let mut out = String::new();
        let of = format::sessions(self.sessions, self.sessions_read);
        line(&mut out, format_args!("{TITLE}Audience engagement{TITLE:#} {DIM}{of}{DIM:#}"));
        out.push('\n');
        self.findings.write(&mut out, options.width);
        for title in &self.findings.titles {
            write_title(&mut out, title, options.width);
        }
        out
    }
}

impl EngagementFindings {
    /// Scores and what they are made of, days, and what is credited with conversions.
    pub(crate) fn write(&self, out: &mut String, width: usize) {
        self.write_ranking(out, width);
        self.write_days(out, width);
        if let Some(journeys) = &self.journeys {
            write_journeys(out, journeys, width);
        }
    }

    fn write_ranking(&self, out: &mut String, width: usize) {
        line(out, format_args!("{TITLE}Titles by engagement{TITLE:#} {DIM}0 to 100{DIM:#}"));
        let row = |(name, title): (String, &TitleEngagement)| {
            let parts = &title.components;
            let points = |part: Option<f64>| part.map_or(NONE.to_owned(), words::points);
            vec![
                name,
                format::count(title.counts.views),
                points(title.score),
                title.interval.map_or(NONE.to_owned(), words::interval),
                points(title.shrunk.map(|shrunk| shrunk.at_least)),
                format::share(parts.watch_time),
                format::share(parts.completion),
                format::share(parts.rewatch),
                points(parts.social),
                points(parts.skip_penalty),
            ]
        };
        // Of one title it is the same.
        let all = (self.titles.len() > 1).then(|| ("All".to_owned(), &self.all));
        let titles = self.titles.iter().map(|title| (format::printable(title.name()).into_owned(), title));
        let header = ["", "Views", "Score", "95 %", "At least", "Watched", "Completed", "Again", "Social", "Skips"];
        tables::write(
            out,
            &header,
            titles.chain(all).map(row).collect(),
            1,
            &["Skips", "Social", "Again", "At least", "Completed", "Watched"],
            width,
        );
        if self.titles_omitted > 0 {
            let more = format::things(self.titles_omitted as u64, "more title", "more titles");
            line(out, format_args!("  {DIM}and {more}{DIM:#}"));
        }
        paragraph(out, width, "  ", &words::how(self));
        out.push('\n');
    }

    fn write_days(&self, out: &mut String, width: usize) {
        let days = &self.daily.days;
        if days.len() < 2 {
            return;
        }
        line(
            out,
            format_args!("{TITLE}Day by day{TITLE:#} {DIM}{} to {}{DIM:#}", days[0].day, days[days.len() - 1].day),
        );
        for (figure, values) in [
            (DailyFigure::Views, days.iter().map(|day| day.views as f64).collect::<Vec<_>>()),
            (DailyFigure::WatchTime, days.iter().map(|day| day.watched_ms as f64).collect()),
            (DailyFigure::Score, days.iter().map(|day| day.score.unwrap_or_default()).collect()),
        ] {
            let most = values.iter().copied().fold(0.0, f64::max);
            let shares: Vec<f64> = values.iter().map(|value| if most > 0.0 { value / most } else { 0.0 }).collect();
            let curve = draw::sparkline(&shares, days.len().min(CURVE).min(width.saturating_sub(30)));
            let most = words::figure(figure, most);
            line(out, format_args!("  {:<12}{curve} {DIM}at most {most}{DIM:#}", words::capitalised(figure.name())));
            if let Some(trend) = self.daily.trends.iter().find(|trend| trend.figure == figure) {
                write_trend(out, trend, width);
            }
        }
        if self.daily.trends.is_empty() {
            line(out, format_args!("  {DIM}Trends take five whole days.{DIM:#}"));
        }
        out.push('\n');
    }
}

fn write_trend(out: &mut String, trend: &DailyTrend, width: usize) {
    let indent = format!("  {:<12}", "");
    for sentence in words::trend(trend) {
        paragraph(out, width, &indent, &sentence);
    }
    for sentence in words::odd_days(trend) {
        paragraph(out, width, &indent, &sentence);
    }
}

fn write_journeys(out: &mut String, journeys: &JourneyFindings, width: usize) {
    let of = format::printable(&journeys.of);
    line(
        out,
        format_args!("{TITLE}What led to conversions, by {of}{TITLE:#} {DIM}{}{DIM:#}", words::conversions(journeys)),
    );
    if journeys.credits.is_empty() {
        out.push('\n');
        return;
    }
    let number = |credit: f64| format!("{credit:.1}");
    let rows = journeys.credits.iter().map(|credit| {
        let name = format::printable(&credit.name).into_owned();
        let shares = [credit.first, credit.last, credit.linear, credit.time_decay, credit.position_based];
        std::iter::once(name).chain(shares.map(number)).collect()
    });
    let header = ["", "First", "Last", "Linear", "Time decay", "Position"];
    tables::write(out, &header, rows.collect(), 1, &["Position", "Time decay"], width);
    if journeys.credits_omitted > 0 {
        line(out, format_args!("  {DIM}and {} more{DIM:#}", format::count(journeys.credits_omitted as u64)));
    }
    out.push('\n');
}

/// What parts of a title earned, and what is watched by the same viewers.
fn write_title(out: &mut String, title: &TitleEngagement, width: usize) {
    let Some(segments) = title.segments.as_ref().filter(|segments| !segments.watch_time.is_empty()) else { return };
    let name = format::printable(title.name());
    line(out, format_args!("{TITLE}{name}{TITLE:#} {DIM}{}{DIM:#}", words::placed(&segments.attribution)));
    let credit = |shares: &[f64], at: usize| format::share(shares.get(at).copied());
    let rows = segments.attribution.segments.iter().enumerate().map(|(at, segment)| {
        vec![
            words::segment(segment, at, segments.attribution.segments.len()),
            format::ratio(segment.reach()),
            credit(&segments.watch_time, at),
            credit(&segments.position, at),
            credit(&segments.plays, at),
            credit(&segments.conversions, at),
        ]
    });
    let header = ["", "Reach", "Watch time", "By position", "Plays", "Conversions"];
    tables::write(out, &header, rows.collect(), 1, &["By position", "Plays"], width);
    if !title.similar.is_empty() {
        let similar = title.similar.iter().map(|other| {
            let name = other.title.as_deref().unwrap_or(&other.content_id);
            let viewers = format::things(other.viewers, "viewer", "viewers");
            format!("{} ({:.2}, {viewers})", format::printable(name), other.similarity)
        });
        let similar: Vec<String> = similar.collect();
        paragraph(out, width, "  Watched by the same viewers: ", &similar.join(", "));
    }
    out.push('\n');
}
