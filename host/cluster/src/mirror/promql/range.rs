//! Functions over the samples of a range: rates and `*_over_time`. Pure: samples in, at most one value out.

use super::series::Sample;

/// The samples of one series in `(start, end]`, with the range that was asked for.
pub(super) struct Window<'a> {
    pub(super) samples: &'a [Sample],
    pub(super) start: i64,
    pub(super) end: i64,
}

/// One of the functions that need no further argument.
pub(super) fn plain(name: &str) -> Option<fn(&Window<'_>) -> Option<f64>> {
    Some(match name {
        "rate" => |w| extrapolated(w, true).map(|v| v / seconds(w.end - w.start)),
        "increase" => |w| extrapolated(w, true),
        "delta" => |w| extrapolated(w, false),
        "irate" => |w| instant(w, true),
        "idelta" => |w| instant(w, false),
        "deriv" => |w| Some(regression(w.samples, w.samples.first()?.t)?.0),
        "changes" => |w| Some(count(w.samples.windows(2).filter(|p| differ(p[0].v, p[1].v)).count())),
        "resets" => |w| Some(count(w.samples.windows(2).filter(|p| p[1].v < p[0].v).count())),
        "sum_over_time" => |w| Some(sum(values(w))),
        "avg_over_time" => |w| Some(sum(values(w)) / count(w.samples.len())),
        "count_over_time" => |w| Some(count(w.samples.len())),
        "present_over_time" => |_| Some(1.0),
        "last_over_time" => |w| Some(w.samples.last()?.v),
        "min_over_time" => |w| values(w).reduce(|a, b| if b < a || a.is_nan() { b } else { a }),
        "max_over_time" => |w| values(w).reduce(|a, b| if b > a || a.is_nan() { b } else { a }),
        "stdvar_over_time" => |w| Some(variance(values(w))),
        "stddev_over_time" => |w| Some(variance(values(w)).sqrt()),
        _ => return None,
    })
}

/// `predict_linear`: where the line through the samples will be `ahead` seconds after `now`.
pub(super) fn predict_linear(w: &Window<'_>, now: i64, ahead: f64) -> Option<f64> {
    let (slope, intercept) = regression(w.samples, now)?;
    Some(slope * ahead + intercept)
}

/// The φ-quantile of values in any order, interpolated between neighbours.
pub(super) fn quantile(q: f64, mut values: Vec<f64>) -> f64 {
    if values.is_empty() || q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    // NaN counts as smaller than every number.
    values.sort_by(|a, b| b.is_nan().cmp(&a.is_nan()).then(a.total_cmp(b)));
    let rank = q * count(values.len() - 1);
    let below = index(rank).min(values.len() - 1);
    let above = (below + 1).min(values.len() - 1);
    let weight = rank - rank.floor();
    // Between two infinities, or at one exactly, there is nothing to interpolate.
    if weight == 0.0 || values[below].total_cmp(&values[above]).is_eq() {
        return values[below];
    }
    values[below] * (1.0 - weight) + values[above] * weight
}

/// A sum with the lost low bits carried along (Neumaier), so that the order of the terms does not show.
pub(super) fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut total, mut lost) = (0.0f64, 0.0f64);
    for v in values {
        let next = total + v;
        if next.is_infinite() {
            lost = 0.0;
        } else if total.abs() >= v.abs() {
            lost += (total - next) + v;
        } else {
            lost += (v - next) + total;
        }
        total = next;
    }
    total + lost
}

/// The population variance (Welford).
pub(super) fn variance(values: impl Iterator<Item = f64>) -> f64 {
    let (mut n, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for v in values {
        n += 1.0;
        let off = v - mean;
        mean += off / n;
        squares += off * (v - mean);
    }
    squares / n
}

fn values<'a>(w: &'a Window<'_>) -> impl Iterator<Item = f64> + 'a {
    w.samples.iter().map(|s| s.v)
}

fn differ(a: f64, b: f64) -> bool {
    #[allow(clippy::float_cmp)] // `changes` counts exact changes.
    let different = a != b;
    different && !(a.is_nan() && b.is_nan())
}

/// The increase between the first and the last sample, stretched to the whole range as Prometheus does: a series that
/// begins or ends well inside the range is only taken to go on for half a sample more, and a counter never below zero.
fn extrapolated(w: &Window<'_>, counter: bool) -> Option<f64> {
    let (first, last) = (w.samples.first()?, w.samples.last()?);
    if w.samples.len() < 2 {
        return None;
    }
    let mut change = last.v - first.v;
    if counter {
        change += w.samples.windows(2).filter(|p| p[1].v < p[0].v).map(|p| p[0].v).sum::<f64>();
    }
    let sampled = seconds(last.t - first.t);
    let spacing = sampled / count(w.samples.len() - 1);
    let near = spacing * 1.1;
    let mut head = seconds(first.t - w.start);
    let mut tail = seconds(w.end - last.t);
    if head >= near {
        head = spacing / 2.0;
    }
    if counter && change > 0.0 && first.v >= 0.0 {
        head = head.min(sampled * (first.v / change));
    }
    if tail >= near {
        tail = spacing / 2.0;
    }
    Some(change * ((sampled + head + tail) / sampled))
}

/// From the last two samples only: per second for a counter, the bare difference for a gauge.
fn instant(w: &Window<'_>, counter: bool) -> Option<f64> {
    let [.., before, last] = w.samples else { return None };
    if last.t == before.t {
        return None;
    }
    if !counter {
        return Some(last.v - before.v);
    }
    let change = if last.v < before.v { last.v } else { last.v - before.v };
    Some(change / seconds(last.t - before.t))
}

/// Least squares: the slope per second and the value at `at`.
fn regression(samples: &[Sample], at: i64) -> Option<(f64, f64)> {
    let first = samples.first()?;
    if samples.len() < 2 {
        return None;
    }
    if samples.iter().all(|s| !differ(s.v, first.v)) {
        return Some(if first.v.is_infinite() { (f64::NAN, f64::NAN) } else { (0.0, first.v) });
    }
    let n = count(samples.len());
    let xs = || samples.iter().map(|s| seconds(s.t - at));
    let (x, y) = (sum(xs()), sum(samples.iter().map(|s| s.v)));
    let xy = sum(samples.iter().map(|s| seconds(s.t - at) * s.v));
    let xx = sum(xs().map(|x| x * x));
    let slope = (xy - x * y / n) / (xx - x * x / n);
    Some((slope, y / n - slope * x / n))
}

#[allow(clippy::cast_precision_loss)] // Milliseconds within a capture are far below 2^53.
pub(super) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[allow(clippy::cast_precision_loss)] // Counts of samples are bounded far below 2^53.
pub(super) fn count(n: usize) -> f64 {
    n as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Callers pass 0 ≤ rank, and clamp what comes back.
fn index(rank: f64) -> usize {
    rank.max(0.0).floor() as usize
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use super::*;

    fn over(name: &str, samples: &[(i64, f64)], start: i64, end: i64) -> Option<f64> {
        let samples: Vec<Sample> = samples.iter().map(|&(t, v)| Sample { t: t * 1000, v }).collect();
        plain(name).unwrap()(&Window { samples: &samples, start: start * 1000, end: end * 1000 })
    }

    #[test]
    fn a_rate_goes_to_the_borders_when_samples_stand_near_them() {
        // 60 a minute; the range begins 10 s before the first sample and ends 10 s after the last.
        let samples = [(10, 100.0), (70, 160.0), (130, 220.0)];
        assert_eq!(over("increase", &samples, 0, 140).map(f64::round), Some(140.0));
    }

    #[test]
    fn a_series_that_begins_inside_the_range_is_stretched_by_half_a_sample() {
        let samples = [(600, 100.0), (660, 110.0), (720, 120.0)];
        assert_eq!(over("increase", &samples, 0, 720), Some(20.0 * 150.0 / 120.0));
    }

    #[test]
    fn a_counter_is_never_stretched_below_zero() {
        // At this slope the counter was zero 6 s before its first sample.
        let samples = [(60, 1.0), (120, 11.0)];
        assert_eq!(over("increase", &samples, 0, 120), Some(10.0 * 66.0 / 60.0));
        assert_eq!(over("delta", &samples, 0, 120), Some(20.0));
    }

    #[test]
    fn a_reset_counts_from_zero() {
        let samples = [(0, 5.0), (60, 10.0), (120, 3.0), (180, 8.0)];
        assert_eq!(over("increase", &samples, 0, 180), Some(13.0));
        assert_eq!(over("resets", &samples, 0, 180), Some(1.0));
        assert_eq!(over("irate", &samples[..3], 0, 180), Some(3.0 / 60.0));
    }

    #[test]
    fn one_sample_has_no_rate() {
        for name in ["rate", "increase", "delta", "irate", "idelta", "deriv"] {
            assert_eq!(over(name, &[(0, 5.0)], -60, 0), None, "{name}");
        }
    }

    #[test]
    fn a_sum_keeps_small_terms_beside_large_ones() {
        assert_eq!(sum([1.0, 1e100, 1.0, -1e100].into_iter()), 2.0);
    }

    #[test]
    fn a_line_is_found_again() {
        let samples: Vec<Sample> =
            (0..5u8).map(|i| Sample { t: i64::from(i) * 1000, v: f64::from(i) * 2.0 + 1.0 }).collect();
        let w = Window { samples: &samples, start: -1000, end: 4000 };
        assert_eq!(predict_linear(&w, 4000, 10.0), Some(29.0));
    }
}
