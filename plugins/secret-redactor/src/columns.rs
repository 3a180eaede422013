//! Tables whose head names a column of secrets: between bars, separated by commas, semicolons or tabs, or by blanks as `kubectl`
//! prints them.
use crate::{
    detect::Detector,
    keys::{Meaning, Strength},
    section::Then,
    site::Mask,
    text::{is_blank, is_quote, skip, skip_back},
};

/// How many bytes of rows are followed.
const LONGEST: u64 = 64 << 10;
/// The most columns of a table.
const MOST: usize = 48;

/// How a row is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Divided {
    By(u8),
    /// At the places where the head's words begin: the column's, and the next one's.
    Blanks {
        from: usize,
        to: usize,
    },
}

/// A table with a column of secrets.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    divided: Divided,
    /// The column, and how many there are.
    column: usize,
    count: usize,
    said: Meaning,
    start: u64,
}

/// The bars of drawn tables are three bytes long; they are read as `|`.
const DRAWN: [&[u8]; 3] = ["\u{2502}".as_bytes(), "\u{2503}".as_bytes(), "\u{2551}".as_bytes()];

/// The cells of a line, outer bars left out: where each begins and ends, blanks and quotes around it left out.
fn cells(text: &[u8], start: usize, end: usize, by: u8) -> ([(usize, usize); MOST], usize) {
    let mut found = [(0, 0); MOST];
    let mut count = 0;
    let (mut from, mut i) = (start, start);
    let mut quote = None;
    while i <= end && count < MOST {
        let drawn = by == b'|' && i < end && DRAWN.iter().any(|d| text[i..end].starts_with(d));
        if i == end || drawn || (text[i] == by && quote.is_none()) {
            let a = skip(text, from, i, |b| is_blank(b) || is_quote(b));
            let b = skip_back(text, i, a, |b| is_blank(b) || is_quote(b));
            found[count] = (a, b);
            count += 1;
            i += if drawn { 3 } else { 1 };
            from = i;
            continue;
        }
        if by != b'|' && text[i] == b'"' {
            quote = if quote.is_some() { None } else { Some(b'"') };
        }
        i += 1;
    }
    // What stands outside the outer bars.
    if by == b'|' && count > 1 && found[count - 1].0 == found[count - 1].1 {
        count -= 1;
    }
    if by == b'|' && count > 1 && found[0].0 == found[0].1 {
        found.copy_within(1.., 0);
        count -= 1;
    }
    (found, count)
}

/// A word or two, as a column's head has it; a bracket that another cell closes is a sentence's.
fn is_head(cell: &[u8]) -> bool {
    let count = |bracket| cell.iter().filter(|b| **b == bracket).count();
    count(b'(') == count(b')')
        && (1..=32).contains(&cell.len())
        && cell[0].is_ascii_alphabetic()
        && cell
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b' ' | b'(' | b')' | b'.' | b'#' | b'/'))
}

impl Columns {
    /// The table that the line `text[start..end]` is the head of.
    pub(crate) fn headed(detector: &Detector, text: &[u8], start: usize, end: usize, base: u64) -> Option<Columns> {
        if end - start > 512 {
            return None;
        }
        let line = &text[start..end];
        let bars = line.contains(&b'|') || DRAWN.iter().any(|d| memchr::memmem::find(line, d).is_some());
        let by = if bars { Some(b'|') } else { [b'\t', b',', b';'].into_iter().find(|b| line.contains(b)) };
        let begin = base + start as u64;
        let Some(by) = by else { return blanks(detector, text, start, end, begin) };
        let (found, count) = cells(text, start, end, by);
        if (count < 2 && !bars) || !found[..count].iter().all(|(a, b)| is_head(&text[*a..*b])) {
            return None;
        }
        let (column, said) = found[..count]
            .iter()
            .enumerate()
            .find_map(|(i, (a, b))| secret_head(detector, &text[*a..*b]).map(|said| (i, said)))?;
        Some(Columns { divided: Divided::By(by), column, count, said, start: begin })
    }

    /// Judges a row.
    pub(crate) fn row(
        &mut self,
        detector: &Detector,
        text: &[u8],
        start: usize,
        end: usize,
        base: u64,
        out: &mut Vec<Mask>,
    ) -> Then {
        let line = &text[start..end];
        if base + start as u64 > self.start + LONGEST || line.trim_ascii().is_empty() {
            return Then::Close;
        }
        if line.iter().all(|b| matches!(b, b'-' | b'+' | b'|' | b'=' | b' ' | b':' | 0xe2 | 0x94 | 0x95 | 0x80..=0xbf))
        {
            return Then::Stay;
        }
        let (a, b) = match self.divided {
            Divided::By(by) => {
                let (found, count) = cells(text, start, end, by);
                if count != self.count {
                    return Then::Close;
                }
                found[self.column]
            }
            Divided::Blanks { from, to } => {
                let at = start + from;
                if at >= end || is_blank(text[at]) || (from > 0 && !is_blank(text[at - 1])) {
                    return Then::Close;
                }
                let stop = skip(text, at, end.min(at + FAR), |b| !is_blank(b));
                // The cell behind begins below its head, or two blanks part it from this one; where not, the table is over.
                let next = start + to;
                let aligned = next < end && stop < next && !is_blank(text[next]) && is_blank(text[next - 1]);
                let apart = stop >= end || (is_blank(text[stop]) && text.get(stop + 1).is_none_or(|b| is_blank(*b)));
                let log = text[at] == b'[' || text[at..stop].contains(&b'"');
                if log || !(aligned || apart) {
                    return Then::Close;
                }
                (at, stop)
            }
        };
        // Where commas divide, a sentence would have as many parts as the head.
        let sentence = matches!(self.divided, Divided::By(b',' | b';')) && text[a..b].contains(&b' ');
        if b > a && !sentence && detector.is_secret(self.said, &text[a..b], true) {
            out.push(Mask { rule: self.said.rule, start: a, end: b, until: None });
        }
        Then::Stay
    }
}

/// What a head says of its column, if that is a secret.
fn secret_head(detector: &Detector, head: &[u8]) -> Option<Meaning> {
    let said = detector.meaning(head)?;
    match said.strength {
        Strength::Certain | Strength::Likely | Strength::Stated | Strength::Pin => Some(said),
        _ => None,
    }
}

/// Where no line of a table ends.
const FAR: usize = 4096;

/// A head of capitals, its words two blanks or more apart.
fn blanks(detector: &Detector, text: &[u8], start: usize, end: usize, begin: u64) -> Option<Columns> {
    let line = &text[start..end];
    if line.iter().any(u8::is_ascii_lowercase)
        || !line.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b' ' | b'_' | b'-' | b'(' | b')'))
    {
        return None;
    }
    let mut i = start;
    let mut count = 0;
    let mut found = None;
    let mut next = FAR;
    while i < end {
        let word = skip(text, i, end, is_blank);
        let mut stop = word;
        while stop < end && !(is_blank(text[stop]) && (stop + 1 >= end || is_blank(text[stop + 1]))) {
            stop += 1;
        }
        if stop > word {
            count += 1;
            if found.is_none() {
                found = secret_head(detector, &text[word..stop]).map(|said| (word - start, said));
            } else if next == FAR {
                next = word - start;
            }
        }
        i = stop.max(i + 1);
    }
    let (from, said) = found?;
    (count >= 2).then_some(Columns {
        divided: Divided::Blanks { from, to: next },
        column: 0,
        count,
        said,
        start: begin,
    })
}
