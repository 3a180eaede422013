//! secret-redactor: finds credentials in logs, events, objects and command output, and points at them.
//!
//! The way of a byte: `normal` makes text plain, `stream` decides when a line can be judged, `detect` looks at every anchor of
//! `anchors`, the rules are in `keyed`, `misc`, `providers` and their neighbours, and what is no secret after all `allow` and `judge` know.
// Rule numbers and offsets are small; values are short, so that counting their bytes needs no vector code; and all rules have the
// shape of a method, whether they need the settings or not.
#![allow(clippy::cast_possible_truncation, clippy::naive_bytecount, clippy::unused_self)]
mod allow;
mod anchors;
mod base64;
mod below;
mod block;
mod calls;
mod checks;
mod code_words;
mod columns;
mod commands;
mod decode;
mod detect;
mod exact;
mod finder;
mod foreign;
mod guest;
mod headers;
mod issued;
mod judge;
mod keyed;
mod keys;
mod known;
mod lists;
mod misc;
mod model;
mod near;
mod normal;
mod notations;
mod numbers;
mod pairs;
mod partial;
mod prose;
mod providers;
mod public;
mod randomness;
mod runs;
mod saying;
mod section;
mod settings;
mod site;
mod source;
mod stream;
mod table;
mod template;
mod text;
mod tokens;
mod tongues;
mod triggers;
mod value;
mod warm;
mod within;
mod words;
mod wrap;
mod wrapped;

pub use detect::Detector;
pub use guest::SecretRedactor;
pub use settings::{Compiled, SCHEMA, Settings};
pub use stream::{Found, Progress, Scanner};

/// Everything found in one text, in order; for tests, tools and measurements.
pub fn find_all(detector: &Detector, text: &[u8], scalars: bool) -> Vec<Found> {
    let mut scanner = Scanner::new(detector, scalars);
    let mut found = Vec::new();
    scanner.push(0, text, &mut found);
    scanner.finish(&mut found);
    join(found)
}

/// Findings in order; those of one rule that touch or overlap are one.
pub fn join(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_unstable_by_key(|f| (f.rule, f.start, f.end));
    found.dedup_by(|next, kept| {
        let same = kept.rule == next.rule && next.start <= kept.end;
        if same {
            kept.end = kept.end.max(next.end);
        }
        same
    });
    found.sort_unstable();
    found
}

/// Every built-in rule: id, description, an example where it has a form of its own. Examples are made on the spot.
pub fn catalogue() -> Vec<(&'static str, &'static str, Option<String>, Option<String>)> {
    let mut seed = 11;
    let structural =
        table::STRUCTURAL.iter().map(|(id, description)| (*id, *description, None, None)).collect::<Vec<_>>();
    let providers = providers::PROVIDERS.iter().map(|p| {
        (p.id, p.description, Some(warm::expand(p.example, &mut seed)), Some(warm::expand(p.near_miss, &mut seed)))
    });
    structural.into_iter().chain(providers).collect()
}

/// Expands a template of tokens, `{w20}` for twenty letters and digits and so on; see `providers`.
pub fn expand(template: &str, seed: &mut u64) -> String {
    warm::expand(template, seed)
}
