//! Queries made of bytes, hosts that answer anything, and what must hold of every review.
//!
//! The guard's own tests include this file, so that what libFuzzer searches is run in CI as well. Bytes that run out read as zero, so
//! every input is one.
use promql_guard::{PromqlGuard, Settings};
use std::cell::OnceCell;
use wardgate_guest::{
    Reviewer,
    types::{Answer, Bound, Context, Known, Query, Question, Request, Value, Verdict},
};
use wardgate_promql::{Limits, parse, render};

/// The host's clock: 2026-01-15.
const NOW: u64 = 1_768_435_200_000;
/// As the shipped settings have them.
const LIMITS: Limits = Limits { bytes: 4096, nesting: 32, operators: 200, patterns: 20_000 };
/// A host ends a review after so many rounds.
const ROUNDS: usize = 4;

/// Bytes, read as choices.
#[derive(Debug)]
pub struct Draw<'a>(&'a [u8]);

impl<'a> Draw<'a> {
    /// From the first byte on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Draw(bytes)
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> u64 {
        u64::from(self.byte()) << 8 | u64::from(self.byte())
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.byte()) % list.len()]
    }
}

/// A query with its times.
#[derive(Debug, Clone)]
pub struct Asked(Query);

impl Asked {
    /// A text, now.
    pub fn instant(text: &str) -> Self {
        Asked(Query { text: text.to_owned(), start: NOW, end: NOW, step: 0 })
    }

    /// An expression at some time; nonsense times too.
    pub fn drawn(draw: &mut Draw<'_>) -> Self {
        let text = expression(draw, 5);
        let length = draw.of(&[0, 0, 0, 60, 1800, 1801, 86_400, u64::from(u32::MAX)]) * 1000;
        let end = draw.of(&[NOW, NOW, NOW, 0, NOW + 1, NOW + 86_400_000, u64::MAX, NOW - 2_592_000_000]);
        let step = draw.of(&[0, 1, 10_000, 15_000, 30_000, 60_000, u64::MAX]);
        Asked(Query { text, start: end.saturating_sub(length), end, step })
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether its text is a query at all.
    pub fn parses(&self) -> bool {
        parse(&self.0.text, LIMITS).is_ok()
    }
}

const METRICS: &[&str] =
    &["up", "m", "http_requests_total", "x_bucket", "job:m:rate5m", "{\"m\"}", "{__name__=\"m\",a=~\"b.*\"}"];
const MATCHERS: &[&str] = &[
    "",
    "{}",
    "{a=\"b\"}",
    "{a=~\"b|c\"}",
    "{a!=\"\"}",
    "{a!~\"b.+\",le=\"0.5\"}",
    "{namespace=~\".+\"}",
    "{\"é\"=\"\\\"\"}",
];
const WINDOWS: &[&str] = &["1m", "5m", "1h", "1d", "30d", "1y", "90", "0x5a", "1e3", "1h5m", "1ms", "99999999999h"];
const STEPS: &[&str] = &["", "10s", "1m", "1h", "5s", "1ms", "1e2"];
const OFFSETS: &[&str] = &[
    "",
    "",
    "",
    " offset 5m",
    " offset -5m",
    " offset 1y",
    " @ end()",
    " @ start()",
    " @ 0",
    " @ 1768435200 offset 1h",
    " @ -1e9",
];
const OVER_TIME: &[&str] =
    &["rate", "increase", "avg_over_time", "count_over_time", "absent_over_time", "changes", "deriv", "last_over_time"];
const PLAIN: &[&str] = &[
    "abs",
    "-",
    "sort_desc",
    "absent",
    "timestamp",
    "histogram_quantile(0.9, ",
    "ceil",
    "label_replace",
    "scalar",
    "day_of_week",
];
const GROUPINGS: &[&str] = &["", " by (a)", " without (a, b)", " by ()"];
const AGGREGATES: &[&str] =
    &["sum", "max", "count", "topk(5, ", "bottomk(1e9, ", "count_values(\"v\", ", "quantile(0.5, ", "group", "stddev"];
const OPERATORS: &[&str] = &[
    "+",
    "/",
    "or",
    "and",
    "unless",
    "> bool",
    "==",
    "* on (a) group_left ()",
    "/ ignoring (a) group_right (b)",
    "^",
    "atan2",
];

fn selector(draw: &mut Draw<'_>) -> String {
    let metric = draw.of(METRICS);
    if metric.starts_with('{') { metric.to_owned() } else { format!("{metric}{}", draw.of(MATCHERS)) }
}

/// An instant vector, most of the time.
fn expression(draw: &mut Draw<'_>, depth: u8) -> String {
    let choice = draw.byte();
    if depth == 0 || choice < 40 {
        return match choice % 5 {
            0 => "vector(1)".to_owned(),
            1 => "1.5".to_owned(),
            _ => format!("{}{}", selector(draw), draw.of(OFFSETS)),
        };
    }
    match choice % 6 {
        0 => format!("{}({}[{}]{})", draw.of(OVER_TIME), selector(draw), draw.of(WINDOWS), draw.of(OFFSETS)),
        1 => {
            let (function, window, step, offset) =
                (draw.of(OVER_TIME), draw.of(WINDOWS), draw.of(STEPS), draw.of(OFFSETS));
            format!("{function}(({})[{window}:{step}]{offset})", expression(draw, depth - 1))
        }
        2 => {
            let (function, inner) = (draw.of(PLAIN), expression(draw, depth - 1));
            match function {
                "label_replace" => format!("label_replace({inner}, \"a\", \"$1\", \"b\", \"(.*)\")"),
                _ if function.ends_with(", ") => format!("{function}{inner})"),
                _ => format!("{function}({inner})"),
            }
        }
        3 => {
            let (aggregate, grouping, inner) = (draw.of(AGGREGATES), draw.of(GROUPINGS), expression(draw, depth - 1));
            match aggregate.split_once('(') {
                Some((name, parameter)) => format!("{name}{grouping} ({parameter}{inner})"),
                None => format!("{aggregate}{grouping} ({inner})"),
            }
        }
        _ => {
            let (left, operator) = (expression(draw, depth - 1), draw.of(OPERATORS));
            format!("({left}) {operator} ({})", expression(draw, depth - 1))
        }
    }
}

/// What parses is written back as a text that parses, and that is written back the same.
///
/// # Panics
/// If that does not hold.
pub fn reads_the_same_again(text: &str) {
    let Ok(expr) = parse(text, LIMITS) else { return };
    let once = render(&expr);
    // Written out, a text may grow: what was `$` is `\\$`.
    let again = parse(&once, Limits { bytes: once.len().max(4096), nesting: 64, operators: 400, ..LIMITS });
    let again = again.unwrap_or_else(|trouble| panic!("{text:?} is written as {once:?}: {trouble}"));
    assert_eq!(once, render(&again), "{text:?} reads another way when it is written out");
}

/// A host that says the same of every selector.
#[derive(Debug, Clone)]
pub struct Host(Result<Known, String>);

impl Host {
    /// Exactly so many series.
    pub fn of(series: u64) -> Self {
        Host(Ok(Known { value: Value::Number(series), bound: Bound::Exact }))
    }

    /// Two that say the same but for the number, the first no more than the second.
    pub fn pair(draw: &mut Draw<'_>) -> (Self, Self) {
        let bound = draw.of(&[Bound::Exact, Bound::AtMost, Bound::AtLeast, Bound::About]);
        let mut number = || draw.number() * draw.of(&[1, 1, 1, 10, u64::MAX >> 16]);
        let (one, two) = (number(), number());
        let host = |series| Host(Ok(Known { value: Value::Number(series), bound }));
        match draw.byte() {
            0 => (Host(Err("missing".to_owned())), Host(Err("missing".to_owned()))),
            1 => (Host(Err("Not\na word".to_owned())), Host(Err("Not\na word".to_owned()))),
            _ => (host(one.min(two)), host(one.max(two))),
        }
    }

    fn answer(&self, question: &Question) -> Result<Known, String> {
        if question.kind == "metric-names" {
            let names = vec!["up".to_owned(), "job:m:rate5m".to_owned(), "é \u{1}".to_owned()];
            return Ok(Known { value: Value::Texts(names), bound: Bound::About });
        }
        self.0.clone()
    }
}

/// The guard with the shipped settings.
#[derive(Debug)]
pub struct Guard(PromqlGuard);

thread_local! {
    static GUARD: OnceCell<&'static Guard> = const { OnceCell::new() };
}

/// This thread's guard.
///
/// # Panics
/// If the shipped settings do not hold.
pub fn guard() -> &'static Guard {
    GUARD.with(|cell| {
        *cell.get_or_init(|| {
            let (guard, _) = PromqlGuard::configure(Settings::default()).expect("the built-in settings hold");
            Box::leak(Box::new(Guard(guard)))
        })
    })
}

impl Guard {
    /// Reviews as a host does, and holds every verdict to what a host and an agent may expect. Whether it was allowed.
    ///
    /// # Panics
    /// If a verdict is not as it must be.
    pub fn judge(&self, asked: &Asked, host: &Host) -> bool {
        let context = Context { now: NOW, ..Context::default() };
        let request = Request::Query(asked.0.clone());
        let mut answers: Vec<Answer> = Vec::new();
        for _ in 0..ROUNDS {
            match self.0.review(&context, &request, &answers) {
                Verdict::Need(questions) => {
                    assert!(!questions.is_empty() && questions.len() <= 32, "{} questions", questions.len());
                    for question in questions {
                        assert!(!answers.iter().any(|a| a.question == question), "asked twice: {question:?}");
                        assert!(
                            question.window.is_none_or(|w| w.start <= w.end),
                            "a window that ends before it starts"
                        );
                        answers.push(Answer { outcome: host.answer(&question), question });
                    }
                }
                Verdict::Allow(allowance) => {
                    assert!(allowance.limits.timeout_ms.is_some() && allowance.limits.max_series.is_some());
                    return true;
                }
                Verdict::Deny(denial) => {
                    assert!(!denial.reason.is_empty() && denial.remedy.is_some(), "a denial without words: {denial:?}");
                    if let Some(Request::Query(better)) = &denial.instead {
                        assert!(parse(&better.text, LIMITS).is_ok(), "what is proposed does not parse: {better:?}");
                        assert!(better.start <= better.end, "what is proposed ends before it starts: {better:?}");
                    }
                    return false;
                }
                _ => panic!("neither allowed nor denied"),
            }
        }
        panic!("more than {ROUNDS} rounds: {asked:?}");
    }
}
