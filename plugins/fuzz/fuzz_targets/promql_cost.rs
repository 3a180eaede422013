//! Queries that parse, made from the bytes, at any times and with any answers: the guard never panics, ends within its rounds, says
//! the same again, and never allows with more series what it refuses with fewer.
#![no_main]
use libfuzzer_sys::fuzz_target;
use wardgate_fuzz::promql::{Asked, Draw, Host, guard};

fuzz_target!(|data: &[u8]| {
    let mut draw = Draw::new(data);
    let asked = Asked::drawn(&mut draw);
    let (few, more) = Host::pair(&mut draw);
    let allowed = guard().judge(&asked, &few);
    assert_eq!(allowed, guard().judge(&asked, &few), "the same question, another answer");
    let with_more = guard().judge(&asked, &more);
    assert!(allowed || !with_more, "allowed with more series than it was refused with: {asked:?}");
});
