//! The policy host under attack: signatures, loading, reviews, streams, the cache. One binary, since each would link the whole
//! engine.
#![allow(
    unreachable_pub,
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::format_collect,
    clippy::naive_bytecount,
    clippy::print_stdout
)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attacks_on_the_cache;
mod attacks_on_trust;
mod kit;
mod loading;
mod redactors;
mod reviewers;
mod shipped;
