//! The report's state obeys the laws of accumulators, with and without breakdowns and filters.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_qoe::Experience;
use audience_report::{Dimension, Filter, ReportSpec, ReportState, Title, Totals};

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
    for spec in [plain, by, filtered] {
        check_merge_laws(&ReportState::new(&spec), &various_facts());
    }
}
