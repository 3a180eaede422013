//! What stands around a random run, or how it begins, and says that the run is public: an id, a hash, a file's name, a cipher's work.
use crate::{
    allow::sealed,
    anchors::LOOK_BACK,
    keys::{meaning, public_name},
    site::Site,
    text::{is_blank, is_quote, skip, skip_back},
};

/// Whether the random run at the anchor is one that anybody may read.
pub(crate) fn is_public(site: Site) -> bool {
    let Site { text, at, floor, limit, .. } = site;
    let (before, rest) = (&text[floor..at], &text[at..limit]);
    let end = skip(rest, 0, rest.len(), |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/'));
    let run = &rest[..end];
    index_of_elasticsearch(before, run)
        || asset(rest)
        || in_cipher(before)
        || content_id(run)
        || object_id(run)
        || constant(run)
        || message_id(before, rest, end)
        || named_in_prose(before)
        || listed(site)
        || binary(before)
        || in_a_tuple(before, rest, end)
        || mail_queue_id(run)
        || mail_signature(before)
        || of_a_handshake(before, rest, end)
        || known_host(before)
        || shared_document(before)
        || host_id(before, rest, end)
        || run.starts_with(b"node-csr-")
        // The pages of Next.js stand under the build's id.
        || run.starts_with(b"/_next/")
        || next_page(before)
        || in_the_dns(before)
        || in_an_arn(before)
        || of_a_public_key(before, rest)
        || before.ends_with(b"node[")
        || before.ends_with(b"pin-sha256=\"")
        // A lease is named by where it was made.
        || says(before, 96, b"lease", b"_id")
        || key_of_a_cache(before)
        || public_key(before)
        || certificate(run)
        || sealed(run)
        // What proves a domain's ownership stands in the DNS for all to read.
        || says(before, 160, b"", b"_acme-challenge")
        // What was sealed for a cluster, only that cluster opens.
        || says(before, 160, b"encrypted", b"Data")
}

/// Whether `first` and `second`, joined, stand in the last `most` bytes of the text. `second` begins with a byte that is rare there:
/// it is looked for.
fn says(before: &[u8], most: usize, first: &[u8], second: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(most)..];
    memchr::memchr_iter(second[0], near).any(|i| near[i..].starts_with(second) && near[..i].ends_with(first))
}

/// `cache.example.org-1:RUN`: the public key by which a binary cache signs, behind its name and number.
fn key_of_a_cache(before: &[u8]) -> bool {
    let Some(name) = before.strip_suffix(b":") else { return false };
    let number = skip_back(name, name.len(), 0, |b| b.is_ascii_digit());
    let start = skip_back(name, number, 0, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    number < name.len() && name[start..number].ends_with(b"-") && name[start..number].contains(&b'.')
}

/// `green open INDEX UUID`.
fn index_of_elasticsearch(before: &[u8], run: &[u8]) -> bool {
    run.len() == 22
        && before.ends_with(b" ")
        && before[..skip_back(before, before.len() - 1, 0, |b| !is_blank(b))].ends_with(b" open ")
}

/// `RUN.webp`: a file that a web server gives to anybody.
fn asset(rest: &[u8]) -> bool {
    const KINDS: &[&[u8]] = &[
        b".js",
        b".css",
        b".map",
        b".js.map",
        b".css.map",
        b".png",
        b".jpg",
        b".jpeg",
        b".gif",
        b".webp",
        b".avif",
        b".svg",
        b".ico",
        b".woff",
        b".woff2",
        b".ttf",
        b".mp4",
        b".webm",
        b".m3u8",
        b".mp3",
        b".chunk.js",
        b".min.js",
        b".chunk.css",
    ];
    let end = skip(rest, 0, rest.len(), |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/'));
    let kind = skip(rest, end, rest.len(), |b| b == b'.' || b.is_ascii_alphanumeric());
    KINDS.contains(&&rest[end..kind])
}

/// Within `ENC[AES256_GCM,data:…,iv:…]`: what a cipher made.
fn in_cipher(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(LOOK_BACK)..];
    before.ends_with(b"ENC(")
        || memchr::memrchr_iter(b'[', near)
            .find(|i| near[*i..].starts_with(b"[AES256_GCM,") && near[..*i].ends_with(b"ENC"))
            .is_some_and(|open| memchr::memchr(b']', &near[open..]).is_none())
}

/// The hash of a file in IPFS, `Qm` and 44 letters of base58; a peer of its network, `12D3KooW` and as many.
fn content_id(run: &[u8]) -> bool {
    ((run.len() == 46 && run.starts_with(b"Qm")) || (run.len() == 52 && run.starts_with(b"12D3KooW")))
        && run.iter().all(|b| b.is_ascii_alphanumeric() && !matches!(b, b'0' | b'O' | b'I' | b'l'))
}

/// `evt_1NG8Du2eZvKYlo2C`: an object's id, which services begin with what the object is.
pub(crate) fn object_id(run: &[u8]) -> bool {
    #[rustfmt::skip]
    const OBJECTS: &[&str] = &[
        "evt", "event", "pi", "pm", "seti", "cus", "ch", "sub", "si", "in", "ii", "price", "prod", "acct", "req", "txn", "po", "re", "dp",
        "msg", "resp", "run", "thread", "asst", "file", "call", "toolu", "batch", "org", "proj", "user", "usr", "chatcmpl", "cmpl",
        "step", "vs", "item", "rs", "fc", "gen", "trace", "span", "job", "task", "ord", "order", "inv", "invoice", "cart", "team",
        "wf", "exec", "dpl", "prj", "plink", "cs", "il", "src", "card", "ba", "payout", "tr", "fee", "mandate", "conv", "chat",
    ];
    // Okta's users, groups, organisations and applications.
    if run.len() == 20 && [b"00u".as_slice(), b"00g", b"00o", b"0oa"].iter().any(|o| run.starts_with(o)) {
        return true;
    }
    let prefix = skip(run, 0, run.len(), |b| b.is_ascii_lowercase());
    let body = run.get(prefix + 1..).unwrap_or_default();
    matches!(run.get(prefix), Some(b'_' | b'-'))
        && (8..=48).contains(&body.len())
        && body.iter().all(u8::is_ascii_alphanumeric)
        && OBJECTS.iter().any(|o| run[..prefix] == *o.as_bytes())
}

/// `NID_X9_62_c2pnb304w1`: short words of one case each, joined by underscores.
fn constant(run: &[u8]) -> bool {
    let mut words = 0;
    let single = |w: &[u8]| {
        let (upper, lower) = (w[1..].iter().any(u8::is_ascii_uppercase), w[1..].iter().any(u8::is_ascii_lowercase));
        let capital = w[0].is_ascii_uppercase();
        w.len() <= 10 && if lower { !upper } else { capital || !upper }
    };
    let all = run.split(|b| *b == b'_').all(|word| {
        words += 1;
        !word.is_empty() && word.iter().all(u8::is_ascii_alphanumeric) && single(word)
    });
    all && words > 2
}

/// `<RUN@host>`: a message's id.
fn message_id(before: &[u8], rest: &[u8], end: usize) -> bool {
    // The id may be of parts: `<RUN.PART@host>`.
    let end = skip(rest, end, rest.len(), |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'));
    let host = rest.get(end + 1..).unwrap_or_default();
    let close = skip(host, 0, host.len(), |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    before.ends_with(b"<") && rest.get(end) == Some(&b'@') && close > 3 && host.get(close) == Some(&b'>')
}

/// `request RUN`, `id RUN`: the word before says what it is.
fn named_in_prose(before: &[u8]) -> bool {
    const NAMES: &[&str] = &[
        "id",
        "ids",
        "request",
        "node",
        "archive",
        "trace",
        "span",
        "digest",
        "hash",
        "checksum",
        "commit",
        "etag",
        "cursor",
        "fingerprint",
        "event",
        "job",
        "task",
        "requestid",
        "consumer",
        "peer",
        "revision",
        "nonce",
        "integrity",
        "uuid",
        "uid",
        "guid",
        "ksuid",
        "ulid",
        "nanoid",
        "cuid",
        "xid",
        "objectid",
        "sitekey",
        "public",
        "publishable",
        "pubkey",
        "socket",
        "connection",
        "client",
    ];
    let end = skip_back(before, before.len(), 0, |b| {
        is_blank(b) || is_quote(b) || matches!(b, b':' | b'[' | b'(' | b'<' | b'=')
    });
    let digest = [b"sha-256".as_slice(), b"sha256", b"sha-1", b"sha1", b"sha-512", b"sha512", b"sha-384", b"md5"];
    if end < before.len() && digest.iter().any(|d| end >= d.len() && before[end - d.len()..end].eq_ignore_ascii_case(d))
    {
        return true;
    }
    // `x-amz-id-2 RUN`, `continuation-token RUN`
    let name = skip_back(before, end, before.len().saturating_sub(48), |b| {
        b.is_ascii_alphanumeric() || b == b'-' || b == b'_'
    });
    if end < before.len()
        && before[name..end].iter().any(|b| matches!(b, b'-' | b'_'))
        && public_name(&before[name..end])
    {
        return true;
    }
    let start = skip_back(before, end, 0, |b| b.is_ascii_alphabetic());
    let alone = start == 0 || is_blank(before[start - 1]) || matches!(before[start - 1], b'(' | b'[' | b'"');
    end < before.len()
        && before[end..].iter().any(|b| is_blank(*b))
        && alone
        && NAMES.iter().any(|n| before[start..end].eq_ignore_ascii_case(n.as_bytes()))
}

/// `{node-1}{RUN}{RUN}`, `worker[RUN][`: one of the names that a logger puts in brackets, behind another or behind a plain word.
fn in_a_tuple(before: &[u8], rest: &[u8], end: usize) -> bool {
    let behind = rest.get(end).copied();
    let word = skip_back(before, before.len().saturating_sub(1), 0, |b| b.is_ascii_alphabetic());
    let tagged = before.ends_with(b"[") && behind == Some(b']') && rest.get(end + 1) == Some(&b'[');
    (before.ends_with(b"}{") && behind == Some(b'}'))
        || (tagged && word + 1 < before.len() && meaning(&before[word..before.len() - 1], &[]).is_none())
}

/// A certificate in base64: two sequences, and its version as a field of the second.
fn certificate(run: &[u8]) -> bool {
    let head = &run[..run.len().min(32)];
    head.starts_with(b"MII")
        && run.len() >= 64
        && [b"gAwIBAgI".as_slice(), b"oAMCAQIC", b"KADAgEC"]
            .iter()
            .any(|version| memchr::memmem::find(head, version).is_some())
}

/// `public key: RUN`, `PublicKey = RUN`, `peer: RUN`: half of a pair that is for everybody.
fn public_key(before: &[u8]) -> bool {
    let end = skip_back(before, before.len(), 0, |b| is_blank(b) || is_quote(b) || matches!(b, b':' | b'='));
    let name = &before[..end];
    let last = |word: &[u8]| name.len() >= word.len() && name[name.len() - word.len()..].eq_ignore_ascii_case(word);
    end < before.len()
        && [b"public key".as_slice(), b"public_key", b"public-key", b"publickey", b"pubkey", b"pub_key"]
            .iter()
            .any(|w| last(w))
}

/// `"kty":"RSA","n":"RUN"`: a part of a public key that anybody may read; the private ones have other names.
fn of_a_public_key(before: &[u8], rest: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(LOOK_BACK)..];
    let name = [b"\"n\"".as_slice(), b"\"x\"", b"\"y\"", b"\"x5t\"", b"\"kid\"", b"\"x5t#S256\""];
    let end = skip_back(near, near.len(), 0, |b| is_blank(b) || is_quote(b));
    let sep = near[..end].strip_suffix(b":").map(|n| &n[..skip_back(n, n.len(), 0, is_blank)]);
    // Nothing else has so short a name and so long a value.
    if sep.is_some_and(|s| s.ends_with(b"\"n\""))
        && rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count() >= 340
    {
        return true;
    }
    let key = |text: &[u8]| memchr::memmem::find(text, b"\"kty\"").is_some();
    sep.is_some_and(|s| name.iter().any(|n| s.ends_with(n))) && (key(near) || key(&rest[..rest.len().min(LOOK_BACK)]))
}

/// `1tVJDA-000000qyiMQ-wU4x`, as Exim names its messages.
fn mail_queue_id(run: &[u8]) -> bool {
    let dashes = |second: usize| {
        run.iter().enumerate().all(|(i, b)| if i == 6 || i == second { *b == b'-' } else { b.is_ascii_alphanumeric() })
    };
    run.starts_with(b"1")
        && ((run.len() == 16 && dashes(13)) || ((20..=23).contains(&run.len()) && (dashes(18) || dashes(17))))
}

/// `a=rsa-sha256; …; b=RUN`: a mail server's signature of a mail.
fn mail_signature(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(LOOK_BACK)..];
    (near.ends_with(b" b=") || near.ends_with(b";b="))
        && (crate::text::find(near, b"dkim").is_some() || memchr::memmem::find(near, b"a=rsa-sha").is_some())
}

/// `r=RUN,s=…,i=4096`: the nonce of a SCRAM handshake.
fn of_a_handshake(before: &[u8], rest: &[u8], end: usize) -> bool {
    let padded = skip(rest, end, rest.len().min(end + 2), |b| b == b'=');
    before.ends_with(b"r=") && rest[padded..].starts_with(b",s=")
}

/// `|1|SALT|HASH ssh-ed25519 …`: the hashed name of a host whose key is known.
fn known_host(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(40)..];
    near.ends_with(b"|") && memchr::memmem::find(near, b"|1|").is_some()
}

/// `docs.google.com/document/d/RUN`, `youtube.com/watch?v=…&list=RUN`: the id of a page.
pub(crate) fn shared_document(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(96)..];
    [b"youtube.".as_slice(), b"docs.google.", b"drive.google.", b"nel.cloudflare."]
        .iter()
        .any(|host| memchr::memmem::find(near, host).is_some_and(|at| !near[at..].iter().any(|b| is_blank(*b))))
}

/// `next token: RUN`, `continuation token RUN`: where a list goes on.
pub(crate) fn next_page(before: &[u8]) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &["next", "page", "continuation", "continue", "pagination", "paging", "cursor", "sync", "resume", "scroll"];
    let end = skip_back(before, before.len(), 0, |b| is_blank(b) || is_quote(b) || matches!(b, b':' | b'='));
    let Some(word_end) = before[..end].strip_suffix(b"token").filter(|w| w.ends_with(b" ")).map(|w| w.len() - 1) else {
        return false;
    };
    let start = skip_back(before, word_end, 0, |b| b.is_ascii_alphabetic());
    WORDS.iter().any(|w| before[start..word_end].eq_ignore_ascii_case(w.as_bytes()))
}

/// `DNSKEY 257 3 13 RUN`, `v=DKIM1; k=rsa; p=RUN`, `google-site-verification=RUN`: what the DNS tells everybody.
fn in_the_dns(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(96)..];
    let has = |what: &[u8]| memchr::memmem::find(near, what).is_some();
    near.ends_with(b"-verification=") || (near.ends_with(b"p=") && has(b"v=DKIM1")) || has(b"DNSKEY ")
}

/// `arn:aws:secretsmanager:…:secret:RUN`: a part of a resource's name.
fn in_an_arn(before: &[u8]) -> bool {
    let word = skip_back(before, before.len(), before.len().saturating_sub(160), |b| b > b' ' && !is_quote(b));
    before[word..].starts_with(b"arn:") && before.ends_with(b":")
}

/// `- RUN= SigV4`, as access logs of S3 name the host that served: 56 bytes, in a column of its own.
fn host_id(before: &[u8], rest: &[u8], end: usize) -> bool {
    end == 75 && before.ends_with(b"- ") && rest[end..].starts_with(b"= ")
}

/// `uid: BinData(0, RUN)`, as `MongoDB` writes bytes under a public name.
fn binary(before: &[u8]) -> bool {
    let near = before.len().saturating_sub(28);
    let opened = [b"BinData(".as_slice(), b"{\"$binary\":{\"base64\":\""];
    let Some(open) = opened.iter().find_map(|o| memchr::memmem::find(&before[near..], o).map(|n| near + n)) else {
        return false;
    };
    let end = skip_back(before, open, 0, |b| is_blank(b) || is_quote(b) || b == b':');
    let start = skip_back(before, end, 0, |b| b.is_ascii_alphanumeric() || b == b'_');
    public_name(&before[start..end])
}

/// One of a list under a public name: `kids=["RUN","RUN"]`.
fn listed(site: Site) -> bool {
    let Site { text, at, floor, .. } = site;
    let near = floor.max(at.saturating_sub(LOOK_BACK));
    let open = skip_back(text, at, near, |b| {
        b.is_ascii_alphanumeric()
            || is_quote(b)
            || is_blank(b)
            || matches!(b, b',' | b'_' | b'-' | b'+' | b'/' | b'=' | b'.' | b'\\')
    });
    if open == near || text[open - 1] != b'[' {
        return false;
    }
    let sep = skip_back(text, open - 1, near, is_blank);
    if sep == near || !matches!(text[sep - 1], b':' | b'=') {
        return false;
    }
    let end = skip_back(text, sep - 1, near, |b| is_quote(b) || is_blank(b) || b == b'\\');
    let start = skip_back(text, end, near, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let name = &text[start..end];
    public_name(name) || name.strip_suffix(b"s").is_some_and(public_name)
}
