//! What follows `Authorization:` and `Cookie:`: schemes, and the values of cookies one by one.
use crate::{
    allow::{harmless, object_name, uuid},
    detect::Detector,
    judge::{likely, weak},
    keyed::{Setting, said_in_prose},
    keys::{Meaning, Strength},
    model::naturalness,
    site::{Mask, Site},
    source::is_code,
    table::number,
    text::{Until, find, is_blank, is_quote, skip},
    value::{Value, value_at},
};

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

impl Detector {
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
