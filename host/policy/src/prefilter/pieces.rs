//! Prepares the vector finder: of every literal one piece of at most four bytes, the rarest in ordinary logs; the pieces sorted
//! into buckets whose nibbles a vector shuffle can test; and the table that leads from a piece back to its literals.
//!
//! A model of ordinary logs chooses. It decides how fast the search is, never what it finds: nibbles, buckets and hashes let too
//! much through, and every literal is tested exactly at the end.
use super::patterns::{Literal, Patterns};
use std::collections::HashSet;

/// Text of the kind that the filter must be fastest on; two lines of each of some common forms.
const SAMPLE: &str = include_str!("sample.txt");

/// Bytes of a piece.
pub(super) const PIECE: usize = 4;
/// Buckets that one shuffle tests.
pub(super) const GROUP: usize = 8;
/// The most groups: more cost more time a byte than they save in candidates.
pub(super) const GROUPS: usize = 3;

/// Frequencies of bytes and of pairs of them.
struct Model {
    single: [f32; 256],
    pair: Vec<f32>,
}

impl Model {
    fn new(text: &[u8]) -> Self {
        // Nothing is impossible.
        let (mut single, mut pair) = ([0.05; 256], vec![0.002; 1 << 16]);
        for two in text.windows(2) {
            single[usize::from(two[0])] += 1.0;
            pair[usize::from(u16::from_be_bytes([two[0], two[1]]))] += 1.0;
        }
        #[allow(clippy::cast_precision_loss)]
        let all = text.len() as f32;
        single.iter_mut().chain(&mut pair).for_each(|count| *count /= all);
        Self { single, pair }
    }

    /// How often a piece stands in such text.
    fn piece(&self, classes: &[Class]) -> f32 {
        let one = |class: &Class| class.iter().map(|byte| self.single[usize::from(*byte)]).sum::<f32>();
        let two = |a: &Class, b: &Class| {
            let pairs = a.iter().flat_map(|x| b.iter().map(|y| usize::from(u16::from_be_bytes([*x, *y]))));
            pairs.map(|pair| self.pair[pair]).sum::<f32>()
        };
        let first = classes.first().map_or(1.0, one);
        classes.windows(2).fold(first, |cost, pair| cost * two(&pair[0], &pair[1]) / one(&pair[0]))
    }

    /// How often a place of a bucket lets a byte through.
    fn place(&self, place: Nibbles) -> f32 {
        let bits = |set: u16| (0..16_usize).filter(move |bit| set >> bit & 1 == 1);
        bits(place.high).map(|high| bits(place.low).map(|low| self.single[high << 4 | low]).sum::<f32>()).sum()
    }
}

/// The bytes that one place of a piece may hold: one, or a letter in both cases.
type Class = Vec<u8>;

fn class(byte: u8, any_case: bool) -> Class {
    if any_case && byte.is_ascii_alphabetic() {
        vec![byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]
    } else {
        vec![byte]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Nibbles {
    low: u16,
    high: u16,
}

type Places = [Nibbles; PIECE];

/// Nibbles that a bucket lets through: `[place][low or high][nibble]`, a bit a bucket.
pub(super) type Tables = [[[u8; 16]; 2]; PIECE];

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
    /// One for every eight buckets.
    pub(super) groups: Vec<Tables>,
    /// Which pieces of four bytes there are, by their hash.
    four: Bits<{ 1 << 15 }>,
    /// Which pieces of three bytes there are; of two, with whatever comes third.
    three: Bits<{ 1 << 14 }>,
    starts: Vec<u32>,
    entries: Vec<Entry>,
    /// Whether there are pieces of less than four bytes, by their length.
    lengths: [bool; PIECE + 1],
    /// No piece lies further behind its literal's first byte.
    pub(super) furthest: usize,
}

/// Lists of entries.
const HASHES: usize = 1 << 12;

/// One of `SIZE` places, a power of two, for a piece.
fn hash<const SIZE: usize>(piece: u32) -> usize {
    (piece.wrapping_mul(0x9E37_79B1) >> (32 - SIZE.trailing_zeros())) as usize
}

/// A set that may hold too much. Small enough for the nearest cache, and some twenty times as large as what the largest redactors put
/// in: then one candidate in twenty that is no piece gets past it.
struct Bits<const SIZE: usize>(Vec<u8>);

impl<const SIZE: usize> Bits<SIZE> {
    fn empty() -> Self {
        Self(vec![0; SIZE / 8])
    }

    fn put(&mut self, piece: u32) {
        let hash = hash::<SIZE>(piece);
        self.0[hash / 8] |= 1 << (hash % 8);
    }

    #[inline]
    fn has(&self, piece: u32) -> bool {
        let hash = hash::<SIZE>(piece);
        self.0[hash / 8] >> (hash % 8) & 1 == 1
    }
}

/// A piece without case, and with its length.
fn fold(bytes: u32, length: u32) -> u32 {
    ((bytes | 0x2020_2020) & (u32::MAX >> (32 - 8 * length))) ^ length << 29
}

impl Pieces {
    pub(super) fn new(patterns: &Patterns) -> Self {
        let model = Model::new(SAMPLE.as_bytes());
        let chosen = choose(patterns, &model);
        let buckets = buckets(&chosen, &model);
        let groups = buckets.chunks(GROUP).map(tables).collect();
        let mut sorted: Vec<(usize, Entry)> = chosen.iter().map(|piece| entry(patterns, piece)).collect();
        sorted.sort_by_key(|(hash, _)| *hash);
        let (mut four, mut three) = (Bits::empty(), Bits::empty());
        for Entry { piece, length, .. } in sorted.iter().map(|(_, entry)| entry) {
            match length {
                4 => four.put(*piece),
                3 => three.put(*piece),
                _ => (0..=u32::from(u8::MAX)).for_each(|third| three.put(fold(*piece & 0xffff | third << 16, 3))),
            }
        }
        let mut starts = vec![0; HASHES + 1];
        for (hash, _) in &sorted {
            starts[hash + 1] += 1;
        }
        for hash in 0..HASHES {
            starts[hash + 1] += starts[hash];
        }
        let mut lengths = [false; PIECE + 1];
        for piece in &chosen {
            lengths[piece.classes.len()] = true;
        }
        let furthest = chosen.iter().map(|piece| piece.offset).max().unwrap_or(0);
        let entries = sorted.into_iter().map(|(_, entry)| entry).collect();
        Self { groups, four, three, starts, entries, lengths, furthest }
    }

    /// Whether pieces of less than four bytes are looked for.
    pub(super) fn has_short(&self) -> bool {
        self.lengths[2] || self.lengths[3]
    }

    /// Whether a piece of four bytes may be these.
    #[inline]
    pub(super) fn maybe(&self, bytes: u32) -> bool {
        self.four.has(fold(bytes, 4))
    }

    /// Whether a piece of any length may begin with these.
    #[inline]
    pub(super) fn maybe_short(&self, bytes: u32) -> bool {
        self.maybe(bytes) | self.three.has(fold(bytes, 3))
    }

    /// The literals whose piece begins with these bytes.
    pub(super) fn entries(&self, bytes: u32) -> impl Iterator<Item = &Entry> {
        let lengths = [4_u8, 3, 2].into_iter().filter(|length| self.lengths[usize::from(*length)]);
        lengths.flat_map(move |length| {
            let piece = fold(bytes, u32::from(length));
            let hash = hash::<HASHES>(piece);
            let range = self.starts[hash] as usize..self.starts[hash + 1] as usize;
            self.entries[range].iter().filter(move |entry| entry.piece == piece)
        })
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
        let pieces: Vec<Piece> = pieces.collect();
        let rarest = pieces.iter().map(|piece| piece.cost).fold(f32::MAX, f32::min);
        // A piece that is looked for anyway costs nothing more.
        let known = |piece: &Piece| seen.contains(&piece.classes) && piece.cost < rarest * 20.0 + 3e-4;
        let best = pieces.into_iter().min_by(|a, b| known(b).cmp(&known(a)).then(a.cost.total_cmp(&b.cost)));
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

fn entry(patterns: &Patterns, piece: &Piece) -> (usize, Entry) {
    let Literal { text, any_case, .. } = &patterns.literals[piece.literal];
    let mut bytes = [0; PIECE];
    let length = piece.classes.len();
    bytes[..length].copy_from_slice(&text[piece.offset..piece.offset + length]);
    let folded = fold(u32::from_le_bytes(bytes), u32::try_from(length).unwrap_or(0));
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

/// Puts every piece where it adds least to what its bucket lets through.
fn buckets(pieces: &[Piece], model: &Model) -> Vec<Places> {
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
            Some((added, index, after, grown)) if added < alone || buckets.len() == GROUP * GROUPS => {
                buckets[index] = (after, grown);
            }
            _ => buckets.push((alone, places)),
        }
    }
    buckets.into_iter().map(|(_, places)| places).collect()
}

fn places(piece: &Piece) -> Places {
    let all = Nibbles { low: u16::MAX, high: u16::MAX };
    let mut places = [all; PIECE];
    for (place, class) in places.iter_mut().zip(&piece.classes) {
        let set = |nibble: fn(u8) -> u8| class.iter().fold(0, |set, byte| set | 1 << nibble(*byte));
        *place = Nibbles { low: set(|byte| byte & 15), high: set(|byte| byte >> 4) };
    }
    places
}

fn tables(buckets: &[Places]) -> Tables {
    let mut tables = [[[0; 16]; 2]; PIECE];
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
