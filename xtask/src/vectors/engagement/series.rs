//! Lines, trends, seasons and outliers of series.

use std::num::NonZeroU16;

use audience_stats::{
    Confidence, EmaStart, Esd, EsdCentre, LinearRegression, MannKendall, RobustScale, SeasonalModel, Smoothing, Stl,
    TheilSen, TrendDirection, decompose, ema, ema_over_time, generalized_esd, robust_z, seasonal_esd,
    trailing_robust_z,
};
use serde::Deserialize;
use serde_json::Value;

use super::super::Family;
use super::super::comparison::{Answer, Comparison, Failure, Number, read};
use super::super::retention::floats;

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("ema", moving_average),
    ("esd", esd),
    ("mann_kendall", mann_kendall),
    ("ols", regression),
    ("robust_z", robust),
    ("seasonal_decompose", decomposition),
    ("stl", stl),
    ("theil_sen", theil_sen),
];

/// How near lines are.
const LINE: f64 = 1e-11;

/// How near medians and what is made of them are.
const MEDIAN: f64 = 1e-12;

/// How near means that move along are.
const MEAN: f64 = 1e-10;

/// How near parts found by local regression are, and what is made of them.
const LOESS: f64 = 1e-8;

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| value.abs().max(largest))
}

#[derive(Deserialize)]
struct Series {
    values: Vec<Number>,
}

fn moving_average(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Given {
        kind: String,
        values: Vec<Number>,
        alpha: Option<Number>,
        span: Option<Number>,
        halflife: Option<Number>,
        times_ms: Option<Vec<i64>>,
        halflife_ms: Option<Number>,
    }
    let given: Given = read(input)?;
    let values = floats(&given.values);
    let scale = largest(&values);
    if given.kind == "times" {
        let (Some(times), Some(half_life)) = (given.times_ms, given.halflife_ms) else {
            return Err(Failure::Unreadable("it has no times".to_owned()));
        };
        compare.near("weighted_mean", MEDIAN, scale, ema_over_time(&times, &values, half_life.0)?);
        // The other of two meanings: ours is the mean of all values so far.
        compare.pass_over("recursive");
        return Ok(());
    }
    let smoothing = match (given.alpha, given.span, given.halflife) {
        (Some(alpha), ..) => Smoothing::Alpha(alpha.0),
        (_, Some(span), _) => Smoothing::Span(span.0),
        (.., Some(values)) => Smoothing::HalfLife(values.0),
        _ => return Err(Failure::Unreadable("it has no smoothing".to_owned())),
    };
    compare.check("alpha", MEDIAN, smoothing.alpha()?);
    compare.near("ema", MEAN, scale, ema(&values, smoothing, EmaStart::FirstValue)?);
    compare.near("ema_adjusted", MEAN, scale, ema(&values, smoothing, EmaStart::ByAge)?);
    Ok(())
}

fn esd(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct OfStl {
        seasonal_window: usize,
        robust: bool,
    }
    #[derive(Deserialize)]
    struct Given {
        kind: String,
        values: Vec<Number>,
        max_outliers: usize,
        alpha: Number,
        period: Option<usize>,
        stl: Option<OfStl>,
    }
    let given: Given = read(input)?;
    let (values, alpha) = (floats(&given.values), given.alpha.0);
    let centre = match given.kind.as_str() {
        "generalized" => {
            check_esd(&generalized_esd(&values, given.max_outliers, alpha)?, MEAN, compare);
            return Ok(());
        }
        "seasonal" => EsdCentre::Mean,
        "seasonal_hybrid" => EsdCentre::Median,
        other => return Err(Failure::Unreadable(format!("it is {other}"))),
    };
    let (Some(period), Some(of_stl)) = (given.period, given.stl) else {
        return Err(Failure::Unreadable("it has no season".to_owned()));
    };
    let plain = Stl::new(period, of_stl.seasonal_window)?;
    let stl = if of_stl.robust { plain.robust() } else { plain };
    let found = seasonal_esd(&values, &stl, centre, given.max_outliers, alpha)?;
    compare.check("median", MEDIAN, found.median);
    compare.near("residual", 1e-7, 1.0, found.residual);
    check_esd(&found.esd, 1e-7, compare);
    Ok(())
}

fn check_esd(found: &Esd, tolerance: f64, compare: &mut Comparison) {
    let each = |part: fn(&audience_stats::EsdRemoval) -> f64| found.removals.iter().map(part).collect::<Vec<_>>();
    compare.check("statistics", tolerance, each(|removal| removal.statistic));
    compare.check("critical_values", MEAN, each(|removal| removal.critical_value));
    compare.check("removal_order", 0.0, each(|removal| removal.at as f64));
    compare.check("outliers", 0.0, found.outliers().iter().map(|removal| removal.at).collect::<Vec<_>>());
}

fn mann_kendall(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    let values = floats(&read::<Series>(input)?.values);
    let test = MannKendall::new(&values)?;
    check_trend(&test, compare);
    compare.check("tau_a", MEDIAN, test.tau_a());
    let line = TheilSen::of_series(&values)?;
    compare.near("sen_slope", MEDIAN, 1e-3, line.slope());
    compare.near("sen_intercept", MEDIAN, largest(&values), line.intercept());
    let direction = match test.direction(0.05)? {
        TrendDirection::Rising => "increasing",
        TrendDirection::Falling => "decreasing",
        TrendDirection::NotShown => "no trend",
    };
    compare.check("trend_at_0_05", 0.0, direction.to_owned());
    compare.within("hamed_rao", |compare| match MannKendall::hamed_rao(&values, 0.05)? {
        Some(test) => {
            check_trend(&test, compare);
            Ok(())
        }
        None => Err(Failure::refused("correlations leave no variance")),
    })?;
    // Its correlations at all lags, as here, add up to -1/2 whatever the series is: it makes the variance of a series that depends
    // on itself smaller.
    compare.pass_over("yue_wang");
    Ok(())
}

fn check_trend(test: &MannKendall, compare: &mut Comparison) {
    compare.check("s", 0.0, test.s() as f64);
    compare.check("variance", LINE, test.variance());
    compare.check("z", LINE, test.z());
    compare.check("p", MEAN, test.p().value());
    compare.check("ln_p", MEAN, test.p().ln());
}

fn points(input: &Value) -> Result<(Vec<f64>, Vec<f64>), Failure> {
    #[derive(Deserialize)]
    struct Points {
        x: Vec<Number>,
        y: Vec<Number>,
    }
    let points: Points = read(input)?;
    Ok((floats(&points.x), floats(&points.y)))
}

fn regression(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Level {
        alpha: Number,
    }
    let confidence = Confidence::new(1.0 - read::<Level>(input)?.alpha.0)?;
    let (x, y) = points(input)?;
    let line = LinearRegression::new(&x, &y)?;
    compare.check("slope", LINE, line.slope());
    compare.check("intercept", MEAN, line.intercept());
    compare.near("mean_x", LINE, largest(&x), line.mean_x());
    compare.check("value_at_mean_x", LINE, line.value_at_mean_x());
    compare.check("residual_variance", LINE, line.residual_variance());
    compare.check("slope_standard_error", LINE, line.slope_standard_error());
    compare.check("intercept_standard_error", LINE, line.intercept_standard_error());
    compare.check("mean_standard_error", LINE, line.mean_standard_error());
    compare.check("t", LINE, line.t());
    compare.check("degrees_of_freedom", 0.0, line.degrees_of_freedom());
    compare.check("p", 1e-9, line.p().map(audience_stats::PValue::value));
    // That of 0 has no number there.
    compare.check("ln_p", 1e-9, line.p().map(audience_stats::PValue::ln).filter(|ln| ln.is_finite()));
    // An end near 0 is the difference of what is not.
    compare.near(
        "slope_ci",
        LINE,
        line.slope().abs(),
        line.slope_interval(confidence).map_or(Answer::Undefined, Answer::from),
    );
    compare.near("r_squared", MEDIAN, 1.0, line.r_squared());
    Ok(())
}

fn robust(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Window {
        trailing_window: Option<usize>,
    }
    let values = floats(&read::<Series>(input)?.values);
    if let Some(window) = read::<Window>(input)?.trailing_window {
        let z = trailing_robust_z(&values, window)?;
        compare.check("robust_z_from_index", 0.0, z.iter().take_while(|z| z.is_none()).count());
        compare.near("robust_z", MEDIAN, 1.0, z[window..].to_vec());
        return Ok(());
    }
    let scale = RobustScale::of(&values)?;
    compare.check("median", MEDIAN, scale.median);
    compare.check("mad_raw", MEDIAN, scale.mad);
    compare.check("mad_scaled_scipy", MEDIAN, scale.deviation());
    compare.check("mad_scaled_r_1_4826", MEDIAN, 1.4826 * scale.mad);
    compare.near("robust_z", MEDIAN, 1.0, robust_z(&values)?);
    let modified = |value: &f64| (scale.mad > 0.0).then(|| 0.6745 * (value - scale.median) / scale.mad);
    compare.near("modified_z_0_6745", MEDIAN, 1.0, values.iter().map(modified).collect::<Option<Vec<_>>>());
    Ok(())
}

fn decomposition(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Given {
        values: Vec<Number>,
        period: usize,
        model: SeasonalModel,
    }
    let given: Given = read(input)?;
    let values = floats(&given.values);
    let parts = decompose(&values, given.period, given.model)?;
    let scale = largest(&values);
    compare.near("trend", MEDIAN, scale, parts.trend);
    compare.near("seasonal", MEDIAN, scale, parts.seasonal);
    compare.near("residual", MEDIAN, scale, parts.residual);
    Ok(())
}

fn stl(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Given {
        values: Vec<Number>,
        period: usize,
        seasonal_window: usize,
        trend_window: Option<usize>,
        low_pass_window: Option<usize>,
        inner_loops: Option<NonZeroU16>,
        outer_loops: Option<u16>,
        robust: bool,
    }
    let given: Given = read(input)?;
    let plain = Stl::new(given.period, given.seasonal_window)?;
    let mut stl = if given.robust { plain.robust() } else { plain };
    if let (Some(trend), Some(low_pass)) = (given.trend_window, given.low_pass_window) {
        stl = stl.with_trend_window(trend)?.with_low_pass_window(low_pass)?;
    }
    if let (Some(inner), Some(outer)) = (given.inner_loops, given.outer_loops) {
        stl = stl.with_loops(inner, outer);
    }
    let parts = stl.decompose(&floats(&given.values))?;
    // As they are, not as a part of what is expected, which can be about 0.
    let scale = 1.0;
    compare.near("seasonal", LOESS, scale, parts.seasonal);
    compare.near("trend", LOESS, scale, parts.trend);
    compare.near("residual", LOESS, scale, parts.residual);
    compare.near("robustness_weights", LOESS, scale, parts.robustness_weights);
    Ok(())
}

fn theil_sen(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    let (x, y) = points(input)?;
    let line = TheilSen::new(&x, &y)?;
    compare.check("slope", MEDIAN, line.slope());
    compare.check("pairs", 0.0, line.pairs());
    let scale = largest(&y).max(largest(&x) * line.slope().abs());
    compare.near("intercept_medians", MEDIAN, scale, line.intercept());
    compare.near("intercept_median_of_residuals", MEDIAN, scale, line.intercept_of_residuals());
    for (field, share) in [("scipy_ci_0.95", 0.95), ("scipy_ci_0.9", 0.9)] {
        let interval = line.slope_interval(Confidence::new(share)?);
        compare.check(field, MEDIAN, interval.map_or(Answer::Undefined, Answer::from));
    }
    Ok(())
}
