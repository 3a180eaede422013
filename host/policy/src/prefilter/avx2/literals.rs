//! Literals within one region: places where a piece may stand, block by block, then every literal of that piece, exactly.
use super::{
    super::{
        patterns::{Hit, Patterns},
        pieces::{Bits, Entry, FOUR, MULTIPLIER, PIECE, Pieces, Tables},
    },
    BLOCK, LOADED, STEP, any, high, load, range, twice, vector,
};
use std::{
    arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_castsi256_ps, _mm256_i32gather_epi32, _mm256_movemask_ps, _mm256_mullo_epi32,
        _mm256_or_si256, _mm256_set1_epi8, _mm256_set1_epi32, _mm256_setr_epi8, _mm256_shuffle_epi8, _mm256_sllv_epi32,
        _mm256_srli_epi32,
    },
    ops::Range,
};

/// Places where a piece may stand, from the region's beginning.
#[derive(Default)]
pub(super) struct Candidates {
    /// Pieces of four bytes.
    long: Vec<u32>,
    /// Shorter ones.
    short: Vec<u32>,
}

impl Pieces {
    /// Every literal that begins in `within`: its piece may stand behind it.
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
    pub(super) fn find(
        &self,
        patterns: &Patterns,
        text: &[u8],
        within: Range<usize>,
        candidates: &mut Candidates,
        hits: &mut Vec<Hit>,
    ) {
        let from = within.start;
        let Candidates { long, short } = candidates;
        if let Some(four) = &self.four {
            let end = text.len().min(within.end + self.furthest);
            let count = places(text, from..end, long, |block| fours(block, four));
            let count = thin(&text[from..], &mut long[..count], |bytes| self.maybe_long(bytes));
            for at in &long[..count] {
                let at = from + *at as usize;
                confirm(patterns, text, at, &within, self.long(four_bytes(text, at)), hits);
            }
        }
        if self.anywhere.is_some() || self.words.is_some() {
            let wide = |tables: &Tables| tables.map(|place| place.map(|half| twice(&half)));
            let anywhere = self.anywhere.as_ref().map(wide);
            let at_words = self.words.as_ref().map(wide);
            // A letter or a digit stood right before the block.
            let mut inside = from.checked_sub(1).is_some_and(|before| text[before].is_ascii_alphanumeric());
            let count = places(text, within.clone(), short, |block| {
                let mut found = anywhere.map_or(0, |tables| halves(block, &tables));
                if let Some(tables) = &at_words {
                    found |= halves(block, tables) & words(block, &mut inside);
                }
                found
            });
            let count = thin(&text[from..], &mut short[..count], |bytes| self.maybe_short(bytes));
            for at in &short[..count] {
                let at = from + *at as usize;
                confirm(patterns, text, at, &within, self.short(four_bytes(text, at)), hits);
            }
        }
    }
}

/// Moves those that may be pieces to the front, without a branch, and says how many they are.
#[inline]
fn thin(text: &[u8], candidates: &mut [u32], maybe: impl Fn(u32) -> bool) -> usize {
    let mut kept = 0;
    for i in 0..candidates.len() {
        let candidate = candidates[i];
        candidates[kept] = candidate;
        kept += usize::from(maybe(four_bytes(text, candidate as usize)));
    }
    kept
}

/// Writes down the places of each block's mask, counted from the region's beginning, and says how many they are.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
#[inline]
fn places(
    text: &[u8],
    region: Range<usize>,
    places: &mut Vec<u32>,
    mut mask: impl FnMut(&[u8; LOADED]) -> u64,
) -> usize {
    let blocks = region.len().div_ceil(BLOCK);
    // One for every byte, and room to write some too many.
    places.resize(places.len().max((blocks + 1) * BLOCK), 0);
    let (mut count, mut at) = (0, 0_u32);
    for start in region.step_by(BLOCK) {
        let mut padded = [b'\n'; LOADED];
        let mut found = mask(load(text, start, &mut padded));
        // Without a branch for each: four are written, as many as there are count.
        let number = found.count_ones() as usize;
        for slot in &mut places[count..count + 4] {
            *slot = at + found.trailing_zeros();
            found &= found.wrapping_sub(1);
        }
        let mut next = count + 4;
        while found != 0 {
            places[next] = at + found.trailing_zeros();
            found &= found - 1;
            next += 1;
        }
        count += number;
        at += STEP;
    }
    count
}

/// Places of the block where one of the pieces of four bytes may stand.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
#[inline]
fn fours(block: &[u8; LOADED], set: &Bits<FOUR>) -> u64 {
    const WORD: u32 = FOUR.trailing_zeros();
    #[allow(clippy::cast_possible_wrap)]
    const INDEX: i32 = (u32::BITS - WORD) as i32;
    let spread = _mm256_setr_epi8(
        0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10,
    );
    let multiplier = _mm256_set1_epi32(MULTIPLIER.cast_signed());
    let mut found = 0;
    for eight in (0..BLOCK).step_by(8) {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&block[eight..eight + 16]);
        let pieces = _mm256_shuffle_epi8(twice(&bytes), spread);
        let hash = _mm256_mullo_epi32(_mm256_or_si256(pieces, _mm256_set1_epi8(0x20)), multiplier);
        let index = _mm256_srli_epi32::<INDEX>(hash);
        // SAFETY: each lane of `index` is a 32-bit number shifted right by 32 − log2(FOUR), so less than FOUR, and the set has FOUR
        // words of the four bytes that the scale says; the array is borrowed and initialised, and lies aligned for them.
        let words = unsafe { _mm256_i32gather_epi32::<4>(set.0.as_ptr().cast(), index) };
        let bit = _mm256_and_si256(_mm256_srli_epi32::<{ INDEX - 5 }>(hash), _mm256_set1_epi32(31));
        let there = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(words, bit)));
        found |= u64::from(there.cast_unsigned()) << eight;
    }
    found
}

/// Places of the block where a short piece may stand, by its nibbles.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
#[inline]
fn halves(block: &[u8; LOADED], tables: &[[__m256i; 2]; 3]) -> u64 {
    let half = |offset: usize| {
        let test = |place: usize| {
            let bytes = vector(block, offset + place);
            _mm256_and_si256(
                _mm256_shuffle_epi8(tables[place][0], _mm256_and_si256(bytes, _mm256_set1_epi8(15))),
                _mm256_shuffle_epi8(tables[place][1], high(bytes)),
            )
        };
        _mm256_and_si256(_mm256_and_si256(test(0), test(1)), test(2))
    };
    any([half(0), half(32)])
}

/// Letters and digits of the block that have none before them.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
#[inline]
fn words(block: &[u8; LOADED], inside: &mut bool) -> u64 {
    let bytes = [vector(block, 0), vector(block, 32)];
    let letters = bytes.map(|bytes| _mm256_or_si256(bytes, _mm256_set1_epi8(0x20)));
    let members = range(letters, b'a', 25) | range(bytes, b'0', 9);
    let begins = members & !(members << 1 | u64::from(*inside));
    *inside = members >> (BLOCK - 1) == 1;
    begins
}

/// Tests literals whose piece may stand at `at`.
#[inline]
fn confirm<'a>(
    patterns: &Patterns,
    text: &[u8],
    at: usize,
    within: &Range<usize>,
    entries: impl Iterator<Item = &'a Entry>,
    hits: &mut Vec<Hit>,
) {
    for entry in entries {
        let Some(start) = at.checked_sub(entry.offset as usize).filter(|start| within.contains(start)) else {
            continue;
        };
        let literal = &patterns.literals[entry.literal as usize];
        let stands = match text.get(start..).and_then(|rest| rest.first_chunk::<8>()) {
            Some(first) if !entry.starts(u64::from_le_bytes(*first)) => false,
            Some(_) if entry.short => literal.fits(text, start),
            _ => literal.stands(text, start),
        };
        if stands {
            hits.push(Hit { start, end: start + literal.text.len(), reach: literal.reach });
        }
    }
}

/// Four bytes; at the text's end with zeros behind.
#[inline]
fn four_bytes(text: &[u8], at: usize) -> u32 {
    let rest = text.get(at..).unwrap_or_default();
    let mut padded = [0; PIECE];
    u32::from_le_bytes(rest.first_chunk().copied().unwrap_or_else(|| {
        padded[..rest.len()].copy_from_slice(rest);
        padded
    }))
}
