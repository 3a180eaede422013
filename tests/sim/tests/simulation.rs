//! Some thousand calls in every run of the tests; `SIM_SEED=N` plays one, `SIM_SECONDS=N` as many as fit.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
use std::time::{Duration, Instant};
use wardgate_sim::{Broken, Flaw, Tally, run};

/// Worlds of an ordinary run.
const WORLDS: u64 = 300;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[test]
fn the_invariants_hold_in_every_world() {
    let seconds = number("SIM_SECONDS").map(Duration::from_secs);
    let seeds = match (number("SIM_SEED"), seconds) {
        (Some(seed), _) => seed..seed + 1,
        // Other worlds than the usual ones.
        (None, Some(_)) => 1_000_000..u64::MAX,
        (None, None) => 0..WORLDS,
    };
    let (begun, mut all, mut worlds) = (Instant::now(), Tally::default(), 0);
    for seed in seeds {
        match run(seed, Flaw::None) {
            Ok(tally) => all += tally,
            Err(broken) => panic!("{broken:?}\nplay it again: SIM_SEED={seed} cargo test -p wardgate-sim"),
        }
        worlds += 1;
        if seconds.is_some_and(|seconds| begun.elapsed() > seconds) {
            break;
        }
    }
    println!("{worlds} worlds: {all:?}");
    if worlds >= WORLDS {
        // A simulation in which nothing happens would hold anything.
        assert!(all.complete > worlds / 4 && all.refused > worlds / 4 && all.crashes > worlds / 10, "{all:?}");
    }
}

#[test]
fn the_same_seed_plays_the_same_world() {
    for seed in 0..50 {
        assert_eq!(run(seed, Flaw::None), run(seed, Flaw::None));
    }
}

/// What the checks are worth: each planted flaw is found, and by the right name.
#[test]
fn a_planted_flaw_is_found() {
    for (flaw, fits) in [
        (Flaw::CommitsTooEarly, (|broken| matches!(broken, Broken::RanWithoutIntent { .. })) as fn(&Broken) -> bool),
        (Flaw::ForgetsAtBorders, |broken| matches!(broken, Broken::SecretShown { .. })),
        (Flaw::LosesOutcomes, |broken| matches!(broken, Broken::SettledUnrecorded { .. })),
    ] {
        let found = (0..500).filter_map(|seed| run(seed, flaw).err()).find(fits);
        assert!(found.is_some(), "{flaw:?} was not found");
    }
}
