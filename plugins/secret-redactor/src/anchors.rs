//! The places where a rule looks: literals and what must follow them. One table makes the scanner's anchors and the triggers the
//! host is told of, so that no rule can find what no trigger asked for.
use crate::{
    base64,
    calls::PLACES,
    commands, decode,
    providers::PROVIDERS,
    text::{is_blank, is_name, is_quote, skip},
    tongues::{KEY_STEMS, PASSWORD_STEMS},
    words::{CLOSED_WORDS, COLUMN_WORDS, ESCAPES, KEY_WORDS, KEYS_BY_NAME, PROSE_NOUNS, TELLING},
};
use std::collections::BTreeSet;

/// How far before an anchor a rule may read, within its line or, with `across`, beyond.
pub(crate) const LOOK_BACK: usize = 512;
/// How far behind an anchor's start a rule may read; what is longer is followed by [`crate::text::Until`].
pub(crate) const LOOK_AHEAD: usize = 4096;
/// The alphabet of the run that stands for tokens without a form, and its least length.
pub(crate) const RUN_ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-";
/// See [`RUN_ALPHABET`].
pub(crate) const RUN_LENGTH: usize = 20;

/// What must come after a literal, as in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    /// Nothing in particular.
    Anything,
    /// Rest of a name, separator, and a value of at least so many bytes.
    Value(u32),
    /// This byte within 256, before a blank, a quote, a slash or the line's end.
    Byte(u8),
}

/// What an anchor is to its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A key's word, before `=` or `:`.
    Key,
    /// A key's word before a backslash, a closing quote and comma, a bracket, a tag's end or an escape.
    ClosedKey,
    /// A separator other than `=` and `:`, whose key stands before it.
    Arrow,
    /// A key's word and a bracket.
    Bracket,
    /// A key's word and the blanks that fill its cell.
    Cell,
    /// A key's word before `>`: an element or an attribute's end.
    Element,
    /// A command line flag.
    Flag,
    /// Provider number so.
    Provider(usize),
    /// `://`
    Url,
    /// `@tcp(`
    Dsn,
    /// `eyJ`
    Jwt,
    /// `Bearer `
    Bearer,
    /// `Basic `
    Basic,
    /// The `value` of a name and value pair.
    PairValue,
    /// `password is `
    Prose,
    /// Number so of the words near which a secret stands.
    Placed(usize),
    /// A word of another language: one for password, or one for key.
    Foreign(bool),
    /// A statement or a file's line whose next word is the secret.
    NextWord,
    /// A command with a known short flag.
    Command,
    /// A netrc line.
    Netrc,
    /// A pgpass line.
    Pgpass,
    /// `VALUES` of an INSERT.
    Insert,
    /// A password in a redis ACL rule.
    Acl,
    /// A telling word in base64, at one of its three offsets.
    Base64,
    /// `data` of a Secret in JSON, on one line.
    DataObject,
    /// A key's word and the blanks by which its separator or its value is aligned with others.
    Aligned,
    /// Only asks to be shown; what it opens is a matter of the stream.
    Block,
    /// An escape of a letter, a digit or a separator.
    Escape,
    /// A telling word in hex.
    Hex,
    /// A telling word as numbers of its bytes, in this radix.
    Bytes(u32),
    /// What joins two pieces of a quoted text.
    Glue,
    /// A key's word at a line's end or in a table's head: the values stand on the lines below.
    Lines,
    /// An operator's pattern.
    Operator(usize),
}

/// One literal.
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    pub(crate) text: Vec<u8>,
    pub(crate) any_case: bool,
    pub(crate) word_start: bool,
    pub(crate) follow: Follow,
    pub(crate) across: bool,
    pub(crate) role: Role,
}

impl Literal {
    /// A literal for `role`.
    pub(crate) fn new(text: &str, any_case: bool, word_start: bool, follow: Follow, role: Role) -> Literal {
        Literal { text: text.as_bytes().to_vec(), any_case, word_start, follow, across: false, role }
    }

    /// Whether the literal, whose bytes stand at `at`, counts there.
    pub(crate) fn counts(&self, text: &[u8], at: usize) -> bool {
        let end = at + self.text.len();
        // What must follow stands on the same line; a line's end is neither a name's nor a value's, so that it needs no search.
        let limit = text.len();
        (self.any_case || text[at..end] == self.text[..])
            && !(self.word_start && at > 0 && text[at - 1].is_ascii_alphanumeric())
            && match self.follow {
                Follow::Anything => true,
                Follow::Value(least) => separator(text, end, limit, least as usize).is_some(),
                Follow::Byte(byte) => byte_follows(text, end, limit, byte),
            }
    }
}

/// The place of the `=` or `:` that follows a key's word, if a value of `least` bytes follows it. The contract's `follow`, read
/// narrowly: what a host shows beyond that changes nothing.
pub(crate) fn separator(text: &[u8], i: usize, limit: usize, least: usize) -> Option<usize> {
    let between = |b| is_quote(b) || is_blank(b);
    let i = skip(text, i, limit.min(i + 16), is_name);
    let i = skip(text, i, limit.min(i + 3), between);
    if i >= limit || !matches!(text[i], b'=' | b':') {
        return None;
    }
    let value = skip(text, i + 1, limit.min(i + 4), between);
    let end = skip(text, value, limit.min(value + least), |b| !between(b) && !matches!(b, b'\n' | b'\r'));
    (end - value >= least).then_some(i)
}

fn byte_follows(text: &[u8], i: usize, limit: usize, byte: u8) -> bool {
    let end = skip(text, i, limit.min(i + 256), |b| {
        b != byte && !matches!(b, b'/' | b'\n' | b'\r') && !is_blank(b) && !is_quote(b)
    });
    end < limit.min(i + 256) && text[end] == byte
}

/// A word as it is written: with blanks or underscores, and where its letters are not ASCII's, with a capital and in capitals.
fn spellings(word: &str) -> BTreeSet<String> {
    let capital: String = word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    [word.to_owned(), capital, word.to_uppercase()]
        .into_iter()
        .flat_map(|w| [w.replace(' ', "_"), w])
        // Those that differ in ASCII letters only are one.
        .map(|w| w.chars().map(|c| c.to_ascii_lowercase()).collect())
        .collect()
}

/// Every literal that the built-in rules need.
pub(crate) fn literals() -> Vec<Literal> {
    let mut all = Vec::new();
    for (word, least) in KEY_WORDS {
        let follow = if *least == 0 { Follow::Anything } else { Follow::Value(*least) };
        let letters = word.as_bytes()[0].is_ascii_alphanumeric();
        let short = word.len() <= 4 && letters;
        all.push(Literal::new(word, true, short && !matches!(*word, "pwd" | "auth" | "sid="), follow, Role::Key));
    }
    for word in KEYS_BY_NAME {
        all.push(Literal::new(word, true, false, Follow::Value(20), Role::Key));
    }
    all.push(Literal::new("Key", false, false, Follow::Value(16), Role::Key));
    let anything = |texts: &[&str], any_case, word_start, role, all: &mut Vec<Literal>| {
        all.extend(texts.iter().map(|t| Literal::new(t, any_case, word_start, Follow::Anything, role)));
    };
    for word in CLOSED_WORDS {
        for close in ["\\", "\",", "',", "\"]", "']", "] ", "%2", "%3", "&", "</"] {
            anything(&[&format!("{word}{close}")], true, false, Role::ClosedKey, &mut all);
        }
        anything(&[&format!("{word}(")], true, false, Role::Bracket, &mut all);
        anything(&[&format!("{word},\"")], true, false, Role::ClosedKey, &mut all);
        anything(&[&format!("{word}>"), &format!("{word}\">")], true, false, Role::Element, &mut all);
        anything(
            &[&format!("-{word} "), &format!("_{word} "), &format!("{word}\t")],
            true,
            false,
            Role::Flag,
            &mut all,
        );
    }
    for word in ["password", "passwd", "passphrase", "pwd", "pass", "secret", "token", "key", "credentials", "secretid"]
    {
        for blanks in [":    ", "=    ", ":\t\t", "    "] {
            anything(&[&format!("{word}{blanks}")], true, false, Role::Aligned, &mut all);
        }
    }
    for word in CLOSED_WORDS {
        for end in ["=\\\n", ": \\\n", ":\n", ":\r\n", ": |", ": >", "\":\n", "\"\n", "\"\r\n", "s:\n", "\" {\n"] {
            anything(&[&format!("{word}{end}")], true, false, Role::Lines, &mut all);
        }
        for end in ["\n", "\r\n", "'\n"] {
            anything(&[&format!("-{word}{end}")], true, false, Role::Lines, &mut all);
        }
    }
    for word in ["password", "passwd", "passphrase", "secret", "token", "key", "credential", "code"] {
        for open in ["s\":[", "s\": [", "s: [", "s=[", "s = [", "s':[", "s': ["] {
            anything(&[&format!("{word}{open}")], true, false, Role::ClosedKey, &mut all);
        }
    }
    for word in ["password", "passwd", "passphrase", "secret", "token", "api_key", "apikey"] {
        for open in ["\":{\"", "\": {\"", "\": { \""] {
            anything(&[&format!("{word}{open}")], true, false, Role::ClosedKey, &mut all);
        }
    }
    // `_key` stands for all names that end so.
    let heads = COLUMN_WORDS.iter().filter(|w| !w.ends_with("_key")).chain([&"_key"]);
    for word in heads {
        for (before, behind) in [
            ("", " |"),
            ("", " \u{2502}"),
            ("", "|"),
            ("", "  "),
            ("", ","),
            ("", "\t"),
            ("", ";"),
            ("| ", ""),
            (",", ""),
            ("\t", ""),
            ("  ", ""),
            (";", ""),
        ] {
            let cell = behind == "|" || (behind.starts_with(' ') && behind != "  ");
            let role = if cell { Role::ClosedKey } else { Role::Lines };
            anything(&[&format!("{before}{word}{behind}")], true, false, role, &mut all);
            if behind == "  " || behind == "," {
                anything(&[&format!("{word}{behind}")], true, false, Role::Cell, &mut all);
            }
        }
    }
    anything(&["-token, ", "-password, ", "-secret, ", "-key, "], true, false, Role::ClosedKey, &mut all);
    anything(&["_token\n", "_secret\n", "_password\n"], true, false, Role::Lines, &mut all);
    anything(&["pw\\"], true, true, Role::ClosedKey, &mut all);
    anything(&["key|", "key |", "key \u{2502}"], true, false, Role::ClosedKey, &mut all);
    for word in ["password", "secret", "token", "key"] {
        anything(&[&format!("{word}: Some(\n")], true, false, Role::Lines, &mut all);
    }
    anything(ESCAPES, true, false, Role::Escape, &mut all);
    for word in TELLING {
        let digit = |n: u8| char::from_digit(u32::from(n), 16);
        let hex =
            |text: &str| -> String { text.bytes().flat_map(|b| [digit(b >> 4), digit(b & 15)]).flatten().collect() };
        anything(&[&hex(word)], true, false, Role::Hex, &mut all);
        for piece in base64::pieces(word).iter().filter(|p| p.len() >= 5) {
            anything(&[piece], false, false, Role::Base64, &mut all);
            anything(&[&hex(piece)], true, false, Role::Hex, &mut all);
        }
        let numbers = |radix, between: &str| -> String {
            let number = |b: u8| if radix == 16 { format!("{b:02x}") } else { b.to_string() };
            word.bytes().take(4).map(number).collect::<Vec<_>>().join(between)
        };
        for between in [" ", ", ", ","] {
            anything(&[&numbers(10, between)], true, true, Role::Bytes(10), &mut all);
        }
        for between in [" ", ":", ", 0x", ",0x", " 0x"] {
            anything(&[&numbers(16, between)], true, false, Role::Bytes(16), &mut all);
        }
        // Two bytes a group, as xxd writes them.
        if let [a, b, c, d, ..] = word.as_bytes() {
            anything(&[&format!("{a:02x}{b:02x} {c:02x}{d:02x}")], true, true, Role::Bytes(16), &mut all);
        }
    }
    anything(
        &[
            "= <<",
            "=<<",
            "following password",
            "following secret",
            "following token",
            "following key",
            "base64decode}}",
            "cat /run/secrets/",
            "cat /var/run/secrets/",
            "base64 -d",
            "base64 --d",
            "initial-password",
            "\"]=>\n",
            "AUTH\r\n",
            "AUTH\n",
            "334 UGFzc3dvcmQ6",
            "auth-user-pass",
            "'random' passwords",
            "list: |\n",
            "codes:\n",
            "Codes:\n",
            "Recovery Password:\n",
            "Numerical Password:\n",
            "priv:\n",
            "privateExponent:\n",
            "prime1:\n",
            "prime2:\n",
            "exponent1:\n",
            "exponent2:\n",
            "coefficient:\n",
            "kv get -field",
            "op read op://",
            "secrets versions access",
            "get-secret-value",
            "keyvault secret show",
            "bw get password",
            "output -raw ",
            "secrets get ",
            "find-generic-password",
            "openssl rand ",
            "pwgen ",
            "$ pass show ",
            "{.data",
            "Password\n",
            "\"requirepass\"\n",
            "\"masterauth\"\n",
        ],
        false,
        false,
        Role::Lines,
        &mut all,
    );
    anything(decode::GLUES, false, false, Role::Glue, &mut all);
    anything(
        &["=> ", "=>\"", "=>'", "=>\\", ":= ", " -> ", "~> ", "\u{2190} ", "\u{2192}"],
        false,
        false,
        Role::Arrow,
        &mut all,
    );
    for (i, provider) in PROVIDERS.iter().enumerate() {
        for start in provider.starts {
            let word_start = provider.back == 0 && start.as_bytes()[0].is_ascii_alphanumeric();
            let follow = if provider.holds == 0 { Follow::Anything } else { Follow::Byte(provider.holds) };
            all.push(Literal::new(start, false, word_start, follow, Role::Provider(i)));
        }
    }
    all.push(Literal::new("://", false, false, Follow::Byte(b'@'), Role::Url));
    all.push(Literal::new(":\\/\\/", false, false, Follow::Byte(b'@'), Role::Url));
    anything(&["@tcp(", "@unix(", "@tcp6(", "@(", "@/", ":1521/"], false, false, Role::Dsn, &mut all);
    anything(&["eyJ"], false, true, Role::Jwt, &mut all);
    anything(
        &["eyJhbGci", "eyJ0eXAi", "eyJraWQi", "eyJlbmMi", "eyJqa3Ui", "eyJ4NXQi", "ewogICJhbGci", "ewoiYWxnI"],
        false,
        false,
        Role::Jwt,
        &mut all,
    );
    anything(&["bearer ", "bearer%20", "bearer+", "bearer, "], true, false, Role::Bearer, &mut all);
    anything(&["basic "], true, true, Role::Basic, &mut all);
    all.push(Literal { across: true, ..Literal::new("value", true, true, Follow::Value(3), Role::PairValue) });
    for text in ["value: >", "value: |"] {
        all.push(Literal { across: true, ..Literal::new(text, true, true, Follow::Anything, Role::Lines) });
    }
    anything(&["value\\", "value>"], true, true, Role::PairValue, &mut all);
    all.push(Literal::new("stringvalue", true, true, Follow::Value(3), Role::PairValue));
    all.push(Literal { across: true, ..Literal::new("parametervalue", true, true, Follow::Value(3), Role::PairValue) });
    for noun in PROSE_NOUNS {
        // The end of a name as well: `acmeApiToken`, `ACME_TOKEN`.
        let ending = matches!(*noun, "token " | "key " | "secret " | "password ");
        anything(&[noun], true, noun.is_ascii() && !ending, Role::Prose, &mut all);
    }
    for (i, (word, any_case, word_start, _)) in PLACES.iter().enumerate() {
        anything(&[word], *any_case, *word_start, Role::Placed(i), &mut all);
    }
    for (stems, certain) in [(PASSWORD_STEMS, true), (KEY_STEMS, false)] {
        for spelling in stems.iter().flat_map(|stem| spellings(stem)) {
            all.push(Literal::new(&spelling, true, false, Follow::Anything, Role::Foreign(certain)));
        }
    }
    anything(
        &[
            "identified by ",
            "password '",
            "password \"",
            "requirepass ",
            "masterauth ",
            "pass '",
            "auth_pass ",
            "snmp-community ",
            "set pwd ",
            "bindpw ",
            "rootpw ",
        ],
        true,
        true,
        Role::NextWord,
        &mut all,
    );
    anything(&["AUTH "], false, true, Role::NextWord, &mut all);
    anything(
        &[
            "auth default ",
            "\"auth\" ",
            "\"requirepass\" ",
            "\"masterauth\" ",
            "community ",
            "community string ",
            "password 0 ",
            "password 7 ",
            " by '",
            " by \"",
        ],
        true,
        false,
        Role::NextWord,
        &mut all,
    );
    anything(&[" on >", "\"on\" \">"], true, false, Role::Acl, &mut all);
    anything(&["values"], true, true, Role::Insert, &mut all);
    for start in commands::starts() {
        anything(&[start], true, false, Role::Command, &mut all);
    }
    anything(&["machine "], false, true, Role::Netrc, &mut all);
    anything(&[":5432:", ":5433:", ":6432:", ":5439:", ":26257:", ":*:*:"], false, false, Role::Pgpass, &mut all);
    anything(
        &["data\":{", "data\\\":{", "data\\\": {", "data:map[string]string{", "[]uint8{", "[]byte{"],
        true,
        false,
        Role::DataObject,
        &mut all,
    );
    all.push(Literal { across: true, ..Literal::new("data\": {", true, false, Follow::Anything, Role::DataObject) });
    anything(
        &[
            "-----BEGIN",
            "-----END",
            "---- BEGIN SSH2",
            "---- END SSH2",
            "PuTTY-User-Key-File",
            "Private-MAC:",
            " stdout P ",
            " stderr P ",
            "\u{3000}",
        ],
        false,
        false,
        Role::Block,
        &mut all,
    );
    for text in ["data:", "stringData:", "kind: Secret"] {
        all.push(Literal { across: true, ..Literal::new(text, false, true, Follow::Anything, Role::Block) });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_must_follow_a_key() {
        for (text, least, found) in [
            ("=hunter2", 3, true),
            ("\":\"hunter2\"", 3, true),
            ("_file: \"hunter2\"", 3, true),
            (" = 'hunter2'", 3, true),
            ("=hu", 3, false),
            ("=\n", 1, false),
            (" hunter2", 3, false),
            ("-x=hunter2", 3, false),
            ("   : hunter2", 3, true),
            ("    : hunter2", 3, false),
        ] {
            assert_eq!(separator(text.as_bytes(), 0, text.len(), least).is_some(), found, "{text}");
        }
    }
}
