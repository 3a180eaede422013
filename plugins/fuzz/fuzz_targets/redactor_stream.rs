//! The redactor's stream over any bytes in any pieces: it never panics, findings lie within the text and in what was settled, and
//! any cut of the text gives the findings of the whole.
#![no_main]
use libfuzzer_sys::fuzz_target;
use secret_redactor::{Detector, Found, Scanner, Settings, find_all, join};
use std::cell::OnceCell;

thread_local! {
    static DETECTOR: OnceCell<&'static Detector> = const { OnceCell::new() };
}

fn detector() -> &'static Detector {
    DETECTOR.with(|cell| {
        *cell.get_or_init(|| {
            let rules = Settings::default().compile().expect("the built-in settings compile");
            Box::leak(Box::new(Detector::new(rules).expect("the built-in rules compile")))
        })
    })
}

/// The findings when the text comes in pieces, whose lengths are `cuts` in turn.
fn in_pieces(text: &[u8], cuts: &[u8], scalars: bool) -> Vec<Found> {
    let mut scanner = Scanner::new(detector(), scalars);
    let (mut found, mut at, mut cuts) = (Vec::new(), 0, cuts.iter().cycle());
    while at < text.len() {
        let next = text.len().min(at + 1 + cuts.next().map_or(0, |cut| usize::from(*cut)));
        let (from, settled) = (found.len(), scanner.progress(vec![]).settled);
        scanner.push(at as u64, &text[at..next], &mut found);
        let progress = scanner.progress(vec![]);
        assert!(settled <= progress.settled && progress.settled <= next as u64, "what is settled stays so");
        assert!(
            found[from..].iter().all(|f| settled <= f.start && f.end <= progress.settled),
            "a finding outside of what was settled"
        );
        at = next;
    }
    scanner.finish(&mut found);
    assert!(found.iter().all(|f| f.start < f.end && f.end <= text.len() as u64), "a finding outside of the text");
    join(found)
}

fuzz_target!(|data: &[u8]| {
    // The first byte says how, the next eight where to cut; the rest is the text.
    let Some((how, rest)) = data.split_first() else { return };
    let Some((cuts, text)) = rest.split_at_checked(8) else { return };
    let scalars = how & 1 == 1;
    assert_eq!(in_pieces(text, cuts, scalars), find_all(detector(), text, scalars));
});
