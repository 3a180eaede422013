//! What the tests share: the shipped policy, commands as lines, verdicts by their rule.
#![allow(clippy::unwrap_used, dead_code)]

use exec_allowlist::{ExecAllowlist, Settings};
use std::sync::OnceLock;
use wardgate_guest::{
    Reviewer,
    types::{Answer, Bound, Context, Exec, Known, Question, Request, Target, Value, Verdict},
};

pub(crate) fn policy() -> &'static ExecAllowlist {
    static POLICY: OnceLock<ExecAllowlist> = OnceLock::new();
    POLICY.get_or_init(|| configured("{}").unwrap())
}

pub(crate) fn configured(settings: &str) -> Result<ExecAllowlist, String> {
    let settings: Settings = wardgate_guest::parse_settings(settings)?;
    ExecAllowlist::configure(settings).map(|(policy, _)| policy)
}

pub(crate) fn context() -> Context {
    let target =
        Target { namespace: "shop".into(), pod: "cart-1".into(), container: "cart".into(), ..Target::default() };
    Context { target, ..Context::default() }
}

pub(crate) fn exec(argv: &[&str]) -> Exec {
    Exec { argv: argv.iter().map(|word| (*word).to_owned()).collect(), wrapper: vec![], stdin: false, tty: false }
}

pub(crate) fn of(argv: Vec<String>) -> Exec {
    Exec { argv, ..exec(&[]) }
}

/// Reviews as the road does: questions are answered until there are none.
pub(crate) fn answered(
    policy: &ExecAllowlist,
    exec: Exec,
    answer: &dyn Fn(&Question) -> Result<Known, String>,
) -> Verdict {
    let request = Request::Exec(exec);
    let mut answers: Vec<Answer> = vec![];
    for _ in 0..4 {
        match policy.review(&context(), &request, &answers) {
            Verdict::Need(questions) => {
                assert!(questions.len() <= 12, "{questions:?}");
                answers.extend(questions.into_iter().map(|question| Answer { outcome: answer(&question), question }));
            }
            verdict => return verdict,
        }
    }
    unreachable!("it asks for ever")
}

/// As at the admission gate and offline.
pub(crate) fn unavailable(_: &Question) -> Result<Known, String> {
    Err("unavailable".into())
}

pub(crate) fn text(text: &str) -> Known {
    Known { value: Value::Text(text.into()), bound: Bound::Exact }
}

pub(crate) fn review(exec: Exec) -> Verdict {
    answered(policy(), exec, &unavailable)
}

/// What a verdict says, and by which rule.
pub(crate) fn rule(verdict: &Verdict) -> (&'static str, &str) {
    match verdict {
        Verdict::Allow(allowance) => ("allow", &allowance.rule),
        Verdict::Ask(approval) => ("ask", &approval.denial.rule),
        Verdict::Deny(denial) => ("deny", &denial.rule),
        other => unreachable!("{other:?}"),
    }
}

/// A line of a case file, split at blanks; `\n`, `\t`, `\0`, `\s` and `\u{..}` in it are decoded, `\e` is an empty word.
pub(crate) fn words(line: &str) -> Vec<String> {
    let decode = |word: &str| {
        let mut text =
            word.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0").replace("\\s", " ").replace("\\e", "");
        while let Some((head, tail)) = text.clone().split_once("\\u{") {
            let (code, tail) = tail.split_once('}').unwrap();
            text = format!("{head}{}{tail}", char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        }
        text
    };
    line.split(' ').filter(|word| !word.is_empty()).map(decode).collect()
}

pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}
