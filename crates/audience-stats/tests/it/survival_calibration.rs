//! How often bands hold the true share that stays, and how often groups that are alike seem to differ.

use audience_stats::{
    BandScale, ClusterRow, Confidence, Interval, KaplanMeier, Lifetime, RiskRow, RiskTable, log_rank,
};
use rand::{Rng, RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Units leave at this pace; some come late and some are seen for a while only.
fn lifetimes(rng: &mut impl Rng, number: usize, pace: f64) -> Vec<Lifetime> {
    let mut all = Vec::with_capacity(number);
    while all.len() < number {
        let entry = (rng.random::<f64>() < 0.3).then(|| 0.5 * rng.random::<f64>());
        let leaves = -(1.0 - rng.random::<f64>()).ln() / pace;
        let seen = 3.0 * rng.random::<f64>();
        let (exit, observed) = (leaves.min(seen), leaves <= seen);
        // One that left before it would have come is not there.
        if entry.is_none_or(|entry| entry < exit) {
            all.push(Lifetime { entry, exit, observed, weight: 1.0 });
        }
    }
    all
}

/// Fails unless `found` of so many is within three Monte Carlo errors of what is documented.
fn check(found: u32, worlds: u32, documented: f64) {
    let error = (documented * (1.0 - documented) / f64::from(worlds)).sqrt();
    let share = f64::from(found) / f64::from(worlds);
    assert!((share - documented).abs() <= 3.0 * error, "{share}, not {documented} ± {error}");
}

fn band_at(curve: &KaplanMeier, time: f64) -> Interval {
    let step = curve.step_at(time).unwrap();
    curve.interval(step, BandScale::LogLog, Confidence::new(0.95).unwrap()).unwrap()
}

#[test]
fn log_log_bands_hold_the_truth_95_times_in_a_hundred() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
    let worlds = 2000;
    let mut held = [0, 0];
    for _ in 0..worlds {
        let curve = RiskTable::of_lifetimes(&lifetimes(&mut rng, 100, 1.0)).unwrap().kaplan_meier();
        for (time, held) in [0.4_f64, 1.0].into_iter().zip(&mut held) {
            *held += u32::from(band_at(&curve, time).contains((-time).exp()));
        }
    }
    for held in held {
        check(held, worlds, 0.95);
    }
}

#[test]
fn groups_that_are_alike_differ_5_times_in_a_hundred() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(6);
    let worlds = 2000;
    let (mut false_alarms, mut found) = (0, 0);
    for _ in 0..worlds {
        let mut table = |number, pace| RiskTable::of_lifetimes(&lifetimes(&mut rng, number, pace)).unwrap();
        let (a, b, c) = (table(60, 1.0), table(40, 1.0), table(60, 1.0));
        let faster = table(60, 2.5);
        false_alarms += u32::from(log_rank(&[a.clone(), b, c]).unwrap().p.unwrap() < 0.05);
        found += u32::from(log_rank(&[a, faster]).unwrap().p.unwrap() < 0.05);
    }
    check(false_alarms, worlds, 0.05);
    assert!(found > worlds * 9 / 10, "{found}");
}

/// Sessions of a viewer are alike. Taken for independent they seem to say more than they do: 10,000 worlds gave 78 %.
#[test]
fn robust_bands_hold_the_truth_for_viewers_with_many_sessions() {
    const TIMES: usize = 20;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let worlds = 1000;
    let (mut robust, mut independent) = (0, 0);
    for _ in 0..worlds {
        // Each viewer is quick or slow: half leave at a pace of 0.5, half at one of 2.
        let mut clusters = vec![vec![ClusterRow::default(); TIMES]; 80];
        for rows in &mut clusters {
            let pace = if rng.random::<bool>() { 0.5 } else { 2.0 };
            for _ in 0..8 {
                let leaves = -(1.0 - rng.random::<f64>()).ln() / pace;
                let exit = (leaves * 10.0).ceil().min(TIMES as f64);
                let observed = leaves * 10.0 <= TIMES as f64;
                let at = exit as usize - 1;
                rows[..=at].iter_mut().for_each(|row| row.at_risk += 1.0);
                rows[at].events += f64::from(u8::from(observed));
            }
        }
        let row = |at: usize| {
            let sum = |of: fn(&ClusterRow) -> f64| clusters.iter().map(|rows| of(&rows[at])).sum();
            let (at_risk, events) = (sum(|row| row.at_risk), sum(|row| row.events));
            RiskRow { time: (at + 1) as f64, at_risk, events, censored: 0.0 }
        };
        let table = RiskTable::new((0..TIMES).map(row).collect()).unwrap();
        let truth = f64::midpoint((-0.5_f64).exp(), (-2.0_f64).exp());
        let curve = table.cluster_robust(clusters.iter().map(Vec::as_slice)).unwrap().unwrap();
        robust += u32::from(band_at(&curve, 10.0).contains(truth));
        independent += u32::from(band_at(&table.kaplan_meier(), 10.0).contains(truth));
    }
    check(robust, worlds, 0.95);
    check(independent, worlds, 0.78);
}
