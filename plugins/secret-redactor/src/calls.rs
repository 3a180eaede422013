//! Secrets that stand at a known place near a known word: the n-th argument of a call, the word before a phrase or an option, the text
//! that is piped into a command, the value of a declared or typed name.
use crate::{
    allow::{digits, harmless, object_name},
    detect::Detector,
    keyed::{Setting, name_or_dash},
    keys::{Meaning, Strength},
    prose::is_password,
    randomness::is_hex,
    site::{Mask, Site},
    table::number,
    text::{Mix, Until, find, is_blank, is_quote, reads, skip, skip_back},
    value::{Value, value_at},
};

/// Where the secret stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The n-th argument of the call whose bracket the literal ends with, from 0.
    Argument(usize),
    /// The word before.
    Before,
    /// What `echo` or `printf` on the same line writes.
    Piped,
    /// As `Piped`, behind the user's name and a colon.
    PipedPair,
    /// The second of the two words that follow: a name and its value.
    Named,
    /// The n-th word that follows, from 0; it must look like a password.
    Word(usize),
    /// The key stands before the literal, its value behind it.
    Declared,
    /// The rest of the item of a list of a database client's arguments.
    Glued,
    /// The next item of a list, where an item before names a user.
    Item,
    /// The quoted text behind it, where it ends as a line that is typed does.
    Sent,
    /// The value that a change makes of a quoted one: `KEY = "OLD" -> "NEW"`.
    Changed,
    /// The next word, whatever it is.
    Exact,
    /// As `Exact`, of many hex digits: `waiting on #general` says nothing.
    LongHex,
    /// As `Exact`, with the padding of base64: `encrypt = "AES-256"` says nothing.
    Padded,
    /// As `Exact`, where it is a seed.
    Seed,
    /// The next word, behind the user's name and a colon.
    AfterColon,
    /// As `AfterColon`, at the line's beginning: `allow principal:x` within it is no user's password.
    LineAfterColon,
    /// As `AfterColon`, or apart: `SetCredential=db: VALUE`.
    SpacedAfterColon,
    /// The quoted text, where the line names a secret.
    Got,
    /// The default of a field of a schema, whose name stands before.
    Default,
    /// The quoted text, or the one behind it, where a field for passwords is named.
    Typed,
    /// What stands in a known row or message; see `near` and `numbers`.
    BuildVariable,
    GoVariable,
    TokensRow,
    ChapRow,
    HashesRow,
    Bytes,
    CharCodes,
    Spaced,
    Base32,
    /// The second of two arguments, bare or quoted.
    SecondOfTwo,
    /// To the closing brace, or quoted in braces.
    Braced,
    /// Behind a row of dots.
    Dotted,
    /// The one word of a line that begins with the literal.
    Line,
    /// Behind a number and `$=`: a macro of Nagios.
    Macro,
}

/// The literals: in any case, at a word's start, and where the secret stands.
#[rustfmt::skip]
pub(crate) const PLACES: &[(&str, bool, bool, Place)] = &[
    // Calls
    (".auth(\"", false, false, Place::Argument(1)), (".auth('", false, false, Place::Argument(1)),
    ("mysqli_connect(", true, false, Place::Argument(2)), ("mysql_connect(", true, false, Place::Argument(2)), ("new mysqli(", true, false, Place::Argument(2)),
    ("new PDO(", false, false, Place::Argument(2)), ("PDO->__construct(", false, false, Place::Argument(2)), ("ldap_bind(", false, false, Place::Argument(2)), ("ftp_login(", false, false, Place::Argument(2)), ("imap_open(", false, false, Place::Argument(2)),
    ("getConnection(", false, false, Place::Argument(2)), (".login(\"", false, false, Place::Argument(1)), (".login('", false, false, Place::Argument(1)), ("BasicAuth(\"", false, false, Place::Argument(1)),
    ("BasicAuth('", false, false, Place::Argument(1)), ("auth=(\"", false, false, Place::Argument(1)), ("auth=('", false, false, Place::Argument(1)), ("basicAuth(\"", false, false, Place::Argument(1)),
    ("PasswordAuthentication(\"", false, false, Place::Argument(1)), ("PasswordCredentials(\"", false, false, Place::Argument(1)), ("NetworkCredential(\"", false, false, Place::Argument(1)),
    ("AuthenticationToken(\"", false, false, Place::Argument(1)), ("simple_bind_s(\"", false, false, Place::Argument(1)), ("simple_bind_s('", false, false, Place::Argument(1)), ("PlainAuth(\"", false, false, Place::Argument(2)),
    ("BasicAWSCredentials(\"", false, false, Place::Argument(1)), ("AwsBasicCredentials.create(\"", false, false, Place::Argument(1)), ("StaticCredentials(\"", false, false, Place::Argument(1)), ("AzureKeyCredential(\"", false, false, Place::Argument(0)),
    ("AuthTokens.basic(\"", false, false, Place::Argument(1)), ("basic_auth(\"", false, false, Place::Argument(1)), ("httpBasic(\"", false, false, Place::Argument(1)), ("withBasicAuth(\"", false, false, Place::Argument(1)),
    ("SecureString \"", true, false, Place::Argument(0)), ("SecureString '", true, false, Place::Argument(0)), ("SecureString -String \"", true, false, Place::Argument(0)), ("SecureString -String '", true, false, Place::Argument(0)),
    ("changeUserPassword(\"", false, false, Place::Argument(1)), ("changeUserPassword('", false, false, Place::Argument(1)), ("sp_password ", true, true, Place::Argument(1)), ("sp_addlogin ", true, true, Place::Argument(1)), ("unsafePlainText('", false, false, Place::Argument(0)), ("unsafePlainText(\"", false, false, Place::Argument(0)), (" crypt('", true, false, Place::Argument(0)), ("pgp_sym_encrypt(", true, false, Place::Argument(1)), ("pgp_sym_decrypt(", true, false, Place::Argument(1)), ("sp_addlinkedsrvlogin ", true, false, Place::Argument(4)),
    ("hmac.new(b\"", false, false, Place::Argument(0)), ("hmac.new(b'", false, false, Place::Argument(0)), ("createHmac(", false, false, Place::Argument(1)), ("jwt.sign(", false, false, Place::Argument(1)), ("jwt.encode(", false, false, Place::Argument(1)), ("jwt.verify(", false, false, Place::Argument(1)), ("jwt.decode(", false, false, Place::Argument(1)),
    ("setPassword(\"", false, false, Place::Argument(0)), (".password(\"", false, false, Place::Argument(0)), ("withPassword(\"", false, false, Place::Argument(0)), ("setToken(\"", false, false, Place::Argument(0)), (".token(\"", false, false, Place::Argument(0)),
    ("setApiKey(\"", false, false, Place::Argument(0)), (".apiKey(\"", false, false, Place::Argument(0)), ("setSecret(\"", false, false, Place::Argument(0)), (".secret(\"", false, false, Place::Argument(0)), (".clientSecret(\"", false, false, Place::Argument(0)),
    (".bearerToken(\"", false, false, Place::Argument(0)), (".passphrase(\"", false, false, Place::Argument(0)), ("setAccessKey(\"", false, false, Place::Argument(0)), ("setSecretKey(\"", false, false, Place::Argument(0)), ("SecretKeySpec(\"", false, false, Place::Argument(0)),
    // Words behind
    ("send \"", false, true, Place::Sent), ("send -- \"", false, true, Place::Sent),
    (" as your one-time", true, false, Place::Before), (" as your verification", true, false, Place::Before), (" as your code", true, false, Place::Before), (" as your token", true, false, Place::Before), (" as your api key", true, false, Place::Before), (" as the key", true, false, Place::Before),
    (" as the password", true, false, Place::Before), (" as password", true, false, Place::Before), (" as your password", true, false, Place::Before), (" as a password", true, false, Place::Before),
    (" as the passphrase", true, false, Place::Before), (" as the secret", true, false, Place::Before), (" as the token", true, false, Place::Before), (" as the api key", true, false, Place::Before),
    (" is the password", true, false, Place::Before), (" is your password", true, false, Place::Before), (" is the new password", true, false, Place::Before), (" is your new password", true, false, Place::Before),
    (" is your temporary password", true, false, Place::Before), (" is your verification code", true, false, Place::Before), (" is your one-time", true, false, Place::Before), (" is your security code", true, false, Place::Before),
    (" is your code", true, false, Place::Before), (" is your login code", true, false, Place::Before), (" /user:", true, false, Place::Before), (" (password)", true, false, Place::Before),
    // Pipes
    ("--password-stdin", false, false, Place::Piped), ("| sudo ", false, false, Place::Piped), ("--passphrase-fd", false, false, Place::Piped), ("| passwd ", false, false, Place::Piped), ("| cryptsetup ", false, false, Place::Piped),
    ("| kinit", false, false, Place::Piped), ("-pass stdin", false, false, Place::Piped), ("--with-token", false, false, Place::Piped), ("| chpasswd", false, false, Place::PipedPair),
    ("| pbcopy", false, false, Place::Piped), ("| su ", false, false, Place::Piped), ("| docker secret create", false, false, Place::Piped), ("| base64", false, false, Place::Piped), ("| openssl ", false, false, Place::Piped), ("| kubeseal", false, false, Place::Piped), ("| htpasswd ", false, false, Place::Piped), ("--token-stdin", false, false, Place::Piped), ("--api-key-stdin", false, false, Place::Piped), ("-on-stdin", false, false, Place::Piped), ("| gcloud secrets ", false, false, Place::Piped), ("| wrangler ", false, false, Place::Piped), ("| npx wrangler ", false, false, Place::Piped), ("| gh secret ", false, false, Place::Piped), ("| vault ", false, false, Place::Piped), ("| podman secret ", false, false, Place::Piped), ("| systemd-creds ", false, false, Place::Piped), ("password_stdin", false, false, Place::Piped),
    // Names and values
    ("setx ", true, true, Place::Named), ("ENV ", false, true, Place::Named), ("set -x ", false, true, Place::Named), ("set -gx ", false, true, Place::Named), ("set -Ux ", false, true, Place::Named), ("setenv ", false, true, Place::Named), ("SetEnv ", false, true, Place::Named),
    ("fastcgi_param ", false, true, Place::Named), ("uwsgi_param ", false, true, Place::Named), ("proxy_set_header ", false, true, Place::Named), ("SetEnvironmentVariable(", false, false, Place::Named), ("putenv(", false, true, Place::Named),
    ("setProperty(", false, false, Place::Named), ("add_header ", false, true, Place::Named), ("RequestHeader set ", false, true, Place::Named), ("git config ", false, true, Place::Named), ("heroku config:set ", false, true, Place::Named),
    ("gh secret set ", false, true, Place::Named), ("npm config set ", false, true, Place::Named), ("wrangler secret put ", false, true, Place::Named),
    // Words of protocols and of devices
    (" LOGIN ", false, false, Place::Word(1)), ("> PASS ", false, false, Place::Word(0)), (": PASS ", false, false, Place::Word(0)), ("/ PASS ", false, false, Place::Word(0)), ("psk \"", true, true, Place::Word(0)), ("psk '", true, true, Place::Word(0)), ("radius-server key ", true, true, Place::Word(0)), ("tacacs-server key ", true, true, Place::Word(0)),
    ("enable secret ", true, true, Place::Word(0)), ("enable password ", true, true, Place::Word(0)), (" secret 0 ", true, false, Place::Word(0)), (" secret 5 ", true, false, Place::Word(0)), (" secret 7 ", true, false, Place::Word(0)), (" secret 8 ", true, false, Place::Word(0)),
    (" secret 9 ", true, false, Place::Word(0)), ("isakmp key ", true, true, Place::Word(0)), ("pre-shared-key ", true, true, Place::Word(0)), ("key-string ", true, true, Place::Word(0)), ("chap password ", true, true, Place::Word(0)), ("authentication-key ", true, true, Place::Word(2)),
    ("PRAGMA key = '", true, false, Place::Word(0)), ("PRAGMA key='", true, false, Place::Word(0)), ("server-private-key ", true, true, Place::Word(0)), ("wpa-psk ", true, true, Place::Word(0)), ("wpa-passphrase ", true, true, Place::Word(0)), ("shared-secret ", true, true, Place::Word(0)), ("AUTH PLAIN ", false, false, Place::Word(0)), ("AUTH LOGIN ", false, false, Place::Word(0)), ("auth-pass ", true, true, Place::Word(1)), (" AUTH2 ", false, false, Place::Word(1)), ("\"-p", false, false, Place::Glued), (", -p", false, false, Place::Glued), ("\"-p\",", false, false, Place::Item), ("\"-P\",", false, false, Place::Item), ("IDENTIFY ", true, true, Place::Word(0)), ("IDENTIFY ", true, true, Place::Word(1)), ("\"AUTH\" 2) ", false, false, Place::Word(0)),
    // Declarations
    ("{ get; set; } = ", false, false, Place::Declared), ("{ get; init; } = ", false, false, Place::Declared), ("{ get; } = ", false, false, Place::Declared), ("{ get; private set; } = ", false, false, Place::Declared),
    (": String = ", false, false, Place::Declared), (": string = ", false, false, Place::Declared), (": str = ", false, false, Place::Declared), (": &str = ", false, false, Place::Declared), (": String? = ", false, false, Place::Declared), (": &'static str = ", false, false, Place::Declared),
    (": SecretStr = ", false, false, Place::Declared), (": Optional[str] = ", false, false, Place::Declared), (": text = ", true, false, Place::Declared), (" string = \"", false, false, Place::Declared), (" string = `", false, false, Place::Declared), ("=N'", false, false, Place::Declared), ("= N'", false, false, Place::Declared), (": b'", false, false, Place::Declared), (": b\"", false, false, Place::Declared),
    ("=b'", false, false, Place::Declared), ("=b\"", false, false, Place::Declared), ("= b'", false, false, Place::Declared), ("= b\"", false, false, Place::Declared), (": Some(\"", false, false, Place::Declared), (":** ", false, false, Place::Declared), ("**: ", false, false, Place::Declared), (": `", false, false, Place::Declared),
    (" . \"", false, false, Place::Declared), ("\";s:", false, false, Place::Declared), (" ?= ", false, false, Place::Declared), ("} = '", false, false, Place::Declared), ("} = \"", false, false, Place::Declared), (" += \"", false, false, Place::Declared), (" ::= ", false, false, Place::Declared), (" ||= ", false, false, Place::Declared), ("=>nil, ", false, false, Place::Declared), (" REG_SZ ", false, false, Place::Declared), (" \u{2014} ", false, false, Place::Declared), (":: ", false, false, Place::Declared), (": !!binary ", false, false, Place::Declared), (": !!str ", false, false, Place::Declared), ("\": {\"key\": \"", true, false, Place::Declared), ("\":{\"key\":\"", true, false, Place::Declared), ("Client(\"", false, false, Place::Declared), ("Client('", false, false, Place::Declared), ("(key=", false, false, Place::Declared), ("') ?: '", false, false, Place::Declared), ("\") ?: \"", false, false, Place::Declared), ("') ?? '", false, false, Place::Declared), ("\") ?? \"", false, false, Place::Declared), (" | default \"", false, false, Place::Declared), (" | default '", false, false, Place::Declared), (" || '", false, false, Place::Declared), (" || \"", false, false, Place::Declared), (" ?? '", false, false, Place::Declared), (" ?? \"", false, false, Place::Declared), (" .= \"", false, false, Place::Declared), (" .= '", false, false, Place::Declared),
    (",<<\"", false, false, Place::Declared), ("\"=>\\\"", false, false, Place::Declared), (" equals ", true, false, Place::Declared), (" eq '", false, false, Place::Declared), (" == \"", false, false, Place::Declared), (" == '", false, false, Place::Declared), (" LIKE '", false, false, Place::Declared),
    ("\" -> \"", false, false, Place::Changed), ("\" => \"", false, false, Place::Changed), ("' -> '", false, false, Place::Changed), ("\" to \"", false, false, Place::Changed), ("' to '", true, false, Place::Changed),
    // Known rows and messages
    ("Secret ID    = ", false, true, Place::Exact), ("secret_id             ", false, true, Place::Exact), ("-setcookie ", false, false, Place::Exact), ("-96)  (0x", false, false, Place::Exact), ("-hmac)  (0x", false, false, Place::Exact), ("-128)  (0x", false, false, Place::Exact), ("-192)  (0x", false, false, Place::Exact), ("PSK value ", false, true, Place::LongHex), (" on #", false, false, Place::LongHex), ("-payload #", false, false, Place::LongHex),
    ("seed: ", true, false, Place::Seed), ("seed (hex): ", true, true, Place::Seed), ("this key: ", true, true, Place::Seed), ("setup key: ", true, true, Place::Seed),
    ("user = \"", false, true, Place::AfterColon), ("allow ", false, true, Place::LineAfterColon), ("]:587 ", false, false, Place::AfterColon), ("]:465 ", false, false, Place::AfterColon), ("]:25 ", false, false, Place::AfterColon), ("]:2525 ", false, false, Place::AfterColon),
    (" got \"", false, false, Place::Got), (" got: \"", false, false, Place::Got), (" Given: \"", false, false, Place::Got), (" unmarshal \"", false, false, Place::Got),
    ("\"default\":\"", false, false, Place::Default), ("\"default\": \"", false, false, Place::Default),
    ("fill(\"", false, true, Place::Typed), ("fill('", false, true, Place::Typed), (".type(\"", false, false, Place::Typed), (".type('", false, false, Place::Typed), ("Typing text '", false, true, Place::Typed), ("type=password], ", false, false, Place::Word(0)),
    ("task.setvariable ", false, true, Place::BuildVariable), (" &EnvVarSource", false, false, Place::GoVariable), (",\"system:", false, false, Place::TokensRow), (" * \"", false, false, Place::ChapRow), (":::", false, false, Place::HashesRow),
    ("keypair: [", true, false, Place::Bytes), ("keypair\":[", true, false, Place::Bytes), ("keypair\": [", true, false, Place::Bytes), ("{password,[", false, false, Place::Bytes), ("{secret,[", false, false, Place::Bytes), ("{passwd,[", false, false, Place::Bytes), ("{token,[", false, false, Place::Bytes),
    ("fromCharCode(", false, false, Place::CharCodes), ("p   a   s   s   w", true, false, Place::Spaced), ("p   w   d   =", true, false, Place::Spaced), ("t   o   k   e   n", true, false, Place::Spaced), ("s   e   c   r   e", true, false, Place::Spaced), ("===", false, false, Place::Base32),
    ("$USER", false, false, Place::Macro), ("DBI->connect(", false, false, Place::Argument(2)), ("client_send = :", false, false, Place::Word(2)), (": EAP \"", false, false, Place::Word(0)), (": XAUTH \"", false, false, Place::Word(0)), (": NTLM \"", false, false, Place::Word(0)), ("shared_key ", false, true, Place::Word(0)), ("> /run/secrets/", false, false, Place::Piped), ("wifi psk ", true, true, Place::Word(0)), ("clear-text=\"", false, true, Place::Word(0)), ("keyMaterial>", false, true, Place::Word(0)),
    (" | String = \"", false, false, Place::Declared), ("credentials(", true, false, Place::SecondOfTwo), ("password(", true, true, Place::SecondOfTwo), ("password {", true, false, Place::Braced), ("password{\"", true, false, Place::Braced), ("secret{\"", true, false, Place::Braced), ("token{\"", true, false, Place::Braced), ("password....", true, false, Place::Dotted), ("PASS ", false, true, Place::Line), ("assword: ", false, true, Place::Word(0)), ("encrypt = \"", false, true, Place::Padded), ("encrypt\": \"", false, true, Place::Padded), ("SecretID:     ", false, true, Place::Exact), ("SetCredential=", false, true, Place::SpacedAfterColon), ("admin / ", false, true, Place::Word(0)),
];

/// What may stand between a key and the value that a change takes away.
const LINKS: [&[u8]; 3] = [b"from", b"was", b"is"];

/// How far before its word a secret may stand.
const FAR: usize = 256;

impl Detector {
    /// The anchor is a literal of [`PLACES`].
    pub(crate) fn placed(&self, site: Site, index: usize, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let Some((_, _, _, place)) = PLACES.get(index) else { return };
        match *place {
            Place::Argument(n) => {
                let open = stop - usize::from(is_quote(text[stop - 1]));
                let named = |value: &Value| n == 0 && object_name(&text[value.start..value.end]);
                if let Some(value) = argument(site, open, n).filter(|v| !named(v)) {
                    self.firmly(site, value, const { number("secret-in-statement") }, out);
                }
            }
            Place::Before => {
                let start = skip_back(text, at, floor.max(at.saturating_sub(FAR)), |b| !is_blank(b));
                let value = trim_quotes(text, start, at);
                let bytes = &text[value.start..value.end];
                let code = (digits(bytes) || bytes.contains(&b'-'))
                    && bytes.iter().all(|b| b.is_ascii_digit() || *b == b'-')
                    && (4..=10).contains(&bytes.len());
                let code = code
                    && find(&text[at..limit.min(stop + 8)], b"code")
                        .or_else(|| find(&text[at..limit.min(stop + 16)], b"one-time"))
                        .is_some();
                if ((is_password(bytes, false) && !object_name(bytes)) || code)
                    && !bytes.starts_with(b"\\\\")
                    && !self.settings.allows(bytes)
                {
                    out.push(site.mask(
                        self.label(text, value, const { number("secret-in-prose") }),
                        value.start,
                        value.end,
                        None,
                    ));
                }
            }
            Place::Piped | Place::PipedPair => {
                let near = floor.max(at.saturating_sub(FAR));
                let Some(word) = [b"echo ".as_slice(), b"printf ", b"<<< "]
                    .iter()
                    .filter_map(|w| memchr::memmem::rfind(&text[near..at], w).map(|n| near + n + w.len()))
                    .max()
                else {
                    return;
                };
                let mut from = word;
                // `printf '%s' 'VALUE'`
                if let Some(format) =
                    [b"'%s' ".as_slice(), b"\"%s\" ", b"%s "].iter().find(|f| text[from..at].starts_with(f))
                {
                    from += format.len();
                }
                while reads(text, from, b"-n ") || reads(text, from, b"-e ") || reads(text, from, b"-E ") {
                    from += 3;
                }
                let mut value = value_at(text, from, at, false);
                if *place == Place::PipedPair {
                    let Some(colon) = memchr::memchr(b':', &text[value.start..value.end]) else { return };
                    value.start += colon + 1;
                }
                self.firmly(site, value, const { number("command-line-secret") }, out);
            }
            Place::Named => {
                let mut from = skip(text, stop, limit, |b| is_blank(b) || is_quote(b));
                while from < limit && text[from] == b'-' {
                    from = skip(text, from, limit, |b| !is_blank(b));
                    from = skip(text, from, limit, |b| is_blank(b) || is_quote(b));
                }
                let end = skip(text, from, limit, |b| name_or_dash(b) || b == b'/' || b == b':');
                let name = skip_back(text, end, from, |b| b == b':' || b == b'.');
                let Some(said) = self.meaning(&text[from..name]) else { return };
                let next =
                    skip(text, end, limit.min(end + 8), |b| is_quote(b) || is_blank(b) || b == b',' || b == b'=');
                let next = skip_back(text, next, end, is_quote);
                if next > end || text.get(end) == Some(&b'=') {
                    let mut value = value_at(text, next, limit, site.cut);
                    if !value.quoted {
                        value.end = skip_back(text, value.end, value.start, |b| matches!(b, b';' | b')'));
                    }
                    if !text[value.start..value.end].starts_with(b"-") {
                        self.value(site, said, value, Setting::Data, out);
                    }
                }
            }
            Place::Word(n) => {
                let open = stop - usize::from(is_quote(text[stop - 1]));
                let mut value = value_at(text, open, limit, site.cut);
                for _ in 0..n {
                    let next = skip(text, value.end, limit, |b| is_quote(b) || is_blank(b));
                    if next >= limit || next == value.end {
                        return;
                    }
                    value = value_at(text, next, limit, site.cut);
                }
                // `secret 5 X`, `key 7 X`: a number says how it is hidden.
                if value.end - value.start == 1 && digits(&text[value.start..value.end]) {
                    value = value_at(text, value.end, limit, site.cut);
                }
                let bytes = &text[value.start..value.end];
                if (value.quoted && bytes.len() >= 6 && !harmless(bytes)) || is_password(bytes, value.quoted) {
                    self.firmly(site, value, const { number("secret-in-statement") }, out);
                }
            }
            Place::Item => {
                let value = value_at(text, stop, limit, site.cut);
                let bytes = &text[value.start..value.end];
                let user = [b"\"-u\"".as_slice(), b"'-u'", b"--user", b"\"-U\""]
                    .iter()
                    .any(|u| memchr::memmem::find(&text[floor..at], u).is_some());
                if user && value.quoted && is_password(bytes, false) {
                    self.firmly(site, value, const { number("command-line-secret") }, out);
                }
            }
            Place::Exact => self.exactly(site, stop, |_| true, out),
            Place::LongHex => self.exactly(site, stop, |word| word.len() >= 32 && is_hex(word), out),
            Place::Padded => self.exactly(site, stop, |word| word.len() >= 24 && word.ends_with(b"="), out),
            Place::Seed => self.seed(site, stop, out),
            Place::AfterColon => self.after_colon(site, stop, false, out),
            Place::LineAfterColon => {
                if site.line_start && text[floor..at].iter().all(|b| is_blank(*b)) {
                    self.after_colon(site, stop, false, out);
                }
            }
            Place::SpacedAfterColon => self.after_colon(site, stop, true, out),
            Place::Got => self.got(site, stop, out),
            Place::Default => self.default_of_a_field(site, stop, out),
            Place::Typed => self.typed(site, stop, out),
            Place::BuildVariable => self.variable_of_a_build(site, stop, out),
            Place::GoVariable => self.variable_of_go(site, out),
            Place::TokensRow => self.row_of_tokens(site, out),
            Place::ChapRow => self.row_of_chap(site, stop, out),
            Place::HashesRow => self.row_of_hashes(site, out),
            Place::Bytes => self.bytes_behind(site, stop, out),
            Place::CharCodes => self.char_codes(site, stop, out),
            Place::Spaced => self.spaced(site, stop, out),
            Place::Base32 => self.base32_blob(site, out),
            Place::SecondOfTwo => self.second_of_two(site, stop, out),
            Place::Braced => self.braced(site, stop, out),
            Place::Dotted => {
                let from = skip(text, stop, limit, |b| b == b'.');
                let value = value_at(text, from, limit, site.cut);
                if is_password(&text[value.start..value.end], false) {
                    self.firmly(site, value, const { number("password-assignment") }, out);
                }
            }
            Place::Line => {
                let word = &text[stop..limit];
                let mix = Mix::of(word);
                let whole = at == floor && site.line_start && !word.iter().any(|b| is_blank(*b));
                if whole && mix.kinds() == 3 && mix.changes >= 4 && is_password(word, false) {
                    let value = Value { start: stop, end: limit, quoted: false, until: None };
                    self.firmly(site, value, const { number("secret-in-statement") }, out);
                }
            }
            Place::Macro => {
                let end = skip(text, stop, limit, |b| b.is_ascii_digit());
                if end > stop && text[end..limit].starts_with(b"$=") {
                    let value = value_at(text, end + 2, limit, site.cut);
                    if is_password(&text[value.start..value.end], false) {
                        self.firmly(site, value, const { number("secret-in-statement") }, out);
                    }
                }
            }
            Place::Declared => self.declared(site, stop, out),
            Place::Glued => {
                const CLIENTS: [&[u8]; 3] = [b"mysql", b"mariadb", b"sshpass"];
                let end = skip(text, stop, limit, |b| b > b' ' && !is_quote(b) && !matches!(b, b',' | b']' | b'\\'));
                let bytes = &text[stop..end];
                if CLIENTS.iter().any(|c| find(&text[floor..at], c).is_some())
                    && is_password(bytes, false)
                    && !object_name(bytes)
                {
                    out.push(site.mask(const { number("command-line-secret") }, stop, end, None));
                }
            }
            Place::Sent => {
                let mut value = value_at(text, stop - 1, limit, site.cut);
                let typed = &text[value.start..value.end];
                let Some(word) = typed.strip_suffix(b"\\r").or_else(|| typed.strip_suffix(b"\\n")) else { return };
                value.end = value.start + word.len();
                if is_password(word, false) {
                    self.firmly(site, value, const { number("secret-in-statement") }, out);
                }
            }
            Place::Changed => {
                let quote = text[at];
                let near = floor.max(at.saturating_sub(FAR));
                let open = skip_back(text, at, near, |b| b != quote);
                if open == near {
                    return;
                }
                let end =
                    skip_back(text, open - 1, near, |b| is_blank(b) || matches!(b, b'=' | b':' | b'\\') || is_quote(b));
                let from = LINKS.iter().find(|w| end - near >= w.len() && reads(text, end - w.len(), w));
                let end = from.map_or(end, |w| skip_back(text, end - w.len(), near, is_blank));
                let start = skip_back(text, end, near, name_or_dash);
                if end < open - 1
                    && let Some(said) = self.meaning(&text[start..end])
                {
                    self.value(site, said, value_at(text, stop - 1, limit, site.cut), Setting::Data, out);
                }
            }
        }
    }

    /// The key stands before the literal.
    fn declared(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let near = floor.max(at.saturating_sub(96));
        let end = skip_back(text, at, near, |b| is_blank(b) || is_quote(b) || matches!(b, b'*' | b'`' | b']' | b'\\'));
        let mut start = skip_back(text, end, near, |b| name_or_dash(b) || b >= 0x80);
        if start == end {
            return;
        }
        // `API key`: the word before says which.
        if text[start..end].eq_ignore_ascii_case(b"key") && start > near && text[start - 1] == b' ' {
            start = skip_back(text, start - 1, near, name_or_dash);
        }
        let Some(said) = self.meaning(&text[start..end]) else { return };
        // LDIF's base64; but `Class:: member`.
        if text[at..stop].starts_with(b"::") && (said.strength != Strength::Certain || text[stop - 1] != b' ') {
            return;
        }
        let mut from = skip_back(text, stop, at + 1, |b| is_quote(b) || matches!(b, b'\\' | b'`'));
        if text[at..stop].ends_with(b";s:") {
            from = skip(text, stop, limit, |b| b.is_ascii_digit() || b == b':');
        }
        let value = value_at(text, from, limit, site.cut);
        // A declared name of code takes what is no literal from elsewhere.
        let typed = matches!(text[at], b'{' | b' ')
            || text[at..stop].starts_with(b": ") && !matches!(text[stop - 1], b'\'' | b'"' | b'`');
        if !value.quoted
            && typed
            && text[stop - 1] == b' '
            && text[at..stop].contains(&b'=')
            && !text[at..stop].contains(&b'?')
        {
            return;
        }
        if said.strength == Strength::Authorization {
            return self.authorization(site, from, out);
        }
        // A dash may as well begin the rest of a sentence.
        if text[at..stop].starts_with(" \u{2014}".as_bytes()) && !is_password(&text[value.start..value.end], false) {
            return;
        }
        let strength =
            if said.strength == Strength::Certain && !value.quoted { Strength::Stated } else { said.strength };
        let said = if text[at..stop].starts_with(b" equals") || text[stop - 1] == b'`' || text[at] == b'*' {
            Meaning { strength, ..said }
        } else {
            said
        };
        self.value(site, said, value, Setting::Data, out);
    }

    /// A value whose place leaves little doubt.
    pub(crate) fn firmly(&self, site: Site, value: Value, rule: u32, out: &mut Vec<Mask>) {
        let bytes = &site.text[value.start.min(value.end)..value.end];
        let mix = Mix::of(bytes);
        let name = object_name(bytes) && mix.digit == 0 && mix.upper == 0 && !value.quoted;
        if bytes.len() >= 4
            && !harmless(bytes)
            && !name
            && (!bytes.starts_with(b"$") || (bytes.len() > 12 && bytes.get(2) == Some(&b'$')))
            && !bytes.starts_with(b"-")
            && !self.settings.allows(bytes)
        {
            out.push(site.mask(self.label(site.text, value, rule), value.start, value.end, value.until));
        }
    }
}

/// The n-th argument behind the bracket before `open`, if it is quoted.
fn argument(site: Site, open: usize, n: usize) -> Option<Value> {
    let Site { text, limit, .. } = site;
    let mut i = open;
    for count in 0..=n {
        i = skip(text, i, limit, is_blank);
        let value = value_at(text, i, limit, site.cut);
        if count == n {
            return value.quoted.then_some(value);
        }
        let end = if value.quoted { value.end } else { skip(text, value.start, value.end, |b| b != b',') };
        i = skip(text, end, limit, |b| is_quote(b) || is_blank(b) || b == b'\\');
        if text.get(i) != Some(&b',') || i >= limit {
            return None;
        }
        i += 1;
    }
    None
}

/// A word without the quotes around it.
fn trim_quotes(text: &[u8], start: usize, end: usize) -> Value {
    let quote = |b: u8| is_quote(b) || matches!(b, b'`' | b',' | b'(');
    let from = skip(text, start, end, quote);
    Value { start: from, end: skip_back(text, end, from, quote), quoted: false, until: None::<Until> }
}
