//! One linear pass over a query's text before it is parsed.
//!
//! It keeps out what the parser must not see: text that is too long or too deep, numbers on which the parser would overflow or
//! silently count zero. It rewrites raw strings, in which the parser wrongly looks for escapes, as quoted ones, and regular expressions
//! as marked plain strings ([`crate::PATTERN`]): the parser would compile each, which takes longer than all else, and nothing here
//! ever matches with one. It decides nothing about meaning.
use crate::{Limits, Trouble, render};
use promql_parser::util::unquote_string;

/// No duration in a query is longer than this many seconds (about 317 years).
const LONGEST: f64 = 1e10;
/// Seconds of the shortest duration.
const SHORTEST: f64 = 0.001;
/// Characters that begin a unit of time.
const UNITS: &[u8] = b"smhdwy";

/// Text that may be parsed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// The text, with raw strings rewritten.
    pub text: String,
    /// Experimental syntax that the parser does not know, as it was met: the likely reason if parsing fails.
    pub experimental: Option<&'static str>,
}

/// Scans a query.
pub(crate) fn scan(text: &str, limits: Limits) -> Result<Scanned, Trouble> {
    if text.len() > limits.bytes {
        return Err(Trouble::TooLong { bytes: text.len(), most: limits.bytes });
    }
    if text.trim().is_empty() {
        return Err(Trouble::Syntax { what: "it is empty".to_owned(), at: None });
    }
    Scanner {
        text,
        bytes: text.as_bytes(),
        at: 0,
        out: String::with_capacity(text.len()),
        open: Vec::new(),
        operators: 0,
        patterns: 0,
        after: After::Other,
        experimental: None,
        limits,
    }
    .run()
}

/// What the token before was, as far as the next one's meaning depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Offset,
    Regex,
    Other,
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    out: String,
    open: Vec<(u8, usize)>,
    operators: usize,
    patterns: u64,
    after: After,
    experimental: Option<&'static str>,
    limits: Limits,
}

impl Scanner<'_> {
    fn run(mut self) -> Result<Scanned, Trouble> {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0c => self.copy(1),
                b'#' => self.comment(),
                b'"' | b'\'' | b'`' => self.string(byte)?,
                b'(' | b'[' | b'{' => self.opening(byte)?,
                b')' | b']' | b'}' => self.closing(byte)?,
                b'0'..=b'9' | b'.' => self.number()?,
                b'_' | b':' | b'a'..=b'z' | b'A'..=b'Z' => self.word()?,
                _ => self.symbol(byte)?,
            }
        }
        if let Some(&(byte, at)) = self.open.last() {
            return Err(self.broken(at, &format!("`{}` is never closed", char::from(byte))));
        }
        Ok(Scanned { text: self.out, experimental: self.experimental })
    }

    fn inside(&self, byte: u8) -> bool {
        self.open.last().is_some_and(|(open, _)| *open == byte)
    }

    fn copy(&mut self, len: usize) {
        // Ends inside a character only if a symbol is not ASCII; `symbol` takes those whole.
        if let Some(piece) = self.text.get(self.at..self.at + len) {
            self.out.push_str(piece);
        }
        self.at += len;
    }

    fn take(&mut self, len: usize) {
        self.copy(len);
        self.after = After::Other;
    }

    fn run_of(&self, accept: impl Fn(u8) -> bool) -> usize {
        self.bytes[self.at..].iter().take_while(|b| accept(**b)).count()
    }

    /// A comment is dropped; nothing that anybody reads later depends on it.
    fn comment(&mut self) {
        self.at += self.run_of(|b| b != b'\n' && b != b'\r');
        self.out.push(' ');
    }

    fn string(&mut self, quote: u8) -> Result<(), Trouble> {
        let start = self.at;
        let mut at = start + 1;
        loop {
            match self.bytes.get(at) {
                None => return Err(self.broken(start, "a string is never closed")),
                // The parser slices behind an escape without looking: inside a character it would panic.
                Some(b'\\') if quote != b'`' && self.bytes.get(at + 1).is_some_and(|b| !b.is_ascii()) => {
                    return Err(self.broken(at, "a backslash stands before a character that needs none"));
                }
                Some(b'\\') if quote != b'`' => at += 2,
                Some(byte) if *byte == quote => break,
                Some(_) => at += 1,
            }
        }
        let content = self.text.get(start + 1..at).unwrap_or_default();
        let literal = self.text.get(start..=at).unwrap_or_default();
        // What cannot be unquoted goes to the parser as it is, and fails there.
        let value = unquote_string(literal).ok();
        if value.as_ref().is_some_and(|v| v.starts_with(crate::PATTERN)) {
            return Err(self.broken(start, "a string begins with a control character"));
        }
        match value {
            Some(pattern) if self.after == After::Regex => {
                self.patterns = self.patterns.saturating_add(weigh(&pattern));
                if self.patterns > self.limits.patterns {
                    return Err(Trouble::DearPatterns { at: self.character(start) });
                }
                render::quote(&mut self.out, &format!("{}{pattern}", crate::PATTERN));
            }
            _ if quote == b'`' => render::quote(&mut self.out, content),
            _ => self.out.push_str(literal),
        }
        self.at = at + 1;
        self.after = After::Other;
        Ok(())
    }

    fn opening(&mut self, byte: u8) -> Result<(), Trouble> {
        if byte == b'(' && self.after == After::Offset {
            self.experimental.get_or_insert("duration expressions (`offset (...)`)");
        }
        if byte != b'(' && self.open.last().is_some_and(|(open, _)| *open != b'(') {
            return Err(self.broken(self.at, &format!("`{}` does not belong here", char::from(byte))));
        }
        if byte == b'(' && self.inside(b'[') {
            self.experimental.get_or_insert("duration expressions (`[...]` with arithmetic)");
        }
        self.open.push((byte, self.at));
        if self.open.len() > self.limits.nesting {
            return Err(Trouble::TooDeep { most: self.limits.nesting, at: self.character(self.at) });
        }
        self.take(1);
        Ok(())
    }

    fn closing(&mut self, byte: u8) -> Result<(), Trouble> {
        let expected = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        if self.open.pop().is_none_or(|(open, _)| open != expected) {
            return Err(self.broken(self.at, &format!("`{}` closes nothing", char::from(byte))));
        }
        self.take(1);
        Ok(())
    }

    /// A number or a duration. The parser counts a part of a duration that does not fit 32 bits as zero, and panics on a number of
    /// seconds that does not fit a `Duration`: both must not reach it.
    fn number(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        let mut len = self.run_of(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_');
        let hex = matches!(self.bytes.get(start..start + 2), Some(b"0x" | b"0X"));
        // An exponent's sign belongs to the number.
        while !hex
            && matches!(self.bytes.get(start + len - 1), Some(b'e' | b'E'))
            && matches!(self.bytes.get(start + len), Some(b'+' | b'-'))
        {
            len += 1;
            let rest = &self.bytes[start + len..];
            len += rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'.').count();
        }
        let token = &self.text[start..start + len];
        let too_long =
            || Trouble::Duration { what: "a duration is longer than any that makes sense", at: self.character(start) };
        let mut digits = 0usize;
        for byte in token.bytes() {
            if byte.is_ascii_digit() {
                digits += 1;
            } else {
                if !hex && digits > 9 && UNITS.contains(&byte) {
                    return Err(too_long());
                }
                digits = 0;
            }
        }
        let within = self.inside(b'[');
        if within || self.after == After::Offset {
            // With units the parser counts itself; what is no number it refuses.
            let seconds = if hex {
                Some(if len > 12 { f64::INFINITY } else { hexadecimal(token) })
            } else if token.bytes().any(|b| UNITS.contains(&b)) {
                None
            } else {
                token.parse::<f64>().ok()
            };
            if seconds.is_some_and(|s| s.is_nan() || s > LONGEST) {
                return Err(too_long());
            }
            // The parser takes it, and writes it as `0s`, which nobody takes.
            if within && seconds.is_some_and(|s| s < SHORTEST) {
                let what = "a window or step is shorter than a millisecond";
                return Err(Trouble::Duration { what, at: self.character(start) });
            }
        }
        self.take(len);
        Ok(())
    }

    fn word(&mut self) -> Result<(), Trouble> {
        let colon_is_a_letter = !self.inside(b'[');
        let mut len = self.run_of(|b| b.is_ascii_alphanumeric() || b == b'_' || (b == b':' && colon_is_a_letter));
        len = len.max(1);
        let word = self.text[self.at..self.at + len].to_ascii_lowercase();
        if self.inside(b'{') {
            self.take(len);
            return Ok(());
        }
        // What is no function of durations is left to the parser, which says where it stands.
        if self.inside(b'[') && DURATION_FUNCTIONS.contains(&word.as_str()) {
            self.experimental.get_or_insert("duration expressions (`[...]` with functions)");
        }
        match word.as_str() {
            // The parser takes these for numbers, and panics on them as seconds.
            "inf" | "nan" if self.after == After::Offset => {
                let what = "a duration is no number of seconds";
                return Err(Trouble::Duration { what, at: self.character(self.at) });
            }
            "and" | "or" | "unless" | "atan2" => self.operator()?,
            "anchored" => _ = self.experimental.get_or_insert("anchored"),
            "smoothed" => _ = self.experimental.get_or_insert("smoothed"),
            _ => {}
        }
        self.take(len);
        if word == "offset" {
            self.after = After::Offset;
        }
        Ok(())
    }

    fn symbol(&mut self, byte: u8) -> Result<(), Trouble> {
        let next = self.bytes.get(self.at + 1).copied();
        match (byte, next) {
            (b'=' | b'!', Some(b'~')) => {
                self.out.push_str(if byte == b'=' { "=" } else { "!=" });
                self.at += 2;
                self.after = After::Regex;
            }
            (b'<', Some(b'/')) => {
                self.experimental.get_or_insert("native histogram trimming (`</`)");
                self.take(2);
            }
            (b'>', Some(b'/')) => {
                self.experimental.get_or_insert("native histogram trimming (`>/`)");
                self.take(2);
            }
            (b'=' | b'!' | b'<' | b'>', Some(b'=')) => {
                self.operator()?;
                self.take(2);
            }
            (b'+' | b'-', _) if self.after == After::Offset => self.copy(1),
            (b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'<' | b'>', _) => {
                if self.inside(b'[') {
                    self.experimental.get_or_insert("duration expressions (`[...]` with arithmetic)");
                }
                self.operator()?;
                self.take(1);
            }
            (b'=' | b',' | b'@' | b'!', _) => self.take(1),
            _ => {
                let found = self.text[self.at..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
                return Err(self.broken(self.at, &format!("the character {found:?} does not belong here")));
            }
        }
        Ok(())
    }

    fn operator(&mut self) -> Result<(), Trouble> {
        self.operators += 1;
        if self.operators > self.limits.operators {
            return Err(Trouble::TooManyOperators { most: self.limits.operators, at: self.character(self.at) });
        }
        Ok(())
    }

    fn broken(&self, at: usize, what: &str) -> Trouble {
        Trouble::Syntax { what: what.to_owned(), at: Some(self.character(at)) }
    }

    /// A place in the text as people count: characters, from 1.
    fn character(&self, at: usize) -> usize {
        self.text.get(..at).map_or(at, |before| before.chars().count()) + 1
    }
}

/// Functions that duration expressions know (Prometheus, `promql-duration-expr`).
const DURATION_FUNCTIONS: &[&str] = &["step", "range", "min", "max"];

/// The value of `0x…`, of a length that a double holds.
fn hexadecimal(token: &str) -> f64 {
    token.bytes().skip(2).fold(0.0, |sum, digit| sum * 16.0 + f64::from(char::from(digit).to_digit(16).unwrap_or(0)))
}

/// About what it takes to compile a pattern: classes of Unicode are dear, and a counted repetition copies what it repeats. Counts
/// are multiplied as if every one stood inside the next.
pub fn weigh(pattern: &str) -> u64 {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LIMITS: Limits = Limits { bytes: 4096, nesting: 32, operators: 200, patterns: 20_000 };

    /// The kind of trouble, by a word.
    fn denied(text: &str) -> &'static str {
        match scan(text, LIMITS).unwrap_err() {
            Trouble::TooLong { .. } => "length",
            Trouble::TooDeep { .. } => "depth",
            Trouble::TooManyOperators { .. } => "operators",
            Trouble::Syntax { .. } => "syntax",
            Trouble::Experimental(_) => "experimental",
            Trouble::DearPatterns { .. } => "patterns",
            Trouble::Duration { .. } => "duration",
        }
    }

    #[test]
    fn trouble_is_named_with_its_place() {
        for (text, place) in [("sum(up", 4), ("up)", 3), ("up{a=\"b", 6), ("é + up", 1), ("up $ 1", 4), ("up[5m", 3)] {
            let trouble = scan(text, LIMITS).unwrap_err();
            assert!(matches!(trouble, Trouble::Syntax { at: Some(at), .. } if at == place), "{text}: {trouble:?}");
            assert!(trouble.to_string().ends_with(&format!("(at character {place})")), "{trouble}");
        }
    }

    #[test]
    fn a_duration_part_beyond_32_bits_is_not_counted_as_zero() {
        assert_eq!(denied("rate(up[1m5000000000ms])"), "duration");
        assert_eq!(denied("rate(up[99999999999h1s])"), "duration");
        assert_eq!(denied("up offset 4294967296s"), "duration");
        assert!(scan("rate(up[999999999ms])", LIMITS).is_ok());
        assert!(scan("metric_1234567890123s", LIMITS).is_ok(), "a name is no duration");
        assert!(scan("up{a=\"5000000000ms\"}", LIMITS).is_ok(), "a label value is no duration");
    }

    #[test]
    fn seconds_that_overflow_a_duration_never_reach_the_parser() {
        for text in [
            "up[1e30]",
            "up[1e400]",
            "up[18446744073709551616]",
            "up offset 1e30",
            "up offset -1e30",
            "up[0xFFFFFFFFFFFFFFFF]",
            "up[1e+30]",
            "max_over_time(up[1h:1e30])",
            "up[1e1_0]",
            "up offset Inf",
            "up offset - NaN",
        ] {
            match scan(text, LIMITS) {
                Err(trouble) => assert!(matches!(trouble, Trouble::Duration { .. }), "{text}: {trouble}"),
                // What the scan lets through, the parser must survive.
                Ok(scanned) => assert!(promql_parser::parser::parse(&scanned.text).is_err(), "{text}"),
            }
        }
        assert!(scan("up[1e3]", LIMITS).is_ok());
        assert!(scan("up[0x5a:0x0a]", LIMITS).is_ok());
        assert!(scan("1e30 * up", LIMITS).is_ok(), "a number is no duration");
    }

    /// Found by fuzzing: a window that the parser takes and nobody can write.
    #[test]
    fn a_window_of_nothing_is_refused() {
        for text in
            ["rate(p[0e800])", "rate(p[0])", "rate(p[0x0])", "rate(p[0x00])", "rate(p[1e-9])", "max_over_time(p[1h:0])"]
        {
            assert_eq!(denied(text), "duration", "{text}");
        }
        assert!(scan("p offset 0", LIMITS).is_ok());
        assert!(scan("rate(p[0.5])", LIMITS).is_ok());
    }

    #[test]
    fn depth_and_chains_are_bounded_before_parsing() {
        let near = LIMITS;
        assert!(scan(&format!("{}up{}", "(".repeat(32), ")".repeat(32)), near).is_ok());
        assert_eq!(denied(&format!("{}up{}", "(".repeat(33), ")".repeat(33))), "depth");
        assert!(scan(&format!("up{}", "+up".repeat(200)), near).is_ok());
        assert_eq!(denied(&format!("up{}", "+up".repeat(201))), "operators");
        assert_eq!(denied(&format!("{}up", "-".repeat(201))), "operators");
        assert_eq!(denied(&format!("up{}", " or up".repeat(201))), "operators");
        assert_eq!(denied(&"a".repeat(4097)), "length");
        assert!(scan(&"a".repeat(4096), near).is_ok());
    }

    #[test]
    fn raw_strings_become_quoted_ones_of_the_same_value() {
        let scanned = scan(r#"up{pod=~`a\.b"\d+`}"#, LIMITS).unwrap();
        assert_eq!(scanned.text, r#"up{pod="\x01a\\.b\"\\d+"}"#);
        assert!(promql_parser::parser::parse(&scanned.text).is_ok());
        // A backslash does not keep a raw string open: what follows is read as Prometheus reads it.
        let scanned = scan(r"up{a=`\`,b=`x`}", LIMITS).unwrap();
        assert_eq!(scanned.text, r#"up{a="\\",b="x"}"#);
    }

    #[test]
    fn a_backslash_before_a_long_character_does_not_panic() {
        assert_eq!(denied("up{a=~\"\\é\"}"), "syntax");
        assert_eq!(denied("up{a=\"\\é\"}"), "syntax");
        assert!(scan("up{a=~\"é\"}", LIMITS).is_ok());
    }

    #[test]
    fn nobody_but_the_scan_can_mark_a_string_as_a_pattern() {
        for text in [
            r#"up{a="\x01b"}"#,
            r#"up{a="\001b"}"#,
            r#"up{a="\u0001b"}"#,
            "up{a=\"\u{1}b\"}",
            "up{a=`\u{1}b`}",
            r#"up{a=~"\x01b"}"#,
        ] {
            assert_eq!(denied(text), "syntax", "{text}");
        }
    }

    #[test]
    fn comments_hide_nothing() {
        assert_eq!(scan("up # ]})\n[5m]", LIMITS).unwrap().text, "up  \n[5m]");
        assert_eq!(scan("up{a=\"#\"}", LIMITS).unwrap().text, "up{a=\"#\"}");
    }

    #[test]
    fn dear_regular_expressions_are_denied_before_they_are_compiled() {
        assert_eq!(denied(r#"up{a=~"(?:x{1000}){1000}"}"#), "patterns");
        assert_eq!(denied(r#"up{a!~"\\pL{200}"}"#), "patterns");
        assert_eq!(denied(r#"up{a!~"\\\x70L{200}"}"#), "patterns", "hidden by an escape");
        assert_eq!(denied(r"up{a!~`\pL{200}`}"), "patterns", "in a raw string");
        assert_eq!(denied(r#"up{a=~"((((x{50}){50}){50}){50})"}"#), "patterns");
        assert_eq!(denied(&format!("up{{{}}}", "a=~\"\\\\w+\",".repeat(20))), "patterns");
        assert!(scan(r#"up{pod=~"api-[a-f0-9]{8,10}-[a-z0-9]{5}",ip=~"\\d{1,3}(\\.\\d{1,3}){3}"}"#, LIMITS).is_ok());
        assert!(scan(r#"up{path=~"/v\\d+/\\w+/.*"}"#, LIMITS).is_ok());
        assert!(scan(r#"up{a=~"x{3,8}"}"#, LIMITS).is_ok());
        assert!(scan(r#"up{a="x{1000}"}"#, LIMITS).is_ok(), "not a pattern");
    }
}
