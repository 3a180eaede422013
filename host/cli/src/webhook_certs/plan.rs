//! What to do next about the webhook's certificate: a pure function of what the Secret holds, what is wanted, and the time.
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A certificate, its key, and the authority that signed it, all in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) authority: String,
    pub(super) certificate: String,
    pub(super) key: String,
    /// The hosts that it names, sorted.
    pub(super) names: Vec<String>,
    /// Its end, in seconds since the epoch.
    pub(super) until: u64,
}

/// What the Secret holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// What is served.
    pub(super) current: Option<Pair>,
    /// What will be, once its authority is trusted.
    pub(super) next: Option<Pair>,
    /// The authority of what was served before, while some may still meet it.
    pub(super) previous: Option<String>,
    /// When the current pair took its place.
    served_at: u64,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) names: Vec<String>,
    pub(super) days: u16,
    pub(super) renew_days: u16,
    /// Seconds.
    pub(super) overlap: u64,
    /// Replace it whatever its age.
    pub(super) renew: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Make a pair and keep it.
    Issue,
    /// Trust both authorities, then serve the next pair.
    Serve,
    /// Stop to trust the authority before.
    Retire,
    /// Nothing but to see that what should be trusted is.
    Keep,
}

pub(super) fn plan(state: &State, policy: &Policy, now: u64) -> Step {
    if let Some(next) = &state.next {
        // One that was made for other hosts, or lay too long, is made anew.
        return if fits(next, policy, now) { Step::Serve } else { Step::Issue };
    }
    let Some(current) = &state.current else { return Step::Issue };
    // A third authority would push out the first before its time.
    let overlaps = state.previous.is_some() && now < state.served_at.saturating_add(policy.overlap);
    if !fits(current, policy, now) || (policy.renew && !overlaps) {
        return Step::Issue;
    }
    if state.previous.is_some() && !overlaps { Step::Retire } else { Step::Keep }
}

fn fits(pair: &Pair, policy: &Policy, now: u64) -> bool {
    pair.names == policy.names && now.saturating_add(u64::from(policy.renew_days) * 86_400) < pair.until
}

const NOTES: &str = "state.json";

/// What is no PEM.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notes {
    current: Option<Note>,
    next: Option<Note>,
    served_at: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    names: Vec<String>,
    until: u64,
}

/// Keys of a pair in the Secret.
type Keys = [&'static str; 3];
const CURRENT: Keys = ["ca.crt", "tls.crt", "tls.key"];
const NEXT: Keys = ["next-ca.crt", "next.crt", "next.key"];
const PREVIOUS: &str = "previous-ca.crt";

impl State {
    /// From the Secret's data. A pair that lacks a part is none: it is made anew.
    pub(super) fn read(data: &BTreeMap<String, String>) -> Result<Self> {
        let Some(notes) = data.get(NOTES) else { return Ok(Self::default()) };
        let notes: Notes = serde_json::from_str(notes).with_context(|| format!("its {NOTES}"))?;
        let part = |key: &str| data.get(key).filter(|text| !text.is_empty()).cloned();
        let pair = |[authority, certificate, key]: Keys, note: Option<Note>| {
            let note = note?;
            Some(Pair {
                authority: part(authority)?,
                certificate: part(certificate)?,
                key: part(key)?,
                names: note.names,
                until: note.until,
            })
        };
        Ok(Self {
            current: pair(CURRENT, notes.current),
            next: pair(NEXT, notes.next),
            previous: part(PREVIOUS),
            served_at: notes.served_at,
        })
    }

    /// Into the Secret's data; keys of others stay.
    pub(super) fn write(&self, data: &mut BTreeMap<String, String>) -> Result<()> {
        for (keys, pair) in [(CURRENT, &self.current), (NEXT, &self.next)] {
            let texts = pair.as_ref().map(|pair| [&pair.authority, &pair.certificate, &pair.key]);
            for (at, key) in keys.into_iter().enumerate() {
                match texts.and_then(|texts| texts.get(at).copied()) {
                    Some(text) => _ = data.insert(key.into(), text.clone()),
                    None => _ = data.remove(key),
                }
            }
        }
        match &self.previous {
            Some(text) => _ = data.insert(PREVIOUS.into(), text.clone()),
            None => _ = data.remove(PREVIOUS),
        }
        let note =
            |pair: &Option<Pair>| pair.as_ref().map(|pair| Note { names: pair.names.clone(), until: pair.until });
        let notes = Notes { current: note(&self.current), next: note(&self.next), served_at: self.served_at };
        data.insert(NOTES.into(), serde_json::to_string(&notes)?);
        Ok(())
    }

    /// Every authority that someone may still have to trust.
    pub(super) fn trusted(&self) -> String {
        let pairs = [&self.current, &self.next].into_iter().flatten().map(|pair| &pair.authority);
        pairs.chain(&self.previous).map(String::as_str).collect()
    }

    /// The next pair takes its place.
    pub(super) fn serve(&mut self, now: u64) {
        if let Some(next) = self.next.take() {
            self.previous = self.current.replace(next).map(|pair| pair.authority);
            self.served_at = now;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const DAY: u64 = 86_400;

    fn pair(name: &str, until: u64) -> Pair {
        let text = |part: &str| format!("{part} of {name}\n");
        Pair {
            authority: text("authority"),
            certificate: text("certificate"),
            key: text("key"),
            names: vec!["gate.ops.svc".into()],
            until,
        }
    }

    fn policy() -> Policy {
        Policy { names: vec!["gate.ops.svc".into()], days: 90, renew_days: 30, overlap: 3600, renew: false }
    }

    #[test]
    fn a_whole_life_in_its_steps_with_a_crash_between_any_two() {
        let (mut state, mut data, mut now) = (State::default(), BTreeMap::new(), 1_000 * DAY);
        let mut seen = vec![];
        let mut made = 0;
        for _ in 0..40 {
            // Whatever a run knew is gone; the Secret alone is left.
            state.write(&mut data).unwrap();
            state = State::read(&data).unwrap();
            let step = plan(&state, &policy(), now);
            match step {
                Step::Issue => {
                    made += 1;
                    state.next = Some(pair(&made.to_string(), now + 90 * DAY));
                }
                Step::Serve => {
                    let trusted = state.trusted();
                    assert!(trusted.contains(&state.next.as_ref().unwrap().authority), "served before it is trusted");
                    state.serve(now);
                    // What was served a moment ago is still trusted.
                    assert_eq!(trusted.matches("authority").count(), state.trusted().matches("authority").count());
                }
                Step::Retire => state.previous = None,
                Step::Keep => now += 1_800 + if state.previous.is_none() { 30 * DAY } else { 0 },
            }
            if seen.last() != Some(&step) {
                seen.push(step);
            }
        }
        use Step::{Issue, Keep, Retire, Serve};
        assert_eq!(seen[..9], [Issue, Serve, Keep, Issue, Serve, Keep, Retire, Keep, Issue]);
    }

    #[test]
    fn what_asks_for_another_certificate() {
        let now = 1_000 * DAY;
        let fresh = State { current: Some(pair("a", now + 90 * DAY)), ..State::default() };
        let overlapping = State { previous: Some("old".into()), served_at: now, ..fresh.clone() };
        for (state, policy, expected) in [
            (State::default(), policy(), Step::Issue),
            (fresh.clone(), policy(), Step::Keep),
            (fresh.clone(), Policy { renew: true, ..policy() }, Step::Issue),
            (fresh.clone(), Policy { names: vec!["other.svc".into()], ..policy() }, Step::Issue),
            (State { current: Some(pair("a", now + 29 * DAY)), ..State::default() }, policy(), Step::Issue),
            (State { next: Some(pair("b", now + 90 * DAY)), ..fresh.clone() }, policy(), Step::Serve),
            (State { next: Some(pair("b", now + DAY)), ..fresh }, policy(), Step::Issue),
            (overlapping.clone(), policy(), Step::Keep),
            (overlapping.clone(), Policy { renew: true, ..policy() }, Step::Keep),
            (State { served_at: now - 3600, ..overlapping }, policy(), Step::Retire),
        ] {
            assert_eq!(plan(&state, &policy, now), expected, "{state:?}");
        }
    }

    #[test]
    fn a_secret_that_lacks_a_part_is_no_pair_and_a_strange_one_is_an_error() {
        let mut data = BTreeMap::new();
        let whole = State { current: Some(pair("a", 5)), ..State::default() };
        whole.write(&mut data).unwrap();
        data.insert("kept".into(), "by others".into());
        assert_eq!(State::read(&data).unwrap(), whole);
        data.insert("tls.key".into(), String::new());
        assert_eq!(State::read(&data).unwrap().current, None);
        whole.write(&mut data).unwrap();
        assert_eq!(data.get("kept").map(String::as_str), Some("by others"));
        data.insert(NOTES.into(), "{}".into());
        assert!(State::read(&data).is_err());
    }
}
