//! How often a whole analysis finds what is not there, and resamples of units hold the truth.

use audience_abtest::{
    Analysis, AnalysisSpec, ExperimentUnit, ExperimentUnits, ExposureSpec, Metric, Multiplicity, Totals, Verdict,
};
use audience_core::Timestamp;
use audience_stats::{Accumulator, Bootstrap, Confidence, Correction, PoissonBootstrap};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

type Rng = Xoshiro256PlusPlus;

fn totals(rng: &mut Rng) -> Totals {
    let sessions = rng.random_range(1..5_u64);
    let watched_ms = (0..sessions).map(|_| (-(1.0 - rng.random::<f64>()).ln() * 600_000.0) as u64).sum();
    Totals {
        sessions,
        started: u64::from(rng.random::<f64>() < 0.9) * sessions,
        completed: u64::from(rng.random::<f64>() < 0.3),
        watched_ms,
        playing_ms: watched_ms,
        stalled_ms: (watched_ms as f64 * 0.02 * rng.random::<f64>()) as u64,
        ..Totals::default()
    }
}

/// Three arms of so many units that differ in nothing.
fn world(rng: &mut Rng, units: usize) -> ExperimentUnits {
    let unit = |number: usize| ExperimentUnit {
        id: format!("viewer {number}").into(),
        arm: number % 3,
        exposed_at: Timestamp::from_millis(0),
        dimensions: Vec::new(),
        totals: totals(rng),
        before: None,
    };
    let units: Vec<ExperimentUnit> = (0..3 * units).map(unit).collect();
    ExperimentUnits {
        arms: ["a", "b", "c"].map(Into::into).to_vec(),
        exposed: units.len() as u64,
        units,
        ..ExperimentUnits::default()
    }
}

/// The share of worlds in which a metric of an arm is called better or worse, of five metrics in two arms.
fn found(multiplicity: Multiplicity, worlds: u32, seed: u64) -> f64 {
    let metrics = ["watch-time", "started", "completed", "rebuffer-ratio", "completion-rate"];
    let metrics = metrics.map(|name| name.parse::<Metric>().unwrap()).to_vec();
    let spec = AnalysisSpec { multiplicity, ..AnalysisSpec::new(ExposureSpec::new("arm"), metrics) };
    let mut rng = Rng::seed_from_u64(seed);
    let finds = |_: &u32| {
        let analysis = Analysis::of(&world(&mut rng, 150), &spec).unwrap();
        let mut findings = analysis.metrics.iter().flat_map(|metric| &metric.comparisons);
        findings.any(|comparison| {
            comparison.finding.as_ref().is_ok_and(|finding| {
                let shown = matches!(finding.verdict, Verdict::Better | Verdict::Worse);
                assert_eq!(shown, finding.adjusted.value() <= 0.05);
                shown
            })
        })
    };
    f64::from((0..worlds).filter(finds).count() as u32) / f64::from(worlds)
}

/// Ten comparisons without any difference: something is found in at most 5 of 100 experiments with Holm's method and with half of
/// the level for the primary metric, and in about a third of them without.
#[test]
fn whole_analyses_find_no_more_than_they_say() {
    let worlds = 500;
    let most = 0.05 + 3.0 * (0.05 * 0.95 / f64::from(worlds)).sqrt();
    let (holm, each) = (found(Multiplicity::default(), worlds, 1), found(Multiplicity::Each, worlds, 1));
    assert!(holm <= most && holm > 0.01, "{holm}");
    assert!(each > 0.25, "{each}");
    let preferential = found(Multiplicity::Preferential(0.5), worlds, 2);
    assert!(preferential <= most && preferential > 0.01, "{preferential}");
    let discoveries = found(Multiplicity::Corrected(Correction::BenjaminiHochberg), worlds, 3);
    assert!(discoveries <= most, "{discoveries}");
}

/// The stalled share of viewing of 300 viewers with networks of their own, resampled by the hashes of their ids.
#[test]
fn resampled_units_hold_ratios() {
    let worlds: u32 = 400;
    let mut rng = Rng::seed_from_u64(4);
    // E stalled / E viewing of what is drawn below: 0.05.
    let holds = |world: &u32| {
        let mut resamples = PoissonBootstrap::<2>::new(Bootstrap { replicates: 300, seed: u64::from(*world) });
        for viewer in 0..300 {
            let network = -(1.0 - rng.random::<f64>()).ln() * 0.05;
            let viewing = 1e6 * (1.0 + rng.random::<f64>());
            resamples.add(&format!("viewer {viewer}"), [(network * viewing) as u64, viewing as u64]);
        }
        let ratio = resamples.summary().replicates(|[stalled, viewing]| stalled / viewing).unwrap();
        ratio.percentile(Confidence::P95).contains(0.05)
    };
    let share = f64::from((0..worlds).filter(holds).count() as u32) / f64::from(worlds);
    assert!((share - 0.95).abs() <= 3.0 * (0.95 * 0.05 / f64::from(worlds)).sqrt(), "{share}");
}
