//! Keys that were asked for lately, and what they mean. A log says the same few keys again and again, and each of them is looked at
//! by several rules.
use crate::keys::Meaning;
use std::cell::RefCell;

/// Longer keys are not remembered.
const LONGEST: usize = 32;
/// How many are. Each has one place, by its hash; a power of two.
const PLACES: usize = 256;

#[derive(Clone, Copy)]
struct Place {
    key: [u8; LONGEST],
    /// 0: nothing is remembered here.
    length: u8,
    said: Option<Meaning>,
}

/// The memory. It changes no answer, only how long it takes.
pub(crate) struct Known(RefCell<Vec<Place>>);

impl Known {
    pub(crate) fn new() -> Known {
        Known(RefCell::new(vec![Place { key: [0; LONGEST], length: 0, said: None }; PLACES]))
    }

    /// What `key` means: as it is remembered, or as `judge` says.
    pub(crate) fn meaning(&self, key: &[u8], judge: impl FnOnce() -> Option<Meaning>) -> Option<Meaning> {
        if key.is_empty() || key.len() > LONGEST {
            return judge();
        }
        let place = place(key);
        let mut places = self.0.borrow_mut();
        let known = &mut places[place];
        if usize::from(known.length) != key.len() || known.key[..key.len()] != *key {
            let said = judge();
            known.key[..key.len()].copy_from_slice(key);
            known.length = key.len() as u8;
            known.said = said;
        }
        known.said
    }
}

/// The place of a key: a hash of its length, its first eight bytes and its last eight.
fn place(key: &[u8]) -> usize {
    let (first, last) = match (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (key.iter().fold(0, |sum, b| sum << 8 | u64::from(*b)), 0),
    };
    let mixed = (first ^ last.rotate_left(23) ^ key.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - PLACES.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::meaning;

    #[test]
    fn what_is_remembered_is_what_was_said() {
        let known = Known::new();
        let keys = (0..3000).map(|i| match i % 4 {
            0 => format!("password{}", i % 40),
            1 => format!("{}_token", i % 700),
            2 => "k".repeat(i % 60),
            _ => format!("user{i}"),
        });
        for key in keys {
            assert_eq!(
                known.meaning(key.as_bytes(), || meaning(key.as_bytes(), &[])),
                meaning(key.as_bytes(), &[]),
                "{key}"
            );
        }
    }
}
