//! Any bytes as a query: the parser and the guard never panic, what parses is written back as a text that reads the same, and a
//! refusal says what to do.
#![no_main]
use libfuzzer_sys::fuzz_target;
use wardgate_fuzz::promql::{Asked, Host, guard};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    wardgate_fuzz::promql::reads_the_same_again(text);
    let asked = Asked::instant(text);
    guard().judge(&asked, &Host::of(1000));
});
