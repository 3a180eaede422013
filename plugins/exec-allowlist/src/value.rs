//! Typed values: numbers, choices, texts, paths, variables. Names and URLs are in `network`.
use crate::{
    closed, network,
    path::{self, quote},
    rules,
    settings::Tier,
    table::{Table, Value},
};

/// A value that may stand: what it asks for, and whether it is a path.
#[derive(Clone, Copy)]
pub(crate) struct Fit {
    pub(crate) tier: Tier,
    pub(crate) path: bool,
}

/// Why a value is refused: a rule of its own, if not the command's; the reason; the nearest value that would do.
pub(crate) struct Refused {
    pub(crate) rule: Option<&'static str>,
    pub(crate) reason: String,
    pub(crate) nearest: Option<String>,
}

impl Refused {
    pub(crate) fn plain(reason: String) -> Self {
        Refused { rule: None, reason, nearest: None }
    }

    pub(crate) fn ruled((rule, reason): (&'static str, String)) -> Self {
        Refused { rule: Some(rule), reason, nearest: None }
    }
}

/// Checks one value; `namespace` is the target's.
pub(crate) fn check(value: &Value, text: &str, table: &Table, namespace: &str) -> Result<Fit, Refused> {
    let safe = Fit { tier: Tier::Safe, path: false };
    let not = |what: &str| Refused::plain(format!("{} is not {what}", quote(text)));
    match value {
        Value::Number { min, max } => match number(text) {
            Some(n) if (*min..=*max).contains(&n) => Ok(safe),
            Some(n) => Err(Refused {
                rule: None,
                reason: format!("{n} is not within {min} to {max}"),
                nearest: Some(n.clamp(*min, *max).to_string()),
            }),
            None => Err(not(&format!("a number from {min} to {max}"))),
        },
        Value::Seconds(max) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            match (number(whole), number(fraction)) {
                (Some(whole), Some(part)) if whole < *max && whole + part > 0 || whole == *max && part == 0 => Ok(safe),
                (Some(_), Some(_)) => Err(Refused {
                    rule: None,
                    reason: format!("{text} is not within 0.001 to {max} seconds"),
                    nearest: Some(max.to_string()),
                }),
                _ => Err(not("a time in seconds")),
            }
        }
        Value::OneOf(words) => {
            if words.iter().any(|word| word == text) {
                return Ok(safe);
            }
            let shown: Vec<&str> = words.iter().take(12).map(String::as_str).collect();
            let more = if words.len() > shown.len() { ", .." } else { "" };
            let mut longer = words.iter().filter(|word| word.starts_with(text));
            let nearest = if let (Some(one), None) = (longer.next(), longer.next()) { Some(one.clone()) } else { None };
            Err(Refused { nearest, ..not(&format!("one of: {}{more}", shown.join(", "))) })
        }
        Value::List { of, signs } => {
            for item in text.split(',') {
                // `pid=` has no heading, `wchan:20` a width.
                let item = item.strip_suffix('=').unwrap_or(item);
                let item =
                    item.split_once(':').filter(|(_, width)| number(width).is_some()).map_or(item, |(name, _)| name);
                let bare = if *signs { item.strip_prefix(['+', '-']).unwrap_or(item) } else { item };
                if !of.iter().any(|known| known == bare) {
                    return Err(Refused::plain(format!("{} is not one of: {}", quote(item), of.join(", "))));
                }
            }
            Ok(safe)
        }
        Value::Text(kind) => {
            let rest = text.strip_prefix(kind.prefix.as_str());
            let known = |b: u8| kind.alphabet.get(usize::from(b)).copied().unwrap_or_default();
            let fits = rest.is_some_and(|rest| !rest.is_empty() && rest.len() <= kind.max && rest.bytes().all(known));
            if fits && kind.closed && ["", "x"].iter().any(|any| closed::is_credential(&text.replace(['*', '?'], any)))
            {
                return Err(Refused::ruled((rules::PATH_CREDENTIALS, format!("{} names credentials", quote(text)))));
            }
            if fits { Ok(safe) } else { Err(not("a text that may stand here")) }
        }
        Value::Path(list) => match path::check(text, list) {
            Ok(()) => Ok(Fit { path: true, ..safe }),
            Err(refused) => Err(Refused::ruled(refused)),
        },
        Value::Like(patterns) => {
            let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
            if plain && patterns.iter().any(|pattern| path::glob(pattern, text)) {
                // What a * stands for may be anything; a name that is listed whole is meant.
                let listed = patterns.iter().any(|pattern| pattern == text);
                if !listed && (text.split('.').any(closed::is_credential) || closed::speaks_of_credentials(text)) {
                    return Err(Refused::ruled((
                        rules::PATH_CREDENTIALS,
                        format!("{} names a credential", quote(text)),
                    )));
                }
                return Ok(safe);
            }
            Err(not("a listed name"))
        }
        Value::Sentence(word) => {
            let mut worst = Tier::Safe;
            for part in text.split(' ').filter(|part| !part.is_empty()) {
                worst = worst.max(check(word, part, table, namespace)?.tier);
            }
            Ok(Fit { tier: worst, ..safe })
        }
        Value::ClusterName => match network::cluster_name(text, &table.dns, namespace) {
            Ok(()) => Ok(safe),
            Err((reason, nearest)) => Err(Refused { rule: Some(rules::DNS_NAME), reason, nearest }),
        },
        Value::PrivateAddress(before) => {
            if text.strip_prefix(before).is_some_and(network::is_private) {
                return Ok(safe);
            }
            Err(Refused::ruled((rules::DNS_NAME, format!("{} is no private or loopback address", quote(text)))))
        }
        Value::NetAddress => {
            if network::is_address(text) {
                Ok(safe)
            } else {
                Err(not("an address in figures"))
            }
        }
        Value::LoopbackUrl => network::loopback_url(text, &table.loopback, &table.loopback.paths).map(|()| safe),
        Value::LoopbackPort => {
            if network::is_loopback_port(text) {
                Ok(safe)
            } else {
                Err(not("localhost:PORT, 127.0.0.1:PORT or :PORT"))
            }
        }
        Value::RevealingUrl => network::loopback_url(text, &table.loopback, &table.loopback.revealing).map(|()| safe),
        Value::CurlFormat => match network::curl_format(text) {
            Ok(()) => Ok(safe),
            Err(reason) => Err(Refused::plain(reason)),
        },
        Value::OtherVariable => variable(text).map(|()| safe),
        Value::Either(all) => either(all, text, table, namespace),
        Value::Tiered(tier, inner) => {
            check(inner, text, table, namespace).map(|fit| Fit { tier: fit.tier.max(*tier), ..fit })
        }
    }
}

/// The first that fits; else the refusal that says most: one of a closed place before that of a list.
fn either(all: &[Value], text: &str, table: &Table, namespace: &str) -> Result<Fit, Refused> {
    let rank = |refused: &Refused| match refused.rule {
        None => 0,
        Some(rules::PATH_RELATIVE) => 1,
        Some(rules::PATH_UNLISTED | rules::URL_PATH) => 2,
        Some(_) => 3,
    };
    let mut best: Option<Refused> = None;
    for value in all {
        match check(value, text, table, namespace) {
            Ok(fit) => return Ok(fit),
            Err(refused) if best.as_ref().is_none_or(|b| rank(b) < rank(&refused)) => best = Some(refused),
            Err(_) => {}
        }
    }
    Err(best.unwrap_or_else(|| Refused::plain(format!("{} may not stand here", quote(text)))))
}

/// Plain decimal, at most 9 digits: no sign, no suffix, no other base.
pub(crate) fn number(text: &str) -> Option<u64> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// A variable that a person may be asked about: nothing in its name says that it holds a secret.
fn variable(name: &str) -> Result<(), Refused> {
    const SECRET: [&str; 35] = [
        "SECRET", "TOKEN", "PASS", "PWD", "CRED", "KEY", "AUTH", "CERT", "PRIV", "DSN", "CONN", "JWT", "COOKIE",
        "SALT", "SESSION", "SIGN", "URL", "URI", "WEBHOOK", "SEED", "HASH", "BEARER", "SAS", "ACCESS", "LICENSE",
        "LICENCE", "PIN", "OTP", "ENCRYPT", "CIPHER", "HMAC", "CONFIG", "JSON", "DATABASE", "PROXY",
    ];
    let upper = name.to_ascii_uppercase();
    let shape = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if !shape {
        return Err(Refused::plain(format!("{} is no name of a variable", quote(name))));
    }
    if let Some(word) = SECRET.iter().find(|word| upper.contains(**word)) {
        let reason = format!("the name of {} says {word}: it may hold a secret", quote(name));
        return Err(Refused::ruled((rules::VARIABLE, reason)));
    }
    Ok(())
}
