//! Runs: stretches of twenty and more letters, digits and base64's signs of mixed kind. A provider's token without a start of its own, a
//! token without any form, base64 of a text, or something public that only looks random.
use crate::{
    allow,
    anchors::{LOOK_AHEAD, RUN_LENGTH},
    detect::Detector,
    keys::public_name,
    public::{is_public, shared_document},
    randomness::secret_run,
    site::{Form, Line, Mask, Site},
    table::number,
    text::{Mix, Until, is_blank, is_name, is_quote, skip, skip_back},
    wrapped,
};

impl Detector {
    pub(crate) fn runs_in(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        form: Form,
        out: &mut Vec<Mask>,
        marks: &mut Vec<usize>,
    ) {
        let in_run = |b: u8| self.run[usize::from(b)];
        let mut line = Line::unknown();
        let mut i = from;
        // The run that began before `from` is decided already.
        if i > 0 && in_run(text[i - 1]) {
            while i < to && in_run(text[i]) {
                i += 1;
            }
        }
        while i < to {
            // If the byte RUN_LENGTH - 1 further on is outside, no run that long begins here.
            let probe = i + RUN_LENGTH - 1;
            if probe >= text.len() {
                break;
            }
            if !in_run(text[probe]) {
                i = probe + 1;
                // Its own run begins later; go back to nothing: all bytes up to the probe belong to shorter runs.
                continue;
            }
            let start = skip_back(text, probe, i, in_run);
            if start > i || i == 0 || !in_run(text[i - 1]) {
                if start >= to {
                    break;
                }
                let end = skip(text, probe, text.len().min(start + LOOK_AHEAD), in_run);
                if end - start >= RUN_LENGTH {
                    let site = Site::on(text, start, form, &mut line);
                    self.run_at(site, end, out);
                    if site.line_start && !site.cut && wrapped::may_begin(text, site.floor, site.limit) {
                        marks.push(start);
                    }
                }
                i = skip(text, end, to.max(end), in_run);
            } else {
                i = skip(text, probe, to.max(probe), in_run);
            }
        }
    }

    /// A run of `anchors::RUN_LENGTH` or more: a provider's token without a start of its own, or one without any form.
    fn run_at(&self, site: Site, end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let end = end.min(limit);
        // The slashes of a URL are no part of what follows them.
        let at = if text[at..end].starts_with(b"//") { at + 2 } else { at };
        let run = &text[at..end];
        let mix = Mix::of(run);
        if mix.kinds() < 3 {
            return;
        }
        for &i in &self.at_runs {
            self.provider_run(site, i, out);
            for part in memchr::memchr_iter(b'/', run).take(16) {
                self.provider_run(Site { at: at + part + 1, ..site }, i, out);
            }
        }
        if self.token_rule(text, at, end).is_some() || allow::uuid(run) {
            return;
        }
        let least = self.settings.entropy_length;
        let cut = |_start: usize, stop: usize| (stop == limit && site.cut).then_some(Until::Token);
        let says = self.base64_says(run, site.depth);
        if says == Some(true) {
            let padded = skip(text, end, limit.min(end + 2), |b| b == b'=');
            return out.push(site.mask(const { number("encoded-secret") }, at, padded, cut(at, padded)));
        }
        if says == Some(false) {
            return self.headless_jwt(site, at, end, out);
        }
        let readable = if public_context(site) {
            behind_host(site, end).filter(|_| !shared_document(&text[site.floor..at]))
        } else {
            Some(at)
        };
        let Some(from) = readable else { return };
        let whole =
            from == at && run.iter().filter(|b| **b == b'/').count() * 10 <= run.len() && secret_run(run, least);
        if whole {
            let padded = skip(text, end, limit.min(end + 2), |b| b == b'=');
            let (at, padded) = joined(site, marked(site, at), padded);
            return out.push(site.mask(const { number("high-entropy") }, at, padded, cut(at, padded)));
        }
        // 16 bytes in base64, which are no secret as a whole, are none in part.
        if run.len() == 22 && text[end..limit].starts_with(b"==") {
            return;
        }
        let mut start = from;
        while start < end {
            let stop = skip(text, start, end, |b| !matches!(b, b'/' | b'-' | b'_' | b'+'));
            if stop - start >= least
                && secret_run(&text[start..stop], least)
                && self.base64_says(&text[start..stop], site.depth).is_none()
            {
                let first = marked(site, start);
                out.push(site.mask(const { number("high-entropy") }, first, stop, cut(start, stop)));
            }
            start = stop + 1;
        }
        let mut start = from;
        while start < end {
            let stop = skip(text, start, end, |b| b != b'/');
            if stop - start >= least
                && secret_run(&text[start..stop], least)
                && self.base64_says(&text[start..stop], site.depth).is_none()
            {
                out.push(site.mask(const { number("high-entropy") }, start, stop, cut(start, stop)));
            }
            start = stop + 1;
        }
    }

    /// The claims of a JWT whose header was cut off, and the signature behind them.
    fn headless_jwt(&self, site: Site, at: usize, end: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let signature =
            skip(text, (end + 1).min(limit), limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if text.get(end) == Some(&b'.') && signature >= end + 17 && Mix::of(&text[end + 1..signature]).kinds() == 3 {
            out.push(site.mask(
                const { number("jwt") },
                at,
                signature,
                (signature == limit && site.cut).then_some(Until::Token),
            ));
        }
    }
}

/// Where the path begins, of a URL whose host's name the run at hand began in.
fn behind_host(site: Site, end: usize) -> Option<usize> {
    let Site { text, at, floor, .. } = site;
    let word = skip_back(text, at, floor.max(at.saturating_sub(128)), |b| !is_blank(b) && !is_quote(b));
    memchr::memmem::find(&text[word..at], b"://")?;
    memchr::memchr(b'/', &text[at..end]).map(|n| at + n + 1)
}

/// Where the token begins that ends in the random part at `start`: `acme_live_` and `dataset-` before it are of the token.
fn marked(site: Site, start: usize) -> usize {
    let Site { text, floor, .. } = site;
    let Some(joint) = start.checked_sub(1).filter(|i| *i > floor && matches!(text[*i], b'_' | b'-')).map(|i| text[i])
    else {
        return start;
    };
    let near = floor.max(start.saturating_sub(if joint == b'_' { 24 } else { 12 }));
    let upper = start >= near + 2 && text[start - 2].is_ascii_uppercase();
    let of_a_mark = |b: u8| {
        b.is_ascii_digit()
            || (if upper { b.is_ascii_uppercase() } else { b.is_ascii_lowercase() })
            || (b == b'_' && joint == b'_')
    };
    let first = skip_back(text, start - 1, near, of_a_mark);
    let alone = first == floor
        || !(text[first - 1].is_ascii_alphanumeric() || matches!(text[first - 1], b'-' | b'_' | b'.' | b'/'));
    if alone && first < start - 1 && text[first].is_ascii_alphabetic() { first } else { start }
}

/// A random run with the parts of its token that a dot, a colon and their like join to it.
fn joined(site: Site, at: usize, end: usize) -> (usize, usize) {
    let Site { text, floor, limit, .. } = site;
    let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let (mut at, mut end) = (at, end);
    while end < limit && is_joint(text[end]) {
        let mut next = skip(text, end + 1, limit, part);
        // Behind a colon base64 may stand, which its padding shows.
        if text[end] == b':' {
            let far = skip(text, next, limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
            next = if far < limit && text[far] == b'=' && far > next { far } else { next };
        }
        let piece = &text[end + 1..next];
        let mix = Mix::of(piece);
        let random = if text[end] == b'.' { piece.len() >= 10 && mix.kinds() == 3 } else { odd(piece, 8) };
        if !random {
            break;
        }
        end = skip(text, next, limit.min(next + 2), |b| b == b'=');
    }
    let far = floor.max(at.saturating_sub(200));
    while at > far && is_joint(text[at - 1]) {
        let before = skip_back(text, at - 1, far, part);
        let piece = &text[before..at - 1];
        let mix = Mix::of(piece);
        // A token's own mark stands at the beginning of its word: `sl.u.`, `vk1.a.`, `0.`.
        let alone = before == floor || !matches!(text[before - 1], b'/' | b'@' | b'\\');
        let mark = text[at - 1] == b'.'
            && alone
            && !piece.is_empty()
            && (piece.len() <= 2 || (piece.len() <= 9 && mix.digit > 0));
        if !(mark
            || (piece.len() >= 10 && mix.kinds() == 3)
            || allow::uuid(piece)
            || (text[at - 1] == b'.' && alone && odd(piece, 8) && Mix::of(piece).changes >= 3)
            || (text[at - 1] != b'.' && odd(piece, 5)))
        {
            break;
        }
        at = before;
    }
    (at, end)
}

/// What joins the parts of one token.
fn is_joint(b: u8) -> bool {
    matches!(b, b'.' | b':' | b'|' | b'!' | b'~' | b'$')
}

/// A part of a token: of more than one kind, and no name.
fn odd(piece: &[u8], least: usize) -> bool {
    let mix = Mix::of(piece);
    piece.len() >= least
        && ((mix.digit >= 6 && mix.digit == piece.len())
            || (mix.digit > 0 && mix.lower + mix.upper > 0 && !allow::object_name(piece))
            || (mix.upper > 0 && mix.lower > 0 && mix.changes >= 3 && crate::model::naturalness(piece) < 0))
}

/// What stands before a run says that it is public: `sha256:`, `ssh-rsa `, an etag's or an id's key, a class path.
fn public_context(site: Site) -> bool {
    let Site { text, at, floor, .. } = site;
    let before = &text[floor..at];
    let run = &text[at..];
    let marks: [&[u8]; 11] = [
        b"sha256:",
        b"SHA256:",
        b"sha512:",
        b"sha1:",
        b"MD5:",
        b"@sha256:",
        b"W/\"",
        b"h1:",
        b"md5=",
        b"crc32c=",
        b"base64,",
    ];
    let runs: [&[u8]; 9] = [
        b"nonce-",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"AAAAB3NzaC1yc2E",
        b"AAAAC3NzaC1lZDI1NTE5",
        b"AAAAE2VjZHNh",
        b"LS0tLS1CRUdJTiBDRVJU",
        b"LS0tLS1CRUdJTiBQVUJM",
    ];
    if marks[..10].iter().any(|m| before.ends_with(m)) || runs.iter().any(|r| run.starts_with(r)) {
        return true;
    }
    // Public keys by their header and length.
    let length = skip(run, 0, run.len().min(LOOK_AHEAD), |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    let public: [(&[u8], usize); 4] = [
        (b"MFkwEwYHKoZIzj0", 124),
        (b"MIIBIjANBgkqhkiG9w0B", 392),
        (b"MIICIjANBgkqhkiG9w0B", 736),
        (b"MCowBQYDK2Vw", 60),
    ];
    if public.iter().any(|(lead, most)| run.starts_with(lead) && (most - 2..=*most).contains(&length)) {
        return true;
    }
    // `Class$Inner`, `a.b.Name`: a dotted name goes on here.
    if before.ends_with(b"$")
        || (before.ends_with(b".")
            && before.len() > 4
            && before[..before.len() - 1].iter().rev().take(4).all(u8::is_ascii_lowercase))
    {
        return true;
    }
    if is_public(site) {
        return true;
    }
    // The word that the run is a part of.
    let word = skip_back(text, at, floor.max(at.saturating_sub(200)), |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')
    });
    let value = skip_back(text, word, floor, |b| is_blank(b) || is_quote(b) || b == b'\\');
    if value > floor && matches!(text[value - 1], b'=' | b':') {
        let key_end = skip_back(text, value - 1, floor, |b| is_blank(b) || is_quote(b) || b == b'\\');
        let key = skip_back(text, key_end, floor.max(key_end.saturating_sub(64)), |b| is_name(b) || b == b'-');
        return public_name(&text[key..key_end]);
    }
    false
}
