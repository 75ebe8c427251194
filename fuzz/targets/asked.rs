//! What a report is asked for.
#![no_main]

use audience_report::check::{Rule, parse_rules};
use audience_report::{Dimension, parse_attribute, parse_time, parse_zone, printable};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = parse_attribute(text);
    let _ = Dimension::parse_list(text);
    let zone = parse_zone(text).unwrap_or(jiff::tz::TimeZone::UTC);
    let _ = parse_time(text, &zone);
    if let Ok(rule) = text.parse::<Rule>() {
        assert_eq!(rule.text.parse::<Rule>(), Ok(rule));
    }
    let _ = parse_rules(text);
    assert!(!printable(text).chars().any(char::is_control));
});
