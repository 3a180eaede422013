//! Text that is like logs, made here and not copied from anywhere: run through the detector in `configure`, so that its lazy
//! automaton is frozen warm. Tokens in it are expanded from templates, and are nobody's.
use crate::providers::PROVIDERS;
use std::fmt::Write;

/// Expands `{w20}` and its like; the same seed gives the same text. Letters as in `providers`, and `{a}` for base58.
pub(crate) fn expand(template: &str, seed: &mut u64) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some((alphabet, count, length)) = field(rest) else {
            out.push('{');
            rest = &rest[1..];
            continue;
        };
        for _ in 0..count {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let pick = usize::try_from(*seed >> 33).unwrap_or(0) % alphabet.len();
            out.push(char::from(alphabet[pick]));
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The alphabet, the count and the length of the field that `text` begins with.
fn field(text: &str) -> Option<(&'static [u8], usize, usize)> {
    let close = text.find('}')?;
    let inner = text.get(1..close)?;
    let alphabet: &[u8] = match inner.as_bytes().first()? {
        b'w' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        b'h' => b"0123456789abcdef",
        b'u' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        b'd' => b"123456789",
        b'l' => b"abcdefghijklmnopqrstuvwxyz0123456789",
        b'b' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
        b's' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        b'a' => b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        _ => return None,
    };
    Some((alphabet, inner.get(1..)?.parse().ok()?, close + 1))
}

/// Some 200 lines of ordinary log, and one of every provider's tokens.
pub(crate) fn text() -> String {
    let mut seed = 20_261_124;
    let mut out = String::new();
    for i in 0..40 {
        let line = format!(
            "2026-11-24T10:{i:02}:07.{{d3}}Z INFO  [payments-{{h8}}-{{l5}}] request id={{h32}} path=/api/v1/orders/{{d6}} status=200 duration={{d2}}ms\n\
             {{\"level\":\"info\",\"ts\":\"2026-11-24T10:{i:02}:08Z\",\"caller\":\"http/server.go:{{d3}}\",\"msg\":\"served\",\"user\":\"u{{d5}}\",\"trace_id\":\"{{h32}}\"}}\n\
             I1124 10:{i:02}:09.{{d6}}       1 controller.go:{{d3}}] \"Syncing\" pod=\"default/web-{{h10}}-{{l5}}\" image=\"registry.local/web@sha256:{{h64}}\"\n\
             10.2.{{d2}}.{{d2}} - - [24/Nov/2026:10:{i:02}:10 +0000] \"GET /static/app-{{w8}}.js?token={{w24}} HTTP/1.1\" 200 {{d4}} \"https://shop.example.com/\"\n\
             ERROR login failed: password={{w12}} Authorization: Bearer {{b40}} url=postgres://app:{{w16}}@db.internal:5432/orders at com.example.shop.OrderService.place(OrderService.java:{{d2}})\n",
        );
        out.push_str(&expand(&line, &mut seed));
    }
    for provider in PROVIDERS {
        let _ = writeln!(out, "msg=\"client ready\" key={}", expand(provider.example, &mut seed));
    }
    out
}
