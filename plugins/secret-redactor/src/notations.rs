//! Keys in notations where something other than `=` or `:` stands between key and value: elements and attributes, flags, calls and
//! tuples, indexes, arrows, escapes.
use crate::{
    detect::Detector,
    keyed::{Setting, key_start, name_or_dash, said_in_prose},
    keys::{Meaning, Strength},
    site::{Mask, Site},
    source::is_code,
    table::number,
    text::{Mix, Until, is_blank, is_name, is_quote, reads, skip, skip_back},
    value::{Value, value_at},
};

/// What may close a key: the quotes of every escaping, brackets, the end of an element.
const CLOSERS: &[&[u8]] = &[
    b"\\u0022", b"u0022", b"\\u0027", b"\\x22", b"\\x27", b"&quot;", b"&#34;", b"&apos;", b"&#39;", b"&gt;", b"%22",
    b"%27", b"%2522", b"\"", b"'", b"`", b"\\", b"]", b" ", b"\t",
];

/// What may stand between a closed key and its value.
const SEPARATORS: &[&[u8]] =
    &[b"=>", b":=", b"->", b"=", b":", b",", b"%3d", b"%3a", b"%253d", b"%253a", b"&#61;", b"\\u003d", b"\xe2\x86\x92"];

/// What names of functions begin with, in whose brackets no value stands.
#[rustfmt::skip]
pub(crate) const VERBS: &[&[u8]] = &[
    b"get", b"set", b"valid", b"check", b"verif", b"encod", b"decod", b"hash", b"reset", b"chang", b"updat", b"gener", b"creat", b"pars", b"is",
    b"has", b"find", b"load", b"read", b"with", b"use", b"new", b"refresh", b"revoke", b"compare", b"make", b"build", b"fetch", b"mask", b"redact",
    b"encrypt", b"decrypt", b"test", b"on", b"by", b"rotate", b"sign", b"add", b"remove", b"delete", b"require", b"match", b"extract", b"issue",
];

/// The end of the first of `words` that stands at `i`.
fn one_of(text: &[u8], i: usize, limit: usize, words: &[&[u8]]) -> Option<usize> {
    words.iter().find(|w| i + w.len() <= limit && reads(text, i, w)).map(|w| i + w.len())
}

impl Detector {
    /// `\"KEY\":\"VALUE\"` at any depth, `("KEY", "VALUE")`, `["KEY"] = "VALUE"`, `KEY%3DVALUE`, `&quot;KEY&quot;:…`,
    /// `<name>KEY</name><value>VALUE</value>`. `key_end`: where the key's word ends.
    pub(crate) fn closed_key(&self, site: Site, key_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let mut start = key_start(text, at, site.floor);
        // `API Key`: the word before says which.
        if text[start..key_end].eq_ignore_ascii_case(b"key") && start > site.floor && text[start - 1] == b' ' {
            start = skip_back(text, start - 1, site.floor.max(start.saturating_sub(32)), name_or_dash);
        }
        let list = skip(text, key_end, limit.min(key_end + 6), |b| b != b'[');
        let many = || self.meaning_of_many(&text[start..key_end], text, list, limit);
        let Some(said) = self.meaning(&text[start..key_end]).or_else(many) else { return };
        if text[key_end..limit].starts_with(b"</") {
            return self.next_element(site, said, key_end, out);
        }
        let stop = limit.min(key_end + 32);
        let mut i = key_end;
        let mut closed = false;
        while let Some(next) = one_of(text, i, stop, CLOSERS) {
            closed |= !is_blank(text[i]);
            i = next;
        }
        if let Some(cell) = one_of(text, i, limit, &[b"|", "\u{2502}".as_bytes()]) {
            return self.cell(site, said, cell, out);
        }
        if start >= 4 && text[key_end..limit].starts_with(b"&gt;") && text[..start].ends_with(b"&lt;") {
            let end = memchr::memmem::find(&text[i..limit], b"&lt;").map_or(limit, |n| i + n);
            let until = (end == limit && site.cut).then_some(Until::Word);
            return self.value(site, said, Value { start: i, end, quoted: true, until }, Setting::Data, out);
        }
        let Some(after) = one_of(text, i, limit, SEPARATORS) else { return };
        let tuple = start > site.floor && text[start - 1] == b'{';
        if text[i] == b',' && !closed && !tuple && text[start] != b'-' {
            return;
        }
        // An element of a list of names is no key: `["user", "password", "host"]`.
        if text[i] == b',' && !self.is_pair(site, start, after) {
            return;
        }
        match said.strength {
            Strength::Authorization => self.authorization(site, after, out),
            Strength::Cookie => self.cookie(site, &text[start..key_end], after, out),
            _ => self.value(site, said, value_at(text, after, limit, site.cut), Setting::Data, out),
        }
    }

    /// `KEY(VALUE)`, as some programs print their settings: no call's argument looks like that.
    pub(crate) fn bracketed_value(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let start = skip_back(text, at, floor.max(at.saturating_sub(64)), name_or_dash);
        let dotted = text[start..stop].contains(&b'.') || text[start..stop].contains(&b'$');
        let verb =
            dotted || VERBS.iter().any(|v| reads(&text[..at], start, v)) || (start > floor && text[start - 1] == b'.');
        let Some(said) = self.meaning(&text[start..stop - 1]).filter(|_| !verb) else { return };
        if text.get(stop).is_some_and(|b| is_quote(*b)) && stop < limit {
            // `Secret("VALUE")`
            let value = value_at(text, stop, limit, site.cut);
            let bytes = &text[value.start..value.end];
            let mix = Mix::of(bytes);
            let closed = text.get(value.end + 1) == Some(&b')');
            let said = Meaning { strength: Strength::Stated, ..said };
            if bytes.len() >= 8
                && mix.digit > 0
                && mix.kinds() >= 2
                && closed
                && !bytes.contains(&b' ')
                && self.is_secret(said, bytes, true)
            {
                out.push(site.mask(self.label(text, value, said.rule), value.start, value.end, None));
            }
            return;
        }
        let end = skip(text, stop, limit.min(stop + 128), |b| {
            b > b' ' && !matches!(b, b'(' | b')' | b'"' | b'\'' | b',' | b':' | b'.')
        });
        let mix = Mix::of(&text[stop..end]);
        let fits = end - stop >= 8 && mix.digit > 0 && mix.kinds() >= 2 && text.get(end) == Some(&b')') && end < limit;
        if fits && self.is_secret(Meaning { strength: Strength::Stated, ..said }, &text[stop..end], false) {
            out.push(site.mask(said.rule, stop, end, None));
        }
    }

    /// `| db_password   | VALUE |`: the key's cell is filled up with blanks.
    pub(crate) fn cell_behind(&self, site: Site, key_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        // `DB_PASSWORD,VALUE`: a line of names and values.
        let name = key_start(text, at, site.floor);
        if text.get(key_end) == Some(&b',') && name == site.floor && site.line_start {
            let variable = text[name..key_end].iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
            let cell = Value { start: key_end + 1, end: limit, quoted: false, until: None };
            let plain = text[cell.start..limit].iter().all(|b| *b > b' ' && !matches!(b, b',' | b'"' | b'\''));
            if let Some(said) = self.meaning(&text[name..key_end]).filter(|_| variable && plain && !site.cut) {
                self.value(site, Meaning { strength: Strength::Stated, ..said }, cell, Setting::Data, out);
            }
            return;
        }
        let bar = skip(text, key_end, limit.min(key_end + 64), is_blank);
        let Some(cell) = one_of(text, bar, limit, &[b"|", "\u{2502}".as_bytes()]) else { return };
        if let Some(said) = self.meaning(&text[key_start(text, at, site.floor)..key_end]) {
            self.cell(site, said, cell, out);
        }
    }

    /// The cell behind a key's.
    fn cell(&self, site: Site, said: Meaning, from: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let start = skip(text, from, limit, is_blank);
        let end = skip(text, start, limit, |b| !is_blank(b) && b != b'|');
        let strength = match said.strength {
            Strength::Certain | Strength::Stated | Strength::Likely => Strength::Stated,
            other => other,
        };
        let behind = skip(text, end, limit, is_blank);
        let cell = Value { start, end, quoted: false, until: None };
        let count = |sign: u8| text[start..end].iter().filter(|b| **b == sign).count();
        let unbalanced = count(b')') > count(b'(');
        // `|target, token| token.step(target)`, `PrivateKey | PublicKey,`
        if unbalanced || is_code(site, cell) || matches!(text[start..end].last(), Some(b',' | b';')) {
            return;
        }
        let ends = behind == limit || text[behind] == b'|' || text[behind..].starts_with("\u{2502}".as_bytes());
        if ends && self.is_secret(Meaning { strength, ..said }, &text[start..end], true) {
            out.push(site.mask(said.rule, start, end, (end == limit && site.cut).then_some(Until::Word)));
        }
    }

    /// Whether a key that a comma follows has one value: it opens its brackets or is a flag, and a quoted value closes them.
    fn is_pair(&self, site: Site, start: usize, after: usize) -> bool {
        let Site { text, limit, floor, .. } = site;
        let value = value_at(text, after, limit, site.cut);
        if text[start] == b'-' {
            // `add_argument("--password", type=str)`
            return value.quoted || !text[value.start..value.end].contains(&b'=');
        }
        let behind = skip(text, value.end, limit, |b| is_quote(b) || b == b'\\' || is_blank(b));
        let closes = behind >= limit || matches!(text[behind], b')' | b']' | b'}' | b';' | b',' | b'\n');
        let before = skip_back(text, start, floor, |b| is_quote(b) || b == b'\\' || is_blank(b));
        let opens = before == floor || matches!(text[before - 1], b'(' | b'[' | b'{' | b',' | b']' | b'\n' | b'>');
        let list = before > floor && text[before - 1] == b',';
        value.quoted && value.end > value.start && closes && opens && !list
    }

    /// `KEY => VALUE`, `KEY := VALUE`, `KEY -> VALUE`: the anchor is the separator.
    pub(crate) fn arrow(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let end = skip_back(text, at, site.floor.max(at.saturating_sub(24)), |b| {
            is_blank(b) || is_quote(b) || matches!(b, b']' | b'\\')
        });
        let start = skip_back(text, end, site.floor.max(end.saturating_sub(64)), |b| name_or_dash(b) || b >= 0x80);
        if start == end {
            return;
        }
        if greek_letter(&text[start..end]) {
            return;
        }
        let Some(said) = self.meaning(&text[start..end]) else { return };
        let from = skip_back(text, literal_end, at + 1, |b| is_quote(b) || b == b'\\');
        match said.strength {
            Strength::Authorization => self.authorization(site, from, out),
            Strength::Cookie => {}
            _ => self.value(site, said, value_at(text, from, limit, site.cut), Setting::Data, out),
        }
    }

    /// The text of the element that follows the one which holds the key.
    fn next_element(&self, site: Site, said: Meaning, key_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let Some(close) = memchr::memchr(b'>', &text[key_end..limit.min(key_end + 64)]) else { return };
        let open = skip(text, key_end + close + 1, limit, is_blank);
        if open >= limit || text[open] != b'<' || text.get(open + 1) == Some(&b'/') {
            return;
        }
        let Some(mut inner) = memchr::memchr(b'>', &text[open..limit.min(open + 128)]).map(|n| open + n + 1) else {
            return;
        };
        // `<dd><code>VALUE`
        while inner + 1 < limit
            && text[inner] == b'<'
            && text[inner + 1].is_ascii_alphabetic()
            && let Some(close) = memchr::memchr(b'>', &text[inner..limit.min(inner + 64)])
        {
            inner += close + 1;
        }
        let end = memchr::memchr(b'<', &text[inner..limit]).map_or(limit, |n| inner + n);
        let until = (end == limit && site.cut).then_some(Until::Word);
        self.value(site, said, Value { start: inner, end, quoted: true, until }, Setting::Data, out);
    }

    /// `<KEY>VALUE</KEY>` and `<x name="KEY">VALUE</x>`, by the opening tag's end or by the closing tag.
    pub(crate) fn element(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let start = skip_back(text, at, floor.max(at.saturating_sub(64)), |b| name_or_dash(b) || b == b':');
        if start == floor {
            return;
        }
        let name_end = skip(text, start, literal_end, |b| name_or_dash(b) || b == b':');
        let name = text[start..name_end].iter().rposition(|b| *b == b':').map_or(start, |n| start + n + 1);
        let Some(said) = self.meaning(&text[name..name_end]) else { return };
        let (from, end) = if text[start - 1] == b'/' && start >= floor + 2 && text[start - 2] == b'<' {
            let near = floor.max(start.saturating_sub(240));
            let Some(open) = memchr::memrchr(b'>', &text[near..start - 2]) else { return };
            (near + open + 1, start - 2)
        } else if matches!(text[start - 1], b'<' | b'"' | b'\'' | b';') {
            (literal_end, memchr::memchr(b'<', &text[literal_end..limit]).map_or(limit, |n| literal_end + n))
        } else {
            return;
        };
        // `<AdministratorPassword><Value>x</Value>`
        let inner = b"<Value>";
        let (from, end) = if from == literal_end && text[from..limit].starts_with(inner) {
            let from = from + inner.len();
            (from, memchr::memchr(b'<', &text[from..limit]).map_or(limit, |n| from + n))
        } else {
            (from, end)
        };
        let (from, end) = cdata(text, from, end, (site.floor, limit));
        let until = (end == limit && site.cut).then_some(Until::Word);
        // `<user>:<password>@host` says how a URL is written.
        let url = text[from..end].starts_with(b"@");
        // `Replace <PASSWORD> and <TOKEN>`: what stands between is no element's text.
        if end < limit && text[end] == b'<' && text.get(end + 1) != Some(&b'/') && text[from..end].contains(&b' ') {
            return;
        }
        if end > from && !url && self.is_secret(said, &text[from..end], true) {
            out.push(site.mask(const { number("xml-element") }, from, end, until));
        }
    }

    /// `--KEY VALUE`, and `KEY VALUE` of a shell's or a Dockerfile's statement.
    pub(crate) fn flag(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let start = skip_back(text, at, site.floor.max(at.saturating_sub(64)), name_or_dash);
        let end = literal_end - 1;
        let dashed = text[start] == b'-';
        let before = &text[site.floor..start];
        let statement = [b"ENV ".as_slice(), b"ARG ", b"setenv ", b"export ", b"set ", b"#define "]
            .iter()
            .any(|w| before.len() >= w.len() && before[before.len() - w.len()..].eq_ignore_ascii_case(w));
        let tabbed = text[literal_end - 1] == b'\t';
        if !(dashed || statement || tabbed || configured(before)) {
            return;
        }
        let Some(said) = self.meaning(&text[start..end]) else { return };
        let value = value_at(text, literal_end, limit, site.cut);
        let bytes = &text[value.start..value.end];
        if bytes.is_empty()
            || (bytes[0] == b'-' && !value.quoted)
            || matches!(bytes[0], b'=' | b'|')
            || (!value.quoted && said_in_prose(text, value, limit))
        {
            return;
        }
        let strength = match said.strength {
            Strength::Weak if !tabbed => Strength::Likely,
            // The next cell of a table's head is no password.
            Strength::Certain if tabbed => Strength::Stated,
            other => other,
        };
        if self.is_secret(Meaning { strength, ..said }, bytes, value.quoted || dashed) {
            let rule = self.label(text, value, const { number("command-line-secret") });
            out.push(site.mask(rule, value.start, value.end, value.until));
        }
    }
}

/// `δ`, `φi`: a variable of a formula.
fn greek_letter(name: &[u8]) -> bool {
    name.len() <= 5
        && name.iter().any(|b| matches!(b, 0xce | 0xcf))
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, 0xce | 0xcf | 0x80..=0xbf))
}

/// A command that takes names and values as words stands before: `aws configure set`, `rclone config create`.
fn configured(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(96)..];
    [b" configure set ".as_slice(), b" config set ", b" config create ", b" secret set "]
        .iter()
        .any(|w| memchr::memmem::find(near, w).is_some())
}

/// Leaves the marks of a CDATA section out of an element's text.
fn cdata(text: &[u8], from: usize, end: usize, (floor, limit): (usize, usize)) -> (usize, usize) {
    const OPEN: &[u8] = b"<![CDATA[";
    let (mut from, mut end) = (from, end);
    if text[from..limit].starts_with(OPEN) {
        from += OPEN.len();
        end = memchr::memmem::find(&text[from..limit], b"]]>").map_or(limit, |n| from + n);
    } else if from >= floor + 3 && text[..from].ends_with(b"]]>") {
        end = from - 3;
        // What stands on a line above was decided with it.
        let near = end.saturating_sub(240).max(floor);
        from = memchr::memmem::rfind(&text[near..end], OPEN).map_or(end, |n| near + n + OPEN.len());
    }
    (from, end)
}

/// Behind the tags that end a label and open its value: `<b>Password:</b> X`, `Password:</td><td>X`.
fn behind_tags(text: &[u8], i: usize, limit: usize) -> usize {
    let mut at = i;
    for _ in 0..3 {
        let name = skip(text, at + 2, limit.min(at + 12), |b| b.is_ascii_alphanumeric());
        let tag = text[at..limit].starts_with(b"</") || (at > i && text[at..limit].starts_with(b"<"));
        if !tag || name >= limit || text[name] != b'>' {
            break;
        }
        at = skip(text, name + 1, limit, is_blank);
    }
    at
}

/// A value wrapped in what a language writes around it: `Some("x")`, `N'x'`, `!!str x`; the value itself otherwise.
pub(crate) fn unwrapped(text: &[u8], i: usize, limit: usize) -> usize {
    const WRAPPERS: &[&[u8]] = &[
        b"Some(",
        b"Ok(",
        b"Just(",
        b"SecretStr(",
        b"SecretString(",
        b"PASSWORD(",
        b"String(",
        b"Optional[",
        b"Optional(",
        b"chr ",
        b"String = ",
        b"Slice([",
        b"!!str ",
        b"!vault ",
        b"<![CDATA[",
        b"<<",
    ];
    let i = behind_tags(text, skip(text, i, limit, is_blank), limit);
    // `&anchor "x"`, `/* note */ "x"`
    let note = if text[i..limit].starts_with(b"/*") {
        memchr::memmem::find(&text[i..limit.min(i + 80)], b"*/").map(|n| i + n + 2)
    } else if text[i..limit].starts_with(b"&") {
        let name = skip(text, i + 1, limit.min(i + 32), is_name);
        (name > i + 1 && name < limit && text[name] == b' ').then_some(name)
    } else {
        None
    };
    if let Some(quote) = note.map(|n| skip(text, n, limit, is_blank)).filter(|q| *q < limit && is_quote(text[*q])) {
        return quote;
    }
    // `0x7ffe4c11 "x"`: where a debugger found it.
    if text[i..limit].starts_with(b"0x") {
        let quote = skip(text, i + 2, limit.min(i + 20), |b| b.is_ascii_hexdigit());
        if text[quote..limit].starts_with(b" \"") {
            return quote + 1;
        }
    }
    // `&anchor x`
    if let Some(value) = note.filter(|n| text[i] == b'&' && n + 4 < limit && !is_blank(text[n + 1])) {
        return value + 1;
    }
    // `(string) (len=12) "x"`
    if text[i..limit].starts_with(b"(string)") || text[i..limit].starts_with(b"string(") {
        let quote = skip(text, i, limit.min(i + 28), |b| !is_quote(b));
        return if quote < limit && is_quote(text[quote]) { quote } else { i };
    }
    // Nearly all values begin otherwise.
    if !text[i..limit].first().is_some_and(|b| WRAPPERS.iter().any(|w| w[0].eq_ignore_ascii_case(b))) {
        return i;
    }
    match one_of(text, i, limit, WRAPPERS) {
        Some(next)
            if next < limit && (is_quote(text[next]) || text[i] == b'!' || text[i] == b'<' || is_name(text[next])) =>
        {
            next
        }
        _ => i,
    }
}
