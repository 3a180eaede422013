//! Rules that go by a word or a form other than a key: URLs, data source names, JWT, Bearer and Basic, prose, statements, commands.
use crate::{
    allow::{digits, harmless, object_name, path},
    base64,
    detect::Detector,
    judge::encoded_secret,
    keyed::said_in_prose,
    keys::public_name,
    model::naturalness,
    prose::is_password,
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
        let near = memchr::memrchr(b'@', &text[literal_end..end]).map(|n| literal_end + n);
        let Some(at) = near.or_else(|| beyond_slash(text, literal_end, end, limit)) else { return };
        let info = &text[literal_end..at];
        // The public key of a node of a chain.
        if text[..literal_end].ends_with(b"enode://") && is_hex(info) {
            return;
        }
        if let Some(colon) = memchr::memchr(b':', info) {
            let secret = &info[colon + 1..];
            let rule = const { number("url-credentials") };
            let told = !secret.is_empty() && !harmless(secret) && !self.settings.allows(secret);
            match (told, weak_user(&info[..colon])) {
                // Two halves of one key.
                (true, true) => out.push(site.mask(rule, literal_end, at, None)),
                (true, false) => out.push(site.mask(rule, literal_end + colon + 1, at, None)),
                (false, true) => out.push(site.mask(rule, literal_end, literal_end + colon, None)),
                (false, false) => {}
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
        if text[start..at].windows(3).any(|w| w == b"://") {
            return;
        }
        // `USER/VALUE@(DESCRIPTION=…)`
        let oracle = text[at..].starts_with(b":1521/");
        let by = if oracle || text[at..].starts_with(b"@(DESC") { b'/' } else { b':' };
        // `USER/VALUE@host:1521/service`
        let at = if oracle {
            let Some(host) = memchr::memrchr(b'@', &text[start..at]) else { return };
            start + host
        } else {
            at
        };
        if let Some(colon) = memchr::memchr(by, &text[start..at]) {
            let secret = &text[start + colon + 1..at];
            // `(?:\s+\(@`: a pattern has no user.
            let user =
                colon > 0 && (text[start + colon - 1].is_ascii_alphanumeric() || text[start + colon - 1] >= 0x80);
            if user && !secret.is_empty() && !harmless(secret) {
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
            // `IST.eyJ…`, `nbwt1_eyJ…`: the issuer's mark is of the token.
            let mark = skip_back(text, at.saturating_sub(1), site.floor.max(at.saturating_sub(8)), |b| {
                b.is_ascii_alphanumeric()
            });
            let joined = at > mark + 1
                && matches!(text[at - 1], b'.' | b'_')
                && (mark == site.floor
                    || !(text[mark - 1].is_ascii_alphanumeric() || matches!(text[mark - 1], b'.' | b'_' | b'-')));
            out.push(site.mask(const { number("jwt") }, if joined { mark } else { at }, far.max(end), until));
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
        // `rootpw --plaintext X`
        if text[value.start..value.end].starts_with(b"--") && !value.quoted {
            value = value_at(text, value.end, limit, site.cut);
        }
        // `community string: X`
        if reads(text, value.start, b"string: ") && !value.quoted {
            value = value_at(text, value.start + 8, limit, site.cut);
        }
        let auth = reads(text, at, b"auth ") || reads(text, at, b"\"auth\" ");
        let secret = |bytes: &[u8]| {
            let mix = Mix::of(bytes);
            bytes.len() >= 3
                && !harmless(bytes)
                && (!auth
                    || (bytes.len() >= 6
                        && (mix.digit > 0 || (reads(text, at, b"\"") && mix.upper > 0 && mix.lower > 1))
                        && mix.lower + mix.upper > 0
                        && !object_name(bytes)
                        && !bytes.contains(&b'=')))
        };
        let behind = skip(text, value.end, limit, |b| is_quote(b) || is_blank(b));
        if auth && behind > value.end && behind < limit && object_name(&text[value.start..value.end]) {
            value = value_at(text, behind - usize::from(is_quote(text[behind - 1])), limit, site.cut);
        }
        let bytes = &text[value.start..value.end];
        let bytes = if value.quoted { bytes } else { bytes.strip_suffix(b";").unwrap_or(bytes) };
        // `named by 'x'`, `pass '--flag'`: in prose and in code, anything may be quoted so.
        let by = text[at..literal_end].windows(3).any(|w| w.eq_ignore_ascii_case(b"by "))
            || reads(text, at, b"pass '")
            || reads(text, at, b" by ")
            || (reads(text, at, b"community ") && find(&text[site.floor..at], b"snmp").is_none());
        if by && !about_users(&text[site.floor..at]) && !is_password(bytes, false) {
            return;
        }
        // `the wrong password 7 times`: what a device hid so is hex.
        if reads(text, at, b"password 7 ") && !is_hex(bytes) && !is_password(bytes, false) {
            return;
        }
        let statement = value.quoted || !said_in_prose(text, value, limit);
        if statement && secret(bytes) && !bytes.contains(&b' ') {
            out.push(site.mask(
                const { number("secret-in-statement") },
                value.start,
                value.start + bytes.len(),
                value.until,
            ));
            // `IDENTIFIED BY NEW REPLACE OLD`
            let behind = skip(text, value.start + bytes.len(), limit, |b| is_quote(b) || is_blank(b));
            if reads(text, behind, b"replace ") && about_users(&text[site.floor..at]) {
                let old = value_at(text, behind + 8, limit, site.cut);
                let end = skip_back(text, old.end, old.start, |b| b == b';');
                if end > old.start && !harmless(&text[old.start..end]) {
                    out.push(site.mask(const { number("secret-in-statement") }, old.start, end, old.until));
                }
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
        if reads(text, site.at, b":*:") {
            // `*:*:*:user:VALUE`
            let user = skip(text, literal_end, end, |b| b != b':');
            if user + 1 < end && !text[literal_end..user].contains(&b'*') && !harmless(&text[user + 1..end]) {
                out.push(site.mask(const { number("secret-in-statement") }, user + 1, end, None));
            }
            return;
        }
        let rest = &text[literal_end..end];
        if rest.iter().all(|b| matches!(b, b'*' | b':' | b'`' | b')' | b';')) {
            return;
        }
        let mut colons = rest.iter().enumerate().filter(|(_, b)| **b == b':').map(|(i, _)| i);
        if let (Some(_), Some(second)) = (colons.next(), colons.next())
            && second + 1 < rest.len()
            && !harmless(&rest[second + 1..])
        {
            out.push(site.mask(const { number("secret-in-statement") }, literal_end + second + 1, end, None));
        }
    }

    /// `INSERT INTO t (a, password) VALUES (1, 'VALUE')`: the value in the place of the column that names a secret.
    pub(crate) fn insert(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let open = skip(text, literal_end, limit, is_blank);
        let close = skip_back(text, at, floor, is_blank);
        if open >= limit || text[open] != b'(' || close == floor || text[close - 1] != b')' {
            return;
        }
        let names = skip_back(text, close - 1, floor, |b| b != b'(');
        let mut row = open;
        for _ in 0..64 {
            let Some(end) = self.insert_row(site, (names, close - 1), row, out) else { return };
            // `(1, 'x'), (2, 'y')`
            row = skip(text, end, limit, |b| is_blank(b) || b == b',');
            if row == end || row >= limit || text[row] != b'(' {
                return;
            }
        }
    }

    /// One row of an `INSERT`, by the names of its columns; where it ends.
    fn insert_row(&self, site: Site, names: (usize, usize), open: usize, out: &mut Vec<Mask>) -> Option<usize> {
        let Site { text, limit, .. } = site;
        let mut i = open + 1;
        for name in text[names.0..names.1].split(|b| *b == b',') {
            let value = value_at(text, i, limit, site.cut);
            let behind = if value.quoted { skip(text, value.end, limit, is_quote) } else { value.start };
            let mut depth = 0;
            let ends = |b: &u8| {
                depth += i32::from(*b == b'(') - i32::from(*b == b')');
                depth < 0 || (depth == 0 && *b == b',')
            };
            let stop = text[behind..limit].iter().position(ends).map_or(limit, |n| behind + n);
            let end = if value.quoted { value.end } else { stop.min(value.end) };
            let name = name.trim_ascii();
            let name = name.strip_prefix(b"`").and_then(|n| n.strip_suffix(b"`")).unwrap_or(name);
            let said = self.meaning(name).filter(|_| end > value.start);
            if said.is_some_and(|said| self.is_secret(said, &text[value.start..end], true)) {
                out.push(site.mask(const { number("secret-in-statement") }, value.start, end, value.until));
            }
            if stop >= limit {
                return None;
            }
            if text[stop] == b')' {
                return Some(stop + 1);
            }
            i = stop + 1;
        }
        None
    }

    /// `on >VALUE` of a redis ACL rule.
    pub(crate) fn acl(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let end = skip(text, literal_end, limit, |b| b > b' ' && !is_quote(b));
        if end - literal_end >= 4 && !harmless(&text[literal_end..end]) {
            let until = (end == limit && site.cut).then_some(Until::Word);
            out.push(site.mask(const { number("secret-in-statement") }, literal_end, end, until));
        }
    }

    /// `"data":{"key":"BASE64",…}` on one line: the values that say something, all of them when the object is a Secret.
    pub(crate) fn data_object(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, at, .. } = site;
        // `metadata` is another word.
        if at > site.floor
            && text[at - 1].is_ascii_alphabetic()
            && !(at >= site.floor + 6 && reads(text, at - 6, b"string"))
        {
            return;
        }
        let around = &text[site.floor..limit];
        let certain = find(around, b"kind\":\"Secret\"")
            .or_else(|| find(around, b"Secret{"))
            .or_else(|| find(around, b"kind\": \"Secret\""))
            .or_else(|| find(around, b"kind\\\":\\\"Secret\\\""))
            .is_some();
        // Nothing but a Secret has `stringData`.
        let said_so = at >= 6 && reads(text, at - 6, b"string");
        let string_data = said_so || text[literal_end - 2] == b'8';
        if text[..literal_end].ends_with(b"string{") {
            if certain && said_so {
                self.map_as_go_prints_it(site, literal_end, out);
            }
            return;
        }
        let (mut i, most) = (literal_end, out.len() + 4096);
        while i < limit && out.len() < most {
            // "key" : "value" ,
            i = skip(text, i, limit, |b| is_blank(b) || matches!(b, b',' | b'\\'));
            if i >= limit || text[i] != b'"' {
                return self.byte_lists(site, i, certain, out);
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
            // `"data":{"accessor":…}`: the answer of some service, and not a Secret.
            let public = !certain && !said_so && public_name(&text[i + 1..key_end]);
            if !public && ((string_data && (certain || said_so) && !harmless(bytes)) || encoded_secret(bytes, certain))
            {
                out.push(site.mask(const { number("kubernetes-secret-data") }, value.start, value.end, value.until));
            }
            i = skip(text, value.end, limit, |b| matches!(b, b'\\' | b'"'));
        }
    }
}

impl Detector {
    /// `name: VALUE,name: VALUE,}`: the `stringData` of a Secret as Go prints them.
    fn map_as_go_prints_it(&self, site: Site, from: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let mut i = from;
        for _ in 0..64 {
            let name = skip(text, i, limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
            if name == i || !text[name..limit].starts_with(b": ") {
                return;
            }
            let start = name + 2;
            let end = skip(text, start, limit, |b| !matches!(b, b',' | b'}'));
            if end > start && !harmless(&text[start..end]) {
                let until = (end == limit && site.cut).then_some(Until::Word);
                out.push(site.mask(const { number("kubernetes-secret-data") }, start, end, until));
            }
            i = skip(text, end, limit, |b| b == b',' || is_blank(b));
        }
    }

    /// `name: [104 117 …], …`: the data of a Secret as Go prints them.
    fn byte_lists(&self, site: Site, from: usize, certain: bool, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let mut i = from;
        for _ in 0..64 {
            let name = skip(text, i, limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
            if !certain || name == i || !text[name..limit].starts_with(b": [") && !text[name..limit].starts_with(b":[")
            {
                return;
            }
            let open = skip(text, name, limit, |b| b != b'[') + 1;
            let close = skip(text, open.min(limit), limit, |b| b.is_ascii_digit() || is_blank(b) || b == b',');
            if close > open {
                let until = (close == limit && site.cut).then_some(Until::Line);
                out.push(site.mask(const { number("kubernetes-secret-data") }, open, close, until));
            }
            i = skip(text, close, limit, |b| is_blank(b) || matches!(b, b']' | b','));
        }
    }
}

/// A statement of SQL about an account stands before: `CREATE USER x IDENTIFIED`.
fn about_users(before: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"user",
        b"grant",
        b"role",
        b"account",
        b"wallet",
        b"keystore",
        b"link",
        b"login",
        b"mysql",
        b"keystores",
        b"slave",
        b"master",
    ];
    before.split(|b| !b.is_ascii_alphanumeric()).any(|w| WORDS.iter().any(|word| w.eq_ignore_ascii_case(word)))
        && [b"create".as_slice(), b"alter", b"grant", b"set", b"change", b"administer", b"drop", b"update", b"replace"]
            .iter()
            .any(|verb| find(before, verb).is_some())
}

/// The `@` behind a password with a slash in it, of a URL that is no web page's: `user:pa/ss@host`.
fn beyond_slash(text: &[u8], from: usize, slash: usize, limit: usize) -> Option<usize> {
    if slash >= limit || text[slash] != b'/' {
        return None;
    }
    let colon = from + memchr::memchr(b':', &text[from..slash])?;
    let end = skip(text, slash, limit.min(slash + 64), |b| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'/' | b'+' | b'=' | b'_' | b'-' | b'!' | b'$' | b'*' | b'~' | b'%' | b'#')
    });
    // A port and a path are no password.
    (end < limit && text[end] == b'@' && !digits(&text[colon + 1..slash])).then_some(end)
}

/// A user name that is a token: alone before the `@`, it need look less random than in a text.
fn weak_user(user: &[u8]) -> bool {
    let mix = Mix::of(user);
    let mixed = mix.digit >= 2 && mix.changes * 4 >= user.len() && naturalness(user) < -2;
    user.len() >= 16 && !path(user) && !object_name(user) && (mixed || (is_hex(user) && user.len() >= 32))
}
