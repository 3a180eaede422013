//! Numbers as Prometheus' HTTP API writes them: values as text, times as seconds.

use serde_json::{Number, Value};

/// A sample's value. Shortest digits that read back the same; an exponent only where the API uses one.
pub(crate) fn value(v: f64) -> String {
    if v.is_nan() {
        return "NaN".into();
    }
    if v.is_infinite() {
        return if v > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    if v != 0.0 && (v.abs() < 1e-6 || v.abs() >= 1e21) {
        let text = format!("{v:e}");
        if let Some((digits, exponent)) = text.split_once('e') {
            let (sign, figures) = exponent.strip_prefix('-').map_or(('+', exponent), |f| ('-', f));
            return format!("{digits}e{sign}{figures:0>2}");
        }
    }
    plain(v)
}

/// A value in decimal notation, as `count_values` puts it into a label.
pub(crate) fn plain(v: f64) -> String {
    if v.is_nan() || v.is_infinite() {
        return value(v);
    }
    format!("{v}")
}

/// Milliseconds since the epoch as the API's seconds: a whole number where it is one.
#[allow(clippy::cast_precision_loss)] // Milliseconds of any calendar time are far below 2^53.
pub(crate) fn time(ms: i64) -> Value {
    if ms % 1000 == 0 {
        return Value::Number(Number::from(ms / 1000));
    }
    Number::from_f64(ms as f64 / 1000.0).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_prometheus_writes_them() {
        for (v, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (-0.5, "-0.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e-7, "1.5e-07"),
            (1e-6, "0.000001"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(value(v), text);
        }
    }

    #[test]
    fn times_are_seconds_with_milliseconds_only_where_needed() {
        assert_eq!(time(1_435_781_430_000).to_string(), "1435781430");
        assert_eq!(time(1_435_781_430_781).to_string(), "1435781430.781");
    }
}
