//! Reads captured samples: the series notation of promtool's unit tests, so that a capture can be written by hand.
//!
//! ```text
//! # TYPE http_requests_total counter
//! # HELP http_requests_total Requests by code.
//! load 30s
//!   http_requests_total{code="200"} 0+12x60 725 730
//!   up{job="api"} 1x10 _x4 stale
//! ```

use super::{
    error::{CaptureError, quoted},
    promql::{About, Labels, NAME, Sample, Series},
};
use std::collections::BTreeMap;

/// Series of one capture.
const MAX_SERIES: usize = 50_000;
/// Samples of one capture.
const MAX_SAMPLES: usize = 5_000_000;
/// Labels of one series.
const MAX_LABELS: usize = 64;
/// Bytes of one label's value.
const MAX_VALUE: usize = 4_096;

/// Collects the series of all metric files.
#[derive(Default)]
pub(super) struct Reader {
    series: BTreeMap<Labels, Vec<Sample>>,
    about: BTreeMap<String, About>,
    samples: usize,
}

impl Reader {
    /// Reads one file; `start` (ms since the epoch) is the time of every first value.
    pub(super) fn read(&mut self, file: &str, text: &str, start: i64) -> Result<(), CaptureError> {
        let mut step = None;
        for (at, line) in text.lines().enumerate() {
            let fail = |why: String| CaptureError::line(file, at + 1, why);
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            if let Some(comment) = line.strip_prefix('#') {
                self.comment(comment.trim());
            } else if let Some(interval) = line.strip_prefix("load ") {
                step =
                    Some(duration(interval.trim()).ok_or_else(|| fail("load needs a step such as 30s or 1m".into()))?);
            } else {
                let step = step.ok_or_else(|| fail("a series stands before any `load STEP` line".into()))?;
                self.series(line, start, step).map_err(fail)?;
            }
        }
        Ok(())
    }

    /// A reader that has read these already.
    #[cfg(test)]
    pub(super) fn of(series: Vec<Series>) -> Self {
        Self { series: series.into_iter().map(|s| (s.labels, s.samples)).collect(), ..Self::default() }
    }

    /// All series, and what is said of their metrics.
    pub(super) fn finish(self) -> (Vec<Series>, BTreeMap<String, About>) {
        let series = self.series.into_iter().map(|(labels, samples)| Series { labels, samples });
        (series.collect(), self.about)
    }

    fn comment(&mut self, comment: &str) {
        let mut words = comment.splitn(3, ' ');
        let (Some(what), Some(name), Some(rest)) = (words.next(), words.next(), words.next()) else { return };
        match what {
            "TYPE" => rest.trim().clone_into(&mut self.about.entry(name.to_owned()).or_default().kind),
            "HELP" => rest.trim().clone_into(&mut self.about.entry(name.to_owned()).or_default().help),
            _ => {}
        }
    }

    fn series(&mut self, line: &str, start: i64, step: i64) -> Result<(), String> {
        let (labels, rest) = selector(line)?;
        let samples = values(rest, start, step, MAX_SAMPLES - self.samples)?;
        self.samples += samples.len();
        if self.series.len() >= MAX_SERIES {
            return Err(format!("a capture has at most {MAX_SERIES} series"));
        }
        if self.series.contains_key(&labels) {
            return Err("this series stands in the capture already".into());
        }
        self.series.insert(labels, samples);
        Ok(())
    }
}

/// `name{label="value",…}`, and what follows it.
fn selector(line: &str) -> Result<(Labels, &str), String> {
    let name_end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(line.len());
    let (name, mut rest) = line.split_at(name_end);
    let mut labels = Labels::default();
    if !name.is_empty() {
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(format!("{} is no metric name", quoted(name)));
        }
        labels.set(NAME, name);
    }
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner.trim_start();
        let mut count = 0;
        while !rest.starts_with('}') {
            let (label, after) = rest.split_once('=').ok_or("a label needs =\"value\"")?;
            let label = label.trim();
            if !super::promql::is_label_name(label) {
                return Err(format!("{} is no label name", quoted(label)));
            }
            let (value, after) = string(after.trim_start())?;
            labels.set(label, &value);
            count += 1;
            if count > MAX_LABELS || value.len() > MAX_VALUE {
                return Err(format!("a series has at most {MAX_LABELS} labels of {MAX_VALUE} bytes"));
            }
            rest = after.trim_start();
            rest = match rest.strip_prefix(',') {
                Some(more) => more.trim_start(),
                None if rest.starts_with('}') => rest,
                None => return Err("between labels stands a comma, after the last one a }".into()),
            };
        }
        rest = &rest[1..];
    }
    if labels == Labels::default() {
        return Err("a series needs a name".into());
    }
    Ok((labels, rest))
}

/// A double-quoted string with `\\`, `\"` and `\n`, and what follows it.
fn string(text: &str) -> Result<(String, &str), String> {
    let inner = text.strip_prefix('"').ok_or("a label's value stands in double quotes")?;
    let (mut value, mut chars) = (String::new(), inner.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &inner[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, c @ ('\\' | '"'))) => value.push(c),
                _ => return Err("a backslash stands only before n, \" and another backslash".into()),
            },
            c => value.push(c),
        }
    }
    Err("a label's value is not closed".into())
}

/// The values of one series, `step` apart: `3`, `_`, `stale`, `_x5`, `1x5`, `0+10x5`, `100-2.5x5`.
fn values(text: &str, start: i64, step: i64, room: usize) -> Result<Vec<Sample>, String> {
    let mut samples = Vec::new();
    let mut t = start;
    for word in text.split_whitespace() {
        let bad = || format!("{} is no value; values are 3, _, stale, _x5, 1x5, 0+10x5", quoted(word));
        let (item, times) = match word.rsplit_once('x') {
            Some((item, times)) => (item, Some(times.parse::<usize>().map_err(|_| bad())?)),
            None => (word, None),
        };
        if times.unwrap_or(0) > room {
            return Err(format!("a capture has at most {MAX_SAMPLES} samples"));
        }
        if item == "_" {
            t = t.saturating_add(step.saturating_mul(i64::try_from(times.unwrap_or(1)).map_err(|_| bad())?));
            continue;
        }
        let (mut v, by) = match item {
            "stale" if times.is_none() => (Sample::stale(t).v, 0.0),
            "stale" => return Err(bad()),
            _ => sloped(item, times.is_some()).ok_or_else(bad)?,
        };
        for _ in 0..=times.unwrap_or(0) {
            if samples.len() >= room {
                return Err(format!("a capture has at most {MAX_SAMPLES} samples"));
            }
            samples.push(Sample { t, v });
            v += by;
            t = t.saturating_add(step);
        }
    }
    Ok(samples)
}

/// `a`, `a+b` or `a-b`: a value, and what is added each step.
fn sloped(item: &str, repeated: bool) -> Option<(f64, f64)> {
    if let Ok(v) = item.parse::<f64>() {
        return Some((v, 0.0));
    }
    // The sign that splits is not the first character and not an exponent's.
    let at =
        item.char_indices().skip(1).find(|&(at, c)| matches!(c, '+' | '-') && !item[..at].ends_with(['e', 'E']))?.0;
    if !repeated {
        return None;
    }
    Some((item[..at].parse().ok()?, item[at..].parse().ok()?))
}

/// A step such as `30s`, `1m`, `1m30s`, in milliseconds.
fn duration(text: &str) -> Option<i64> {
    let d = wardgate_promql::promql_parser::util::parse_duration(text).ok()?;
    i64::try_from(d.as_millis()).ok().filter(|&ms| ms > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use super::*;

    fn read(text: &str) -> Result<Vec<Series>, String> {
        let mut reader = Reader::default();
        reader.read("m.txt", text, 1_000).map_err(|e| e.to_string())?;
        Ok(reader.finish().0)
    }

    #[test]
    fn values_are_expanded_as_promtool_does() {
        for (notation, expected) in [
            ("1 2 3", vec![(0, 1.0), (1, 2.0), (2, 3.0)]),
            ("0+10x2", vec![(0, 0.0), (1, 10.0), (2, 20.0)]),
            ("5-2.5x1", vec![(0, 5.0), (1, 2.5)]),
            ("-2+1x1", vec![(0, -2.0), (1, -1.0)]),
            ("7x1", vec![(0, 7.0), (1, 7.0)]),
            ("1 _ 3", vec![(0, 1.0), (2, 3.0)]),
            ("_x3 4", vec![(3, 4.0)]),
            ("1e-3+1e3x1", vec![(0, 0.001), (1, 1000.001)]),
            ("+Inf", vec![(0, f64::INFINITY)]),
        ] {
            let series = read(&format!("load 1s\n  m {notation}")).unwrap();
            let got: Vec<(i64, f64)> = series[0].samples.iter().map(|s| ((s.t - 1_000) / 1_000, s.v)).collect();
            assert_eq!(got, expected, "{notation}");
        }
        assert!(read("load 1s\n m 1 stale").unwrap()[0].samples[1].is_stale());
    }

    #[test]
    fn labels_may_hold_quotes_and_commas() {
        let series = read("load 1m\n m{a=\"x, y\", b=\"\\\"q\\\"\\n\"} 1").unwrap();
        assert_eq!(series[0].labels.value("a"), "x, y");
        assert_eq!(series[0].labels.value("b"), "\"q\"\n");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, error) in [
            ("m 1", "m.txt:1: a series stands before any `load STEP` line"),
            ("load 0s\nm 1", "m.txt:1: load needs a step such as 30s or 1m"),
            ("load 1s\n\nm one", "m.txt:3: \"one\" is no value; values are 3, _, stale, _x5, 1x5, 0+10x5"),
            ("load 1s\nm 1+2", "m.txt:2: \"1+2\" is no value; values are 3, _, stale, _x5, 1x5, 0+10x5"),
            ("load 1s\nm{a=1} 1", "m.txt:2: a label's value stands in double quotes"),
            ("load 1s\nm{a=\"1} 1", "m.txt:2: a label's value is not closed"),
            ("load 1s\nm 1\nm 2", "m.txt:3: this series stands in the capture already"),
            ("load 1s\nm 1x9999999999", "m.txt:2: a capture has at most 5000000 samples"),
        ] {
            assert_eq!(read(text).unwrap_err(), error);
        }
    }
}
