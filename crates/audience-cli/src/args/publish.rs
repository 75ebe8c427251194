//! What the command line says of where a report goes.

use std::path::PathBuf;

use audience_report::cohorts::CohortsReport;
use audience_report::engagement::EngagementReport;
use audience_report::funnel::FunnelReport;
use audience_report::groups::GroupsReport;
use audience_report::{CsvTable, TextOptions};
use clap::Args;

use crate::error::Error;
use crate::output::{self, OutputFormat};

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// Write JSON instead of text (documented in docs/, in the page of the command)
    #[arg(long)]
    json: bool,

    /// Write to FILE instead of standard output: .html for a page, .json for JSON, text for all others
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write every table to DIR too, as CSV (documented beside the JSON)
    #[arg(long, value_name = "DIR")]
    csv: Option<PathBuf>,
}

/// A report in all its forms.
pub(crate) trait Published: serde::Serialize {
    fn text(&self, options: TextOptions) -> String;
    fn page(&self) -> String;
    fn tables(&self) -> Vec<CsvTable>;
}

macro_rules! published {
    ($($report:ty),+) => {
        $(impl Published for $report {
            fn text(&self, options: TextOptions) -> String {
                self.to_text(options)
            }

            fn page(&self) -> String {
                self.to_html()
            }

            fn tables(&self) -> Vec<CsvTable> {
                self.to_csv()
            }
        })+
    };
}

published!(CohortsReport, EngagementReport, FunnelReport, GroupsReport);

impl PublishArgs {
    /// Writes the report where it is asked for.
    pub(crate) fn publish(&self, report: &impl Published) -> Result<(), Error> {
        if let Some(folder) = &self.csv {
            output::write_tables(&report.tables(), folder)?;
        }
        let file = self.output.as_deref();
        let format = OutputFormat::of(file, self.json);
        let text = match format {
            OutputFormat::Json => output::json(report)?,
            OutputFormat::Html => report.page(),
            OutputFormat::Text => {
                let mut options = TextOptions::default();
                options.width = output::width(file, options.width);
                report.text(options)
            }
        };
        format.write(&text, file)
    }
}
