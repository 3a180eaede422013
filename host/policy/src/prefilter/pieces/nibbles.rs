//! Short pieces by their nibbles: sorted into buckets, one bit each, that a vector shuffle tests for a whole block at once. Good for
//! some dozens of pieces; hundreds let nearly every byte through.
use super::{Piece, model::Model};

/// The longest of them.
const SHORT: usize = 3;

/// Buckets that one shuffle tests.
const BUCKETS: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Nibbles {
    pub(super) low: u16,
    pub(super) high: u16,
}

type Places = [Nibbles; SHORT];

/// Nibbles that a bucket lets through: `[place][low or high][nibble]`, a bit a bucket.
pub(in super::super) type Tables = [[[u8; 16]; 2]; SHORT];

/// Puts every piece where it adds least to what its bucket lets through.
fn buckets(pieces: &[&Piece], model: &Model) -> Vec<Places> {
    let mut wanted: Vec<(f32, Places)> = pieces.iter().map(|piece| (piece.cost, places(piece))).collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let cost = |places: &Places| places.iter().map(|place| model.place(*place)).product::<f32>();
    let mut buckets: Vec<(f32, Places)> = Vec::new();
    for (_, places) in wanted {
        let grown = |(index, (before, bucket)): (usize, &(f32, Places))| {
            let mut grown = *bucket;
            for (place, more) in grown.iter_mut().zip(places) {
                *place = Nibbles { low: place.low | more.low, high: place.high | more.high };
            }
            let after = cost(&grown);
            (after - before, index, after, grown)
        };
        let best = buckets.iter().enumerate().map(grown).min_by(|a, b| a.0.total_cmp(&b.0));
        let alone = cost(&places);
        match best {
            Some((added, index, after, grown)) if added < alone || buckets.len() == BUCKETS => {
                buckets[index] = (after, grown);
            }
            _ => buckets.push((alone, places)),
        }
    }
    buckets.into_iter().map(|(_, places)| places).collect()
}

fn places(piece: &Piece) -> Places {
    let all = Nibbles { low: u16::MAX, high: u16::MAX };
    let mut places = [all; SHORT];
    for (place, class) in places.iter_mut().zip(&piece.classes) {
        let set = |nibble: fn(u8) -> u8| class.iter().fold(0, |set, byte| set | 1 << nibble(*byte));
        *place = Nibbles { low: set(|byte| byte & 15), high: set(|byte| byte >> 4) };
    }
    places
}

/// The tables for these pieces; none for none.
pub(super) fn tables(pieces: &[&Piece], model: &Model) -> Option<Tables> {
    let buckets = buckets(pieces, model);
    (!buckets.is_empty()).then(|| written(&buckets))
}

fn written(buckets: &[Places]) -> Tables {
    let mut tables = [[[0; 16]; 2]; SHORT];
    for (bucket, places) in buckets.iter().enumerate() {
        for (table, place) in tables.iter_mut().zip(places) {
            for (half, set) in table.iter_mut().zip([place.low, place.high]) {
                for (nibble, buckets) in half.iter_mut().enumerate() {
                    *buckets |= u8::from(set >> nibble & 1 == 1) << bucket;
                }
            }
        }
    }
    tables
}
