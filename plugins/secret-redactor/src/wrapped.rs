//! Base64 that was wrapped: lines of one width with nothing else on them, the last one shorter. They are decoded together once the last
//! one is known, and masked where they stand when what they say holds a secret.
use crate::{
    base64,
    detect::Detector,
    section::Then,
    site::Mask,
    table::number,
    text::{is_blank, is_quote, skip, skip_back},
};

/// The least width: shorter lines are words.
const NARROW: usize = 40;
/// How much is held back at most, in lines and bytes.
const LINES: usize = 128;
/// See [`LINES`].
const BYTES: usize = 8 << 10;

/// Lines that may be one text in base64.
#[derive(Clone, Debug)]
pub(crate) struct Wrapped {
    /// How far the lines are indented; not known behind a key.
    indent: Option<usize>,
    width: usize,
    encoded: Vec<u8>,
    /// Where the lines' base64 begins and ends, in plain offsets of the stream.
    lines: Vec<(u64, u64)>,
}

/// The base64 that is all of a line, if it is.
fn whole_line(text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let first = skip(text, start, end, is_blank);
    let last = skip_back(text, end, first, is_blank);
    let body = skip_back(text, last, first.max(last.saturating_sub(2)), |b| b == b'=');
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    (body > first && text[first..body].iter().all(alphabet)).then_some((first, last))
}

/// The base64 that a line ends with and that may be the first of several lines: alone, or behind a blank or a quote.
fn first_line(text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let last = skip_back(text, end, start, is_blank);
    let first = skip_back(text, last, start, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_'));
    let apart = first == start || is_blank(text[first - 1]) || is_quote(text[first - 1]);
    (apart && last - first >= NARROW && (last - first).is_multiple_of(4)).then_some((first, last))
}

/// Whether a line may be the first of several.
pub(crate) fn may_begin(text: &[u8], start: usize, end: usize) -> bool {
    first_line(text, start, end).is_some()
}

impl Wrapped {
    /// What the line `text[start..end]` may be the first of.
    pub(crate) fn opened(text: &[u8], start: usize, end: usize, base: u64) -> Option<Wrapped> {
        let (first, last) = first_line(text, start, end)?;
        let alone = text[start..first].iter().all(|b| is_blank(*b));
        Some(Wrapped {
            indent: alone.then_some(first - start),
            width: last - first,
            encoded: text[first..last].to_vec(),
            lines: vec![(base + first as u64, base + last as u64)],
        })
    }

    /// From where text must be held back.
    pub(crate) fn start(&self) -> u64 {
        self.lines.first().map_or(u64::MAX, |(start, _)| *start)
    }

    /// Takes the line `text[start..end]`, or judges what there is.
    pub(crate) fn line(
        &mut self,
        detector: &Detector,
        text: &[u8],
        (start, end): (usize, usize),
        (base, depth): (u64, u8),
        out: &mut Vec<Mask>,
    ) -> Then {
        let line = whole_line(text, start, end)
            .filter(|(first, last)| self.indent.is_none_or(|i| first - start == i) && last - first <= self.width);
        let Some((first, last)) = line.filter(|_| self.lines.len() < LINES && self.encoded.len() < BYTES) else {
            self.judge(detector, base, depth, out);
            return Then::Close;
        };
        self.indent = Some(first - start);
        self.encoded.extend_from_slice(&text[first..last]);
        self.lines.push((base + first as u64, base + last as u64));
        if last - first < self.width || text[last - 1] == b'=' {
            self.judge(detector, base, depth, out);
            return Then::Close;
        }
        Then::Stay
    }

    /// Masks every line, if all of them together say a secret. One line alone was judged by itself.
    pub(crate) fn judge(&self, detector: &Detector, base: u64, depth: u8, out: &mut Vec<Mask>) {
        let body = self.encoded.len() - self.encoded.iter().rev().take_while(|b| **b == b'=').count();
        if self.lines.len() < 2
            || !base64::is_base64(&self.encoded)
            || detector.base64_says(&self.encoded[..body], depth) != Some(true)
        {
            return;
        }
        let place = |offset: u64| usize::try_from(offset.saturating_sub(base)).unwrap_or(0);
        let rule = const { number("encoded-secret") };
        let here = self.lines.iter().filter(|(start, _)| *start >= base);
        out.extend(here.map(|(start, end)| Mask { rule, start: place(*start), end: place(*end), until: None }));
    }
}
