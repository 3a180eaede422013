//! What the fuzz targets search, over random bytes: minutes there, seconds here.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_lossless, unreachable_pub)]
#[path = "../../fuzz/src/promql.rs"]
mod promql;

use promql::{Asked, Draw, Host, guard, reads_the_same_again};
use proptest::prelude::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5000) })]

    #[test]
    fn any_query_of_any_cost_is_judged_and_more_series_never_help(bytes in bytes()) {
        let mut draw = Draw::new(&bytes);
        let asked = Asked::drawn(&mut draw);
        let (few, more) = Host::pair(&mut draw);
        let allowed = guard().judge(&asked, &few);
        prop_assert_eq!(allowed, guard().judge(&asked, &few));
        prop_assert!(allowed || !guard().judge(&asked, &more), "{:?}", asked);
    }

    #[test]
    fn what_parses_is_written_as_what_reads_the_same(bytes in bytes()) {
        let asked = Asked::drawn(&mut Draw::new(&bytes));
        reads_the_same_again(asked.text());
        let text = String::from_utf8_lossy(&bytes);
        reads_the_same_again(&text);
        guard().judge(&Asked::instant(&text), &Host::of(10));
    }
}

/// Random bytes must make queries that are judged by what they cost, or nothing is tried above.
#[test]
fn the_bytes_make_queries_of_every_fate() {
    let (mut allowed, mut parsed) = (0, 0);
    let mut seed = 1u64;
    for _ in 0..2000 {
        let bytes: Vec<u8> = (0..120)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                seed.to_le_bytes()[3]
            })
            .collect();
        let asked = Asked::drawn(&mut Draw::new(&bytes));
        parsed += usize::from(asked.parses());
        allowed += usize::from(guard().judge(&asked, &Host::of(10)));
    }
    assert!((100..1900).contains(&parsed), "{parsed} of 2000 parse");
    assert!(allowed > 50, "{allowed} of 2000 are allowed");
}
