//! Names of values: which key says that its value is a secret, and how surely.
use crate::{
    lists::Lists,
    table::number,
    words::{
        ABOUT, BENIGN, BENIGN_KEYS, ENDINGS, KEY_KINDS, NEUTRAL, PASSWORDS, PUBLIC, REFERRING, SERVICES, STATED_KINDS,
        TOKEN_KINDS,
    },
};
use std::sync::LazyLock;

/// How sure a key makes us, and what else its value must then be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Any value that is not plainly harmless.
    Certain,
    /// The value must not be an object's name or a plain word.
    Likely,
    /// As `Likely`, but joined words count when digits are among them: the key can only be a credential's.
    Stated,
    /// The value must look random.
    Weak,
    /// The value must look like a service's token: long and random.
    Service,
    /// Digits count as well.
    Pin,
    /// An `Authorization` header or field: a scheme may stand before the secret.
    Authorization,
    /// A cookie header: pairs of names and values.
    Cookie,
    /// Several words are one secret.
    Phrase,
    /// Digits that end in a check digit.
    Card,
}

/// What a key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) strength: Strength,
    pub(crate) rule: u32,
    /// A UUID under this key is a secret: the key is a credential's without doubt. Under any other key it is an id.
    pub(crate) uuid: bool,
}

/// What a word is, as bits.
mod class {
    pub(super) const PASSWORD: u16 = 1;
    pub(super) const KEY_KIND: u16 = 2;
    pub(super) const ABOUT: u16 = 4;
    pub(super) const BENIGN: u16 = 8;
    pub(super) const NEUTRAL: u16 = 16;
    pub(super) const PUBLIC: u16 = 32;
    pub(super) const PHRASE: u16 = 64;
    pub(super) const STATED: u16 = 128;
    pub(super) const TOKEN_KIND: u16 = 256;
    pub(super) const BENIGN_KEY: u16 = 512;
    pub(super) const SERVICE: u16 = 1024;
    pub(super) const REFERRING: u16 = 2048;
}

static WORDS: LazyLock<Lists> = LazyLock::new(|| {
    let lists: [(&[&'static str], u16); 12] = [
        (PASSWORDS, class::PASSWORD),
        (KEY_KINDS, class::KEY_KIND),
        (ABOUT, class::ABOUT),
        (BENIGN, class::BENIGN),
        (NEUTRAL, class::NEUTRAL),
        (PUBLIC, class::PUBLIC),
        (&["seed", "recovery", "backup"], class::PHRASE),
        (STATED_KINDS, class::STATED),
        (TOKEN_KINDS, class::TOKEN_KIND),
        (BENIGN_KEYS, class::BENIGN_KEY),
        (SERVICES, class::SERVICE),
        (REFERRING, class::REFERRING),
    ];
    Lists::from_lists(&lists)
});

/// What a key means. `key` is the name alone: no quotes, no blanks around it. `more`: key names the operator added, lower case.
pub(crate) fn meaning(key: &[u8], more: &[String]) -> Option<Meaning> {
    let key = &key[key.len().saturating_sub(96)..];
    // `-DAPI_TOKEN`: a definition's flag is no part of the name.
    let key = key.strip_prefix(b"-D").unwrap_or(key);
    if !more.is_empty() && more.iter().any(|m| key.eq_ignore_ascii_case(m.as_bytes())) {
        return Some(Meaning { strength: Strength::Certain, rule: const { number("operator-key") }, uuid: true });
    }
    if !key.is_ascii() {
        return Some(Meaning {
            strength: Strength::Certain,
            rule: const { number("password-assignment") },
            uuid: true,
        });
    }
    let mut lower = [0u8; 96];
    let mut bounds = [(0usize, 0usize); 16];
    let words = split(key, &mut lower, &mut bounds);
    let word = |i: usize| -> &[u8] { &lower[bounds[i].0..bounds[i].1] };
    let mut classes = [0u16; 16];
    for (i, class) in classes.iter_mut().enumerate().take(words) {
        *class = WORDS.of(word(i));
    }
    let is = |i: usize, class: u16| classes[i] & class != 0;
    let said = |i: usize, what: &str| word(i) == what.as_bytes();
    let mut best: Option<(Meaning, usize)> = None;
    for i in 0..words {
        let after = |n: usize| i + n < words;
        let previous = |class: u16| i > 0 && is(i - 1, class);
        let found = |strength, rule| {
            let uuid = matches!(strength, Strength::Certain | Strength::Stated | Strength::Authorization);
            Some(Meaning { strength, rule, uuid })
        };
        let ending = matches!(word(i).last(), Some(b'd' | b'e' | b't' | b'n' | b'y'))
            .then_some(ENDINGS)
            .into_iter()
            .flatten()
            .find(|(e, kind)| (word(i).len() > e.len() || *kind == "key") && word(i).ends_with(e.as_bytes()))
            .map(|(_, k)| *k);
        // `ACME_TOKEN`: a variable of an environment, whose first word is somebody's name.
        let variable = i > 0
            && i + 1 == words
            && key.len() > 8
            && key.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
        let now = if is(i, class::PASSWORD) || ending == Some("password") || somebodys_pass(word(i)) {
            found(Strength::Certain, const { number("password-assignment") })
        } else if said(i, "issecret") || (said(i, "secret") && i > 0 && said(i - 1, "hashed")) {
            // Whether a value is one, or a digest by which a scanner knows it again.
            None
        } else if said(i, "secret") || said(i, "secrets") || ending == Some("secret") {
            // `existingSecret: NAME` and its like refer to an object.
            let compound = (i > 0 && !previous(class::REFERRING))
                || ending.is_some()
                || (after(1) && (said(i + 1, "key") || said(i + 1, "access")));
            found(if compound { Strength::Certain } else { Strength::Likely }, const { number("secret-assignment") })
        } else if said(i, "token") && i > 1 && said(i - 1, "key") && said(i - 2, "public") {
            // `PublicKeyToken` of an assembly's name.
            None
        } else if said(i, "token") || ending == Some("token") {
            let kind = variable
                || ending.is_some_and(|_| !said(i, "authtoken"))
                || previous(class::TOKEN_KIND | class::SERVICE);
            match (previous(class::BENIGN), kind || said(i, "authtoken")) {
                (true, _) => None,
                (_, true) => found(Strength::Stated, const { number("token-assignment") }),
                _ => found(Strength::Likely, const { number("token-assignment") }),
            }
        } else if said(i, "key")
            && i > 0
            && i + 1 == words
            && said(0, "x")
            && !previous(class::BENIGN_KEY | class::ABOUT)
        {
            // `X-Gladia-Key`: a header of a service's own.
            found(Strength::Stated, const { number("api-key-assignment") })
        } else if (said(i, "key") && previous(class::KEY_KIND | class::SERVICE))
            || ending == Some("key")
            || said(i, "apikey")
        {
            let secret = said(i, "key") && said(i - 1, "secret");
            let stated = ending == Some("key") || said(i, "apikey") || previous(class::STATED | class::SERVICE);
            let strength = match (secret, stated) {
                (true, _) => Strength::Certain,
                (_, true) => Strength::Stated,
                _ => Strength::Likely,
            };
            found(strength, const { number("api-key-assignment") })
        } else if said(i, "key")
            && i > 0
            && i + 1 == words
            && best.is_none()
            && (!previous(class::BENIGN_KEY | class::ABOUT)
                || (said(i - 1, "routing") && (0..i).any(|n| is(n, class::SERVICE))))
        {
            // `INSTANA_AGENT_KEY`: whose it is stands before.
            let named = i > 1 && (0..i - 1).any(|n| is(n, class::SERVICE)) && !previous(class::BENIGN_KEY);
            found(if named { Strength::Likely } else { Strength::Service }, const { number("api-key-assignment") })
        } else if said(i, "pat") {
            found(if i > 0 { Strength::Likely } else { Strength::Service }, const { number("token-assignment") })
        } else if said(i, "credential") || said(i, "credentials") || said(i, "creds") {
            found(Strength::Likely, const { number("credential-assignment") })
        } else if said(i, "authorization") {
            found(Strength::Authorization, const { number("authorization-header") })
        } else if said(i, "auth") && i > 0 && previous(class::SERVICE) {
            found(Strength::Stated, const { number("credential-assignment") })
        } else if said(i, "auth") && variable {
            found(Strength::Likely, const { number("credential-assignment") })
        } else if said(i, "auth") || said(i, "bearer") || said(i, "jwt") || said(i, "sas") {
            found(Strength::Weak, const { number("credential-assignment") })
        } else if said(i, "cookie") && i > 0 && said(i - 1, "erlang") {
            // What nodes of RabbitMQ know each other by.
            found(Strength::Certain, const { number("secret-assignment") })
        } else if said(i, "cookie") || said(i, "cookies") {
            found(Strength::Cookie, const { number("cookie") })
        } else if matches!(word(i), b"session" | b"sessid" | b"sessionid" | b"sid" | b"phpsessid" | b"jsessionid") {
            found(Strength::Weak, const { number("session-id") })
        } else if matches!(word(i), b"csrf" | b"xsrf" | b"crumb") {
            found(Strength::Weak, const { number("token-assignment") })
        } else if matches!(word(i), b"signature" | b"sig") || (said(i, "hmac") && words == 1) {
            found(Strength::Weak, const { number("signature") })
        } else if matches!(word(i), b"otp" | b"pin" | b"pincode" | b"cvv" | b"cvc" | b"totp" | b"mfa" | b"2fa")
            || ((said(i, "code") || said(i, "codes"))
                && i > 0
                && matches!(
                    word(i - 1),
                    b"verification" | b"backup" | b"recovery" | b"scratch" | b"pairing" | b"time" | b"security"
                ))
        {
            found(Strength::Pin, const { number("pin-code") })
        } else if said(i, "cardnumber")
            || said(i, "creditcard")
            || (said(i, "card") && i + 1 < words && said(i + 1, "number"))
            || (said(i, "card") && i > 0 && said(i - 1, "credit"))
        {
            found(Strength::Card, const { number("card-number") })
        } else if i > 0
            && ((said(i, "salt") && said(i - 1, "ticket"))
                || (said(i, "certificate") && said(i - 1, "app"))
                || (said(i, "sec") && i + 1 == words && signs(word(i - 1))))
        {
            found(Strength::Stated, const { number("secret-assignment") })
        } else if said(i, "code") && words == 1 || matches!(word(i), b"salt") {
            found(Strength::Weak, const { number("credential-assignment") })
        } else if said(i, "mnemonic")
            || (said(i, "phrase") && (previous(class::PHRASE) || (i > 0 && said(i - 1, "mnemonic"))))
            || said(i, "seedphrase")
        {
            found(Strength::Phrase, const { number("seed-phrase") })
        } else if matches!(word(i), b"dockerconfigjson" | b"kubeconfig" | b"unseal") {
            found(Strength::Weak, const { number("credential-assignment") })
        } else {
            None
        };
        let settled = best
            .is_some_and(|(m, _)| m.strength == Strength::Certain && m.rule == const { number("api-key-assignment") });
        if let Some(m) = now.filter(|_| !settled) {
            best = Some((m, i));
        } else if now.is_some() || (is(i, class::NEUTRAL) && best.is_some()) {
            // The word before it still says what the value is.
        } else if said(i, "number") && best.is_some_and(|(m, _)| m.strength == Strength::Card) {
            // `card_number`
        } else if let Some((m, _)) = best {
            let key_after = said(i, "key")
                && [
                    const { number("secret-assignment") },
                    const { number("session-id") },
                    const { number("cookie") },
                    const { number("credential-assignment") },
                ]
                .contains(&m.rule);
            let access_key = said(i, "access") && i + 1 < words && said(i + 1, "key");
            if key_after || access_key {
                let rule = const { number("api-key-assignment") };
                best = Some((Meaning { strength: Strength::Certain, rule, uuid: true }, i));
            } else if is(i, class::ABOUT) {
                best = None;
            } else if !word(i).iter().all(u8::is_ascii_digit) && m.strength != Strength::Certain {
                best = Some((Meaning { strength: Strength::Weak, uuid: false, ..m }, i));
            }
        }
    }
    let service = || {
        let named =
            (0..words).any(|i| is(i, class::SERVICE)) && !(0..words).any(|i| is(i, class::ABOUT | class::PUBLIC));
        named.then_some(Meaning {
            strength: Strength::Service,
            rule: const { number("credential-assignment") },
            uuid: false,
        })
    };
    best.map(|(m, _)| m).or_else(service)
}

/// `remotepass`, `smtppass`: whose password it is, and `pass`; but `compass` and `bypass`.
fn somebodys_pass(word: &[u8]) -> bool {
    #[rustfmt::skip]
    const WHOSE: &[&[u8]] = &[
        b"db", b"user", b"root", b"admin", b"remote", b"local", b"smtp", b"mail", b"imap", b"ftp", b"ssh", b"ldap", b"mysql", b"sql", b"pg", b"auth",
        b"login", b"app", b"redis", b"mongo", b"rabbit", b"proxy", b"wifi", b"http", b"web", b"jdbc", b"ipmi", b"bmc", b"vpn", b"my", b"api", b"svc",
    ];
    word.strip_suffix(b"pass").is_some_and(|whose| WHOSE.contains(&whose))
}

/// `HMAC_SEC`: before these, seconds are not meant.
fn signs(word: &[u8]) -> bool {
    matches!(
        word,
        b"hmac" | b"client" | b"app" | b"api" | b"auth" | b"jwt" | b"shared" | b"webhook" | b"oauth" | b"signing"
    )
}

/// Splits a key into lower-case words at `_`, `-`, `.`, blanks and changes of case.
fn split(key: &[u8], lower: &mut [u8; 96], bounds: &mut [(usize, usize); 16]) -> usize {
    let mut words = 0;
    let mut start = None;
    for (i, &b) in key.iter().enumerate() {
        lower[i] = b.to_ascii_lowercase();
        let letter = b.is_ascii_alphanumeric();
        let hump = start.is_some()
            && b.is_ascii_uppercase()
            && (key[i - 1].is_ascii_lowercase()
                || (key[i - 1].is_ascii_uppercase()
                    && key.get(i + 1).is_some_and(u8::is_ascii_lowercase)
                    && !plural(key, i)));
        if let Some(s) = start
            && (!letter || hump)
        {
            if words < bounds.len() {
                bounds[words] = (s, i);
                words += 1;
            }
            start = None;
        }
        if letter && start.is_none() {
            start = Some(i);
        }
    }
    if let Some(s) = start
        && words < bounds.len()
    {
        bounds[words] = (s, key.len());
        words += 1;
    }
    // `password2` is a password.
    for (from, to) in bounds.iter_mut().take(words) {
        let stem = crate::text::skip(key, *from, *to, |b| b.is_ascii_alphabetic());
        if stem >= *from + 4 && lower[stem..*to].iter().all(u8::is_ascii_digit) {
            *to = stem;
        }
    }
    words
}

/// `IDs`, `URLs`: the small letter is a plural.
fn plural(key: &[u8], i: usize) -> bool {
    key.get(i + 1) == Some(&b's') && key.get(i + 2).is_none_or(|b| !b.is_ascii_lowercase())
}

/// Names whose values look random and are public: ids, digests, cursors.
pub(crate) fn public_name(key: &[u8]) -> bool {
    let key = &key[key.len().saturating_sub(96)..];
    let mut lower = [0u8; 96];
    let mut bounds = [(0usize, 0usize); 16];
    let words = split(key, &mut lower, &mut bounds);
    if key.is_empty() || meaning(key, &[]).is_some() {
        return false;
    }
    let whole = &lower[..key.len()];
    let word = |i: usize| &lower[bounds[i].0..bounds[i].1];
    // `nextPageToken`, `continuation-token`: `meaning` knows it for none of a credential's.
    let position = |last: &[u8]| last == b"token" && words > 1 && WORDS.of(word(words - 2)) & class::BENIGN != 0;
    // `gclid`, `uploadid`, `md5Hash`
    let id = |last: &[u8]| last.len() >= 5 && (last.ends_with(b"id") || last.ends_with(b"hash")) && last != b"appid";
    WORDS.of(whole) & class::PUBLIC != 0
        || (words > 0 && {
            let last = word(words - 1);
            WORDS.of(last) & class::PUBLIC != 0 || position(last) || id(last)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_they_say() {
        use Strength::{Authorization, Certain, Likely, Pin, Service, Stated, Weak};
        for (key, strength) in [
            ("password", Certain),
            ("DB_PASSWORD", Certain),
            ("dbPassword", Certain),
            ("spring.datasource.password", Certain),
            ("PGPASSWORD", Certain),
            ("mysqlpwd", Certain),
            ("client_secret", Certain),
            ("clientSecret", Certain),
            ("secret", Likely),
            ("secret_key", Certain),
            ("AWS_SECRET_ACCESS_KEY", Certain),
            ("access_token", Stated),
            ("token", Likely),
            ("X-Api-Key", Stated),
            ("apiKey", Stated),
            ("APIKey", Stated),
            ("auth", Weak),
            ("algolia", Service),
            ("ALGOLIA_ADMIN", Service),
            ("algoliaKey", Stated),
            ("acme_key", Service),
            ("datadog_token", Stated),
            ("Authorization", Authorization),
            ("otp", Pin),
            ("password2", Certain),
            ("password_hash", Certain),
            ("new_password", Certain),
        ] {
            assert_eq!(meaning(key.as_bytes(), &[]).map(|m| m.strength), Some(strength), "{key}");
        }
    }

    #[test]
    fn keys_about_secrets_are_no_secrets() {
        for key in [
            "password_file",
            "secretName",
            "secretKeyRef",
            "token_count",
            "max_tokens",
            "tokens",
            "token_type",
            "passwordPolicy",
            "key",
            "cache_key",
            "partition_key",
            "public_key",
            "nextPageToken",
            "auth_method",
            "session_count",
            "token_expires_in",
            "compass",
            "author",
            "authority",
            "passed",
            "bypass",
            "tokenizer",
            "access_key_id",
            "shard_key",
            "sentry_project_id",
        ] {
            assert_eq!(meaning(key.as_bytes(), &[]), None, "{key}");
        }
    }
}
