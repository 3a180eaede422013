//! Times and durations of a line, as Prometheus reads them: in milliseconds. Must not know what they bound.
use serde_json::{Value as Json, json};

/// Unix seconds, RFC 3339, `now`, or such as `now-1h`, as milliseconds.
pub(super) fn time(value: &Json, now: u64) -> Result<u64, String> {
    let bad = || format!("{value} is no time");
    if let Some(seconds) = value.as_f64() {
        return millis(seconds).ok_or_else(bad);
    }
    let text = value.as_str().ok_or_else(bad)?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return millis(seconds).ok_or_else(bad);
    }
    if let Some(distance) = text.strip_prefix("now") {
        return match (distance.chars().next(), distance.get(1..)) {
            (None, _) => Ok(now),
            (Some('-'), Some(back)) => now.checked_sub(duration(&json!(back))?).ok_or_else(bad),
            (Some('+'), Some(ahead)) => now.checked_add(duration(&json!(ahead))?).ok_or_else(bad),
            _ => Err(bad()),
        };
    }
    let stamp: jiff::Timestamp = text.parse().map_err(|_| bad())?;
    u64::try_from(stamp.as_millisecond()).map_err(|_| bad())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn millis(seconds: f64) -> Option<u64> {
    // Far below 2^53, so the cast is exact.
    (0.0..=1e11).contains(&seconds).then(|| (seconds * 1000.0).round() as u64)
}

/// Seconds or a Prometheus duration, as milliseconds.
pub(super) fn duration(value: &Json) -> Result<u64, String> {
    let bad = || format!("{value} is no duration");
    if let Some(seconds) = value.as_f64() {
        return millis(seconds).ok_or_else(bad);
    }
    let text = value.as_str().ok_or_else(bad)?;
    if let Ok(seconds) = text.parse::<f64>() {
        return millis(seconds).ok_or_else(bad);
    }
    let (mut total, mut number) = (0_u64, String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match (c, chars.peek()) {
            ('m', Some('s')) => {
                chars.next();
                1
            }
            ('s', _) => 1_000,
            ('m', _) => 60_000,
            ('h', _) => 3_600_000,
            ('d', _) => 86_400_000,
            ('w', _) => 604_800_000,
            ('y', _) => 31_536_000_000,
            _ => return Err(bad()),
        };
        let count: u64 = number.parse().map_err(|_| bad())?;
        total = count.checked_mul(unit).and_then(|part| total.checked_add(part)).ok_or_else(bad)?;
        number.clear();
    }
    if text.is_empty() || !number.is_empty() { Err(bad()) } else { Ok(total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_durations_are_read_as_prometheus_reads_them() {
        for (value, ms) in [
            (json!(1.5), Ok(1500)),
            (json!("1795000000"), Ok(1_795_000_000_000)),
            (json!("1970-01-01T00:00:02Z"), Ok(2000)),
            (json!("1970-01-01T01:00:02.5+01:00"), Ok(2500)),
            (json!("now"), Ok(10_000)),
            (json!("now-4s"), Ok(6000)),
            (json!("now+1"), Ok(11_000)),
            (json!("now-1h"), Err(())),
            (json!("nowhere"), Err(())),
            (json!("NaN"), Err(())),
            (json!("Inf"), Err(())),
            (json!(1e300), Err(())),
            (json!(null), Err(())),
            (json!(-1), Err(())),
            (json!("soon"), Err(())),
        ] {
            assert_eq!(time(&value, 10_000).map_err(drop), ms, "{value}");
        }
        for (value, ms) in [
            (json!(30), Ok(30_000)),
            (json!("30s"), Ok(30_000)),
            (json!("1h30m"), Ok(5_400_000)),
            (json!("500ms"), Ok(500)),
            (json!("0"), Ok(0)),
            (json!(0), Ok(0)),
            (json!("0s"), Ok(0)),
            (json!("-30"), Err(())),
            (json!("-30s"), Err(())),
            (json!(-1), Err(())),
            (json!("NaN"), Err(())),
            (json!("+Inf"), Err(())),
            (json!("1h-5m"), Err(())),
            (json!("99999999999999999999h"), Err(())),
            (json!("5"), Ok(5_000)),
            (json!("m"), Err(())),
            (json!("5x"), Err(())),
            (json!(""), Err(())),
        ] {
            assert_eq!(duration(&value).map_err(drop), ms, "{value}");
        }
    }
}
