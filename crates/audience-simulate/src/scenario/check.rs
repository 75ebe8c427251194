//! Which scenarios can be simulated.

use audience_core::Field;

use super::{Advertising, Experiment, Failures, Faults, KindSpec, Network, Scenario, Titles, Viewers, Viewing};
use crate::error::Error;

/// The most titles there can be: each is held in memory.
const MOST_TITLES: u32 = 100_000;
/// The most viewers there can be: each takes eight bytes.
const MOST_VIEWERS: u64 = 100_000_000;
const DAY_SECS: f64 = 86_400.0;
/// The most of what happens per minute.
const MOST_PER_MINUTE: f64 = 600.0;

impl Scenario {
    /// Whether it can be simulated.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it, see [`Error`].
    pub fn check(&self) -> Result<(), Error> {
        within("sessions", self.sessions as f64, 0.0, 1e12)?;
        within("days", f64::from(self.days), 1.0, 3660.0)?;
        // Up to the year 9000, so that what is added to it stays in the calendar.
        within("start", self.start.as_millis() as f64, 0.0, 2.218e14)?;
        within("heartbeat_secs", self.heartbeat_secs, 1.0, DAY_SECS)?;
        self.titles.check()?;
        self.viewers.check()?;
        self.viewing.check()?;
        self.ads.check()?;
        self.failures.check()?;
        self.network.check()?;
        self.faults.check()?;
        self.experiment.check()
    }
}

fn within(field: &'static str, value: f64, least: f64, most: f64) -> Result<(), Error> {
    if (least..=most).contains(&value) { Ok(()) } else { Err(Error::OutOfRange { field, value, least, most }) }
}

fn probability(field: &'static str, value: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(Error::NotAProbability { field, value }) }
}

fn all_within(fields: &[(&'static str, f64, f64, f64)]) -> Result<(), Error> {
    fields.iter().try_for_each(|(field, value, least, most)| within(field, *value, *least, *most))
}

fn probabilities(fields: &[(&'static str, f64)]) -> Result<(), Error> {
    fields.iter().try_for_each(|(field, value)| probability(field, *value))
}

/// Shares are not negative, and not all 0.
fn shares(field: &'static str, shares: impl Iterator<Item = f64> + Clone) -> Result<(), Error> {
    if shares.clone().next().is_none() {
        return Err(Error::Empty { field });
    }
    shares.clone().try_for_each(|share| within(field, share, 0.0, 1e6))?;
    if shares.sum::<f64>() > 0.0 { Ok(()) } else { Err(Error::NoShare { field }) }
}

fn different<'a>(field: &'static str, names: impl Iterator<Item = &'a String>) -> Result<(), Error> {
    let mut names: Vec<&String> = names.collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::SameName { field, name: pair[0].clone() }),
        None => Ok(()),
    }
}

impl Titles {
    fn check(&self) -> Result<(), Error> {
        all_within(&[
            ("titles.count", f64::from(self.count), 1.0, f64::from(MOST_TITLES)),
            ("titles.zipf", self.zipf, 0.0, 10.0),
            ("titles.appeal_spread", self.appeal_spread, 0.0, 3.0),
        ])?;
        shares("titles.kinds", self.kinds.all().iter().map(|(_, kind)| kind.share))?;
        self.kinds.all().iter().filter(|(_, kind)| kind.share > 0.0).try_for_each(|(_, kind)| kind.check())
    }
}

impl KindSpec {
    fn check(&self) -> Result<(), Error> {
        all_within(&[
            ("titles.kinds.median_secs", self.median_secs, 1.0, DAY_SECS),
            ("titles.kinds.spread", self.spread, 0.0, 2.0),
            ("titles.kinds.early_secs", self.early_secs, 0.001, DAY_SECS),
            ("titles.kinds.early_leave", self.early_leave, 0.0, 0.999),
            ("titles.kinds.leave", self.leave, 0.0, 0.999),
            ("titles.kinds.intro_secs", self.intro_secs, 0.0, 3600.0),
            ("titles.kinds.credits", self.credits, 0.0, 0.5),
            ("titles.kinds.scenes", f64::from(self.scenes), 0.0, 100.0),
            ("titles.kinds.weak_points", f64::from(self.weak_points), 0.0, 100.0),
        ])?;
        probabilities(&[("titles.kinds.resume", self.resume), ("titles.kinds.ads", self.ads)])?;
        if self.break_secs == 0.0 {
            return Ok(());
        }
        within("titles.kinds.break_secs", self.break_secs, 10.0, DAY_SECS)
    }
}

impl Viewers {
    fn check(&self) -> Result<(), Error> {
        all_within(&[
            ("viewers.count", self.count.map_or(1.0, |count| count as f64), 1.0, MOST_VIEWERS as f64),
            ("viewers.activity_spread", self.activity_spread, 0.0, 4.0),
            ("viewers.rhythm.spread", self.rhythm.spread, 0.0, 3.0),
            ("viewers.stay_days", self.stay_days, 0.01, 1e6),
        ])?;
        probabilities(&[
            ("viewers.present", self.present),
            ("viewers.speeders", self.speeders),
            ("viewers.skippers", self.skippers),
        ])?;
        shares("viewers.rhythm.hours", self.rhythm.hours.iter().copied())?;
        shares("viewers.rhythm.weekdays", self.rhythm.weekdays.iter().copied())?;
        shares("viewers.devices", self.devices.iter().map(|device| device.share))?;
        shares("viewers.countries", self.countries.iter().map(|country| country.share))?;
        shares("viewers.cdns", self.cdns.iter().map(|cdn| cdn.share))?;
        different("viewers.devices", self.devices.iter().map(|device| &device.name))?;
        different("viewers.countries", self.countries.iter().map(|country| &country.name))?;
        different("viewers.cdns", self.cdns.iter().map(|cdn| &cdn.name))?;
        for device in &self.devices {
            all_within(&[
                ("viewers.devices.median_kbps", device.median_kbps, 1.0, 1e7),
                ("viewers.devices.bandwidth_spread", device.bandwidth_spread, 0.0, 3.0),
                ("viewers.devices.start_up", device.start_up, 0.0, 1e3),
            ])?;
            probability("viewers.devices.dropped", device.dropped)?;
        }
        self.countries
            .iter()
            .try_for_each(|country| within("viewers.countries.bandwidth", country.bandwidth, 1e-3, 1e3))?;
        self.cdns.iter().try_for_each(|cdn| {
            within("viewers.cdns.start_up", cdn.start_up, 0.0, 1e3)?;
            within("viewers.cdns.bandwidth", cdn.bandwidth, 1e-3, 1e3)
        })
    }
}

impl Viewing {
    fn check(&self) -> Result<(), Error> {
        all_within(&[
            ("viewing.pauses_per_minute", self.pauses_per_minute, 0.0, MOST_PER_MINUTE),
            ("viewing.pause_secs", self.pause_secs, 1.0, 7200.0),
            ("viewing.seeks_ahead_per_minute", self.seeks_ahead_per_minute, 0.0, MOST_PER_MINUTE),
            ("viewing.seek_ahead_secs", self.seek_ahead_secs, 1.0, DAY_SECS),
            ("viewing.seeks_back_per_minute", self.seeks_back_per_minute, 0.0, MOST_PER_MINUTE),
            ("viewing.rate_changes_per_minute", self.rate_changes_per_minute, 0.0, MOST_PER_MINUTE),
            // A scene that is always watched again never ends.
            ("viewing.rewatch", self.rewatch, 0.0, 0.95),
            ("viewing.patience_secs", self.patience_secs, 0.0, DAY_SECS),
            ("viewing.leave_per_second_of_start_up", self.leave_per_second_of_start_up, 0.0, 1e3),
            ("viewing.leave_per_second_of_stall", self.leave_per_second_of_stall, 0.0, 1e3),
        ])?;
        probabilities(&[
            ("viewing.leave_in_pause", self.leave_in_pause),
            ("viewing.leave_at_weak_point", self.leave_at_weak_point),
            ("viewing.leave_at_credits", self.leave_at_credits),
        ])
    }
}

impl Advertising {
    fn check(&self) -> Result<(), Error> {
        within("ads.most", f64::from(self.most), 1.0, 20.0)?;
        if self.lengths_secs.is_empty() {
            return Err(Error::Empty { field: "ads.lengths_secs" });
        }
        self.lengths_secs.iter().try_for_each(|length| within("ads.lengths_secs", *length, 1.0, 600.0))?;
        probability("ads.leave", self.leave)
    }
}

impl Failures {
    fn check(&self) -> Result<(), Error> {
        probability("failures.start", self.start)?;
        all_within(&[
            ("failures.fatal_per_hour", self.fatal_per_hour, 0.0, 60.0 * MOST_PER_MINUTE),
            ("failures.survived_per_hour", self.survived_per_hour, 0.0, 60.0 * MOST_PER_MINUTE),
        ])
    }
}

impl Network {
    fn check(&self) -> Result<(), Error> {
        if self.ladder.is_empty() {
            return Err(Error::Empty { field: "network.ladder" });
        }
        for rung in &self.ladder {
            within("network.ladder.bitrate_bps", f64::from(rung.bitrate_bps), 1000.0, f64::from(u32::MAX))?;
        }
        if let Some(pair) = self.ladder.windows(2).find(|pair| pair[0].bitrate_bps >= pair[1].bitrate_bps) {
            return Err(Error::LadderNotRising { before: pair[0].bitrate_bps, after: pair[1].bitrate_bps });
        }
        all_within(&[
            ("network.change_secs", self.change_secs, 0.1, DAY_SECS),
            ("network.spread", self.spread, 0.0, 3.0),
            ("network.safety", self.safety, 0.01, 10.0),
            ("network.resume_secs", self.resume_secs, 1.0, 60.0),
            ("network.buffer_secs", self.buffer_secs, self.resume_secs + 1.0, 3600.0),
            ("network.live_buffer_secs", self.live_buffer_secs, self.resume_secs + 1.0, 3600.0),
            ("network.start_up.median_secs", self.start_up.median_secs, 0.0, 600.0),
            ("network.start_up.spread", self.start_up.spread, 0.0, 3.0),
            ("network.start_up.seek_secs", self.start_up.seek_secs, 0.0, 600.0),
            ("network.start_up.click_secs", self.start_up.click_secs, 0.0, 3600.0),
        ])?;
        probabilities(&[("network.outage", self.outage), ("network.start_up.autoplay", self.start_up.autoplay)])
    }
}

impl Faults {
    fn check(&self) -> Result<(), Error> {
        probabilities(&[
            ("faults.late", self.late),
            ("faults.repeated", self.repeated),
            ("faults.lost", self.lost),
            ("faults.silent", self.silent),
            ("faults.skewed", self.skewed),
            ("faults.clockless", self.clockless),
        ])?;
        all_within(&[
            ("faults.late_secs", self.late_secs, 1.0, 30.0 * DAY_SECS),
            ("faults.skew_secs", self.skew_secs, 0.0, 3660.0 * DAY_SECS),
        ])
    }
}

impl Experiment {
    fn check(&self) -> Result<(), Error> {
        shares("experiment.arms", self.arms.iter().map(|arm| arm.share))?;
        different("experiment.arms", self.arms.iter().map(|arm| &arm.name))?;
        if self.attribute.is_empty() {
            return Err(Error::Empty { field: "experiment.attribute" });
        }
        if Field::from_name(&self.attribute).is_some()
            || ["device", "country", "cdn"].contains(&self.attribute.as_str())
        {
            return Err(Error::ReservedName { field: "experiment.attribute", name: self.attribute.clone() });
        }
        self.arms.iter().try_for_each(|arm| within("experiment.arms.effect", arm.effect, -1.0, 100.0))
    }
}
