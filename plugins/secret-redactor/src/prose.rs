//! Secrets told in sentences: `the temporary password is X`, `token X was rejected`, `password for bob changed from X to Y`.
use crate::{
    allow::{digits, harmless, object_name, uuid},
    detect::Detector,
    judge::{address, generated, words_joined},
    keyed::name_or_dash,
    keys::{Meaning, Strength},
    lists::Lists,
    notations::VERBS,
    randomness::{is_hex, random},
    site::{Mask, Site},
    source::is_type,
    table::number,
    text::{Mix, Until, is_blank, is_quote, reads, skip, skip_back},
    value::{Value, value_at},
};
use std::sync::LazyLock;

/// How many words of a sentence are read.
const MOST: usize = 10;

/// What kind of secret the noun promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noun {
    Password,
    /// A token or a key: long and random.
    Token,
    /// As a token, and a UUID counts.
    Key,
    /// A key of no kind: as a token, but hex is an id.
    Bare,
    /// A code of digits.
    Code,
    /// User and password.
    Pair,
}

/// Words that may stand between a noun and the secret.
#[rustfmt::skip]
const FILLERS: &[&str] = &[
    "is", "was", "are", "be", "been", "set", "reset", "changed", "change", "updated", "to", "from", "as", "now", "new", "old", "your", "the", "a", "an",
    "with", "generated", "created", "assigned", "temporary", "initial", "default", "this", "that", "following", "still", "currently", "rotated",
    "equals", "value", "provided", "supplied", "given", "used", "received", "rejected", "expired", "string", "box", "here", "we", "use", "\u{2014}", "\u{2013}", "mo", "ay", "ko", "niyo", "ist", "lautet", "est", "es", "\u{e9}", "\u{e8}", "jest", "er", "\u{e4}r", "on", "has", "will", "in", "and", "it", "it's", "has", "sent",
];

/// Words after which a name stands, which is no secret.
#[rustfmt::skip]
const NAMING: &[&str] = &["for", "user", "of", "by", "per", "account", "username", "login", "named", "f\u{fc}r", "para", "pour", "von", "user:", "database"];

/// Words behind those, which say what is named.
#[rustfmt::skip]
const NAMED: &[&str] = &[
    "the", "your", "project", "tenant", "domain", "role", "group", "client", "service", "app", "application", "node", "device", "cluster",
    "order", "customer", "instance", "request", "job", "namespace",
];

/// Which list a word is on, as bits.
mod on {
    pub(super) const NAMING: u16 = 1;
    pub(super) const NAMED: u16 = 2;
    pub(super) const FILLERS: u16 = 4;
}

static WORDS: LazyLock<Lists> = LazyLock::new(|| {
    let lists: [(&[&'static str], u16); 3] = [(NAMING, on::NAMING), (NAMED, on::NAMED), (FILLERS, on::FILLERS)];
    Lists::from_lists(&lists)
});

/// Signs between a noun and a secret in scripts without blanks, and the copulas there.
const JOINTS: &[&str] = &[
    "\u{662f}", "\u{4e3a}", "\u{70ba}", "\u{306f}", "\u{ff1a}", "\u{300c}", "\u{ff1d}", "\u{b294}", "\u{c740}",
    "\u{ac00}", "\u{c774}", "\u{c6}", "\u{44c}", "\u{44f}", "\u{44e}", "\u{451}",
];

impl Detector {
    /// The anchor is a noun, with the blank behind it where its script has blanks.
    pub(crate) fn prose(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, at, floor, .. } = site;
        let noun = noun(&text[at..literal_end]);
        let glued = at > floor && name_or_dash(text[at - 1]);
        let named = if glued { self.glued_name(text, at, literal_end, floor) } else { None };
        if glued && noun == Noun::Password && named.is_none() {
            return;
        }
        // Under the name of a credential a UUID is one.
        let noun = if noun == Noun::Token && named.is_some_and(|m| m.uuid) { Noun::Key } else { noun };
        let noun = if noun == Noun::Key && !glued && bare_key(self, text, (floor, at, literal_end)) {
            Noun::Bare
        } else {
            noun
        };
        // `public key X`
        let word = skip_back(text, at, floor, is_blank);
        if noun == Noun::Bare && word >= floor + 6 && reads(text, word - 6, b"public") {
            return;
        }
        if matches!(noun, Noun::Token | Noun::Key) && !self.names_a_token(text, at, literal_end, floor) {
            return;
        }
        let mut i = literal_end;
        if !text[at].is_ascii() {
            while let Some(joint) = JOINTS.iter().find(|j| text[i..limit].starts_with(j.as_bytes())) {
                i += joint.len();
            }
        }
        let secret = text[at..literal_end].eq_ignore_ascii_case(b"secret ");
        let phrase = text[at..literal_end].eq_ignore_ascii_case(b"passphrase ");
        // `  password UUID`: a line of a netrc.
        let netrc = site.line_start && reads(text, at, b"password ") && limit == literal_end + 36;
        let uuids = netrc || named.is_some_and(|m| m.uuid);
        let (mut naming, mut moved, mut is) = (false, false, false);
        for _ in 0..MOST {
            i = skip(text, i, limit, |b| is_blank(b) || matches!(b, b':' | b'=' | b'-' | b'>' | b'\\'));
            if i >= limit {
                return;
            }
            if text[i] == b'(' && text.get(i + 1).is_some_and(|b| is_quote(*b)) && i + 1 < limit {
                // `password ("X")`
                i += 1;
            } else if text[i] == b'(' {
                // `password (admin): X`
                let close = memchr::memchr(b')', &text[i..limit.min(i + 160)]);
                // `Key (token_hash)=(X) already exists`: a column of an index.
                if close.is_some_and(|close| text[i + close..limit].starts_with(b")=(")) {
                    return;
                }
                let whole = |close: &usize| !text[i..i + close].iter().any(|b| is_blank(*b));
                // `API_TOKEN (X)`: a single word that nobody would remark.
                if let Some(close) = close.filter(whole) {
                    let value = Value { start: i + 1, end: i + close, quoted: false, until: None };
                    if self.told(site, noun, uuids, value, out).is_some() {
                        return;
                    }
                }
                let Some(close) = close.filter(|close| *close < 40) else { return };
                i += close + 1;
                continue;
            }
            let end = skip(text, i, limit, |b| !is_blank(b));
            let word = trimmed(&text[i..end]);
            if word.is_empty() && end >= i + 3 && text[i..end].iter().all(|b| *b == b'.') {
                // `password ........ X`
                i = end;
                continue;
            }
            let kind = WORDS.of(word);
            if naming {
                // `token for app: X`, `OTP for login: X`: that was the name.
                let named = if text[end - 1] == b':' { 0 } else { on::NAMED };
                let is_code = noun == Noun::Code && text[end - 1] == b':';
                naming = !is_code && kind & (on::NAMING | named) != 0;
                i = end;
                continue;
            }
            // `Unseal Key 3: X`
            let numbered = text[end - 1] == b':' && word.len() <= 2 && digits(word) && !word.is_empty();
            if numbered && noun == Noun::Key {
                i = end;
                continue;
            }
            // `OTP for login: X`: what the code is for.
            if noun == Noun::Code && text[end - 1] == b':' {
                i = end;
                continue;
            }
            if kind & on::NAMING != 0 {
                naming = true;
                i = end;
                continue;
            }
            // `the password on db-1 is X`: where it is used.
            if word.eq_ignore_ascii_case(b"on") || word.eq_ignore_ascii_case(b"at") {
                let place = skip(text, end, limit, is_blank);
                let place_end = skip(text, place, limit, |b| !is_blank(b));
                let copula = skip(text, place_end, limit, is_blank);
                if place_end > place && (reads(text, copula, b"is ") || reads(text, copula, b"was ")) {
                    i = place_end;
                    continue;
                }
            }
            if kind & on::FILLERS != 0 {
                is |= word.eq_ignore_ascii_case(b"is") || word.eq_ignore_ascii_case(b"was");
                moved |= word.eq_ignore_ascii_case(b"from") || word.eq_ignore_ascii_case(b"was");
                i = end;
                continue;
            }
            // `PASSWORD elastic = X`, `password bob: X`: a name stands between.
            let behind = skip(text, end, limit, is_blank);
            let label = text[end - 1] == b':' || (behind < limit && text[behind] == b'=');
            if label && matches!(noun, Noun::Password | Noun::Code) && word.iter().all(u8::is_ascii_lowercase) {
                i = end;
                continue;
            }
            // `the secret is X`: after `is` it need not be long.
            let noun = if secret && is { Noun::Password } else { noun };
            let value = value_at(text, i, limit, site.cut);
            if (is && words_joined(trimmed(&text[value.start..value.end])))
                || (value.quoted && phrase && words(&text[value.start..value.end]))
            {
                out.push(site.mask(const { number("secret-in-prose") }, value.start, value.end, value.until));
                return;
            }
            let Some(next) = self.told(site, noun, uuids, value, out) else { return };
            if noun == Noun::Pair || !moved {
                return;
            }
            i = next;
        }
    }

    /// Masks the word, if it looks like what the noun promises; where to read on. `uuids`: here a UUID is a secret.
    fn told(&self, site: Site, noun: Noun, uuids: bool, value: Value, out: &mut Vec<Mask>) -> Option<usize> {
        let Site { text, limit, .. } = site;
        let (mut start, mut end) = (value.start, value.end);
        if !value.quoted {
            end = skip(text, start, end, |b| b.is_ascii());
            end = start + trimmed(&text[start..end]).len();
        }
        if noun == Noun::Pair {
            // `bob:X`, `bob / X`
            let rest = &text[start..limit];
            let user =
                rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'@' | b'-')).count();
            let sep = skip(text, start + user, limit, is_blank);
            if user == 0 || sep >= limit || !matches!(text[sep], b':' | b'/') {
                return None;
            }
            start = skip(text, sep + 1, limit, is_blank);
            end = skip(text, start, limit, |b| !is_blank(b) && !is_quote(b));
            end = start + trimmed(&text[start..end]).len();
        }
        let bytes = &text[start..end];
        // Of what is called a secret, and no token or key, fewer letters are enough when they are mixed well.
        let short = reads(text, site.at, b"secret ");
        let secret = match noun {
            Noun::Password | Noun::Pair => is_password(bytes, value.quoted) || (uuids && uuid(bytes)),
            Noun::Token | Noun::Key => {
                (uuid(bytes.strip_suffix(b":fx").unwrap_or(bytes)) && noun == Noun::Key)
                    || is_token(bytes)
                    || (short && bytes.len() >= 10 && mixed(bytes) && !logical_id(bytes) && !hump(bytes))
                    || self.token_rule(text, start, end).is_some()
            }
            Noun::Bare => (is_token(bytes) && !is_hex(bytes)) || self.token_rule(text, start, end).is_some(),
            Noun::Code => is_code(bytes),
        };
        if !secret || self.settings.allows(bytes) {
            return None;
        }
        let rule = self.token_rule(text, start, end).unwrap_or(const { number("secret-in-prose") });
        out.push(site.mask(
            rule,
            start,
            end,
            value.until.filter(|_| end == value.end).or((end == limit && site.cut).then_some(Until::Word)),
        ));
        Some(end)
    }

    /// Whether what stands before `token` or `key` makes it a credential's: no `next page token`, no `lock token`.
    fn names_a_token(&self, text: &[u8], at: usize, end: usize, floor: usize) -> bool {
        let gap = skip_back(text, at, floor, |b| is_blank(b) || matches!(b, b'_' | b'-'));
        let start = skip_back(text, gap, floor.max(gap.saturating_sub(32)), |b| b.is_ascii_alphanumeric());
        let noun = text[at..end].trim_ascii_end();
        let mut name = [0u8; 96];
        let word = &text[start..gap];
        let n = word.len() + 1 + noun.len();
        if at == gap && at > floor && text[at - 1].is_ascii_alphanumeric() {
            return self.glued_name(text, at, end, floor).is_some();
        }
        if word.eq_ignore_ascii_case(b"public") {
            return false;
        }
        if word.is_empty() || n > name.len() {
            return true;
        }
        name[..word.len()].copy_from_slice(word);
        name[word.len()] = b'_';
        name[word.len() + 1..n].copy_from_slice(noun);
        self.meaning(&name[..n]).is_some() || !word.iter().all(u8::is_ascii_lowercase)
    }
}

impl Detector {
    /// What the name that the noun is the end of means: `acmeApiToken`, `ACME_TOKEN`; a function's name means nothing.
    fn glued_name(&self, text: &[u8], at: usize, end: usize, floor: usize) -> Option<Meaning> {
        let start = skip_back(text, at, floor.max(at.saturating_sub(64)), name_or_dash);
        let name = text[start..end].trim_ascii_end();
        let verb = VERBS.iter().any(|v| reads(name, 0, v));
        self.meaning(name).filter(|_| start < at && !verb && !name.contains(&b'/'))
    }
}

/// Whether the noun is `key` alone, and nothing before it tells which: no service, no word of ciphers.
fn bare_key(detector: &Detector, text: &[u8], (floor, at, end): (usize, usize, usize)) -> bool {
    if !text[at..end].trim_ascii().eq_ignore_ascii_case(b"key") || (at > floor && text[at - 1] == b'.') {
        return false;
    }
    let gap = skip_back(text, at, floor, |b| is_blank(b) || matches!(b, b'_' | b'-'));
    let start = skip_back(text, gap, floor.max(gap.saturating_sub(32)), |b| b.is_ascii_alphanumeric());
    let word = &text[start..gap];
    let kind = detector.meaning(&[word, b"_key"].concat()).is_some_and(|said| said.strength != Strength::Service);
    !(kind || (!word.is_empty() && detector.meaning(word).is_some()))
}

fn noun(text: &[u8]) -> Noun {
    let has = |word: &[u8]| crate::text::find(text, word).is_some();
    if has(b"cred") || has(b"login: ") || has(b"login is ") || has(b"in with ") || has(b"in as ") {
        Noun::Pair
    } else if has(b"code") && !has(b"passcode") || has(b"otp") || has(b"pin ") {
        Noun::Code
    } else if has(b"key") {
        Noun::Key
    } else if has(b"token") || has(b"secret") {
        Noun::Token
    } else {
        Noun::Password
    }
}

/// A word without the punctuation of its sentence.
fn trimmed(word: &[u8]) -> &[u8] {
    let end = word.len()
        - word
            .iter()
            .rev()
            .take_while(|b| matches!(b, b'.' | b',' | b';' | b':' | b'?' | b')' | b'"' | b'\'' | b']'))
            .count();
    &word[..end]
}

/// Three words or more that blanks divide.
fn words(bytes: &[u8]) -> bool {
    let word = |w: &[u8]| (2..=12).contains(&w.len()) && w.iter().all(u8::is_ascii_alphabetic);
    bytes.split(|b| *b == b' ').count() >= 3 && bytes.split(|b| *b == b' ').all(word)
}

/// What a person or a generator would take for a password, and no sentence would hold.
pub(crate) fn is_password(bytes: &[u8], quoted: bool) -> bool {
    let mix = Mix::of(bytes);
    let symbols = bytes
        .iter()
        .filter(|b| matches!(b, b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'+' | b'=' | b'~'))
        .count();
    let letters = mix.lower + mix.upper;
    let joined = object_name(bytes) && (generated(bytes) || mix.digit == 0) && !app_password(bytes);
    let odd = app_password(bytes)
        || (mix.digit > 0 && letters > 0 && !joined && !version(bytes))
        || (symbols > 0 && letters > 1 && !version(bytes))
        || (mix.changes > 1
            && mix.upper > 0
            && mix.lower > 0
            && bytes.iter().all(u8::is_ascii_alphabetic)
            && !hump(bytes))
        || (digits(bytes) && (4..=10).contains(&bytes.len()) && quoted);
    (4..=256).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_graphic)
        && (odd || (quoted && !object_name(bytes)))
        && !harmless(bytes)
        && !is_type(bytes)
        && !address(bytes)
        && !uuid(bytes)
        && !bytes.iter().any(|b| matches!(b, b'(' | b'{' | b'<'))
        && (quoted || !bytes.contains(&b'=') || bytes.ends_with(b"="))
        && (quoted || !bytes.contains(&b'/'))
}

/// `ynpx-vibw-nbhp-bvhu`: groups of four that no words are, as services print passwords for programs.
fn app_password(bytes: &[u8]) -> bool {
    let groups = || bytes.split(|b| *b == b'-');
    (19..=29).contains(&bytes.len())
        && groups().count() >= 4
        && groups()
            .all(|g| (4..=5).contains(&g.len()) && g.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
        && groups().filter(|g| Mix::of(g).kinds() > 1 || crate::model::naturalness(g) < -2).count() >= 2
}

/// `v1.2`, `2.0.1-beta`, `1:4.13+dfsg1-4ubuntu3`.
fn version(bytes: &[u8]) -> bool {
    let body = bytes.strip_prefix(b"v").unwrap_or(bytes);
    let digits = skip(body, 0, body.len(), |b| b.is_ascii_digit());
    let body = if digits == 1 && body.get(1) == Some(&b':') { &body[2..] } else { body };
    body.first().is_some_and(u8::is_ascii_digit)
        && body.contains(&b'.')
        && body.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+' | b'~'))
}

/// A name of words that begin with capitals.
fn hump(bytes: &[u8]) -> bool {
    crate::model::naturalness(bytes) > -4
}

fn is_token(bytes: &[u8]) -> bool {
    let body = &bytes[..bytes.len() - bytes.iter().rev().take_while(|b| **b == b'=').count()];
    let plain = body.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'+' | b'/' | b'~'));
    let dotted = body.iter().filter(|b| **b == b'.').count() == 1
        && body.len() >= 20
        && body.split(|b| *b == b'.').all(|p| p.len() >= 6 && Mix::of(p).digit > 0);
    // `24 hex:64 hex`, `agent:acme:32 hex`
    if body.contains(&b':') {
        let hex = |p: &[u8]| is_hex(p) && p.len() >= 16;
        return body.rsplit(|b| *b == b':').next().is_some_and(|p| hex(p) && p.len() >= 32)
            && body.split(|b| *b == b':').all(|p| !p.is_empty() && p.iter().all(u8::is_ascii_alphanumeric));
    }
    // `PT` and 48 hex digits: a service's mark stands before.
    let mark = body.iter().take(4).take_while(|b| b.is_ascii_uppercase()).count();
    plain
        && !uuid(body)
        && !harmless(body)
        && !logical_id(body)
        && ((is_hex(&body[mark..]) && body.len() >= 32 + mark)
            || (body.len() >= 16 && (random(body) || mixed(body)) && !object_name(body))
            || (body.len() >= 24 && {
                let mix = Mix::of(body);
                mix.kinds() == 2 && mix.digit >= 4 && mix.other == 0 && mix.changes * 4 >= body.len()
            })
            || stellar(body)
            || hex_groups(body)
            || (dotted && !object_name(body)))
}

/// The seed of an account of Stellar or NATS: `S` and base32.
fn stellar(body: &[u8]) -> bool {
    matches!(body.len(), 56 | 58) && body[0] == b'S' && body.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
}

/// `DbSecretA61B7A71`: a resource's name as `CloudFormation` writes it, with eight digits of its digest.
fn logical_id(body: &[u8]) -> bool {
    let Some(split) = body.len().checked_sub(8).filter(|n| *n >= 4) else { return false };
    let (name, digest) = body.split_at(split);
    is_hex(digest)
        && !digest.iter().any(u8::is_ascii_lowercase)
        && name.iter().all(u8::is_ascii_alphabetic)
        && name[0].is_ascii_uppercase()
        && hump(name)
}

/// `32 hex-8 hex-8 hex`: a long group of hex digits, and others.
fn hex_groups(body: &[u8]) -> bool {
    let mut groups = body.split(|b| *b == b'-');
    groups.next().is_some_and(|g| g.len() >= 32 && is_hex(g))
        && body.contains(&b'-')
        && groups.all(|g| g.len() >= 4 && is_hex(g))
}

/// Letters of both cases and digits that change every few bytes.
fn mixed(body: &[u8]) -> bool {
    let mix = Mix::of(body);
    mix.kinds() == 3 && mix.digit >= 2 && mix.other == 0 && mix.changes * 3 >= body.len()
}

/// `123456`, `123-456`, `WDJB-MJHT`.
fn is_code(bytes: &[u8]) -> bool {
    let halves = |class: fn(&u8) -> bool| {
        bytes.split(|b| *b == b'-').count() == 2
            && bytes.split(|b| *b == b'-').all(|p| (3..=5).contains(&p.len()) && p.iter().all(class))
    };
    (digits(bytes) && (4..=10).contains(&bytes.len()))
        || halves(u8::is_ascii_digit)
        || halves(|b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit())
}
