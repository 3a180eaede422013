//! Regular expressions that Prometheus would not compile. Nothing here compiles one: it looks at brackets, repetitions, groups and escapes
//! only, once, from left to right. What it is not sure about passes; the server has the last word.

/// Letters and figures that may stand behind a backslash in RE2: classes, anchors, control characters, quoting, code points.
const ESCAPES: &str = "AbBCdDsSwWpPQEzaftnrvx01234567";
/// Most that a counted repetition may count to.
const MOST: u32 = 1000;

/// What is wrong with a pattern, if anything.
pub(crate) fn fault(pattern: &str) -> Option<&'static str> {
    let mut scan = Scan { rest: pattern, open: 0, last: Last::Nothing };
    while let Some(first) = scan.rest.chars().next() {
        if let Err(why) = scan.step(first) {
            return Some(why);
        }
    }
    if scan.open > 0 { Some("a `(` is never closed") } else { None }
}

/// What stands before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// The start, a `(` or a `|`: nothing to repeat.
    Nothing,
    Something,
    Repetition,
}

struct Scan<'a> {
    rest: &'a str,
    open: u32,
    last: Last,
}

impl Scan<'_> {
    fn step(&mut self, first: char) -> Result<(), &'static str> {
        let (mut len, mut last) = (first.len_utf8(), Last::Something);
        match first {
            '\\' => len = self.escape()?,
            '[' => len = self.class()?,
            '(' => {
                self.open += 1;
                len = self.group()?;
                last = Last::Nothing;
            }
            ')' => self.open = self.open.checked_sub(1).ok_or("a `)` closes nothing")?,
            '|' => last = Last::Nothing,
            '*' | '+' | '?' => {
                last = self.repeats()?;
                // Lazy.
                len += usize::from(self.rest[len..].starts_with('?'));
            }
            '{' => {
                if let Some(counted) = counted(self.rest)? {
                    last = self.repeats()?;
                    len = counted;
                    len += usize::from(self.rest[len..].starts_with('?'));
                }
            }
            _ => {}
        }
        self.rest = self.rest.get(len..).unwrap_or_default();
        self.last = last;
        Ok(())
    }

    fn repeats(&self) -> Result<Last, &'static str> {
        match self.last {
            Last::Nothing => Err("a repetition has nothing to repeat"),
            Last::Repetition => Err("a repetition repeats a repetition"),
            Last::Something => Ok(Last::Repetition),
        }
    }

    /// The bytes of an escape; of `\Q` all that it quotes.
    fn escape(&self) -> Result<usize, &'static str> {
        let after = &self.rest[1..];
        let Some(letter) = after.chars().next() else { return Err("it ends in a backslash") };
        if letter == 'Q' {
            return Ok(self.rest.find("\\E").map_or(self.rest.len(), |end| end + 2));
        }
        let octal = |c: char| ('0'..='7').contains(&c);
        match letter {
            '1'..='9' if !(octal(letter) && after[1..].starts_with(octal)) => {
                Err("a backslash and a figure would refer back, which RE2 cannot")
            }
            letter if letter.is_ascii_alphanumeric() && !ESCAPES.contains(letter) => {
                Err("a backslash stands before a letter that means nothing in RE2")
            }
            'p' | 'P' | 'x' if after[1..].starts_with('{') => {
                Ok(self.rest.find('}').map_or(self.rest.len(), |end| end + 1))
            }
            letter => Ok(1 + letter.len_utf8()),
        }
    }

    /// The bytes of `[..]`. A `]` that stands first is a character.
    fn class(&self) -> Result<usize, &'static str> {
        let mut at = 1 + usize::from(self.rest[1..].starts_with('^'));
        at += usize::from(self.rest[at..].starts_with(']'));
        loop {
            let inside = &self.rest[at..];
            match inside.chars().next() {
                None => return Err("a `[` is never closed"),
                Some(']') => return Ok(at + 1),
                Some('\\') => at += 1 + inside[1..].chars().next().map_or(0, char::len_utf8),
                Some('[') if inside.starts_with("[:") => at += inside.find(":]").map_or(1, |end| end + 2),
                Some(c) => at += c.len_utf8(),
            }
        }
    }

    /// The bytes of what opens a group.
    fn group(&self) -> Result<usize, &'static str> {
        let Some(kind) = self.rest.strip_prefix("(?") else { return Ok(1) };
        if kind.starts_with(['=', '!', '>']) || kind.starts_with("<=") || kind.starts_with("<!") {
            return Err("RE2 does not look around: `!~` says what must not match");
        }
        if kind.starts_with("P<") || kind.starts_with('<') {
            return kind.find('>').map(|end| 2 + end + 1).ok_or("a group's name is never closed");
        }
        let flags = kind.len() - kind.trim_start_matches(['i', 'm', 's', 'U', '-']).len();
        // `(?i)` is closed at once.
        if kind[flags..].starts_with([':', ')']) {
            Ok(2 + flags + usize::from(kind[flags..].starts_with(':')))
        } else {
            Err("no group begins so in RE2")
        }
    }
}

/// The bytes of `{2}`, `{2,}` or `{2,5}`; none: it stands for itself.
fn counted(text: &str) -> Result<Option<usize>, &'static str> {
    let Some((inner, _)) = text[1..].split_once('}') else { return Ok(None) };
    let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
    let figures = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !figures(least) || !(most.is_empty() || figures(most)) {
        return Ok(None);
    }
    let count = |digits: &str| digits.parse().unwrap_or(u32::MAX);
    let top = if most.is_empty() { count(least) } else { count(most) };
    if count(least) > top {
        return Err("a repetition counts down");
    }
    if top > MOST {
        return Err("a repetition counts to more than a thousand");
    }
    Ok(Some(inner.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_compiles_passes() {
        for pattern in [
            "",
            "a",
            "a|b|",
            ".*",
            ".+?",
            "(a|b)*",
            "[]a]",
            "[^]]+",
            "[[:alpha:]]+",
            "a{2,5}?",
            "a{,5}",
            "a{x}",
            "{",
            "}",
            "]",
            "\\d+",
            "\\.",
            "\\Q(*[\\E+",
            "(?i)up",
            "(?i:up)x",
            "(?P<name>a)",
            "(?<name>a)",
            "\\pL+",
            "\\p{Greek}*",
            "\\x{41}",
            "\\12",
            "(|a)",
            "[a\\]b]",
            "é+",
            "^a$",
            "[\\d.]+",
            "a{1000}",
            "5..",
            "(?:a)(?:b)?",
            "(?-s).",
            "\\_",
            "[(*]",
            "a||b",
            "()",
        ] {
            assert_eq!(fault(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_does_not_compile_is_found() {
        for pattern in [
            "(", ")", "a)(b", "((a)", "[", "[a", "[^]", "*a", "+", "?", "a|*", "(*)", "a**", "a+*", "a{2}{3}",
            "a{3,2}", "a{1001}", "\\", "a\\", "(?=a)", "(?!a)", "(?<!a)", "(?<=a)", "(?>a)", "(?P<a", "\\1", "(a)\\1",
            "\\k", "\\h", "\\Z", "(?x)a", "{2}",
        ] {
            assert!(fault(pattern).is_some(), "{pattern}");
        }
    }
}
