//! Rules that go by a key and the `=` or `:` behind it. What a value must look like is `judge`'s matter, headers are `headers`'s, values
//! within values `within`'s, other notations stand in `notations` and `pairs`.
use crate::{
    anchors::separator,
    detect::Detector,
    judge::groups,
    keys::{Meaning, Strength, meaning},
    lists::Lists,
    numbers::array,
    public::next_page,
    randomness::random,
    saying::{ends_its_text, is_no_value, is_sentence},
    site::{Mask, Site},
    source::is_code,
    table::number,
    text::{Until, find, is_blank, is_name, is_quote, skip, skip_back},
    value::{Value, value_at},
    within::{further_codes, inner, nested, otherwise, spaced_groups},
};
use std::sync::LazyLock;

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

/// A key, its separator and the bounds within which its value was judged. Whatever the anchor was: the answer depends on nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assigned {
    start: usize,
    end: usize,
    sep: usize,
    floor: usize,
    limit: usize,
    cut: bool,
    line_start: bool,
}

/// `?key=` of a URL: what opens it when it is long and random.
fn query_key(site: Site, start: usize, key: &[u8]) -> Option<Meaning> {
    let before = start.checked_sub(1).filter(|i| *i >= site.floor).map(|i| site.text[i]);
    let names: [&[u8]; 10] =
        [b"private", b"key", b"k", b"t", b"hash", b"invite", b"ticket", b"confirm", b"magic", b"share"];
    (matches!(before, Some(b'?' | b'&')) && names.iter().any(|n| key.eq_ignore_ascii_case(n))).then_some(Meaning {
        strength: Strength::Service,
        rule: const { number("api-key-assignment") },
        uuid: false,
    })
}

/// `secret_id=` beside a role's id: the password of Vault's `AppRole`. Elsewhere it is the id of a secret.
fn role_secret(site: Site, key: &[u8]) -> Option<Meaning> {
    let line = &site.text[site.floor..site.limit];
    // `SecretID:         UUID`, as Consul prints a token.
    let printed = key == b"SecretID" && site.line_start && line.starts_with(b"SecretID:  ");
    let named = key.eq_ignore_ascii_case(b"secret_id")
        || key.eq_ignore_ascii_case(b"secretid")
        || find(key, b"vault_secret_id").is_some();
    let beside = || [b"role_id".as_slice(), b"roleid", b"approle", b"vault"].iter().any(|w| find(line, w).is_some());
    (printed || (named && beside())).then_some(Meaning {
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
    pub(crate) fn assignment(&self, site: Site, word_end: usize, last: &mut Option<Assigned>, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        // A word in another script may go on in it.
        let ending = if text[at..word_end].is_ascii() { word_end } else { skip(text, word_end, limit, |b| b >= 0x80) };
        let ending = skip(text, ending, limit.min(ending + 12), |b| !text[word_end - 1].is_ascii() && b == b'\'');
        if let Some(sep) = separator(text, ending, limit, 0) {
            self.assigned(site, word_end, sep, last, out);
        }
    }

    /// `KEY          = VALUE`, `KEY:          VALUE`: in columns.
    pub(crate) fn aligned(&self, site: Site, word_end: usize, last: &mut Option<Assigned>, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let end = skip(text, word_end, limit.min(word_end + 16), is_name);
        let sep = skip(text, end, limit.min(end + 64), is_blank);
        if sep < limit && matches!(text[sep], b'=' | b':') {
            self.assigned(site, word_end, sep, last, out);
        }
    }

    /// The key whose word ends at `word_end`, and its separator at `sep`. `last`: what was judged before.
    fn assigned(&self, site: Site, word_end: usize, sep: usize, last: &mut Option<Assigned>, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        // `::=`, `:::=`
        let colons = skip(text, sep, limit.min(sep + 3), |b| b == b':');
        let sep = if colons > sep && text.get(colons) == Some(&b'=') && colons < limit { colons } else { sep };
        // `?key=`: the sign before the name is a part of the anchor.
        let start = if matches!(text[at], b'?' | b'&') { at + 1 } else { key_start(text, at, site.floor) };
        let end = skip(text, word_end, sep, is_name);
        // `client_secret_key` has three anchors, and is judged once.
        if name_or_dash(text[at]) {
            let Site { floor, cut, line_start, .. } = site;
            let this = Some(Assigned { start, end, sep, floor, limit, cut, line_start });
            if *last == this {
                return;
            }
            *last = this;
        }
        // `API Key`: the word before says which.
        let start = if text[start..end].eq_ignore_ascii_case(b"key") && start > site.floor && text[start - 1] == b' ' {
            skip_back(text, start - 1, site.floor.max(start.saturating_sub(32)), name_or_dash)
        } else {
            start
        };
        // `postmark token: X`: the service stands before.
        let noun = [b"token".as_slice(), b"secret"].iter().any(|n| text[start..end].eq_ignore_ascii_case(n));
        let start = if noun && start > site.floor + 3 && text[start - 1] == b' ' {
            let word = skip_back(text, start - 1, site.floor.max(start.saturating_sub(32)), is_name);
            let service = self.meaning(&text[word..start - 1]).is_some_and(|m| m.strength == Strength::Service);
            if service { word } else { start }
        } else {
            start
        };
        let key = &text[start..end];
        let said = self.meaning(key).or_else(|| self.meaning_of_many(key, text, sep + 1, limit));
        let said = said.or_else(|| self.meaning_of_joined(site, key, sep + 1));
        let said = said.or_else(|| query_key(site, start, key)).or_else(|| role_secret(site, key));
        let Some(mut said) = said else { return };
        // Whoever has the link has what it opens.
        let query = start > site.floor && matches!(text[start - 1], b'?' | b'&') && text[sep] == b'=';
        // `--token=UUID`: who gives an option on a command line gives the token itself.
        let option = key.starts_with(b"-") && !key.starts_with(b"-D");
        said.uuid |= option && said.rule == const { number("token-assignment") };
        said.uuid |= query && said.rule == const { number("token-assignment") };
        // What was sealed for a cluster is no secret.
        if memchr::memmem::find(key, b"encryptedData.").is_some() {
            return;
        }
        // `next token: X`
        if text[start..end].eq_ignore_ascii_case(b"token") && next_page(&text[site.floor..end]) {
            return;
        }
        // `registry/team/secrets:TAG`, but ` /password:VALUE`.
        let tag = start > site.floor + 1
            && text[sep] == b':'
            && text[start - 1] == b'/'
            && !is_blank(text[start - 2])
            && text.get(sep + 1).is_some_and(u8::is_ascii_alphanumeric);
        // `catalog=sealed-secrets:3cb22ed`: an image and its tag.
        let image = key.ends_with(b"-secrets")
            && text[sep] == b':'
            && sep == end
            && text.get(sep + 1).is_some_and(u8::is_ascii_alphanumeric);
        let tag = tag || image;
        // `AWS::AppSync::ApiKey`: the name of a type of resource.
        let typed = text[sep] == b':' && text[site.floor..start].ends_with(b"::");
        let named = tag
            || typed
            || start > site.floor + 4 && text[sep] == b':' && text[start - 1] == b':' && in_resource_name(site, start);
        // `Class::member`; but `password::X`, where no name would stand.
        let double = text[sep] == b':' && text.get(sep + 1) == Some(&b':') && {
            let value = value_at(text, sep + 2, limit, site.cut);
            said.strength != Strength::Certain || !random(&text[value.start..value.end])
        };
        if named || double || ends_its_text(text, site.floor, start, sep, limit) {
            return;
        }
        let mut from = sep + 1;
        while from < limit && matches!(text[from], b'=' | b'>' | b'~' | b':') && from < sep + 3 {
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
        let sure = matches!(said.strength, Strength::Certain | Strength::Stated) || key.eq_ignore_ascii_case(b"secret");
        if let Some((start, end)) = array(text, first, limit).filter(|_| sure && !key.ends_with(b"s")) {
            out.push(site.mask(said.rule, start, end, None));
            return;
        }
        if key.last().is_some_and(|b| matches!(b, b's' | b'S')) && text.get(first) == Some(&b'[') && first < limit {
            return self.list(site, said, first + 1, out);
        }
        match said.strength {
            Strength::Authorization => self.authorization(site, from, out),
            Strength::Cookie => self.cookie(site, &text[start..end], from, out),
            _ => {
                let value = value_at(text, from, limit, site.cut);
                // `volume "db-password" : references a key`: no notation has a word of a sentence there.
                let prose = setting == Setting::Data && text[sep] == b':' && !value.quoted;
                let setting = if prose && said_in_prose(text, value, limit) { Setting::Within } else { setting };
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
        if said.strength == Strength::Pin && !value.quoted && (groups(bytes) || bytes.len() >= 6) {
            value.end = further_codes(text, bytes.len(), value.end, limit);
        }
        if self.is_secret(said, &text[value.start..value.end], value.quoted || setting == Setting::Data) {
            out.push(site.mask(self.label(text, value, said.rule), value.start, value.end, value.until));
        }
    }

    /// The elements of a list under a key that names secrets.
    fn list(&self, site: Site, said: Meaning, from: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let mut i = from;
        // Of codes beside each other one may be of letters alone.
        let mut code = 0;
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
            let bytes = &text[value.start..value.end];
            let alike = said.strength == Strength::Pin && bytes.len() == code && code >= 8;
            if alike || (!is_code(site, value) && self.is_secret(said, bytes, true)) {
                out.push(site.mask(self.label(text, value, said.rule), value.start, value.end, value.until));
                code = bytes.len();
            }
            i = value.end + usize::from(value.quoted);
            i = skip(text, i, limit, is_quote);
        }
    }

    /// What `keys: [` means: the plural counts where a list follows.
    pub(crate) fn meaning_of_many(&self, key: &[u8], text: &[u8], i: usize, limit: usize) -> Option<Meaning> {
        let list = skip(text, i, limit, is_blank);
        let one = key.strip_suffix(b"s").or_else(|| key.strip_suffix(b"S"))?;
        (list < limit && text[list] == b'[').then(|| self.meaning(one)).flatten()
    }

    /// What `APP_KEYS="A,B"` means: the plural counts where commas part what looks random.
    fn meaning_of_joined(&self, site: Site, key: &[u8], from: usize) -> Option<Meaning> {
        let one = key.strip_suffix(b"s").or_else(|| key.strip_suffix(b"S"))?;
        let Site { text, limit, .. } = site;
        let value = value_at(text, from, limit, site.cut);
        let parts = || text[value.start..value.end].split(|b| *b == b',');
        let odd = value.quoted
            && value.end < value.start + 1024
            && (2..=16).contains(&parts().count())
            && parts().all(|p| p.len() >= 16 && random(p.strip_suffix(b"==").unwrap_or(p)));
        odd.then(|| self.meaning(one)).flatten()
    }

    pub(crate) fn meaning(&self, key: &[u8]) -> Option<Meaning> {
        self.known.meaning(key, || meaning(key, &self.settings.keys))
    }

    /// The provider's rule, where the value is a provider's token; else `rule`.
    pub(crate) fn label(&self, text: &[u8], value: Value, rule: u32) -> u32 {
        self.token_rule(text, value.start, value.end).unwrap_or(rule)
    }
}

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
    static TABLE: LazyLock<Lists> = LazyLock::new(|| Lists::of_one(WORDS));
    TABLE.hold(word)
}
