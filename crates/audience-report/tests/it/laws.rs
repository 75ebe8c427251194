//! The report's state obeys the laws of accumulators, with and without breakdowns and filters.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_qoe::Experience;
use std::sync::Arc;

use audience_core::MediaTime;
use audience_report::retention::{RetentionSpec, RetentionState};
use audience_report::{Dimension, Filter, ReportSpec, ReportState, Title, Totals};
use audience_retention::{ChapterIndex, Chapters, Grid, Weighting};

#[test]
fn every_state_obeys_the_laws() {
    check_merge_laws(&Totals::default(), &various_facts());
    check_merge_laws(&Experience::default(), &various_facts());
    check_merge_laws(&Title::default(), &various_facts());
}

#[test]
fn the_whole_report_obeys_the_laws() {
    let plain = ReportSpec::default();
    let by = ReportSpec { by: Dimension::parse_list("device,day").unwrap(), ..ReportSpec::default() };
    let filter = Filter { attributes: vec![("device".into(), "tv".into())], ..Filter::default() };
    let filtered = ReportSpec { filter, by: Dimension::parse_list("content").unwrap(), ..ReportSpec::default() };
    let groups = ReportSpec {
        curves_by: Dimension::parse_list("device").unwrap(),
        chapters: chapters(),
        ..ReportSpec::default()
    };
    for spec in [plain, by, filtered, groups] {
        check_merge_laws(&ReportState::new(&spec), &various_facts());
    }
}

fn chapters() -> Arc<ChapterIndex> {
    let thirds = Chapters::equal_parts(3, MediaTime::from_secs(120)).unwrap();
    Arc::new([("film".into(), thirds)].into())
}

#[test]
fn a_report_on_retention_obeys_the_laws() {
    let plain = RetentionSpec { chapters: chapters(), ..RetentionSpec::default() };
    let grouped = RetentionSpec {
        by: Dimension::parse_list("device").unwrap(),
        grid: Grid::every(MediaTime::from_secs(1)).unwrap(),
        ..RetentionSpec::default()
    };
    let weighted = RetentionSpec { weighting: Some(Weighting::by_attribute("device")), ..RetentionSpec::default() };
    for spec in [plain, grouped, weighted] {
        check_merge_laws(&RetentionState::new(&spec), &various_facts());
    }
}
