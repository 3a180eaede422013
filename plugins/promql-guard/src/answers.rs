//! Questions about series, and what their answers are worth.
use crate::{cost::clip, rules, settings::Settings, verdict::deny};
use wardgate_guest::{
    question,
    types::{Answer, Bound, Denial, Known, Question, Value, Window},
};

/// The kind of question this guard asks.
pub(crate) const SERIES: &str = "series";

/// What an answer says, ready for arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Series {
    pub(crate) series: u64,
    pub(crate) bound: Bound,
}

impl Ord for Series {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.series.cmp(&other.series)
    }
}

impl PartialOrd for Series {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The question about one selector in one window, counted no further than is needed to refuse.
pub(crate) fn ask(subject: &str, window: (i64, i64), settings: &Settings) -> Question {
    let unsigned = |ms: i64| u64::try_from(ms).unwrap_or(0);
    Question {
        window: Some(Window { start: unsigned(window.0), end: unsigned(window.1) }),
        stop_at: Some(settings.max_series.saturating_add(1)),
        ..question(SERIES, subject)
    }
}

/// The window of a question.
pub(crate) fn of(question: &Question) -> (i64, i64) {
    let signed = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX);
    // A window that begins before 1970 was asked about from 1970 on.
    question.window.map_or((0, 0), |w| (if w.start == 0 { i64::MIN } else { signed(w.start) }, signed(w.end)))
}

/// Whether an answer is to this question. The host echoes it; arguments it may have added do not matter.
pub(crate) fn same(a: &Question, b: &Question) -> bool {
    a.kind == b.kind && a.subject == b.subject && a.window == b.window
}

/// What an answer says; denied if it says that nobody knows.
pub(crate) fn read(answer: &Answer, settings: &Settings) -> Result<Series, Denial> {
    let subject = clip(&answer.question.subject);
    let unknown = |reason: String| deny(rules::SELECTOR_UNKNOWN, reason).detail("selector", subject.clone());
    let (number, bound) = match &answer.outcome {
        Ok(Known { value: Value::Number(number), bound }) => (*number, *bound),
        Ok(_) => return Err(unknown(format!("the number of series of `{subject}` is not known"))),
        Err(word) if word == "missing" => {
            return Err(unknown(format!("no metric is known by the name in `{subject}`")).remedy(
                "Check the spelling with prom_find_metrics; counters end in `_total`, histograms in `_bucket`, `_sum`, `_count`.",
            ));
        }
        Err(word) => {
            let word = if word.len() <= 32 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
                word
            } else {
                "error"
            };
            return Err(unknown(format!("the number of series of `{subject}` is not known ({word})"))
                .remedy("Narrow the selector with `=` matchers, for instance `namespace=\"...\"`, and ask again."));
        }
    };
    match bound {
        Bound::Exact | Bound::AtMost => Ok(Series { series: number, bound }),
        // Learned from an earlier run: a fifth more, since series come and go.
        Bound::About => Ok(Series { series: number.saturating_add(number.div_ceil(5)), bound }),
        Bound::AtLeast if number > settings.max_series => Ok(Series { series: number, bound }),
        Bound::AtLeast => Err(unknown(format!("`{subject}` has at least {number} series; how many more is not known"))),
    }
}
