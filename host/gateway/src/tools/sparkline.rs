//! A small picture of each series, for people: its course over time, or, at one time, a bar beside those of the others.
use serde_json::Value;

/// Characters of a picture at most.
const WIDTH: usize = 32;
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws under `sparkline` in each row whose values are numbers: those that redaction masked have no picture.
pub(super) fn draw(series: &mut [Value]) {
    let single = |row: &Value| row["value"].as_array().and_then(|point| number(&point[1]));
    let greatest = series.iter().filter_map(single).map(f64::abs).fold(0.0, f64::max);
    for row in series.iter_mut().filter(|row| row.is_object()) {
        let picture = match row["values"].as_array() {
            Some(points) => points.iter().map(point).collect::<Option<Vec<_>>>().map(|points| course(&points)),
            None => single(row).map(|value| bar(value, greatest)),
        };
        if let Some(picture) = picture {
            row["sparkline"] = picture.into();
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_str()?.parse::<f64>().ok()
}

fn point(point: &Value) -> Option<(f64, f64)> {
    Some((point[0].as_f64()?, number(&point[1])?))
}

/// One character for each stretch of time, by its greatest value; a gap where nothing was measured.
fn course(points: &[(f64, f64)]) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let columns = points.len().min(WIDTH);
    let mut greatest = vec![f64::NAN; columns];
    for (time, value) in points.iter().filter(|(_, value)| value.is_finite()) {
        let at = scaled((time - first.0) / (last.0 - first.0), columns);
        greatest[at] = greatest[at].max(*value);
    }
    let low = greatest.iter().copied().fold(f64::NAN, f64::min);
    let high = greatest.iter().copied().fold(f64::NAN, f64::max);
    let level =
        |value: &f64| if value.is_nan() { ' ' } else { LEVELS[scaled((value - low) / (high - low), LEVELS.len())] };
    greatest.iter().map(level).collect()
}

fn bar(value: f64, greatest: f64) -> String {
    let share = (value.abs() / greatest).clamp(0.0, 1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let full = if share.is_nan() { 0 } else { (share * WIDTH as f64).round() as usize };
    LEVELS[7].to_string().repeat(full)
}

/// A share of `count` as an index. Of what has no extent all stands at the beginning.
fn scaled(share: f64, count: usize) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let at = (share * count as f64) as usize;
    at.min(count - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_course_shows_its_shape_and_its_gaps() {
        let lane = |points: &[(f64, &str)]| {
            let mut rows = [json!({"metric": {}, "values": points})];
            draw(&mut rows);
            rows[0]["sparkline"].as_str().map(str::to_owned)
        };
        let steps = ["0", "1", "2", "3", "4", "5", "6", "7"];
        let rising: Vec<_> =
            steps.iter().enumerate().map(|(at, value)| (f64::from(u8::try_from(at).unwrap_or(0)), *value)).collect();
        assert_eq!(lane(&rising).as_deref(), Some("▁▂▃▄▅▆▇█"));
        assert_eq!(lane(&[(0.0, "5"), (1.0, "5")]).as_deref(), Some("▁▁"));
        assert_eq!(lane(&[(0.0, "1"), (8.0, "NaN"), (9.0, "9")]).as_deref(), Some("▁ █"));
        assert_eq!(lane(&[(0.0, "NaN"), (1.0, "+Inf")]).as_deref(), Some("  "));
        assert_eq!(lane(&[]).as_deref(), Some(""));
        assert_eq!(lane(&[(0.0, "[redacted:x]")]), None);
        let long: Vec<_> = (0..5000_u16).map(|at| (f64::from(at), if at == 2500 { "9" } else { "1" })).collect();
        let picture = lane(&long).unwrap_or_default();
        assert!(picture.chars().count() == WIDTH && picture.matches('█').count() == 1, "a peak stays: {picture}");
    }

    #[test]
    fn values_at_one_time_are_bars_beside_each_other() {
        let mut rows: Vec<Value> =
            ["8", "4", "-2", "0", "NaN", "x"].iter().map(|value| json!({"metric": {}, "value": [1, value]})).collect();
        rows.push(json!("[redacted:x]"));
        draw(&mut rows);
        let long: Vec<_> = rows.iter().map(|row| row["sparkline"].as_str().map(|bar| bar.chars().count())).collect();
        assert_eq!(long, [Some(32), Some(16), Some(8), Some(0), Some(0), None, None]);
    }
}
