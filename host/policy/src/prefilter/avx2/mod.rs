//! The finder for processors with AVX2: blocks of 64 bytes. Literals by their pieces (`literals`); bytes by their nibbles, exactly;
//! runs by carries over bit masks, then by a walk over those few that may count.
mod literals;

use self::literals::Candidates;
use super::{
    patterns::{DIGIT, Hit, LOWER, Patterns, Run, SYMBOL, UPPER},
    pieces::Pieces,
};
use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_set_epi64x, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_sub_epi8,
    _mm256_xor_si256,
};

const BLOCK: usize = 64;
/// The same, as places within a text are counted.
const STEP: u32 = 64;
/// A block and what its last piece looks ahead.
const LOADED: usize = BLOCK + 8;

pub(super) struct Finder {
    pieces: Pieces,
    /// `[low half of bytes, high half][low nibble]`: a bit a high nibble.
    bytes: Option<[[u8; 16]; 2]>,
    /// The same of each run's alphabet, which is ASCII.
    alphabets: Vec<[u8; 16]>,
    /// Kinds that any run asks for.
    mixes: u8,
}

/// Memory of one search.
#[derive(Default)]
pub(super) struct Scratch {
    candidates: Candidates,
    kinds: Kinds,
    alphabets: Vec<Vec<u64>>,
}

/// A bit a byte.
#[derive(Default)]
struct Kinds {
    lower: Vec<u64>,
    upper: Vec<u64>,
    digit: Vec<u64>,
}

impl Finder {
    /// None on a processor that cannot.
    pub(super) fn new(patterns: &Patterns) -> Option<Self> {
        let able = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("lzcnt");
        let bit = |set: &[bool; 256], high: u8, table: &mut [u8; 16]| {
            for (low, bits) in table.iter_mut().enumerate() {
                *bits |= u8::from(set[usize::from(high) << 4 | low]) << (high & 7);
            }
        };
        let halves = |set: &[bool; 256]| {
            let mut halves = [[0; 16]; 2];
            (0..16).for_each(|high| bit(set, high, &mut halves[usize::from(high >> 3)]));
            halves
        };
        able.then(|| Self {
            pieces: Pieces::new(patterns),
            bytes: patterns.bytes.contains(&true).then(|| halves(&patterns.bytes)),
            alphabets: patterns.runs.iter().map(|run| halves(&run.alphabet)[0]).collect(),
            mixes: patterns.runs.iter().fold(0, |all, run| all | run.mixes),
        })
    }

    pub(super) fn find(
        &self,
        patterns: &Patterns,
        text: &[u8],
        from: usize,
        to: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) {
        // SAFETY: `search` is unsafe to call only where the processor lacks one of the features it was compiled for. `new` is the
        // one place that makes a `Finder`, and makes none unless it has detected each of them; a processor does not lose them.
        unsafe { self.search(patterns, text, from, to, scratch, hits) }
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
    fn search(
        &self,
        patterns: &Patterns,
        text: &[u8],
        from: usize,
        to: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) {
        self.pieces.find(patterns, text, from..to, &mut scratch.candidates, hits);
        if let Some(table) = &self.bytes {
            bytes(table, patterns, text, from, to, hits);
        }
        if !patterns.runs.is_empty() {
            self.masks(text, from, to, scratch);
            for (run, members) in patterns.runs.iter().zip(&scratch.alphabets) {
                runs(run, members, &scratch.kinds, text, from, to, hits);
            }
        }
    }

    /// The masks that runs are found by. Behind `to` nothing belongs to a run; one more block ends those that go so far.
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
    fn masks(&self, text: &[u8], from: usize, to: usize, scratch: &mut Scratch) {
        let Scratch { kinds, alphabets, .. } = scratch;
        alphabets.resize_with(self.alphabets.len(), Vec::new);
        alphabets.iter_mut().chain([&mut kinds.lower, &mut kinds.upper, &mut kinds.digit]).for_each(Vec::clear);
        let high_bits = twice(&[1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0]);
        for start in (from..to).step_by(BLOCK) {
            let mut padded = [b'\n'; LOADED];
            let block = load(text, start, &mut padded);
            let vectors = [vector(block, 0), vector(block, 32)];
            let valid = first_bits(to - start);
            if self.mixes != 0 {
                kinds.lower.push(range(vectors, b'a', 25));
                kinds.upper.push(range(vectors, b'A', 25));
                kinds.digit.push(range(vectors, b'0', 9));
            }
            let bits = vectors.map(|bytes| _mm256_shuffle_epi8(high_bits, high(bytes)));
            for (masks, table) in alphabets.iter_mut().zip(&self.alphabets) {
                let table = twice(table);
                let member = |half: usize| _mm256_and_si256(_mm256_shuffle_epi8(table, vectors[half]), bits[half]);
                masks.push(any([member(0), member(1)]) & valid);
            }
        }
        alphabets.iter_mut().chain([&mut kinds.lower, &mut kinds.upper, &mut kinds.digit]).for_each(|m| m.push(0));
    }
}

/// Bytes that are triggers: of a block, from the first to the last.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
fn bytes(table: &[[u8; 16]; 2], patterns: &Patterns, text: &[u8], from: usize, to: usize, hits: &mut Vec<Hit>) {
    let (ascii, beyond) = (twice(&table[0]), twice(&table[1]));
    let high_bits = twice(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]);
    let top = _mm256_set1_epi8(-128);
    for start in (from..to).step_by(BLOCK) {
        let mut padded = [b'\n'; LOADED];
        let block = load(text, start, &mut padded);
        let half = |offset: usize| {
            let bytes = vector(block, offset);
            // A shuffle gives nothing for a byte whose top bit is set: each table sees its half of the bytes.
            let rows = _mm256_or_si256(
                _mm256_shuffle_epi8(ascii, bytes),
                _mm256_shuffle_epi8(beyond, _mm256_xor_si256(bytes, top)),
            );
            _mm256_and_si256(rows, _mm256_shuffle_epi8(high_bits, high(bytes)))
        };
        let found = any([half(0), half(32)]) & first_bits(to - start);
        if found != 0 {
            let first = start + found.trailing_zeros() as usize;
            let end = start + BLOCK - found.leading_zeros() as usize;
            hits.push(Hit { start: first, end, reach: patterns.bytes_reach });
        }
    }
}

/// Runs within `from..to`, by the masks of their members.
///
/// For a mask of members `m` and a subset `s` of it, the sum `m + s` carries out of every run that holds a bit of `s`: the bits of
/// `(m + s) & !m` stand right behind those runs. The carry goes on into the next block.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
fn runs(run: &Run, members: &[u64], kinds: &Kinds, text: &[u8], from: usize, to: usize, hits: &mut Vec<Hit>) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = ONES << 7;
    let least = u32::try_from(run.least.min(BLOCK)).unwrap_or(0);
    let [mut long, mut lower, mut upper, mut digit, mut symbol] = [0; 5];
    let mut previous = 0;
    let kind = |masks: &[u64], block: usize| masks.get(block).copied().unwrap_or(0);
    for (block, &m) in members.iter().enumerate() {
        // A run of 15 fills an aligned group of eight; the trick finds all full groups and few others.
        let full = if least >= 15 { (!m).wrapping_sub(ONES) & m & TOPS } else { m };
        let mut found = behind(m, full, &mut long);
        if run.mixes & LOWER != 0 {
            found &= behind(m, kind(&kinds.lower, block), &mut lower);
        }
        if run.mixes & UPPER != 0 {
            found &= behind(m, kind(&kinds.upper, block), &mut upper);
        }
        if run.mixes & DIGIT != 0 {
            found &= behind(m, kind(&kinds.digit, block), &mut digit);
        }
        if run.mixes & SYMBOL != 0 {
            let others = kind(&kinds.lower, block) | kind(&kinds.upper, block) | kind(&kinds.digit, block);
            found &= behind(m, !others, &mut symbol);
        }
        while found != 0 {
            let place = found.trailing_zeros();
            found &= found - 1;
            // The 64 bytes before.
            let before = if place == 0 { previous } else { m << (64 - place) | previous >> place };
            if before.leading_ones() < least {
                continue;
            }
            let end = (from + block * BLOCK + place as usize).min(to);
            let length = text[from..end].iter().rev().take_while(|byte| run.alphabet[usize::from(**byte)]).count();
            if run.counts(&text[end - length..end]) {
                hits.push(Hit { start: end - length, end, reach: run.reach });
            }
        }
        previous = m;
    }
}

/// The places right behind those runs of `m` that hold a bit of `s`.
fn behind(m: u64, s: u64, carry: &mut u64) -> u64 {
    let (sum, over) = m.overflowing_add(s & m);
    let (sum, again) = sum.overflowing_add(*carry);
    *carry = u64::from(over | again);
    sum & !m
}

/// The bytes of a block; at the text's end with line breaks behind.
#[inline]
fn load<'a>(text: &'a [u8], start: usize, padded: &'a mut [u8; LOADED]) -> &'a [u8; LOADED] {
    let rest = &text[start..];
    if let Some(block) = rest.first_chunk() {
        return block;
    }
    padded[..rest.len()].copy_from_slice(rest);
    padded
}

fn first_bits(count: usize) -> u64 {
    if count >= BLOCK { u64::MAX } else { (1 << count) - 1 }
}

#[target_feature(enable = "avx2")]
#[inline]
fn vector(block: &[u8; LOADED], offset: usize) -> __m256i {
    let word = |i: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&block[offset + 8 * i..offset + 8 * i + 8]);
        i64::from_le_bytes(bytes)
    };
    _mm256_set_epi64x(word(3), word(2), word(1), word(0))
}

#[target_feature(enable = "avx2")]
#[inline]
fn twice(table: &[u8; 16]) -> __m256i {
    let table = u128::from_le_bytes(*table).cast_signed();
    #[allow(clippy::cast_possible_truncation)]
    let (low, high) = (table as i64, (table >> 64) as i64);
    _mm256_set_epi64x(high, low, high, low)
}

#[target_feature(enable = "avx2")]
#[inline]
fn high(bytes: __m256i) -> __m256i {
    _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(15))
}

/// A bit for each byte that is not zero.
#[target_feature(enable = "avx2")]
#[inline]
fn any(halves: [__m256i; 2]) -> u64 {
    let zeros = |half| _mm256_movemask_epi8(_mm256_cmpeq_epi8(half, _mm256_setzero_si256())).cast_unsigned();
    !(u64::from(zeros(halves[0])) | u64::from(zeros(halves[1])) << 32)
}

/// A bit for each byte from `first` to `first + more`.
#[target_feature(enable = "avx2")]
#[inline]
fn range(halves: [__m256i; 2], first: u8, more: u8) -> u64 {
    let within = |half| {
        let moved = _mm256_sub_epi8(half, _mm256_set1_epi8(first.cast_signed()));
        let least = _mm256_min_epu8(moved, _mm256_set1_epi8(more.cast_signed()));
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, moved)).cast_unsigned()
    };
    u64::from(within(halves[0])) | u64::from(within(halves[1])) << 32
}
