//! How tests of rules are written: a text with `«…»` around what must be masked.
#![allow(clippy::unwrap_used, clippy::panic, dead_code)]
use secret_redactor::{Detector, Settings, expand, find_all};

/// The rules as they are by default.
pub(crate) fn detector() -> Detector {
    Detector::new(Settings::default().compile().unwrap()).unwrap()
}

/// The text with every finding between `«` and `»`, overlaps joined.
pub(crate) fn marked(detector: &Detector, text: &str, scalars: bool) -> String {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for f in find_all(detector, text.as_bytes(), scalars) {
        let (start, end) = (usize::try_from(f.start).unwrap(), usize::try_from(f.end).unwrap());
        match spans.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => spans.push((start, end)),
        }
    }
    let mut out = Vec::new();
    let mut at = 0;
    for (start, end) in spans {
        out.extend_from_slice(&text.as_bytes()[at..start]);
        out.extend_from_slice("«".as_bytes());
        out.extend_from_slice(&text.as_bytes()[start..end]);
        out.extend_from_slice("»".as_bytes());
        at = end;
    }
    out.extend_from_slice(&text.as_bytes()[at..]);
    String::from_utf8_lossy(&out).into_owned()
}

/// Each text is masked where it says so, and nowhere else.
pub(crate) fn check(cases: &[&str], scalars: bool) {
    let detector = detector();
    let mut wrong = Vec::new();
    let mut seed = 7;
    for case in cases {
        let case = expand(case, &mut seed);
        let text = case.replace(['«', '»'], "");
        let got = marked(&detector, &text, scalars);
        if got != case {
            wrong.push(format!("want {case}\n got {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
