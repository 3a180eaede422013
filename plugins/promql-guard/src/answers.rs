//! Questions about series, and what their answers are worth.
use crate::{rules, selector::clip, verdict::deny};
use wardgate_guest::{
    label, question,
    types::{Answer, Bound, Denial, Known, Question, Value, Window},
};

/// How many series a selector touches.
pub(crate) const SERIES: &str = "series";
/// Which metrics have a name near to one.
pub(crate) const NAMES: &str = "metric-names";

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

/// The question about one selector in one window, counted no further than is needed to refuse: to `enough` series.
pub(crate) fn ask(subject: &str, window: (i64, i64), enough: u64) -> Question {
    let unsigned = |ms: i64| u64::try_from(ms).unwrap_or(0);
    Question {
        window: Some(Window { start: unsigned(window.0), end: unsigned(window.1) }),
        stop_at: Some(enough),
        ..question(SERIES, subject)
    }
}

/// The same question, for a query that is only proposed: nothing may be looked up for it that is not known already.
pub(crate) fn from_cache(asked: Question) -> Question {
    Question { arguments: vec![label("from", "cache")], ..asked }
}

/// Whether a question was about a query that is only proposed.
pub(crate) fn is_from_cache(asked: &Question) -> bool {
    asked.arguments.iter().any(|a| a.key == "from" && a.value == "cache")
}

/// The question for names near to one.
pub(crate) fn ask_names(metric: &str) -> Question {
    question(NAMES, metric)
}

/// The names near to a metric's, nearest first; none if that was not asked, or not answered.
pub(crate) fn names<'a>(metric: &str, answers: &'a [Answer]) -> Option<&'a [String]> {
    let answer = answers.iter().find(|a| a.question.kind == NAMES && a.question.subject == metric)?;
    Some(match &answer.outcome {
        Ok(Known { value: Value::Texts(names), .. }) => names,
        _ => &[],
    })
}

/// The answer to a question: its own, or one about a window that holds this one, which can only count more.
pub(crate) fn find<'a>(asked: &Question, answers: &'a [Answer]) -> Option<&'a Answer> {
    let own = answers.iter().find(|a| same(&a.question, asked) && a.outcome.is_ok());
    let wider = || {
        answers.iter().find(|a| {
            let counts = matches!(&a.outcome, Ok(known) if known.bound != Bound::AtLeast);
            let (inner, outer) = (of(asked), of(&a.question));
            counts
                && a.question.kind == asked.kind
                && a.question.subject == asked.subject
                && outer.0 <= inner.0
                && inner.1 <= outer.1
        })
    };
    own.or_else(wider).or_else(|| answers.iter().find(|a| same(&a.question, asked)))
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

/// Whether an answer says that there is no such metric.
pub(crate) fn is_missing(answer: &Answer) -> bool {
    matches!(&answer.outcome, Err(word) if word == "missing")
}

/// What an answer says; denied if it says that nobody knows.
pub(crate) fn read(answer: &Answer) -> Result<Series, Denial> {
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
    Ok(match bound {
        Bound::Exact | Bound::AtMost | Bound::AtLeast => Series { series: number, bound },
        // Learned from an earlier run: a fifth more, since series come and go.
        Bound::About => Series { series: number.saturating_add(number.div_ceil(5)), bound },
    })
}
