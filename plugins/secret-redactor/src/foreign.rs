//! Keys in other languages: `пароль: X`, `das Passwort lautet X`, `contraseña de acceso = X`, `パスワードは「X」`.
use crate::{
    allow::{digits, harmless, object_name},
    detect::Detector,
    judge::scrambled,
    keys::{Meaning, Strength},
    prose::is_password,
    site::{Mask, Site},
    table::number,
    text::{Mix, Until, is_blank, skip},
    tongues::{ABOUT, COPULAS, JOINTS, NAMING},
    value::{Value, value_at},
};

/// How many words may stand between the word and its value.
const MOST: usize = 6;
/// How many of them may be no copula, no name and no preposition.
const EXTRA: usize = 2;
/// The longest rest of a word, in bytes.
const REST: usize = 48;
/// Signs between a key and its value.
const SEPARATORS: &[&str] = &["=>", "->", ":=", "→", "⇒", ":", "="];
/// Quotes that need no escape, with what closes them.
const QUOTES: &[(&str, &str)] = &[
    ("「", "」"),
    ("『", "』"),
    ("【", "】"),
    ("“", "”"),
    ("„", "“"),
    ("«", "»"),
    ("‘", "’"),
    ("`", "`"),
    ("**", "**"),
];

impl Detector {
    /// The anchor is a word for password (`certain`) or for key; `stop` is behind its stem.
    pub(crate) fn foreign(&self, site: Site, stop: usize, certain: bool, out: &mut Vec<Mask>) {
        let Site { text, at, floor, limit, .. } = site;
        let wide = matches!(char_at(text, at, limit), Some((c, _)) if c >= '\u{2e80}');
        // `включить` holds no key; but `Datenbankkennwort` is a password.
        let glued = char_before(text, at, floor).is_some_and(|c| c.is_alphanumeric() && c < '\u{590}');
        if glued && !wide && (!certain || stop - at < 8) {
            return;
        }
        let mut i = rest_of_word(text, stop, limit, wide);
        // `Passwortrichtlinie`, `wachtwoordbeleid`: something about passwords.
        if ABOUT.iter().any(|end| text[stop..i].ends_with(end.as_bytes())) {
            return;
        }
        let (mut extra, mut copula, mut named) = (0, false, false);
        for _ in 0..MOST {
            if let Some(from) = separated(text, i, limit) {
                // `Schlüssel=165709`: the key of a record.
                let value = value_at(text, from, limit, site.cut);
                if !certain && digits(&text[value.start..value.end]) {
                    return;
                }
                let plain = text[from - 1] == b'=';
                return self.foreign_value(site, from, (certain && extra == 0) || plain, out);
            }
            i = skip(text, i, limit, is_blank);
            if let Some(joint) = JOINTS.iter().find(|j| starts(text, i, limit, j)) {
                i += if joint.chars().all(|c| matches!(c, '「' | '『' | '【')) { 0 } else { joint.len() };
                copula = true;
                if let Some(value) = quoted(text, skip(text, i, limit, is_blank), limit) {
                    return self.foreign_told(site, value, out);
                }
                continue;
            }
            if i >= limit {
                return;
            }
            if let Some(value) = quoted(text, i, limit).filter(|_| extra == 0 || copula) {
                return self.foreign_told(site, value, out);
            }
            if text[i] == b'(' {
                let Some(close) = memchr::memchr(b')', &text[i..limit.min(i + 40)]) else { return };
                i += close + 1;
                continue;
            }
            let end = skip(text, i, limit, |b| !is_blank(b) && !matches!(b, b':' | b'='));
            let word = std::str::from_utf8(&text[i..end]).unwrap_or_default();
            let word = word.strip_suffix('.').unwrap_or(word);
            let is = |list: &[&str]| list.iter().any(|w| same(word, w));
            if is(COPULAS) {
                copula = true;
            } else if is(NAMING) {
                named = true;
            } else if named {
                named = false;
            } else if !word.is_empty()
                && word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '"') || mark(c))
                && word.len() <= REST
            {
                // `ключ доступа`, `clave de la base`: the name goes on; but a word of odd case is a value.
                if word.is_ascii() && odd_case(word) {
                    return self.foreign_word(site, i, copula, out);
                }
                extra += 1;
                if extra > EXTRA {
                    return;
                }
            } else {
                return self.foreign_word(site, i, copula, out);
            }
            i = end;
        }
    }

    /// What stands behind a separator.
    fn foreign_value(&self, site: Site, from: usize, certain: bool, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let i = skip(text, from, limit, is_blank);
        if let Some(value) = quoted(text, i, limit) {
            return self.foreign_told(site, value, out);
        }
        let value = value_at(text, i, limit, site.cut);
        let bytes = &text[value.start..value.end];
        let joined = bytes.iter().filter(|b| **b == b'-').count() >= 2;
        let word =
            !joined && bytes.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'.' | b',' | b'-') || *b >= 0x80);
        let mix = Mix::of(bytes);
        let foreign = mix.lower + mix.upper == 0 && bytes.iter().filter(|b| **b >= 0x80).count() * 2 > bytes.len();
        // `Mindestlänge`: a noun of the language that the key is in.
        let noun = bytes.iter().any(|b| *b >= 0x80)
            && bytes[0].is_ascii_uppercase()
            && bytes[1..].iter().all(|b| b.is_ascii_lowercase() || *b >= 0x80);
        if bytes.is_empty() || (!value.quoted && (word || foreign || noun)) {
            return;
        }
        if !certain && !value.quoted && !joined && object_name(bytes) {
            return;
        }
        let strength = if certain { Strength::Certain } else { Strength::Stated };
        let said = Meaning { strength, rule: const { number("password-assignment") }, uuid: certain };
        if self.is_secret(said, bytes, true) || (!certain && scrambled(bytes)) {
            out.push(site.mask(self.label(text, value, said.rule), value.start, value.end, value.until));
        }
    }

    /// What stands in quotes behind the word.
    fn foreign_told(&self, site: Site, value: Value, out: &mut Vec<Mask>) {
        let bytes = &site.text[value.start..value.end];
        let words = bytes.iter().all(|b| b.is_ascii_alphabetic() || *b == b' ' || *b >= 0x80) && !scrambled(bytes);
        if (3..=256).contains(&bytes.len()) && !words && !harmless(bytes) && !self.settings.allows(bytes) {
            out.push(site.mask(
                self.label(site.text, value, const { number("secret-in-prose") }),
                value.start,
                value.end,
                value.until,
            ));
        }
    }

    /// A bare word of a sentence.
    fn foreign_word(&self, site: Site, i: usize, copula: bool, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let value = value_at(text, i, limit, site.cut);
        let ascii = skip(text, value.start, value.end, |b| b.is_ascii_graphic());
        let tail =
            text[value.start..ascii].iter().rev().take_while(|b| matches!(b, b'.' | b',' | b';' | b')' | b'?')).count();
        let end = ascii - tail;
        let bytes = &text[value.start..end];
        let fits = if value.quoted {
            bytes.len() >= 3 && !harmless(bytes) && !object_name(bytes)
        } else {
            is_password(bytes, false) && (copula || bytes.len() >= 6)
        };
        if fits && (copula || !digits(bytes)) && !self.settings.allows(bytes) {
            let until = value.until.or((end == limit && site.cut).then_some(Until::Word));
            out.push(site.mask(const { number("secret-in-prose") }, value.start, end, until));
        }
    }
}

/// Where the value begins, if nothing but the key's closing quotes and a separator stand before it.
fn separated(text: &[u8], i: usize, limit: usize) -> Option<usize> {
    let mut j = skip(text, i, limit.min(i + 8), |b| {
        matches!(b, b'"' | b'\'' | b'`' | b'\\' | b']' | b'*' | b')') || is_blank(b)
    });
    for close in ["」", "』", "】", "”", "»", "&quot;", "\\u0022", "%22"] {
        if starts(text, j, limit, close) {
            j += close.len();
        }
    }
    j = skip(text, j, limit.min(j + 4), is_blank);
    SEPARATORS
        .iter()
        .find(|s| starts(text, j, limit, s))
        .map(|s| skip(text, j + s.len(), limit, |b| matches!(b, b'=' | b'>' | b':')))
}

/// The text in typographic quotes that open at `i`.
fn quoted(text: &[u8], i: usize, limit: usize) -> Option<Value> {
    let (open, close) = QUOTES.iter().find(|(open, _)| starts(text, i, limit, open))?;
    let start = i + open.len();
    let end = start + memchr::memmem::find(&text[start..limit.min(start + 300)], close.as_bytes())?;
    Some(Value { start, end, quoted: true, until: None })
}

/// Steps over what the word goes on with: endings, and further words that underscores join.
fn rest_of_word(text: &[u8], stop: usize, limit: usize, wide: bool) -> usize {
    let mut i = stop;
    while i < limit.min(stop + REST) {
        let Some((c, length)) = char_at(text, i, limit) else { break };
        let goes_on = if wide {
            c >= '\u{2e80}' && c.is_alphabetic() && i < stop + 12 && !JOINTS.iter().any(|j| starts(text, i, limit, j))
        } else {
            c.is_alphanumeric() || matches!(c, '_' | '\'' | '’' | '-') || mark(c)
        };
        // `密码abc`: the value follows at once.
        if !goes_on
            || matches!(c, '-' | '\'') && !text.get(i + 1).is_some_and(|b| b.is_ascii_alphabetic() || *b >= 0x80)
        {
            break;
        }
        i += length;
    }
    i
}

/// A vowel sign or an accent of its own, as the scripts of India and decomposed letters have.
fn mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{981}'..='\u{983}' | '\u{9bc}'..='\u{9cd}'
        | '\u{a3c}'..='\u{a4d}' | '\u{abc}'..='\u{acd}' | '\u{b82}' | '\u{bbe}'..='\u{bcd}' | '\u{c3e}'..='\u{c4d}' | '\u{cbc}'..='\u{ccd}' | '\u{d3e}'..='\u{d4d}' | '\u{dca}'..='\u{ddf}' | '\u{e31}'..='\u{e4e}'
        | '\u{eb1}'..='\u{ece}' | '\u{102b}'..='\u{103e}' | '\u{17b4}'..='\u{17d3}' | '\u{200c}' | '\u{200d}')
}

/// `hunterTwo`: capitals within.
fn odd_case(word: &str) -> bool {
    word.bytes().skip(1).any(|b| b.is_ascii_uppercase()) && word.bytes().any(|b| b.is_ascii_lowercase())
}

fn same(word: &str, other: &str) -> bool {
    word.eq_ignore_ascii_case(other) || (!word.is_ascii() && word.len() == other.len() && word.to_lowercase() == other)
}

fn starts(text: &[u8], i: usize, limit: usize, word: &str) -> bool {
    i <= limit && text[i..limit].starts_with(word.as_bytes())
}

/// The character at `i` and its length.
fn char_at(text: &[u8], i: usize, limit: usize) -> Option<(char, usize)> {
    let near = text.get(i..limit.min(i + 4))?;
    let length = match near.first()? {
        0..0x80 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    };
    let c = std::str::from_utf8(near.get(..length)?).ok()?.chars().next()?;
    Some((c, length))
}

/// The character that ends before `i`.
fn char_before(text: &[u8], i: usize, floor: usize) -> Option<char> {
    let start = (floor.max(i.saturating_sub(4))..i).rev().find(|j| text[*j] & 0xc0 != 0x80)?;
    char_at(text, start, i).map(|(c, _)| c)
}
