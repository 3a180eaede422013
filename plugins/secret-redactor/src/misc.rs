//! Rules that go by a word or a form other than a key: URLs, data source names, JWT, Bearer and Basic, prose, statements, commands.
use crate::{
    allow::{digits, harmless, object_name, path},
    base64,
    detect::Detector,
    keyed::{encoded_secret, said_in_prose},
    model::naturalness,
    randomness::is_hex,
    site::{Mask, Site},
    table::number,
    text::{Mix, Until, find, is_blank, is_quote, reads, skip, skip_back},
    value::value_at,
};

impl Detector {
    /// `scheme://user:PASSWORD@host`, `scheme://TOKEN@host`.
    pub(crate) fn url(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let end = skip(text, literal_end, limit.min(literal_end + 512), |b| {
            !is_blank(b) && !matches!(b, b'/' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'\r')
        });
        let Some(at) = memchr::memrchr(b'@', &text[literal_end..end]).map(|n| literal_end + n) else { return };
        let info = &text[literal_end..at];
        if let Some(colon) = memchr::memchr(b':', info) {
            let secret = &info[colon + 1..];
            if !secret.is_empty() && !harmless(secret) && !self.settings.allows(secret) {
                out.push(site.mask(const { number("url-credentials") }, literal_end + colon + 1, at, None));
            }
            if weak_user(&info[..colon]) {
                out.push(site.mask(const { number("url-credentials") }, literal_end, literal_end + colon, None));
            }
        } else if weak_user(info) {
            out.push(site.mask(
                self.token_rule(text, literal_end, at).unwrap_or(const { number("url-credentials") }),
                literal_end,
                at,
                None,
            ));
        }
    }

    /// `user:PASSWORD@tcp(host)`.
    pub(crate) fn dsn(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, .. } = site;
        let start = skip_back(text, at, site.floor.max(at.saturating_sub(200)), |b| b > b' ' && !is_quote(b));
        if let Some(colon) = memchr::memchr(b':', &text[start..at]) {
            let secret = &text[start + colon + 1..at];
            if !secret.is_empty() && !harmless(secret) {
                out.push(site.mask(const { number("connection-string") }, start + colon + 1, at, None));
            }
        }
    }

    /// `eyJ….….…`: with a dot it is a token; without one it is judged by what it says.
    pub(crate) fn jwt(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let end = skip(text, at, limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        let far = skip(text, at, limit, |b| {
            b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'=' | b'+' | b'/')
        });
        let far = skip_back(text, far, end, |b| b == b'.');
        let until = (far == limit && site.cut).then_some(Until::Token);
        if end - at < 10 || text[at..].starts_with(b"eyJ2IjoibWV0YS5rOHMuaW8v") {
            return;
        }
        let dotted = end < far && text[end] == b'.';
        let says = base64::decode(&text[at..end], 512);
        // What a file's extension or a sentence's end adds is no second part.
        let second = if dotted { skip(text, end + 1, far, |b| b != b'.') - end - 1 } else { 0 };
        let header = [b"\"alg\"".as_slice(), b"\"typ\"", b"\"enc\"", b"\"kid\"", b"\"iss\"", b"\"sub\"", b"\"exp\""]
            .iter()
            .any(|w| find(&says, w).is_some());
        let telling = [b"pass".as_slice(), b"secret", b"token", b"auth", b"apikey", b"private"]
            .iter()
            .any(|w| find(&says, w).is_some());
        if second >= 6 || (dotted && header) || telling || (header && end == limit) || until.is_some() {
            out.push(site.mask(const { number("jwt") }, at, far.max(end), until));
        }
    }

    /// `Bearer TOKEN`.
    pub(crate) fn bearer(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let value = value_at(text, literal_end, limit, site.cut);
        let bytes = text[value.start..value.end].trim_ascii_end();
        let bytes = bytes.strip_suffix(b",").or_else(|| bytes.strip_suffix(b".")).unwrap_or(bytes);
        let mix = Mix::of(bytes);
        let odd = mix.digit > 0 || (mix.upper > 0 && mix.lower > 0 && mix.changes > 3) || bytes.len() >= 24;
        if bytes.len() >= 8
            && odd
            && !harmless(bytes)
            && !object_name(bytes)
            && bytes.iter().all(u8::is_ascii_graphic)
            && (!bytes.contains(&b'=') || bytes.len() >= 16)
            && !self.settings.allows(bytes)
        {
            out.push(site.mask(
                self.token_rule(text, value.start, value.end).unwrap_or(const { number("bearer-token") }),
                value.start,
                value.start + bytes.len(),
                value.until,
            ));
        }
    }

    /// `Basic BASE64` that says `user:password`.
    pub(crate) fn basic(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let start = skip(text, literal_end, limit, is_blank);
        let end =
            skip(text, start, limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-' | b'='));
        let says = base64::decode(&text[start..end], 512);
        if end - start >= 6 && says.contains(&b':') && says.iter().all(|b| *b >= b' ') {
            out.push(site.mask(
                const { number("basic-auth") },
                start,
                end,
                (end == limit && site.cut).then_some(Until::Token),
            ));
        }
    }

    /// `IDENTIFIED BY 'VALUE'`, `PASSWORD 'VALUE'`, `requirepass VALUE`, `AUTH [user] VALUE`.
    pub(crate) fn next_word(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, at, .. } = site;
        let open = literal_end - usize::from(is_quote(text[literal_end - 1]));
        let mut value = value_at(text, open, limit, site.cut);
        if reads(text, value.start, b"password ") && !value.quoted {
            value = value_at(text, value.end, limit, site.cut);
        }
        let auth = text[at..].starts_with(b"AUTH ");
        let secret = |bytes: &[u8]| {
            let mix = Mix::of(bytes);
            bytes.len() >= 3
                && !harmless(bytes)
                && (!auth
                    || (bytes.len() >= 6
                        && mix.digit > 0
                        && mix.lower + mix.upper > 0
                        && !object_name(bytes)
                        && !bytes.contains(&b'=')))
        };
        if auth && !value.quoted && object_name(&text[value.start..value.end]) && text.get(value.end) == Some(&b' ') {
            value = value_at(text, value.end, limit, site.cut);
        }
        let bytes = &text[value.start..value.end];
        let bytes = if value.quoted { bytes } else { bytes.strip_suffix(b";").unwrap_or(bytes) };
        let statement = value.quoted || !said_in_prose(text, value, limit);
        if statement && secret(bytes) && !bytes.contains(&b' ') {
            out.push(site.mask(
                const { number("secret-in-statement") },
                value.start,
                value.start + bytes.len(),
                value.until,
            ));
        }
    }

    /// `curl -u user:VALUE`, `sshpass -p VALUE`, `mysql -pVALUE`, `redis-cli -a VALUE`, `docker login -p VALUE`.
    pub(crate) fn command(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let end = limit.min(at + 512);
        let line = &text[at..end];
        let rule = const { number("command-line-secret") };
        let mut after = |flag: &[u8], glued: bool, pair: bool| {
            let mut from = 0;
            while let Some(n) = memchr::memmem::find(&line[from..], flag) {
                let mut i = at + from + n + flag.len();
                from += n + flag.len();
                if !glued {
                    if i >= end || !is_blank(text[i]) {
                        continue;
                    }
                    i = skip(text, i, end, is_blank);
                } else if i >= end || is_blank(text[i]) {
                    continue;
                }
                let value = value_at(text, i, limit, site.cut);
                let mut start = value.start;
                if pair {
                    let Some(colon) = memchr::memchr(b':', &text[start..value.end]) else { continue };
                    start += colon + 1;
                }
                let bytes = &text[start..value.end];
                if bytes.len() >= 3 && !harmless(bytes) && bytes[0] != b'-' && (!digits(bytes) || glued) {
                    out.push(site.mask(rule, start, value.end, value.until));
                }
            }
        };
        let starts = |word: &[u8]| reads(text, at, word);
        if starts(b"curl") {
            after(b" -u", false, true);
            after(b" -u", true, true);
            after(b" --user", false, true);
            after(b" --proxy-user", false, true);
            after(b" -U", false, true);
        } else if starts(b"sshpass") {
            after(b" -p", false, false);
            after(b" -p", true, false);
        } else if starts(b"mysql") {
            after(b" -p", true, false);
        } else if starts(b"redis") {
            after(b" -a", false, false);
        } else if starts(b" login") || starts(b"psexec") {
            after(b" -p", false, false);
        } else if starts(b"ldapsearch") {
            after(b" -w", false, false);
        } else if starts(b"smbclient") {
            after(b"%", true, false);
        } else if starts(b"openssl") {
            after(b" pass:", true, false);
        } else if starts(b"keytool") {
            after(b"pass", false, false);
        } else if starts(b"net use") {
            after(b"/user:", true, false);
        } else if starts(b"--from-literal") {
            let from = skip(text, at + 14, limit, |b| is_blank(b) || matches!(b, b'=' | b'"' | b'\''));
            let name = skip(text, from, limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
            let value = value_at(text, name + 1, limit, site.cut);
            if text.get(name) == Some(&b'=') && !harmless(&text[value.start..value.end]) {
                out.push(site.mask(rule, value.start, value.end, value.until));
            }
        }
    }

    /// `machine HOST login USER password VALUE`.
    pub(crate) fn netrc(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let end = limit.min(at + 512);
        let line = &text[at..end];
        if let Some(n) =
            memchr::memmem::find(line, b" password ").filter(|_| memchr::memmem::find(line, b" login ").is_some())
        {
            let value = value_at(text, at + n + 10, limit, site.cut);
            if value.end > value.start && !harmless(&text[value.start..value.end]) {
                out.push(site.mask(const { number("secret-in-statement") }, value.start, value.end, value.until));
            }
        }
    }

    /// `host:5432:db:user:VALUE`.
    pub(crate) fn pgpass(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let end = skip(text, literal_end, limit, |b| b > b' ' && !is_quote(b));
        let rest = &text[literal_end..end];
        let mut colons = rest.iter().enumerate().filter(|(_, b)| **b == b':').map(|(i, _)| i);
        if let (Some(_), Some(second)) = (colons.next(), colons.next())
            && second + 1 < rest.len()
            && !harmless(&rest[second + 1..])
        {
            out.push(site.mask(const { number("secret-in-statement") }, literal_end + second + 1, end, None));
        }
    }

    /// `"data":{"key":"BASE64",…}` on one line: the values that say something, all of them when the object is a Secret.
    pub(crate) fn data_object(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, at, .. } = site;
        let around = &text[site.floor..limit];
        let certain = find(around, b"kind\":\"Secret\"")
            .or_else(|| find(around, b"Secret{"))
            .or_else(|| find(around, b"kind\": \"Secret\""))
            .or_else(|| find(around, b"kind\\\":\\\"Secret\\\""))
            .is_some();
        let string_data = (at >= 6 && reads(text, at - 6, b"string")) || text[literal_end - 2] == b'8';
        let mut i = literal_end;
        while i < limit && out.len() < 4096 {
            // "key" : "value" ,
            i = skip(text, i, limit, |b| is_blank(b) || matches!(b, b',' | b'\\'));
            if i >= limit || text[i] != b'"' {
                return;
            }
            let key_end = skip(text, i + 1, limit, |b| !matches!(b, b'"' | b'\\'));
            let colon = skip(text, key_end, limit, |b| matches!(b, b'\\' | b'"') || is_blank(b));
            if colon >= limit || text[colon] != b':' {
                return;
            }
            let value = value_at(text, colon + 1, limit, site.cut);
            let bytes = &text[value.start..value.end];
            if !value.quoted {
                return;
            }
            if (string_data && certain && !harmless(bytes)) || encoded_secret(bytes, certain) {
                out.push(site.mask(const { number("kubernetes-secret-data") }, value.start, value.end, value.until));
            }
            i = skip(text, value.end, limit, |b| matches!(b, b'\\' | b'"'));
        }
    }
}

/// A user name that is a token: alone before the `@`, it need look less random than in a text.
fn weak_user(user: &[u8]) -> bool {
    let mix = Mix::of(user);
    let mixed = mix.digit >= 2 && mix.changes * 4 >= user.len() && naturalness(user) < -2;
    user.len() >= 16 && !path(user) && !object_name(user) && (mixed || (is_hex(user) && user.len() >= 32))
}
