//! Tokens by their form: the table of `providers` at its starts, the operator's patterns, and what is left of a token that was cut.
use crate::{
    checks,
    detect::Detector,
    providers::{PROVIDERS, Provider},
    site::{Mask, Site},
    table::{self, number},
    text::{Until, is_token, skip, skip_back},
    wrap,
};

impl Detector {
    pub(crate) fn provider(&self, site: Site, index: usize, at: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let (lead, secret) = &self.patterns[index];
        let start = match lead {
            Some(lead) => match lead.matches(text, at, limit) {
                Some(end) => end,
                None => return,
            },
            None => at,
        };
        let Some(end) = secret.matches(text, start, limit) else {
            return self.unfinished(site, index, start, out);
        };
        if end < limit && text[end].is_ascii_alphanumeric() {
            return;
        }
        // The dots of a sentence or of what was cut are none of a token's.
        let end = skip_back(text, end, start + 1, |b| b == b'.');
        if !checks::holds_or_looks_random(&text[start..end]) {
            return;
        }
        let Provider { back, least, .. } = PROVIDERS[index];
        let before = skip_back(text, start, site.floor.max(start.saturating_sub(back)), |b| {
            b.is_ascii_alphanumeric() || b == b'_'
        });
        if start - before < least {
            return;
        }
        // `acme_sk_…`: what an underscore joins to the start is of the token.
        let named = if lead.is_none() && back == 0 && text[start].is_ascii_alphanumeric() {
            skip_back(text, start, site.floor.max(start.saturating_sub(16)), |b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'
            })
        } else {
            before
        };
        let joined = named < start
            && text[start - 1] == b'_'
            && (named == site.floor || !text[named - 1].is_ascii_alphanumeric());
        let start = if joined { named } else { before };
        out.push(site.mask(table::provider(index), start, end, (end == limit && site.cut).then_some(Until::Token)));
    }

    /// What may become a token is cut: by the stream's or the line's end, or by dots that somebody put for the rest.
    pub(crate) fn unfinished(&self, site: Site, index: usize, start: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let end = skip(text, start, limit, is_token);
        let bare = skip_back(text, end, start, |b| b == b'.');
        let end = if end - bare >= 3 || end < limit { bare } else { end };
        let known =
            PROVIDERS[index].starts.iter().filter(|s| text[start..].starts_with(s.as_bytes())).map(|s| s.len()).max();
        let distinct = known.is_some_and(|n| n >= 5 && !text[start..start + n].iter().all(u8::is_ascii_alphanumeric));
        if site.cut
            || end - start <= 4
            // `token=glcbt-64`: all that a log shows of it.
            || known.is_some_and(|n| end - start < n + 3)
            || end - start > 400
            || !self.patterns[index].1.may_match(&text[start..end])
        {
            return;
        }
        let token = &text[start..end];
        let dots = [b"...".as_slice(), "\u{2026}".as_bytes(), b"***", b"[...]", b"<snip"];
        if dots.iter().any(|d| text[end..limit].starts_with(d)) {
            if known.is_some_and(|n| token.len() >= n + 6) && token.iter().any(u8::is_ascii_digit) {
                out.push(site.mask(table::provider(index), start, end, None));
            }
            return;
        }
        let until = if end == text.len() {
            None
        } else if !wrap::may_end_a_line(text, end)
            || token.contains(&b'=')
            || !(distinct || token.iter().any(u8::is_ascii_digit))
        {
            // A line may end in a name that begins like a token.
            return;
        } else {
            Some(Until::Broken)
        };
        out.push(site.mask(table::provider(index), start, end, until));
    }

    pub(crate) fn operator(&self, site: Site, index: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        if at > 0 && is_word(text[at - 1]) && is_word(text[at]) {
            return;
        }
        let (_, pattern) = &self.patterns[PROVIDERS.len() + index];
        if let Some(end) = pattern.matches(text, at, limit)
            && !(end < limit && is_word(text[end]) && is_word(text[end - 1]))
        {
            out.push(site.mask(
                table::provider(PROVIDERS.len() + index),
                at,
                end,
                (end == limit && site.cut).then_some(Until::Token),
            ));
        }
    }

    /// The rule of the provider whose token is exactly `text[start..end]`.
    pub(crate) fn token_rule(&self, text: &[u8], start: usize, end: usize) -> Option<u32> {
        let value = &text[start..end];
        if value.starts_with(b"eyJ") && value.contains(&b'.') {
            return Some(const { number("jwt") });
        }
        let first = usize::from(*value.first()?);
        self.starts[first].iter().find_map(|(i, s)| {
            (value.starts_with(s) && self.patterns[*i].1.matches(text, start, end) == Some(end))
                .then(|| table::provider(*i))
        })
    }

    pub(crate) fn provider_run(&self, site: Site, index: usize, out: &mut Vec<Mask>) {
        if site.at > 0 && site.text[site.at - 1].is_ascii_alphanumeric() {
            return;
        }
        let (_, secret) = &self.patterns[index];
        if let Some(end) = secret.matches(site.text, site.at, site.limit)
            && !(end < site.limit && site.text[end].is_ascii_alphanumeric())
        {
            out.push(site.mask(
                table::provider(index),
                site.at,
                end,
                (end == site.limit && site.cut).then_some(Until::Token),
            ));
        }
    }
}

pub(crate) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}
