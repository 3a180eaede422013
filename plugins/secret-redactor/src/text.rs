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
    text.windows(word.len()).position(|w| w.eq_ignore_ascii_case(word))
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

impl Mix {
    /// Counts the characters of a token.
    pub(crate) fn of(token: &[u8]) -> Mix {
        let mut mix = Mix::default();
        let mut last = 4;
        for &b in token {
            let kind = match b {
                b'a'..=b'z' => 0,
                b'A'..=b'Z' => 1,
                b'0'..=b'9' => 2,
                _ => 3,
            };
            match kind {
                0 => mix.lower += 1,
                1 => mix.upper += 1,
                2 => mix.digit += 1,
                _ => mix.other += 1,
            }
            mix.changes += usize::from(kind != last && last != 4);
            last = kind;
        }
        mix
    }

    /// How many kinds of letter and digit there are.
    pub(crate) fn kinds(self) -> usize {
        usize::from(self.lower > 0) + usize::from(self.upper > 0) + usize::from(self.digit > 0)
    }
}
