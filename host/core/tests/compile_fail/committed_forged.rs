//! A proof of commitment cannot be made outside of the road.
use wardgate_core::{CallId, Committed, Limits, Logs, Subject};

fn forge(id: CallId) -> Committed<Logs> {
    Committed { id, subject: Subject::named("me"), parts: vec![], limits: Limits::default() }
}

fn main() {}
