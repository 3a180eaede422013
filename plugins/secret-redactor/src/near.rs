//! Secrets that words elsewhere on their line tell: what a program got for a key, what was typed into a field, a name behind its value,
//! seeds in base32, and rows whose form says enough.
use crate::{
    allow::{harmless, object_name, uuid},
    detect::Detector,
    keyed::{Setting, name_or_dash},
    keys::Strength,
    pairs::name_before,
    prose::is_password,
    randomness::is_hex,
    site::{Mask, Site},
    table::number,
    text::{Mix, find, is_blank, is_quote, skip, skip_back},
    value::{Value, value_at},
};

/// How far from a value the word is looked for that names it.
const FAR: usize = 160;

/// What a line says that is about passwords.
const PASSWORDS: [&[u8]; 4] = [b"passw", b"pwd", b"passphrase", b"passcode"];

impl Detector {
    /// The next word, if it `fits`: nothing but a secret stands there.
    pub(crate) fn exactly(&self, site: Site, stop: usize, fits: impl Fn(&[u8]) -> bool, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let mut value = value_at(text, stop - usize::from(is_quote(text[stop - 1])), limit, site.cut);
        if !value.quoted {
            value.end = skip_back(text, value.end, value.start, |b| matches!(b, b';' | b')' | b','));
        }
        let bytes = &text[value.start..value.end];
        let named = uuid(bytes) || !(harmless(bytes) || object_name(bytes));
        if bytes.len() >= 8 && named && fits(bytes) && !matches!(bytes[0], b'-' | b'$') && !self.settings.allows(bytes)
        {
            out.push(site.mask(const { number("secret-in-statement") }, value.start, value.end, value.until));
        }
    }

    /// `Credentials(app,VALUE)`, `password(app, 'VALUE').`: a user's name, and the secret.
    pub(crate) fn second_of_two(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        // `verify_password(…)` is a call.
        let call = text[at] | 0x20 == b'p';
        if call && at > site.floor && matches!(text[at - 1], b'_' | b'.' | b':' | b'-') {
            return;
        }
        let from = skip(text, stop, limit, is_quote);
        let user = skip(text, from, limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@'));
        let comma = skip(text, user, limit, is_quote);
        if user == from || comma >= limit || text[comma] != b',' {
            return;
        }
        let mut value = value_at(text, comma + 1, limit, site.cut);
        if !value.quoted {
            value.end = skip(text, value.start, value.end, |b| !matches!(b, b')' | b','));
        }
        let close = skip(text, value.end, limit, is_quote);
        let bytes = &text[value.start..value.end];
        let closed = text.get(close) == Some(&b')') && close < limit;
        let odd = value.quoted || (!call && Mix::of(bytes).kinds() == 3);
        if closed
            && odd
            && bytes.len() >= 8
            && is_password(bytes, false)
            && !object_name(bytes)
            && !bytes.contains(&b'.')
        {
            self.firmly(site, value, const { number("secret-in-statement") }, out);
        }
    }

    /// `set password {VALUE}`, `m_password{"VALUE"}`: the key's word and its brace are the anchor.
    pub(crate) fn braced(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let quoted = is_quote(text[stop - 1]);
        let end = skip(text, stop, limit, |b| b > b' ' && b != b'}' && !is_quote(b));
        let close = end + usize::from(quoted);
        let closed = close < limit && text[close] == b'}' && (!quoted || is_quote(text[end]));
        let value = Value { start: stop, end, quoted, until: None };
        // `password {rows[2]}` is a format's field.
        let field = text[stop..end].iter().any(|b| matches!(b, b':' | b'['));
        if closed && !field && is_password(&text[stop..end], false) {
            self.firmly(site, value, const { number("password-assignment") }, out);
        }
    }

    /// A seed: base32 in one word or in groups of four, or many hex digits.
    pub(crate) fn seed(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let base32 = |b: u8| matches!(b, b'A'..=b'Z' | b'2'..=b'7');
        let start = skip(text, stop, limit, |b| is_blank(b) || is_quote(b));
        let mut end = skip(text, start, limit, |b| b.is_ascii_alphanumeric());
        let word = &text[start..end];
        let mut groups = 1;
        if word.len() == 4 {
            let upper = word.iter().all(|b| base32(*b));
            let group = |b: u8| if upper { base32(b) } else { b.is_ascii_lowercase() || matches!(b, b'2'..=b'7') };
            while end + 5 <= limit
                && text[end] == b' '
                && skip(text, end + 1, limit.min(end + 6), group) == end + 5
                && (end + 5 == limit || !text[end + 5].is_ascii_alphanumeric())
            {
                end += 5;
                groups += 1;
            }
        }
        let digits = text[start..end].iter().filter(|b| b.is_ascii_digit()).count();
        let seed = (groups >= 4 && digits > 0)
            || (word.len() >= 16 && word.iter().all(|b| base32(*b)) && digits > 0)
            || (word.len() >= 64 && is_hex(word));
        if seed && !self.settings.allows(&text[start..end]) {
            out.push(site.mask(const { number("secret-in-statement") }, start, end, None));
        }
    }

    /// `USER:VALUE` as the next word; `apart`: in two words, too.
    pub(crate) fn after_colon(&self, site: Site, stop: usize, apart: bool, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let value = value_at(text, stop - usize::from(is_quote(text[stop - 1])), limit, site.cut);
        let Some(colon) = memchr::memchr(b':', &text[value.start..value.end]).map(|n| value.start + n) else { return };
        let user = &text[value.start..colon];
        let mut secret = Value { start: colon + 1, ..value };
        if secret.start == secret.end && apart {
            secret = value_at(text, secret.end, limit, site.cut);
        }
        // `root:"VALUE"`
        if secret.start == secret.end && !value.quoted && secret.end < limit && is_quote(text[secret.end]) {
            secret = value_at(text, secret.end, limit, site.cut);
        }
        let bytes = &text[secret.start..secret.end];
        let named = !user.is_empty()
            && user.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'@' | b'+' | b'\\'));
        if named && is_password(bytes, false) && !object_name(bytes) && !self.settings.allows(bytes) {
            out.push(site.mask(const { number("secret-in-statement") }, secret.start, secret.end, secret.until));
        }
    }

    /// `auth.password: … Given: "VALUE"`, `unmarshal "VALUE" … for key "password"`: the key stands somewhat before or behind.
    pub(crate) fn got(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let value = value_at(text, stop - 1, limit, site.cut);
        let bytes = &text[value.start..value.end];
        if !value.quoted || !is_password(bytes, false) || object_name(bytes) {
            return;
        }
        let names = |from: usize, to: usize| {
            text[from..to].split(|b| !name_or_dash(*b)).filter(|w| w.len() >= 4).any(|word| {
                self.meaning(word).is_some_and(|said| matches!(said.strength, Strength::Certain | Strength::Stated))
            })
        };
        if names(floor.max(at.saturating_sub(FAR)), at) || names(value.end, limit.min(value.end + FAR)) {
            let rule = self.label(text, value, const { number("secret-in-prose") });
            out.push(site.mask(rule, value.start, value.end, value.until));
        }
    }

    /// `{"name":"password","type":"string","default":"VALUE"}`: a field of a schema.
    pub(crate) fn default_of_a_field(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let value = value_at(text, stop - 1, limit, site.cut);
        let Some(name) = name_before(site) else { return };
        let Some(said) = self.meaning(&text[name.start..name.end]) else { return };
        if is_password(&text[value.start..value.end], false) {
            self.value(site, said, value, Setting::Data, out);
        }
    }

    /// `fill('#password', 'VALUE')`, `fill("VALUE") on getByLabel('Password')`: what a test types into a field.
    pub(crate) fn typed(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let first = value_at(text, stop - 1, limit, site.cut);
        let says = |from: usize, to: usize| PASSWORDS.iter().any(|w| find(&text[from..to], w).is_some());
        let behind = (first.end + 1).min(limit);
        let comma = skip(text, behind, limit, is_blank);
        let quote = skip(text, (comma + 1).min(limit), limit, is_blank);
        let second = comma < limit && text[comma] == b',' && quote < limit && is_quote(text[quote]);
        let value = if second && says(first.start, first.end) {
            value_at(text, quote, limit, site.cut)
        } else if says(floor.max(at.saturating_sub(FAR)), at) || says(behind, limit.min(behind + FAR)) {
            first
        } else {
            return;
        };
        if value.quoted && is_password(&text[value.start..value.end], false) {
            self.firmly(site, value, const { number("secret-in-statement") }, out);
        }
    }

    /// `##vso[task.setvariable variable=NAME;issecret=true]VALUE`
    pub(crate) fn variable_of_a_build(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let Some(name) = find(&text[stop..limit.min(stop + FAR)], b"variable=").map(|n| stop + n + 9) else { return };
        let end = skip(text, name, limit, name_or_dash);
        let Some(close) = memchr::memchr(b']', &text[end..limit.min(end + FAR)]).map(|n| end + n + 1) else { return };
        let secret = find(&text[stop..close], b"issecret=true").is_some();
        let value = value_at(text, close, limit, site.cut);
        if let Some(said) = self.meaning(&text[name..end]) {
            self.value(site, said, value, Setting::Data, out);
        } else if secret {
            self.firmly(site, value, const { number("secret-in-statement") }, out);
        }
    }

    /// `{NAME VALUE &EnvVarSource{}}`: an environment's variable as Go prints it, whose value should not have been there.
    pub(crate) fn variable_of_go(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, floor, .. } = site;
        let start = skip_back(text, at, floor.max(at.saturating_sub(FAR)), |b| !is_blank(b));
        let end = start.saturating_sub(1).max(floor);
        let name = skip_back(text, end, floor, name_or_dash);
        if start < at
            && name < end
            && let Some(said) = self.meaning(&text[name..end])
        {
            let value = Value { start, end: at, quoted: true, until: None };
            self.value(site, said, value, Setting::Data, out);
        }
    }

    /// `VALUE,user,uid,"system:masters"`: a row of a file of tokens.
    pub(crate) fn row_of_tokens(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, floor, .. } = site;
        let end = skip(text, floor, at, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
        let bytes = &text[floor..end];
        let token = bytes.len() >= 12 && ((is_hex(bytes) && bytes.len() >= 16) || is_password(bytes, false));
        if site.line_start && end < at && text[end] == b',' && token && !object_name(bytes) {
            out.push(site.mask(const { number("secret-in-statement") }, floor, end, None));
        }
    }

    /// `user * "VALUE" *`: a row of chap-secrets.
    pub(crate) fn row_of_chap(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let value = value_at(text, stop - 1, limit, site.cut);
        let behind = skip(text, value.end, limit, is_quote);
        let user = text[floor..at].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'"'));
        let closes = text[behind..limit].trim_ascii();
        let address = !closes.is_empty() && closes.iter().all(|b| b.is_ascii_digit() || matches!(b, b'*' | b'.'));
        if user && address && site.line_start && is_password(&text[value.start..value.end], false) {
            self.firmly(site, value, const { number("secret-in-statement") }, out);
        }
    }

    /// `user:500:LM:NT:::`, as tools dump the accounts of Windows: the hash before, and the other one when it says something.
    pub(crate) fn row_of_hashes(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, floor, .. } = site;
        let hex = |end: usize| {
            let start = skip_back(text, end, floor.max(end.saturating_sub(33)), |b| b.is_ascii_hexdigit());
            (end - start == 32 && start > floor && text[start - 1] == b':').then_some(start)
        };
        let Some(second) = hex(at) else { return };
        let Some(first) = hex(second - 1) else { return };
        let empty = text[first..second].eq_ignore_ascii_case(b"aad3b435b51404eeaad3b435b51404ee:");
        out.push(site.mask(const { number("secret-in-statement") }, if empty { second } else { first }, at, None));
    }
}
