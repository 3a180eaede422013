//! Values as source code writes them: calls, members, types, parameters. In code a literal secret stands in quotes; what stands
//! bare is an expression. Every shape is the whole value, each of its words reads like a name, and a lone word is an expression
//! only in a statement that says so.
use crate::{
    code_words::{DECLARING, KEYWORDS, TYPES, VERBS},
    keyed::{key_start, name_or_dash},
    keys::meaning,
    lists::Lists,
    model::naturalness,
    randomness::random,
    site::Site,
    text::{Mix, is_blank, is_quote, skip, skip_back},
    value::Value,
};
use std::sync::LazyLock;

/// The longest expression.
const LONGEST: usize = 240;

/// Whether a word is the name of a type with its sigil: `*uint16`, `&str`.
pub(crate) fn is_type(bytes: &[u8]) -> bool {
    let name = sigils(bytes);
    let word =
        name.len() >= 3 && name.iter().all(u8::is_ascii_alphabetic) && readable(name) && bytes.len() == name.len() + 1;
    name.len() < bytes.len() && (word || is_known_type(name))
}

fn is_known_type(name: &[u8]) -> bool {
    static TABLE: LazyLock<Lists> = LazyLock::new(|| Lists::new(TYPES.iter().map(|t| (*t, 1))));
    TABLE.hold(name)
}

/// Whether the bare value behind the key at the anchor is code.
pub(crate) fn is_code(site: Site, value: Value) -> bool {
    let Site { text, limit, .. } = site;
    if value.quoted || value.end <= value.start || value.end - value.start > LONGEST {
        return false;
    }
    let bytes = &text[value.start..value.end];
    let next = text[..limit].get(value.end).copied();
    // The anchor may be the separator behind the key.
    let near = skip_back(text, site.at, site.floor, |b| is_blank(b) || is_quote(b) || b == b']');
    let at = if name_or_dash(text[site.at]) { site.at } else { near };
    let start = key_start(text, at, site.floor);
    let key_end = skip(text, start, value.start, name_or_dash);
    let key = &text[start..key_end];
    bytes.starts_with(b"<%")
        || keyword(bytes, &text[value.end..limit])
        || substitution(bytes, next)
        || call(bytes, next)
        || composite(bytes)
        || parameters(bytes, &text[value.end..limit])
        || of_a_type(bytes, next, &text[key_end..value.start])
        || path(bytes)
        || member(bytes)
        || same_name(bytes, key)
        || function(bytes)
        || assigned(bytes, &text[value.end..limit])
        || bound(bytes, next, key)
        || optional(&text[site.floor..value.start], bytes)
        || (statement(&text[site.floor..start], key, &text[key_end..value.start]) && operand(bytes))
}

/// `await x`, `new Thing(`, `function(e){…`, `void 0`.
fn keyword(bytes: &[u8], behind: &[u8]) -> bool {
    let word = skip(bytes, 0, bytes.len(), |b| b.is_ascii_alphabetic());
    let known = KEYWORDS.contains(&&bytes[..word]);
    let goes_on = behind.len() > 1
        && behind[0] == b' '
        && (behind[1].is_ascii_alphanumeric() || matches!(behind[1], b'(' | b'{' | b'"' | b'\'' | b'_' | b'<'));
    known && ((word == bytes.len() && goes_on) || (bytes[word..].starts_with(b"(") && readable(&bytes[word..])))
}

/// `$(kubectl get …`, `${Buffer.from(…`: a shell's or a template's expression that ends behind this word.
fn substitution(bytes: &[u8], next: Option<u8>) -> bool {
    let inner = match bytes {
        [b'$', b'(', rest @ ..] if next.is_some_and(is_blank) => rest,
        [b'`', rest @ ..] if next.is_some_and(is_blank) => rest,
        [b'$' | b'#', b'{', rest @ ..] => {
            let name = skip(rest, 0, rest.len(), identifier);
            if rest.get(name).is_none_or(|b| !matches!(b, b'.' | b'(' | b'[' | b' ')) {
                return false;
            }
            rest
        }
        _ => return false,
    };
    !inner.is_empty() && !inner.contains(&b')') && readable(inner)
        || inner.contains(&b'(') && readable(inner) && call(inner, next)
}

/// `name(`, `a.b(c`, `a::b(c)`, `a[0]`, `name!(x)`: names, a bracket, and within it what reads like arguments.
fn call(bytes: &[u8], next: Option<u8>) -> bool {
    let bytes = sigils(bytes);
    let callee =
        skip(bytes, 0, bytes.len(), |b| identifier(b) || matches!(b, b'.' | b':' | b'?' | b'!' | b'>' | b'-' | b'<'));
    if callee < 2 || callee >= bytes.len() || !matches!(bytes[callee], b'(' | b'[') || bytes[0].is_ascii_digit() {
        return false;
    }
    let (name, rest) = (&bytes[..callee], &bytes[callee..]);
    if !readable(name) {
        return false;
    }
    let inner = &rest[1..];
    let structured = name.iter().any(|b| matches!(b, b'.' | b':' | b'_' | b'!')) || hump(name);
    let opens = |b: Option<u8>| b.is_some_and(|b| is_quote(b) || b == b'`');
    if inner.is_empty() || opens(inner.first().copied()) {
        // `env(` and then a quote, here or behind the value.
        return (opens(next) || opens(inner.first().copied()) || (structured && next.is_none_or(|b| b <= b' ')))
            && readable(inner);
    }
    let closed = balance(rest);
    let ended = match closed {
        0 => {
            matches!(rest.last(), Some(b')' | b']' | b';' | b'}' | b'>' | b','))
                || rest.contains(&b')')
                || rest.contains(&b']')
        }
        _ => closed > 0 && matches!(next, Some(b',' | b' ' | b'"' | b'\'' | b'`' | b';' | b':') | None),
    };
    let letters = inner.iter().any(u8::is_ascii_alphabetic) || inner.starts_with(b")") || inner.starts_with(b"...");
    let indexed = rest.len() == 3 && rest[0] == b'[' && name.iter().all(u8::is_ascii_lowercase);
    ended && readable(rest) && (structured || letters || indexed)
}

/// `&corev1.Secret{ObjectMeta:`, `Config{}`: a type and what its fields are set to.
fn composite(bytes: &[u8]) -> bool {
    let bytes = sigils(bytes);
    let name = skip(bytes, 0, bytes.len(), |b| identifier(b) || matches!(b, b'.' | b':'));
    let field = bytes.get(name + 1..).unwrap_or_default();
    let colon = skip(field, 0, field.len(), identifier);
    name > 2
        && bytes[name..].starts_with(b"{")
        && (bytes[0].is_ascii_uppercase() || bytes[..name].contains(&b'.'))
        && readable(&bytes[..name])
        && (field.is_empty() || field == b"}" || (field.get(colon) == Some(&b':') && colon > 0 && readable(field)))
}

/// How many brackets stay open.
fn balance(bytes: &[u8]) -> i32 {
    bytes.iter().fold(0, |open, b| match b {
        b'(' | b'[' => open + 1,
        b')' | b']' => open - 1,
        _ => open,
    })
}

/// `(name` before a comma or a colon: a tuple or the parameters of a function.
fn parameters(bytes: &[u8], behind: &[u8]) -> bool {
    let Some(inner) = bytes.strip_prefix(b"(") else { return false };
    let name = inner.strip_suffix(b":").unwrap_or(inner);
    let goes_on = matches!(behind, [b',' | b' ', ..]) && behind.contains(&b')');
    let empty = bytes == b"()" && behind.starts_with(b" =>");
    empty
        || (goes_on
            && (!name.is_empty() && name.iter().all(|b| identifier(*b) || *b == b'.') && readable(name)
                || call(name, behind.first().copied())))
}

/// A type behind a name: `*uint16`, `&str`, `[]byte`, `Option<Vec<u8>>`, `i32`, `Token![=]`.
fn of_a_type(bytes: &[u8], next: Option<u8>, between: &[u8]) -> bool {
    let name = sigils(bytes);
    let body = name.strip_suffix(b";").or_else(|| name.strip_suffix(b",")).unwrap_or(name);
    if body.is_empty() {
        return false;
    }
    let declared = !between.contains(&b'=');
    let known = is_known_type(body);
    let generic = body[0].is_ascii_alphabetic()
        && matches!(body.iter().find(|b| !identifier(**b) && !matches!(b, b':' | b'.')), Some(b'<' | b'['))
        && body.iter().all(|b| {
            identifier(*b)
                || matches!(b, b'<' | b'>' | b'[' | b']' | b'&' | b'\'' | b':' | b',' | b'.' | b'*' | b'?' | b'|')
        })
        && (body.ends_with(b">")
            || body.ends_with(b"]")
            || body.ends_with(b"<")
            || next.is_some_and(|b| matches!(b, b',' | b' ' | b'<')))
        && (body.contains(&b'<') || declared)
        && readable(body);
    let pointed = declared
        && name.len() < bytes.len()
        && body.iter().all(|b| identifier(*b) || matches!(b, b':' | b'.'))
        && readable(body)
        && !matches!(next, Some(b'"' | b'\''));
    // The bare value ends before `<b…`.
    let cut = declared
        && next == Some(b'<')
        && body[0].is_ascii_uppercase()
        && body.iter().all(u8::is_ascii_alphabetic)
        && readable(body);
    cut || known && (declared || name.len() < bytes.len()) || generic || pointed
}

/// `crate::Name`, `::std::os::raw::c_char`, `a->b`.
fn path(bytes: &[u8]) -> bool {
    let bytes = sigils(bytes);
    let joined = memchr::memmem::find(bytes, b"::").is_some() || memchr::memmem::find(bytes, b"->").is_some();
    joined
        && bytes
            .iter()
            .all(|b| identifier(*b) || matches!(b, b':' | b'.' | b'<' | b'>' | b'-' | b';' | b',' | b'(' | b')'))
        && bytes.iter().any(u8::is_ascii_alphabetic)
        && !bytes.iter().any(u8::is_ascii_digit)
        && readable(bytes)
}

/// `request.token`, `hs.sessionState.secret;`: a chain of names whose last one means a secret, or that holds a compound name.
fn member(bytes: &[u8]) -> bool {
    let bytes = sigils(bytes);
    let body = bytes.strip_suffix(b";").or_else(|| bytes.strip_suffix(b",")).unwrap_or(bytes);
    let body = body.strip_suffix(b")").unwrap_or(body);
    let Some(dot) = memchr::memrchr(b'.', body) else { return false };
    let (first, last) = (body[0], &body[dot + 1..]);
    let names = body.split(|b| *b == b'.').all(|name| {
        let name = name.strip_suffix(b"?").unwrap_or(name);
        !name.is_empty() && !name[0].is_ascii_digit() && name.iter().all(|b| identifier(*b))
    });
    names
        && first.is_ascii_alphabetic()
        && !body.iter().any(u8::is_ascii_digit)
        && readable(body)
        && (meaning(last, &[]).is_some() || last == b"value" || last == b"key" || body.contains(&b'_') || hump(body))
}

/// `this.secretKey = secretKey`, `pass: pass`, `pwd=pwd)`: the key's own name again.
fn same_name(bytes: &[u8], key: &[u8]) -> bool {
    let end = skip(bytes, 0, bytes.len(), identifier);
    let (name, rest) = bytes.split_at(end);
    let own = key.len() >= name.len() && key[key.len() - name.len()..].eq_ignore_ascii_case(name);
    let begins = own && (key.len() == name.len() || !key[key.len() - name.len() - 1].is_ascii_alphanumeric());
    name.len() >= 2
        && begins
        && !name.iter().any(u8::is_ascii_digit)
        && rest.iter().all(|b| matches!(b, b')' | b';' | b',' | b'}' | b']'))
}

/// `readPassword,`: the name of a function.
fn function(bytes: &[u8]) -> bool {
    let name = bytes.strip_suffix(b",").or_else(|| bytes.strip_suffix(b";")).unwrap_or(bytes);
    let verb = skip(name, 0, name.len(), |b| b.is_ascii_lowercase());
    VERBS.contains(&&name[..verb])
        && name.len() > verb + 3
        && name[verb].is_ascii_uppercase()
        && name.iter().all(u8::is_ascii_alphabetic)
        && naturalness(name) > 0
}

/// `passwd = acct = ''`: what is itself assigned.
fn assigned(bytes: &[u8], behind: &[u8]) -> bool {
    behind.starts_with(b" = ")
        && behind.len() > 3
        && bytes.len() >= 2
        && bytes.iter().all(|b| identifier(*b) || *b == b'.')
        && !bytes[0].is_ascii_digit()
        && readable(bytes)
}

/// `password: Optional[HiddenText]`: what is wrapped is a type, where a colon stands before.
fn optional(before: &[u8], bytes: &[u8]) -> bool {
    before.ends_with(b": Optional[")
        && bytes.iter().all(u8::is_ascii_alphabetic)
        && bytes[0].is_ascii_uppercase()
        && readable(bytes)
}

/// `` `SecretKey: Clone` ``: what a type must be able to do, as a compiler quotes it.
fn bound(bytes: &[u8], next: Option<u8>, key: &[u8]) -> bool {
    let name = |b: &[u8]| {
        b.len() > 2 && b[0].is_ascii_uppercase() && b[1].is_ascii_lowercase() && b.iter().all(u8::is_ascii_alphabetic)
    };
    next == Some(b'`') && name(bytes) && name(key) && readable(bytes)
}

/// Whether the words around a key make a statement of code: a declaration, a member's assignment, one of several names.
fn statement(before: &[u8], key: &[u8], between: &[u8]) -> bool {
    let spaced = between.starts_with(b" ");
    let assigns = memchr::memchr(b'=', between).is_some();
    if !spaced || !assigns {
        return false;
    }
    if memchr::memmem::find(between, b":=").is_some() {
        return true;
    }
    let owned = [b"this.".as_slice(), b"self.", b"$this", b"exports.", b"module."].iter().any(|o| key.starts_with(o));
    let end = skip_back(before, before.len(), 0, is_blank);
    let word = skip_back(before, end, 0, |b| b.is_ascii_alphanumeric() || matches!(b, b'[' | b']'));
    let last = &before[word..end];
    let last = last.strip_suffix(b"[]").unwrap_or(last);
    let declared = !last.is_empty() && DECLARING.iter().any(|d| last.eq_ignore_ascii_case(d));
    let lead = before[..end].trim_ascii();
    let several = lead.ends_with(b",") && lead.iter().all(|b| identifier(*b) || matches!(b, b',' | b' ' | b'.'));
    owned || declared || several
}

/// One name, or names and operators, in a statement: no chance, no digits among many letters.
fn operand(bytes: &[u8]) -> bool {
    let bytes = sigils(bytes);
    bytes.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        && bytes.iter().all(|b| {
            identifier(*b)
                || matches!(
                    b,
                    b'.' | b':'
                        | b';'
                        | b','
                        | b'('
                        | b')'
                        | b'['
                        | b']'
                        | b'{'
                        | b'}'
                        | b'<'
                        | b'>'
                        | b'!'
                        | b'?'
                        | b'+'
                        | b'|'
                        | b'&'
                        | b'*'
                        | b'\''
                )
        })
        && readable(bytes)
}

/// What may stand before an operand: `!`, `*`, `&`, `...`, `[]`.
fn sigils(bytes: &[u8]) -> &[u8] {
    let mut i = skip(bytes, 0, bytes.len(), |b| matches!(b, b'!' | b'*' | b'&' | b'?'));
    while bytes[i..].starts_with(b"[]") || bytes[i..].starts_with(b"...") {
        i += if bytes[i] == b'[' { 2 } else { 3 };
        i = skip(bytes, i, bytes.len(), |b| matches!(b, b'*' | b'&'));
    }
    &bytes[i..]
}

fn identifier(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$')
}

/// Two words by a change of case: `parseToken`.
fn hump(name: &[u8]) -> bool {
    name.windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase())
}

/// Every stretch of letters and digits reads like a name: words, short ones, small numbers, words with a short number behind.
fn readable(bytes: &[u8]) -> bool {
    bytes.is_ascii()
        && bytes.split(|b| !b.is_ascii_alphanumeric()).all(|word| {
            let mix = Mix::of(word);
            if mix.digit == 0 {
                return word.len() <= 4 || (mix.lower == 0 && mix.upper <= 12) || naturalness(word) > -6;
            }
            (mix.digit == word.len() && word.len() <= 5) || (word.len() <= 6 && !random(word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{site::Form, value::value_at};

    /// Whether the value behind the first separator of a line is code.
    fn code(line: &str) -> bool {
        let text = line.as_bytes();
        let sep = text.iter().position(|b| matches!(b, b'=' | b':')).unwrap_or(0);
        let from = skip(text, sep + 1, text.len(), |b| matches!(b, b'=' | b'>'));
        let key = skip_back(text, sep, 0, |b| is_blank(b) || is_quote(b));
        let site = Site::new(text, skip_back(text, key, 0, |b| b.is_ascii_alphabetic()), Form::default());
        is_code(site, value_at(text, from, text.len(), false))
    }

    #[test]
    fn expressions_are_code() {
        for line in [
            "password = getPassword(",
            "token := os.Getenv(\"X\")",
            "    password = getpass.getpass(\"Password: \")",
            "\tpassword := flag.String(\"password\", \"\", \"help\")",
            "'password' => env('DB_PASSWORD', ''),",
            "this.secretKey = secretKey;",
            "this.password = Objects.requireNonNull(password, \"password\");",
            "String token = Jwts.builder().setSubject(user.getId()).signWith(key, HS256).compact();",
            "pub password: Option<SecretString>,",
            "const createToken = (password, readonly) => fetch()",
            "const password = await read.password('x')",
            "secret: deriveSecret(s.hash, s.secret, label, nil),",
            "hs.masterSecret = hs.sessionState.secret",
            "privateKey := make([]byte, 64)",
            "pass: *const ::std::os::raw::c_char,",
            "pub const BAD_PASSWORD: i32 = 104;",
            "username, password = split",
            "token = line[start:pos]",
            "password: &str) {",
            "TOKEN=$(curl -s \"http://x\")",
            "let token = io.token();",
            "options.Secret = configuration[\"Jwt:Secret\"];",
        ] {
            assert!(code(line), "{line}");
        }
    }

    #[test]
    fn passwords_are_no_code() {
        for line in [
            "password=hunter2",
            "password = hunter2;",
            "password: correct.horse.battery.staple",
            "password=Summer(2024)",
            "password=p(a)ss",
            "password=x(8fKq2LmZ0vWk)",
            "password=getPassword(8fKq2LmZ0vWkTb)",
            "const password = 8fKq2LmZ0vWkTbQ5",
            "token = os.Getenv(hunter2hunter2)",
            "password=changeme123",
            "password=password1",
            "secret=awaitHunter2",
            "password: AdminPassword",
            "password=$(hunter2)x9",
            "password=&hunter2",
            "password=Secret::9Kfq2",
            "password=my.Password1",
        ] {
            assert!(!code(line), "{line}");
        }
    }
}
