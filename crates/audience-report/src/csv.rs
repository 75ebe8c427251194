//! A report as tables of comma-separated values.

mod sheet;
mod streams;
mod tables;

use audience_core::MediaTime;

use crate::experiment::to_csv as experiment_csv;
use crate::report::{Report, TitleReport};
use crate::retention::{CSV_TABLES, Subject};

/// One table of a report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CsvTable {
    /// What to call the file.
    pub file_name: &'static str,
    /// What is in it.
    pub text: String,
}

pub(crate) use sheet::{Cell, Sheet};

type WriteTable = fn(&Report) -> String;

impl Report {
    /// Every table and plot of the report as comma-separated values, always the same files. Those that were not asked for
    /// have no rows. Documented in `docs/report-csv.md` in the repository.
    pub fn to_csv(&self) -> Vec<CsvTable> {
        let tables: [(_, WriteTable); 17] = [
            ("totals.csv", tables::totals),
            ("titles.csv", tables::titles),
            ("retention.csv", tables::retention),
            ("heatmap.csv", tables::heatmap),
            ("audience.csv", tables::audience),
            ("startup.csv", streams::startup),
            ("streams.csv", streams::over_time),
            ("renditions.csv", streams::renditions),
            ("good-streams.csv", streams::good),
            ("slices.csv", streams::slices),
            ("scores.csv", streams::scores),
            ("failures.csv", streams::failures),
            ("longest-waits.csv", streams::waits),
            ("breakdown.csv", tables::breakdown),
            ("comparison.csv", tables::comparison),
            ("experiment.csv", |report| experiment_csv(report.experiment.as_ref())),
            ("quality.csv", tables::quality),
        ];
        let subjects: Vec<Subject<'_>> = self.titles.iter().map(TitleReport::subject).collect();
        let of_retention = CSV_TABLES.map(|(file_name, write)| CsvTable { file_name, text: write(&subjects) });
        let of_engagement = crate::engagement::CSV_TABLES
            .map(|(file_name, write)| CsvTable { file_name, text: write(&self.engagement) });
        let of_cohorts =
            crate::cohorts::CSV_TABLES.map(|(file_name, write)| CsvTable { file_name, text: write(&self.cohorts) });
        tables
            .into_iter()
            .map(|(file_name, write)| CsvTable { file_name, text: write(self) })
            .chain(of_retention)
            .chain(of_engagement)
            .chain(of_cohorts)
            .collect()
    }
}

impl TitleReport {
    fn subject(&self) -> Subject<'_> {
        Subject {
            content_id: &self.content_id,
            title: self.title.as_deref(),
            duration: MediaTime::from_millis(self.duration_ms.unwrap_or_default()),
            retention: &self.retention,
            falls: &[],
            groups: self.groups.as_ref(),
        }
    }
}
