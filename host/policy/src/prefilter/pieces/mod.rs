//! Prepares the vector finder: of every literal one piece of at most four bytes, the rarest in ordinary logs; what tells quickly
//! whether a piece may stand somewhere; and the table that leads from a piece back to its literals.
//!
//! Pieces of four bytes are looked up in a set of bits by their hash, at every place of a text. Shorter ones, of which there are few, are
//! looked for where a word begins, or by their nibbles. All of this lets too much through and never too little: every literal is
//! tested exactly at the end.
mod model;
mod nibbles;

use self::model::Model;
pub(super) use self::nibbles::Tables;
use super::patterns::{Literal, Patterns};
use std::collections::HashSet;

/// Bytes of a piece.
pub(super) const PIECE: usize = 4;
/// The bytes that one place of a piece may hold: one, or a letter in both cases.
type Class = Vec<u8>;

fn class(byte: u8, any_case: bool) -> Class {
    if any_case && byte.is_ascii_alphabetic() {
        vec![byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]
    } else {
        vec![byte]
    }
}

/// A literal, to be tested where its piece stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Its first eight bytes, or all of them: `(bytes | fold) & mask == key`.
    key: u64,
    fold: u64,
    mask: u64,
    /// The piece, folded.
    piece: u32,
    /// Bytes of the piece.
    length: u8,
    /// Of the piece in the literal.
    pub(super) offset: u32,
    /// Index into [`Patterns::literals`].
    pub(super) literal: u32,
    /// All of it is in `key`.
    pub(super) short: bool,
}

impl Entry {
    pub(super) fn starts(&self, bytes: u64) -> bool {
        (bytes | self.fold) & self.mask == self.key
    }
}

/// Everything that the search for literals needs.
pub(super) struct Pieces {
    /// Which pieces of four bytes there are; none for none.
    pub(super) four: Option<Bits<FOUR>>,
    /// The same once more, by another hash.
    again: Bits<FOUR>,
    /// Nibbles of shorter ones that begin with a letter or a digit, and only where none stands before it; none for none.
    pub(super) words: Option<Tables>,
    /// Of the other shorter ones.
    pub(super) anywhere: Option<Tables>,
    /// Which of three bytes there are; of two, with whatever comes third.
    three: Bits<THREE>,
    starts: Vec<u32>,
    entries: Vec<Entry>,
    /// No piece lies further behind its literal's first byte.
    pub(super) furthest: usize,
}

/// Words of 32 bits. Both sets and a region of text fit into the nearest cache, and one place in fifty gets past a set by chance
/// where the largest redactors fill it.
pub(super) const FOUR: usize = 1 << 12;
const THREE: usize = 1 << 9;
/// What makes another hash of the same piece.
const TURN: u32 = 15;
/// Lists of entries.
const HASHES: usize = 1 << 12;

/// What a folded piece is multiplied by: the uppermost bits are its hash.
pub(super) const MULTIPLIER: u32 = 0x9E37_79B1;

fn hash<const SIZE: usize>(piece: u32) -> usize {
    (piece.wrapping_mul(MULTIPLIER) >> (u32::BITS - SIZE.trailing_zeros())) as usize
}

/// A set of pieces that may hold too much: bit by bit in words, by their hash. `WORDS` is a power of two.
pub(super) struct Bits<const WORDS: usize>(pub(super) Box<[u32; WORDS]>);

impl<const WORDS: usize> Bits<WORDS> {
    fn empty() -> Self {
        Self(Box::new([0; WORDS]))
    }

    /// Which bit of its word: the hash's next five bits. The uppermost bit is number 0.
    #[inline]
    fn bit(piece: u32) -> u32 {
        piece.wrapping_mul(MULTIPLIER) >> (u32::BITS - 5 - WORDS.trailing_zeros()) & 31
    }

    fn put(&mut self, piece: u32) {
        self.0[hash::<WORDS>(piece)] |= 1 << 31 >> Self::bit(piece);
    }

    #[inline]
    fn has(&self, piece: u32) -> bool {
        self.0[hash::<WORDS>(piece)] << Self::bit(piece) >> 31 == 1
    }
}

/// A piece without case.
fn fold(bytes: u32, length: usize) -> u32 {
    (bytes | 0x2020_2020) & (u32::MAX >> (8 * (PIECE - length)))
}

impl Pieces {
    pub(super) fn new(patterns: &Patterns) -> Self {
        let model = Model::of_logs(patterns.literals.iter().map(|literal| &*literal.text));
        let chosen = choose(patterns, &model);
        let (mut four, mut again, mut three) = (Bits::empty(), Bits::empty(), Bits::empty());
        let (mut fours, mut words, mut anywhere) = (false, Vec::new(), Vec::new());
        for piece in &chosen {
            let folded = folded(patterns, piece);
            match piece.classes.len() {
                PIECE => {
                    four.put(folded);
                    again.put(folded.rotate_left(TURN));
                }
                3 => three.put(folded),
                _ => (0..=u32::from(u8::MAX)).for_each(|third| three.put(fold(folded | third << 16, 3))),
            }
            let literal = &patterns.literals[piece.literal];
            match piece.classes.len() {
                PIECE => fours = true,
                _ if literal.word_start && literal.text[0].is_ascii_alphanumeric() => words.push(piece),
                _ => anywhere.push(piece),
            }
        }
        let (words, anywhere) = (nibbles::tables(&words, &model), nibbles::tables(&anywhere, &model));
        let mut sorted: Vec<(usize, Entry)> = chosen.iter().map(|piece| entry(patterns, piece)).collect();
        sorted.sort_by_key(|(hash, _)| *hash);
        let mut starts = vec![0; HASHES + 1];
        for (hash, _) in &sorted {
            starts[hash + 1] += 1;
        }
        for hash in 0..HASHES {
            starts[hash + 1] += starts[hash];
        }
        let furthest = chosen.iter().map(|piece| piece.offset).max().unwrap_or(0);
        let entries = sorted.into_iter().map(|(_, entry)| entry).collect();
        Self { four: fours.then_some(four), again, words, anywhere, three, starts, entries, furthest }
    }

    /// Whether these four bytes, which got past [`Self::four`], may be a piece.
    #[inline]
    pub(super) fn maybe_long(&self, bytes: u32) -> bool {
        self.again.has(fold(bytes, PIECE).rotate_left(TURN))
    }

    /// Whether a piece of less than four bytes may begin with these.
    #[inline]
    pub(super) fn maybe_short(&self, bytes: u32) -> bool {
        self.three.has(fold(bytes, 3))
    }

    /// The literals whose piece of four bytes these are.
    #[inline]
    pub(super) fn long(&self, bytes: u32) -> impl Iterator<Item = &Entry> {
        self.of(bytes, PIECE)
    }

    /// The literals whose shorter piece begins with these bytes.
    #[inline]
    pub(super) fn short(&self, bytes: u32) -> impl Iterator<Item = &Entry> {
        self.of(bytes, 3).chain(self.of(bytes, 2))
    }

    #[inline]
    fn of(&self, bytes: u32, length: usize) -> impl Iterator<Item = &Entry> {
        let piece = fold(bytes, length);
        let hash = hash::<HASHES>(piece);
        let range = self.starts[hash] as usize..self.starts[hash + 1] as usize;
        self.entries[range].iter().filter(move |entry| entry.piece == piece && usize::from(entry.length) == length)
    }
}

struct Piece {
    literal: usize,
    offset: usize,
    classes: Vec<Class>,
    cost: f32,
}

/// A piece for every literal that no byte trigger stands for already.
fn choose(patterns: &Patterns, model: &Model) -> Vec<Piece> {
    let mut order: Vec<usize> = (0..patterns.literals.len()).filter(|i| !implied(patterns, *i)).collect();
    order.sort_by_key(|i| patterns.literals[*i].text.len());
    let mut seen: HashSet<Vec<Class>> = HashSet::new();
    let mut chosen = Vec::with_capacity(order.len());
    for literal in order {
        let Literal { text, any_case, .. } = &patterns.literals[literal];
        let pieces = text.windows(text.len().min(PIECE)).enumerate().map(|(offset, bytes)| {
            let classes: Vec<Class> = bytes.iter().map(|byte| class(*byte, *any_case)).collect();
            Piece { literal, offset, cost: model.piece(&classes), classes }
        });
        // Of equals, one that is looked for anyway.
        let known = |piece: &Piece| seen.contains(&piece.classes);
        let best = pieces.min_by(|a, b| a.cost.total_cmp(&b.cost).then(known(b).cmp(&known(a))));
        if let Some(best) = best {
            seen.insert(best.classes.clone());
            chosen.push(best);
        }
    }
    chosen
}

/// Whether a byte trigger within this literal hands on all that the literal asks for: its line.
fn implied(patterns: &Patterns, literal: usize) -> bool {
    let literal = &patterns.literals[literal];
    let (asked, given) =
        (patterns.reaches[usize::from(literal.reach)], patterns.reaches[usize::from(patterns.bytes_reach)]);
    !asked.across
        && !given.across
        && asked.before <= given.before
        && asked.after <= given.after
        && literal.text.iter().any(|byte| patterns.bytes[usize::from(*byte)])
}

fn folded(patterns: &Patterns, piece: &Piece) -> u32 {
    let mut bytes = [0; PIECE];
    let length = piece.classes.len();
    bytes[..length].copy_from_slice(&patterns.literals[piece.literal].text[piece.offset..piece.offset + length]);
    fold(u32::from_le_bytes(bytes), length)
}

fn entry(patterns: &Patterns, piece: &Piece) -> (usize, Entry) {
    let Literal { text, any_case, .. } = &patterns.literals[piece.literal];
    let (length, folded) = (piece.classes.len(), folded(patterns, piece));
    let (mut key, mut fold, mut mask) = ([0; 8], [0; 8], [0; 8]);
    for (i, byte) in text.iter().take(8).enumerate() {
        let letter = *any_case && byte.is_ascii_alphabetic();
        fold[i] = if letter { 0x20 } else { 0 };
        (key[i], mask[i]) = (*byte | fold[i], 0xff);
    }
    let entry = Entry {
        key: u64::from_le_bytes(key),
        fold: u64::from_le_bytes(fold),
        mask: u64::from_le_bytes(mask),
        piece: folded,
        length: u8::try_from(length).unwrap_or(0),
        // A literal has at most 64 bytes, a redactor at most 4,096 of them.
        offset: u32::try_from(piece.offset).unwrap_or(0),
        literal: u32::try_from(piece.literal).unwrap_or(0),
        short: text.len() <= 8,
    };
    (hash::<HASHES>(folded), entry)
}
