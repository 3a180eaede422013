//! Rules that go by a key: assignments in every notation, elements, flags, pairs of name and value, headers.
use crate::{
    allow::{digits, harmless, object_name, uuid},
    anchors::separator,
    base64,
    checks::is_card_number,
    detect::Detector,
    keys::{Meaning, Strength, meaning},
    model::naturalness,
    randomness::random,
    saying::{ends_its_text, is_no_value, is_sentence},
    site::{Mask, Site},
    source::is_code,
    table::number,
    text::{Mix, Until, find, is_blank, is_name, is_quote, skip, skip_back},
    value::{Value, value_at},
};

/// Where a value stands, as far as that tells prose from data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// `key=value`, a quoted value, a scalar.
    Data,
    /// `key: value` at the beginning of a line.
    Yaml,
    /// `key: value` within a line.
    Within,
}

/// `?key=` of a URL: what opens it when it is long and random.
fn query_key(site: Site, start: usize, key: &[u8]) -> Option<Meaning> {
    let before = start.checked_sub(1).filter(|i| *i >= site.floor).map(|i| site.text[i]);
    let names: [&[u8]; 9] = [b"key", b"k", b"t", b"hash", b"invite", b"ticket", b"confirm", b"magic", b"share"];
    (matches!(before, Some(b'?' | b'&')) && names.iter().any(|n| key.eq_ignore_ascii_case(n))).then_some(Meaning {
        strength: Strength::Service,
        rule: const { number("api-key-assignment") },
        uuid: false,
    })
}

/// `secret_id=` beside a role's id: the password of Vault's `AppRole`. Elsewhere it is the id of a secret.
fn role_secret(site: Site, key: &[u8]) -> Option<Meaning> {
    let line = &site.text[site.floor..site.limit];
    let named = key.eq_ignore_ascii_case(b"secret_id")
        || key.eq_ignore_ascii_case(b"secretid")
        || find(key, b"vault_secret_id").is_some();
    let beside = [b"role_id".as_slice(), b"roleid", b"approle", b"vault"].iter().any(|w| find(line, w).is_some());
    // `SecretID:         UUID`, as Consul prints a token.
    let printed = key == b"SecretID" && site.line_start && line.starts_with(b"SecretID:  ");
    (printed || (named && beside)).then_some(Meaning {
        strength: Strength::Stated,
        rule: const { number("secret-assignment") },
        uuid: true,
    })
}

pub(crate) fn name_or_dash(b: u8) -> bool {
    is_name(b) || matches!(b, b'-' | b'$')
}

impl Detector {
    /// `KEY = VALUE`, `KEY: VALUE`, `"KEY":"VALUE"`.
    pub(crate) fn assignment(&self, site: Site, word_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        // A word in another script may go on in it.
        let ending = if text[at..word_end].is_ascii() { word_end } else { skip(text, word_end, limit, |b| b >= 0x80) };
        let ending = skip(text, ending, limit.min(ending + 12), |b| !text[word_end - 1].is_ascii() && b == b'\'');
        if let Some(sep) = separator(text, ending, limit, 0) {
            self.assigned(site, word_end, sep, out);
        }
    }

    /// `KEY          = VALUE`, `KEY:          VALUE`: in columns.
    pub(crate) fn aligned(&self, site: Site, word_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let end = skip(text, word_end, limit.min(word_end + 16), is_name);
        let sep = skip(text, end, limit.min(end + 64), is_blank);
        if sep < limit && matches!(text[sep], b'=' | b':') {
            self.assigned(site, word_end, sep, out);
        }
    }

    /// The key whose word ends at `word_end`, and its separator at `sep`.
    fn assigned(&self, site: Site, word_end: usize, sep: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        // `?key=`: the sign before the name is a part of the anchor.
        let start = if matches!(text[at], b'?' | b'&') { at + 1 } else { key_start(text, at, site.floor) };
        let end = skip(text, word_end, sep, is_name);
        let key = &text[start..end];
        let said = self.meaning(key).or_else(|| self.meaning_of_many(key, text, sep + 1, limit));
        let said = said.or_else(|| query_key(site, start, key)).or_else(|| role_secret(site, key));
        let Some(mut said) = said else { return };
        // Whoever has the link has what it opens.
        let query = start > site.floor && matches!(text[start - 1], b'?' | b'&') && text[sep] == b'=';
        said.uuid |= query && said.rule == const { number("token-assignment") };
        // What was sealed for a cluster is no secret.
        if memchr::memmem::find(key, b"encryptedData.").is_some() {
            return;
        }
        // `registry/team/secrets:TAG`, but ` /password:VALUE`.
        let tag = start > site.floor + 1
            && text[sep] == b':'
            && text[start - 1] == b'/'
            && !is_blank(text[start - 2])
            && text.get(sep + 1).is_some_and(u8::is_ascii_alphanumeric);
        // `AWS::AppSync::ApiKey`: the name of a type of resource.
        let typed = text[sep] == b':' && text[site.floor..start].ends_with(b"::");
        let named = tag
            || typed
            || start > site.floor + 4 && text[sep] == b':' && text[start - 1] == b':' && in_resource_name(site, start);
        if named
            || (text[sep] == b':' && text.get(sep + 1) == Some(&b':'))
            || ends_its_text(text, site.floor, start, sep, limit)
        {
            return;
        }
        let mut from = sep + 1;
        while from < limit && matches!(text[from], b'=' | b'>' | b'~') && from < sep + 3 {
            from += 1;
        }
        if site.scalars
            && let Some(mask) = self.scalar(site, said, sep)
        {
            out.push(mask);
            return;
        }
        let before = skip_back(text, start, site.floor, |b| matches!(b, b' ' | b'\t' | b'-' | b'"' | b'\'' | b'+'));
        let leads = before == site.floor && site.line_start;
        let quoted_key = start > site.floor && is_quote(text[start - 1]) && (is_quote(text[end]) || text[end] == b'\\');
        let setting = if text[sep] == b'=' || quoted_key {
            Setting::Data
        } else if leads {
            Setting::Yaml
        } else {
            Setting::Within
        };
        let first = skip(text, from, limit, is_blank);
        if key.last().is_some_and(|b| matches!(b, b's' | b'S')) && text.get(first) == Some(&b'[') && first < limit {
            return self.list(site, said, first + 1, out);
        }
        match said.strength {
            Strength::Authorization => self.authorization(site, from, out),
            Strength::Cookie => self.cookie(site, &text[start..end], from, out),
            _ => {
                let value = value_at(text, from, limit, site.cut);
                if !is_no_value(site, (start, end), value) {
                    self.value(site, said, value, setting, out);
                }
            }
        }
    }

    /// The whole of a scalar, where the anchor is its pointer's last segment.
    fn scalar(&self, site: Site, said: Meaning, sep: usize) -> Option<Mask> {
        let Site { text, floor, limit, .. } = site;
        if !site.line_start
            || text.get(floor) != Some(&b'/')
            || text.get(sep..sep + 2) != Some(b": ")
            || memchr::memmem::find(&text[floor..sep], b": ").is_some()
        {
            return None;
        }
        let value = Value {
            start: sep + 2,
            end: limit,
            quoted: true,
            until: Some(if site.cut { Until::Line } else { Until::Scalar }),
        };
        let said = if matches!(said.strength, Strength::Authorization | Strength::Cookie) {
            Meaning { strength: Strength::Certain, ..said }
        } else {
            said
        };
        (limit > sep + 2 && self.is_secret(said, &text[value.start..limit], true))
            .then(|| site.mask(self.label(text, value, said.rule), value.start, limit, value.until))
    }

    pub(crate) fn value(&self, site: Site, said: Meaning, value: Value, setting: Setting, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let mut value = value;
        if !value.quoted && nested(text, value.start, limit) {
            if text[value.start] == b'[' {
                return self.list(site, said, value.start + 1, out);
            }
            match inner(text, value.start, limit, site.cut) {
                Some(within) => value = within,
                None => return,
            }
        }
        let bytes = &text[value.start..value.end];
        if bytes.is_empty() {
            return;
        }
        if said.strength == Strength::Phrase && !value.quoted {
            value.end = limit;
        }
        if !value.quoted
            && setting != Setting::Data
            && (said.strength != Strength::Certain || spaced_groups(text, value, limit).is_none())
            && (is_sentence(text, value, limit)
                || (said_in_prose(text, value, limit) && (setting == Setting::Within || refused(bytes))))
        {
            return;
        }
        if said.strength == Strength::Certain && !value.quoted {
            value.end = spaced_groups(text, value, limit).unwrap_or(value.end);
        }
        if is_code(site, value) {
            if let Some(other) = otherwise(text, value, limit, site.cut)
                && self.is_secret(said, &text[other.start..other.end], true)
            {
                out.push(site.mask(self.label(text, other, said.rule), other.start, other.end, other.until));
            }
            return;
        }
        if said.strength == Strength::Card && !value.quoted {
            let end = skip(text, value.start, limit, |b| b.is_ascii_digit() || matches!(b, b' ' | b'-'));
            value.end = skip_back(text, end, value.start, |b| matches!(b, b' ' | b'-')).max(value.end);
        }
        if said.strength == Strength::Pin && !value.quoted && groups(bytes) {
            value.end = further_codes(text, value.end, limit);
        }
        if self.is_secret(said, &text[value.start..value.end], value.quoted || setting == Setting::Data) {
            out.push(site.mask(self.label(text, value, said.rule), value.start, value.end, value.until));
        }
    }

    /// The elements of a list under a key that names secrets.
    fn list(&self, site: Site, said: Meaning, from: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let mut i = from;
        for _ in 0..64 {
            i = skip(text, i, limit, |b| is_blank(b) || matches!(b, b',' | b'\\'));
            if i >= limit || text[i] == b']' || nested(text, i, limit) {
                return;
            }
            let mut value = value_at(text, i, limit, site.cut);
            if !value.quoted {
                value.end = skip(text, value.start, value.end, |b| !matches!(b, b',' | b']'));
            }
            if value.end <= i {
                return;
            }
            if !is_code(site, value) && self.is_secret(said, &text[value.start..value.end], true) {
                out.push(site.mask(self.label(text, value, said.rule), value.start, value.end, value.until));
            }
            i = value.end + usize::from(value.quoted);
            i = skip(text, i, limit, is_quote);
        }
    }

    /// Whether a value is a secret under a key of that meaning.
    pub(crate) fn is_secret(&self, said: Meaning, value: &[u8], data: bool) -> bool {
        let value = value.trim_ascii();
        if value.is_empty() || self.settings.allows(value) {
            return false;
        }
        if uuid(value) {
            return said.uuid;
        }
        if harmless(value) {
            return false;
        }
        let refers = said.rule == const { number("secret-assignment") }
            || (said.strength == Strength::Certain && said.rule == const { number("api-key-assignment") });
        if refers && secrets_name(value) {
            return false;
        }
        match said.strength {
            Strength::Certain | Strength::Authorization | Strength::Cookie => !digits(value) || value.len() >= 3,
            Strength::Phrase => value.split(|b| *b == b' ').count() >= 8,
            Strength::Pin => {
                (digits(value) && (3..=12).contains(&value.len()))
                    || likely(value, data)
                    || value.split(|b| matches!(b, b' ' | b',')).filter(|w| !w.is_empty()).all(groups)
            }
            Strength::Card => is_card_number(value),
            Strength::Likely => likely(value, data),
            Strength::Stated => stated(value, data),
            Strength::Weak => weak(value) || user_and_password(value),
            Strength::Service => service(value),
        }
    }

    /// What `keys: [` means: the plural counts where a list follows.
    pub(crate) fn meaning_of_many(&self, key: &[u8], text: &[u8], i: usize, limit: usize) -> Option<Meaning> {
        let list = skip(text, i, limit, is_blank);
        let one = key.strip_suffix(b"s").or_else(|| key.strip_suffix(b"S"))?;
        (list < limit && text[list] == b'[').then(|| self.meaning(one)).flatten()
    }

    pub(crate) fn meaning(&self, key: &[u8]) -> Option<Meaning> {
        meaning(key, &self.settings.keys)
    }

    /// The provider's rule, where the value is a provider's token; else `rule`.
    pub(crate) fn label(&self, text: &[u8], value: Value, rule: u32) -> u32 {
        self.token_rule(text, value.start, value.end).unwrap_or(rule)
    }

    /// What follows `Authorization:`.
    pub(crate) fn authorization(&self, site: Site, from: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let value = value_at(text, from, limit, site.cut);
        let scheme_end = skip(text, value.start, limit, |b| b.is_ascii_alphanumeric() || b == b'-');
        let scheme = &text[value.start..scheme_end];
        let is = |list: &[&str]| list.iter().any(|s| scheme.eq_ignore_ascii_case(s.as_bytes()));
        let after = skip(text, scheme_end, limit, |b| is_blank(b) || b == b'=');
        let rule = const { number("authorization-header") };
        let secret = if after > scheme_end && is(MANY) {
            Value {
                start: after,
                end: if value.quoted { value.end.max(after) } else { limit },
                quoted: true,
                until: site.cut.then_some(Until::Line),
            }
        } else if after > scheme_end && is(ONE) {
            let inner = value_at(text, after, if value.quoted { value.end.max(after) } else { limit }, site.cut);
            Value { until: if value.quoted { value.until } else { inner.until }, ..inner }
        } else if let Some(secret) = behind_scheme(text, value, scheme_end, limit) {
            secret
        } else {
            // `authorization: scheme=Bearer realm="x"` says how, and not what.
            let named = value.end > scheme_end
                && text[scheme_end] == b'='
                && !value.quoted
                && scheme.iter().all(u8::is_ascii_lowercase);
            let said = Meaning { strength: Strength::Likely, rule, uuid: true };
            if !(named && object_name(&text[scheme_end + 1..value.end])) {
                self.value(site, said, value, Setting::Data, out);
            }
            return;
        };
        let bytes = &text[secret.start..secret.end];
        let rule = if scheme.eq_ignore_ascii_case(b"bearer") {
            const { number("bearer-token") }
        } else if scheme.eq_ignore_ascii_case(b"basic") {
            const { number("basic-auth") }
        } else {
            rule
        };
        if bytes.len() >= 4
            && (!harmless(bytes) || uuid(bytes))
            && !said_in_prose(text, secret, limit)
            && !is_code(site, secret)
            && !self.settings.allows(bytes)
        {
            out.push(site.mask(self.label(text, secret, rule), secret.start, secret.end, secret.until));
        }
    }

    /// The values of a cookie header; attributes stay.
    pub(crate) fn cookie(&self, site: Site, key: &[u8], from: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let whole = value_at(text, from, limit, site.cut);
        let end = if whole.quoted { whole.end } else { limit };
        let set = find(key, b"set").is_some();
        let mut i = whole.start;
        let mut first = true;
        while i < end {
            let next = memchr::memchr(b';', &text[i..end]).map_or(end, |n| i + n);
            let part = skip(text, i, next, is_blank);
            let name_end = skip(text, part, next, |b| b != b'=' && !is_blank(b) && !is_quote(b));
            if name_end < next && text[name_end] == b'=' && name_end > part {
                let value = value_at(text, name_end + 1, next, site.cut && next == limit);
                let bytes = &text[value.start..value.end];
                if (!set || first) && !harmless(bytes) && (likely(bytes, true) || weak(bytes)) {
                    out.push(site.mask(
                        self.label(text, value, const { number("cookie") }),
                        value.start,
                        value.end,
                        value.until,
                    ));
                }
            } else if first && name_end >= next.min(part + 16) {
                let bytes = &text[part..name_end];
                if weak(bytes) {
                    out.push(site.mask(const { number("cookie") }, part, name_end, None));
                }
                if !whole.quoted {
                    return;
                }
            }
            first = false;
            i = next + 1;
        }
    }
}

/// Schemes of Authorization with one word of credentials.
#[rustfmt::skip]
const ONE: &[&str] = &[
    "bearer", "basic", "token", "apikey", "api-key", "negotiate", "ntlm", "key", "jwt", "splunk", "ssws",
    "genie-key", "genieKey", "pve-api-token", "bot", "client-id",
];

/// Schemes of Authorization with many parts.
#[rustfmt::skip]
const MANY: &[&str] = &[
    "digest", "hawk", "oauth", "signature", "aws4-hmac-sha256", "aws", "hmac", "sharedkey", "sharedkeylite",
    "mac", "sharedaccesssignature",
];

/// Where the key that holds `at` begins; the rest of an escape before it is none of it: `%22key`, `\u0022key`.
pub(crate) fn key_start(text: &[u8], at: usize, floor: usize) -> usize {
    let start = skip_back(text, at, floor.max(at.saturating_sub(64)), |b| name_or_dash(b) || b >= 0x80);
    let name = &text[start..at];
    let before = start.checked_sub(1).filter(|i| *i >= floor).map(|i| text[i]);
    let escaped = match before {
        Some(b'%') if name.len() >= 2 && name[..2].iter().all(u8::is_ascii_hexdigit) => {
            if name.starts_with(b"25") && name.len() >= 4 && name[2..4].iter().all(u8::is_ascii_hexdigit) {
                4
            } else {
                2
            }
        }
        Some(b'\\') if name.len() >= 5 && name[0] == b'u' && name[1..5].iter().all(u8::is_ascii_hexdigit) => 5,
        Some(b'\\') if name.len() >= 3 && name[0] == b'x' && name[1..3].iter().all(u8::is_ascii_hexdigit) => 3,
        _ => 0,
    };
    start + escaped
}

/// `arn:aws:secretsmanager:…:secret:NAME`: the word is a part of a resource's name.
fn in_resource_name(site: Site, start: usize) -> bool {
    let near = site.floor.max(start.saturating_sub(96));
    let word = skip_back(site.text, start, near, |b| b > b' ' && !is_quote(b));
    memchr::memmem::find(&site.text[word..start], b"arn:").is_some()
}

/// Letters of both cases as no name has them.
pub(crate) fn scrambled(value: &[u8]) -> bool {
    let mix = Mix::of(value);
    value.len() >= 8
        && mix.lower > 0
        && mix.upper > 0
        && mix.other == 0
        && mix.changes >= 3
        && mix.changes * 4 >= value.len()
        && naturalness(value) < -6
}

/// `shop/orders-credentials`, `registry-dockercfg-x7k2p`: the name of a Secret, by its last words.
fn secrets_name(value: &[u8]) -> bool {
    const LAST: &[&[u8]] = &[
        b"-credentials",
        b"-creds",
        b"-tls",
        b"-regcred",
        b"-pull-secret",
        b"-kubeconfig",
        b"-dockerconfig",
        b"-cert",
        b"-certs",
    ];
    let name = value.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'/' | b'.'));
    let generated = value.len() > 6 && value[value.len() - 6] == b'-';
    let stem = if generated { &value[..value.len() - 6] } else { value };
    name && object_name(value)
        && (LAST.iter().any(|l| value.ends_with(l))
            || (generated && [b"-dockercfg".as_slice(), b"-token"].iter().any(|l| stem.ends_with(l))))
}

/// Not a plain word, not an object's name, not a number.
fn likely(value: &[u8], data: bool) -> bool {
    if value.len() > 256 || scrambled(value) {
        return true;
    }
    let spaces = value.iter().filter(|b| **b == b' ').count();
    let sentence =
        spaces > 0 && value.split(|b| *b == b' ').all(|w| object_name(w.trim_ascii()) || w.len() < 4 || !random(w));
    let plain = value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':'));
    let camel = || value.iter().all(u8::is_ascii_alphabetic) && crate::model::naturalness(value) > 4;
    let words = plain && (value.len() < 16 || object_name(value) || camel());
    value.len() >= if data { 5 } else { 6 }
        && !digits(value)
        && !sentence
        && !words
        && !object_name(value)
        && !address(value)
}

/// Under a key that can only be a credential's: words will do when they are joined by digits or changes of case.
fn stated(value: &[u8], data: bool) -> bool {
    let mix = Mix::of(value);
    likely(value, data)
        || (data
            && value.len() >= 8
            && object_name(value)
            && mix.digit > 0
            && mix.lower > 0
            && !address(value)
            && !generated(value))
        || (data && words_joined(value))
}

/// Four words or more that dashes join, as generators of passphrases write.
fn words_joined(value: &[u8]) -> bool {
    let word = |w: &[u8]| (4..=9).contains(&w.len()) && w.iter().all(u8::is_ascii_lowercase);
    value.split(|b| *b == b'-').count() >= 4 && value.split(|b| *b == b'-').all(word)
}

/// `9p9ar-dazpj`: groups of letters and digits, as recovery codes are printed.
fn groups(value: &[u8]) -> bool {
    let group = |g: &[u8]| (3..=6).contains(&g.len()) && g.iter().all(u8::is_ascii_alphanumeric);
    value.contains(&b'-') && value.iter().any(u8::is_ascii_digit) && value.split(|b| *b == b'-').all(group)
}

/// A name that Kubernetes or a release made: it ends in a hash or a version.
pub(crate) fn generated(value: &[u8]) -> bool {
    let last = value.rsplit(|b| matches!(b, b'-' | b'.' | b'/' | b':')).next().unwrap_or_default();
    let mix = Mix::of(last);
    (last.len() == 5 || last.len() >= 8) && mix.upper == 0 && mix.digit > 0 && mix.lower > 0
        || (last.len() <= 3 && last.first() == Some(&b'v'))
}

/// Under the name of a service alone: a token as services make them.
fn service(value: &[u8]) -> bool {
    // `UUID:HEX`
    let joined = |p: &[u8]| uuid(p) || (p.len() >= 16 && crate::randomness::is_hex(p));
    // `SM` and 32 hex digits: what Twilio names its things by; its keys begin with `SK`.
    if value.len() == 34
        && value[..2].iter().all(u8::is_ascii_uppercase)
        && !value.starts_with(b"SK")
        && crate::randomness::is_hex(&value[2..])
    {
        return false;
    }
    let parts = value.contains(&b':') && value.len() >= 48 && value.split(|b| *b == b':').all(joined);
    parts
        || (value.len() >= 20 && weak(value))
        || (value.len() >= 32 && crate::randomness::is_hex(value) && random(value))
}

/// Base64 of `user:password`.
fn user_and_password(value: &[u8]) -> bool {
    if value.len() < 12 || !base64::is_base64(value) {
        return false;
    }
    let says = base64::decode(value, 256);
    base64::is_text(&says) && says.iter().filter(|b| **b == b':').count() == 1 && !says.contains(&b' ')
}

/// Looks random as a whole, or in its parts.
fn weak(value: &[u8]) -> bool {
    if uuid(value) || address(value) {
        return false;
    }
    let trimmed = value.trim_ascii_end();
    let trimmed = &trimmed[..trimmed.len() - trimmed.iter().rev().take_while(|b| **b == b'=').count()];
    random(trimmed) && !object_name(trimmed) && trimmed.iter().all(|b| !matches!(b, b' ' | b'{' | b'(' | b'<'))
}

/// `host:port`, an IP address, a mail address.
pub(crate) fn address(value: &[u8]) -> bool {
    let ip = value.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b':' | b'/')) && value.contains(&b'.');
    let mail = value.iter().filter(|b| **b == b'@').count() == 1
        && value.split(|b| *b == b'@').all(|p| object_name(p) || p.is_empty());
    ip || mail
}

/// `abcd efgh ijkl mnop`: a password of programs, in four to eight groups of four that blanks divide. Where the last one ends.
fn spaced_groups(text: &[u8], value: Value, limit: usize) -> Option<usize> {
    let group = |i: usize| skip(text, i, limit.min(i + 5), |b| b.is_ascii_alphanumeric()) == i + 4;
    if value.quoted || value.end != value.start + 4 || !group(value.start) {
        return None;
    }
    let (mut end, mut count) = (value.end, 1);
    while count < 8 && end + 5 <= limit && text[end] == b' ' && group(end + 1) {
        end += 5;
        count += 1;
    }
    let behind = skip(text, end, limit.min(end + 1), |b| b == b' ');
    let ends = behind >= limit || !text[behind].is_ascii_alphanumeric();
    // Words of four letters make sentences, too.
    let odd =
        text[value.start..end].split(|b| *b == b' ').filter(|w| naturalness(w) < -2 || Mix::of(w).kinds() > 1).count();
    (count >= 4 && ends && odd >= 2).then_some(end)
}

/// `5rogq-9av79 scxx8-kgmas`: where the codes that follow the first end.
fn further_codes(text: &[u8], end: usize, limit: usize) -> usize {
    let mut end = end;
    for _ in 0..32 {
        let start = skip(text, end, limit, |b| is_blank(b) || b == b',');
        let stop = skip(text, start, limit, |b| b.is_ascii_alphanumeric() || b == b'-');
        if start == end || !groups(&text[start..stop]) {
            break;
        }
        end = stop;
    }
    end
}

/// `process.env.PASS || 'VALUE'`: what stands in for an expression that has no value.
fn otherwise(text: &[u8], value: Value, limit: usize, cut: bool) -> Option<Value> {
    const OPERATORS: [&[u8]; 4] = [b"|| ", b"?? ", b"or ", b"?: "];
    let after = skip(text, value.end, limit, is_blank);
    let operator = OPERATORS.iter().find(|o| text[after..limit].starts_with(o))?;
    Some(value_at(text, after + operator.len(), limit, cut)).filter(|v| v.quoted)
}

/// The credentials behind a scheme of Authorization that no list knows: `HMAC-SHA256 VALUE`.
fn behind_scheme(text: &[u8], value: Value, scheme_end: usize, limit: usize) -> Option<Value> {
    let end = if value.quoted { value.end } else { limit };
    let start = skip(text, scheme_end, end, is_blank);
    let stop = skip(text, start, end, |b| !is_blank(b) && !is_quote(b));
    let named = scheme_end >= value.start + 3
        && text[value.start].is_ascii_alphabetic()
        && naturalness(&text[value.start..scheme_end]) > -12;
    (named && start > scheme_end && weak(&text[start..stop])).then_some(Value {
        start,
        end: stop,
        quoted: false,
        until: value.until.filter(|_| stop == limit),
    })
}

/// The value within `{"value": "VALUE", …}` and its like.
pub(crate) fn inner(text: &[u8], i: usize, limit: usize, cut: bool) -> Option<Value> {
    const NAMES: &[&[u8]] = &[
        b"value",
        b"plaintext",
        b"plain",
        b"data",
        b"default",
        b"S",
        b"secretValue",
        b"current",
        b"string",
        b"stringValue",
    ];
    let mut at = i + 1;
    // A type or a note may stand before it.
    for _ in 0..4 {
        at = skip(text, at, limit, |b| is_blank(b) || matches!(b, b'\\' | b',') || is_quote(b));
        let end = skip(text, at, limit, |b| b.is_ascii_alphanumeric() || b == b'_');
        let sep = skip(text, end, limit, |b| is_blank(b) || b == b'\\' || is_quote(b));
        if end == at || sep >= limit || text[sep] != b':' {
            return None;
        }
        let value = value_at(text, sep + 1, limit, cut);
        if NAMES.iter().any(|n| text[at..end].eq_ignore_ascii_case(n)) {
            return Some(value).filter(|v| v.quoted);
        }
        at = value.end;
    }
    None
}

/// An object, a list or a struct begins here.
fn nested(text: &[u8], i: usize, limit: usize) -> bool {
    let rest = &text[i..limit.min(i + 24)];
    if rest.starts_with(b"map[")
        || rest.starts_with(b"struct")
        || (rest.len() > 1 && rest[0] == b'&' && (rest[1] == b'{' || rest[1].is_ascii_uppercase()))
    {
        return true;
    }
    matches!(rest.first(), Some(b'{' | b'[' | b'('))
        && match rest.get(1) {
            None | Some(b'"' | b'\'' | b' ' | b'\\' | b'}' | b']' | b')' | b'{' | b'[' | b'\n') => true,
            Some(_) => {
                // A struct; in other brackets a name is a value's.
                let end = skip(rest, 1, rest.len(), |b| b.is_ascii_alphanumeric() || b == b'_');
                let field = rest[0] == b'{' && end > 1 && end < rest.len() && matches!(rest[end], b':' | b'=' | b' ');
                field || list_of_names(&text[i..limit])
            }
        }
}

/// `[one]`, `[one, two]`: a list of bare words, closed within the line.
fn list_of_names(rest: &[u8]) -> bool {
    let end = skip(rest, 1, rest.len().min(512), |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b',' | b' ' | b'/' | b':')
    });
    let behind = rest.get(end + 1).copied();
    rest[0] == b'['
        && rest.get(end) == Some(&b']')
        && behind.is_none_or(|b| matches!(b, b' ' | b',' | b';' | b')' | b'}' | b']'))
}

/// A word of a sentence: small letters only, followed by another word, or one of those that error messages use.
pub(crate) fn said_in_prose(text: &[u8], value: Value, limit: usize) -> bool {
    let bytes = text[value.start..value.end].trim_ascii_end();
    let word = bytes
        .strip_suffix(b",")
        .or_else(|| bytes.strip_suffix(b"."))
        .or_else(|| bytes.strip_suffix(b":"))
        .or_else(|| bytes.strip_suffix(b";"))
        .unwrap_or(bytes);
    let letters = !word.is_empty()
        && word.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-'))
        && word[1..].iter().all(|b| !b.is_ascii_uppercase());
    if !letters {
        return false;
    }
    let goes_on = text.get(value.end).is_some_and(|b| *b == b' ')
        && value.end + 1 < limit
        && text[value.end + 1].is_ascii_alphabetic();
    goes_on || word.len() < bytes.len() || refused(word)
}

/// Words that error messages and forms put after `password:`.
fn refused(word: &[u8]) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "incorrect", "invalid", "required", "missing", "expired", "failed", "error", "wrong", "empty", "not",
        "must", "too", "is", "the", "for", "cannot", "unexpected", "connection", "authentication", "authorization",
        "unauthorized", "forbidden", "denied", "accepted", "rejected", "changed", "updated", "reset", "refreshed",
        "created", "deleted", "rotated", "mounted", "found", "unknown", "unable", "could", "no", "user",
        "permission", "access", "timeout", "context", "request", "unmarshal", "malformed", "bad", "was", "has",
        "are", "will", "should", "may", "can", "please", "enter", "prompt", "ok", "valid", "success", "successful",
        "refresh", "rotation", "using", "from", "with", "and", "or", "to", "in", "on", "of", "a", "an", "get",
        "list", "watch", "revoked", "signature", "parse", "verify", "verification", "login", "hidden",
    ];
    WORDS.iter().any(|w| word.eq_ignore_ascii_case(w.as_bytes()))
}

/// What a base64 value under `data:` says: a secret's text, or bytes that only chance could have made.
pub(crate) fn encoded_secret(value: &[u8], certain: bool) -> bool {
    if value.len() < 4 || !base64::is_base64(value) {
        return false;
    }
    let bytes = base64::decode(value, 256);
    certain
        || (value.len() >= 8 && value.len().is_multiple_of(4) && base64::is_text(&bytes) && bytes.len() >= 4)
        || random(value)
}
