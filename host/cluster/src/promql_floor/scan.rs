//! One linear pass over a query's text before it is parsed: what is too long, too deep or too dear for the parser stays out, numbers on
//! which it would panic or silently count zero too, and raw strings, in which it wrongly looks for escapes, become quoted ones.
use super::render;
use promql_parser::util::unquote_string;

/// Bytes of a query.
const BYTES: usize = 8 * 1024;
/// Brackets inside each other.
const NESTING: usize = 64;
/// Operators; a chain is as deep as it is long.
const OPERATORS: usize = 400;
/// What the strings of a query may weigh together, taken as patterns; a thousand take less than a millisecond to compile.
const PATTERNS: u64 = 50_000;
/// No duration is longer than this many seconds.
const LONGEST: f64 = 1e10;

/// The text to parse.
pub(super) fn scan(text: &str) -> Result<String, String> {
    if text.len() > BYTES {
        return Err(format!("it is longer than {BYTES} bytes"));
    }
    let mut scan = Scan {
        text,
        out: String::with_capacity(text.len()),
        at: 0,
        open: vec![],
        operators: 0,
        patterns: 0,
        span: false,
    };
    while scan.at < text.len() {
        scan.token()?;
    }
    if scan.open.is_empty() { Ok(scan.out) } else { Err("a bracket is never closed".to_owned()) }
}

struct Scan<'a> {
    text: &'a str,
    out: String,
    at: usize,
    open: Vec<u8>,
    operators: usize,
    patterns: u64,
    /// A duration may follow without brackets: the token before was `offset`.
    span: bool,
}

impl Scan<'_> {
    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn length(&self, accept: impl Fn(u8) -> bool) -> usize {
        self.rest().iter().take_while(|b| accept(**b)).count()
    }

    /// Takes `len` bytes over as they are; a piece never ends inside a character, or the whole is no query.
    fn take(&mut self, len: usize) -> Result<(), String> {
        let piece = self.text.get(self.at..self.at + len).ok_or("a character does not belong there")?;
        self.out.push_str(piece);
        self.at += len;
        Ok(())
    }

    fn token(&mut self) -> Result<(), String> {
        let span = std::mem::take(&mut self.span);
        match self.rest()[0] {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c => {
                self.span = span;
                self.take(1)
            }
            b'#' => {
                self.at += self.length(|b| b != b'\n' && b != b'\r');
                self.out.push(' ');
                self.span = span;
                Ok(())
            }
            quote @ (b'"' | b'\'' | b'`') => self.string(quote),
            bracket @ (b'(' | b'[' | b'{') => {
                self.open.push(bracket);
                if self.open.len() > NESTING {
                    return Err(format!("it is nested more than {NESTING} deep"));
                }
                self.take(1)
            }
            bracket @ (b')' | b']' | b'}') => {
                let matching =
                    matches!((self.open.pop(), bracket), (Some(b'('), b')') | (Some(b'['), b']') | (Some(b'{'), b'}'));
                if matching { self.take(1) } else { Err("a bracket closes nothing".to_owned()) }
            }
            b'0'..=b'9' | b'.' => self.number(span),
            b'_' | b':' | b'a'..=b'z' | b'A'..=b'Z' => self.word(span),
            b'+' | b'-' if span => {
                self.span = true;
                self.take(1)
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'<' | b'>' | b'=' | b'!' => {
                self.operator()?;
                self.take(1)
            }
            _ => self.take(1),
        }
    }

    fn operator(&mut self) -> Result<(), String> {
        self.operators += 1;
        if self.operators > OPERATORS { Err(format!("it has more than {OPERATORS} operators")) } else { Ok(()) }
    }

    fn string(&mut self, quote: u8) -> Result<(), String> {
        let mut len = 1;
        loop {
            match self.rest().get(len) {
                None => return Err("a string is never closed".to_owned()),
                // The parser slices behind an escape without looking: inside a character it would panic.
                Some(b'\\') if quote != b'`' && self.rest().get(len + 1).is_some_and(|b| !b.is_ascii()) => {
                    return Err("a backslash stands before a character that needs none".to_owned());
                }
                Some(b'\\') if quote != b'`' => len += 2,
                Some(byte) if *byte == quote => break,
                Some(_) => len += 1,
            }
        }
        let content = self.text.get(self.at + 1..self.at + len).ok_or("a string is not text")?;
        let literal = self.text.get(self.at..=self.at + len).unwrap_or_default();
        let pattern = unquote_string(literal).unwrap_or_else(|_| content.to_owned());
        self.patterns = self.patterns.saturating_add(weigh(&pattern));
        if self.patterns > PATTERNS {
            return Err("its regular expressions are dear to compile".to_owned());
        }
        if quote != b'`' {
            return self.take(len + 1);
        }
        render::quote(&mut self.out, content);
        self.at += len + 1;
        Ok(())
    }

    /// The parser counts a part of a duration that does not fit 32 bits as zero, and panics on seconds that do not fit a `Duration`.
    fn number(&mut self, span: bool) -> Result<(), String> {
        let bytes = self.rest();
        let hex = bytes.len() > 1 && bytes[0] == b'0' && matches!(bytes[1], b'x' | b'X');
        let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(*b, b'.' | b'_');
        let mut len = bytes.iter().take_while(|b| word(b)).count();
        if !hex && matches!(bytes[len - 1], b'e' | b'E') && matches!(bytes.get(len), Some(b'+' | b'-')) {
            len += 1 + bytes[len + 1..].iter().take_while(|b| word(b)).count();
        }
        let token = &self.text[self.at..self.at + len];
        let unit = |b: u8| b"smhdwy".contains(&b);
        let mut digits = 0;
        for byte in token.bytes() {
            if !hex && digits > 9 && unit(byte) {
                return Err("a duration is longer than any that makes sense".to_owned());
            }
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        }
        if span || self.open.last() == Some(&b'[') {
            let fits = if hex {
                len <= 12
            } else {
                token.bytes().any(unit) || token.parse::<f64>().is_ok_and(|seconds| seconds <= LONGEST)
            };
            if !fits {
                return Err("a duration is longer than any that makes sense".to_owned());
            }
        }
        self.take(len)
    }

    fn word(&mut self, span: bool) -> Result<(), String> {
        let colon = self.open.last() != Some(&b'[');
        let len = self.length(|b| b.is_ascii_alphanumeric() || b == b'_' || (b == b':' && colon)).max(1);
        let word = self.text.get(self.at..self.at + len).unwrap_or_default().to_ascii_lowercase();
        match word.as_str() {
            // The parser takes these for numbers, and panics on them as seconds.
            "inf" | "nan" if span => return Err("a duration is no number of seconds".to_owned()),
            "and" | "or" | "unless" | "atan2" => self.operator()?,
            "offset" => self.span = true,
            _ => {}
        }
        self.take(len)
    }
}

/// About what it takes to compile a pattern: classes of Unicode are dear, and a counted repetition copies what it repeats. Counts
/// are multiplied as if every one stood inside the next.
fn weigh(pattern: &str) -> u64 {
    let bytes = pattern.as_bytes();
    let mut sum = 0u64;
    let mut copies = 1u64;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        sum += match byte {
            b'\\' => {
                at += 1;
                match bytes.get(at) {
                    Some(b'p' | b'P' | b'w' | b'W' | b'b' | b'B') => 1000,
                    Some(b'd' | b'D' | b's' | b'S') => 100,
                    _ => 1,
                }
            }
            b'.' => 10,
            b'[' => 20,
            b'{' => {
                let bounds = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit() || **b == b',').count();
                let most = bytes[at + 1..at + 1 + bounds]
                    .split(|b| *b == b',')
                    .map(|n| n.iter().fold(0u64, |v, d| v.saturating_mul(10).saturating_add(u64::from(d - b'0'))))
                    .max();
                if bytes.get(at + 1 + bounds) == Some(&b'}') {
                    copies = copies.saturating_mul(most.unwrap_or(1).max(1));
                }
                1
            }
            _ => 1,
        };
        at += 1;
    }
    sum.saturating_mul(copies)
}
