//! Byte classes and small steps over text, shared by every rule. Knows nothing of rules.

/// What comes after a finding's decided part, when a secret is longer than what may be held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// Bytes of tokens: letters, digits and the symbols of base64, JWT and percent escapes.
    Token,
    /// To a blank, a quote or the line's end.
    Word,
    /// To this quote or the line's end; a backslash escapes.
    Quote(u8),
    /// To the end of the line.
    Line,
    /// To the end of a scalar: through lines begun by two spaces.
    Scalar,
    /// To the end of a token that a line's end may have cut: through lines that hold nothing but its rest.
    Wrap,
    /// As `Wrap`, for what is no token unless it goes on.
    Broken,
}

impl Until {
    /// Whether the next line decides if the mask goes on.
    pub(crate) fn waits_for_a_line(self) -> bool {
        matches!(self, Until::Scalar | Until::Wrap | Until::Broken)
    }
}

/// Letters, digits and what tokens hold besides.
pub(crate) fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-' | b'=' | b'.' | b'~' | b'%')
}

/// A character of a key's name, as the contract's `follow` has it.
pub(crate) fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')
}

/// A space or a tab.
pub(crate) fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t')
}

/// A quote, as the contract's `follow` has it.
pub(crate) fn is_quote(b: u8) -> bool {
    matches!(b, b'"' | b'\'')
}

/// The first index from `i` on, below `end`, whose byte is not of the class.
pub(crate) fn skip(text: &[u8], mut i: usize, end: usize, class: impl Fn(u8) -> bool) -> usize {
    while i < end && class(text[i]) {
        i += 1;
    }
    i
}

/// The start of the run of the class that ends before `i`; never below `floor`.
pub(crate) fn skip_back(text: &[u8], mut i: usize, floor: usize, class: impl Fn(u8) -> bool) -> usize {
    while i > floor && class(text[i - 1]) {
        i -= 1;
    }
    i
}

/// Whether `text` at `i` reads `word`, without regard to ASCII case.
pub(crate) fn reads(text: &[u8], i: usize, word: &[u8]) -> bool {
    text.len() >= i + word.len() && text[i..i + word.len()].eq_ignore_ascii_case(word)
}

/// Where `word` first stands in `text`, without regard to ASCII case.
pub(crate) fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    let last = text.len().checked_sub(word.len())?;
    let first = word[0];
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, &text[..=last]).find(|i| text[*i..*i + word.len()].eq_ignore_ascii_case(word))
}

/// Which kinds of character a token mixes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mix {
    pub(crate) lower: usize,
    pub(crate) upper: usize,
    pub(crate) digit: usize,
    pub(crate) other: usize,
    /// Neighbours of different kind.
    pub(crate) changes: usize,
}

/// The kind of a byte: lower-case letter, capital, digit, anything else. As a count of one in the kind's 16 bits, so that all four
/// are counted by one sum.
const KINDS: [u64; 256] = {
    let mut kinds = [1 << 48; 256];
    let mut b = 0;
    while b < 256 {
        if (b as u8).is_ascii_lowercase() {
            kinds[b] = 1;
        } else if (b as u8).is_ascii_uppercase() {
            kinds[b] = 1 << 16;
        } else if (b as u8).is_ascii_digit() {
            kinds[b] = 1 << 32;
        }
        b += 1;
    }
    kinds
};

impl Mix {
    /// Counts the characters of a token. No branch goes by a character, for those of a secret cannot be foretold.
    pub(crate) fn of(token: &[u8]) -> Mix {
        let mut mix = Mix::default();
        let mut last = token.first().map_or(0, |b| KINDS[usize::from(*b)]);
        // No count of a piece exceeds its 16 bits.
        for piece in token.chunks(usize::from(u16::MAX)) {
            let (mut counts, mut changes) = (0u64, 0u32);
            for b in piece {
                let kind = KINDS[usize::from(*b)];
                counts += kind;
                changes += u32::from(kind != last);
                last = kind;
            }
            let count = |kind: u32| (counts >> (16 * kind) & 0xffff) as usize;
            mix.lower += count(0);
            mix.upper += count(1);
            mix.digit += count(2);
            mix.other += count(3);
            mix.changes += changes as usize;
        }
        mix
    }

    /// How many kinds of letter and digit there are.
    pub(crate) fn kinds(self) -> usize {
        usize::from(self.lower > 0) + usize::from(self.upper > 0) + usize::from(self.digit > 0)
    }
}
