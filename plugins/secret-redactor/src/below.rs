//! Values on the lines below their key: YAML's block scalars and folded ones, items of an argument list, the body of a form's part,
//! here-documents.
use crate::{
    allow::object_name,
    detect::Detector,
    keyed::name_or_dash,
    keys::{Meaning, Strength},
    pairs::name_on,
    prose::is_password,
    section::Then,
    site::Mask,
    table::number,
    text::{is_blank, is_quote, skip, skip_back},
    value::value_at,
};

/// How many lines a value may have.
const MOST: u32 = 64;

/// How the value is written.
#[derive(Clone, Debug)]
enum Kind {
    /// Deeper than its key, one line or the items of a list.
    Deeper { indent: usize },
    /// Deeper than its key, every line.
    Block { indent: usize },
    /// The next item of the list that the flag is an item of.
    Item,
    /// After an empty line, to the next one's end.
    Body,
    /// The `default` of a variable in HCL.
    Default,
    /// The next line that is not empty, where it is one word.
    Told,
    /// The next line, where it is one word that looks like a password.
    Printed,
    /// The words of a redis command, each below its length.
    Words,
    /// To the line that is this word.
    To(Vec<u8>),
    /// `user:VALUE` as the last word of each line.
    Pairs,
    /// The second line.
    Second,
    /// Codes for a recovery, on every line.
    Codes,
    /// Lines of bytes in hex, as `openssl` prints a key's numbers.
    Hex,
    /// The next line's last word.
    LastWord,
    /// The next line's element.
    Element,
    /// The quoted text of the next line, which is numbered.
    Reply,
}

/// A value that is to come.
#[derive(Clone, Debug)]
pub(crate) struct Below {
    kind: Kind,
    said: Meaning,
    lines: u32,
}

impl Below {
    /// What the line `text[start..end]` announces.
    pub(crate) fn opened(detector: &Detector, text: &[u8], start: usize, end: usize, _base: u64) -> Option<Below> {
        let end = skip_back(text, end, start, is_blank);
        let near = start.max(end.saturating_sub(160));
        let line = &text[near..end];
        let new = |kind, said| Some(Below { kind, said, lines: 0 });
        let firm_password =
            Meaning { strength: Strength::Certain, rule: const { number("secret-in-statement") }, uuid: true };
        if let Some(kind) = announced(line) {
            return new(kind, firm_password);
        }
        if let Some(rest) = line.strip_suffix(b"</key>") {
            let key = near + rest.len() - rest.iter().rev().take_while(|b| name_or_dash(**b)).count();
            return new(Kind::Element, firm(detector.meaning(&text[key..near + rest.len()])?)?);
        }
        if line.eq_ignore_ascii_case(b"AUTH") {
            return new(Kind::Words, firm_password);
        }
        if line.ends_with(b"\"]=>") {
            let key_end = end - 4;
            let key = skip_back(text, key_end, near, name_or_dash);
            return new(Kind::Told, firm(detector.meaning(&text[key..key_end])?)?);
        }
        if shows_a_secret(line) {
            return new(Kind::Printed, Meaning { rule: const { number("secret-in-prose") }, ..firm_password });
        }
        if let Some(rest) = line.strip_suffix(b": Some(") {
            let key_end = near + rest.len();
            let key = skip_back(text, key_end, near, name_or_dash);
            return new(Kind::Told, firm(detector.meaning(&text[key..key_end])?)?);
        }
        if line.ends_with(b":") && memchr::memmem::find(line, b" following ").is_some() {
            return new(Kind::Told, Meaning { rule: const { number("secret-in-prose") }, ..firm_password });
        }
        if let Some(rest) = line.strip_suffix(b"\\") {
            let key_end = start.max(near) + rest.trim_ascii_end().len().saturating_sub(1);
            let key = skip_back(text, key_end, near, name_or_dash);
            let set = rest.trim_ascii_end().ends_with(b"=") || rest.trim_ascii_end().ends_with(b":");
            return if set { new(Kind::Told, firm(detector.meaning(&text[key..key_end])?)?) } else { None };
        }
        if line.ends_with(b"\"") && memchr::memmem::find(line, b"form-data;").is_some() {
            let name = skip_back(text, end - 1, near, name_or_dash);
            return new(Kind::Body, firm(detector.meaning(&text[name..end - 1])?)?);
        }
        if line.ends_with(b"\" {") && line.starts_with(b"variable ") {
            let name = skip_back(text, end - 3, near, name_or_dash);
            return new(Kind::Default, firm(detector.meaning(&text[name..end - 3])?)?);
        }
        if let Some(at) = memchr::memmem::rfind(line, b"<<") {
            let word = line[at + 2..].strip_prefix(b"-").unwrap_or(&line[at + 2..]);
            let word = word.trim_ascii();
            let word = word.strip_prefix(b"'").and_then(|w| w.strip_suffix(b"'")).unwrap_or(word);
            let key_end = skip_back(text, near + at, near, |b| is_blank(b) || matches!(b, b'=' | b':'));
            let key = skip_back(text, key_end, near, name_or_dash);
            if key_end == near + at || word.is_empty() || word.len() > 32 || !word.iter().all(u8::is_ascii_alphanumeric)
            {
                return None;
            }
            return new(Kind::To(word.to_vec()), firm(detector.meaning(&text[key..key_end])?)?);
        }
        // `--flag` as an item of a list.
        let bare_end = skip_back(text, end, near, |b| is_quote(b) || b == b',');
        let word = skip_back(text, bare_end, near, name_or_dash);
        if text[word..bare_end].starts_with(b"-") {
            let before = &text[near..word];
            let item = before.iter().all(|b| is_blank(*b) || is_quote(*b) || matches!(b, b'-' | b'[')) && near == start;
            let name = skip(text, word, bare_end, |b| b == b'-' || b == b' ');
            if item && text[name - 1] == b'-' {
                return new(Kind::Item, firm(detector.meaning(&text[name..bare_end])?)?);
            }
        }
        let style = skip_back(text, end, near, |b| matches!(b, b'|' | b'>' | b'-' | b'+' | b'1'..=b'9'));
        let block = text[style..end].first().is_some_and(|b| matches!(b, b'|' | b'>'));
        let colon = skip_back(text, if block { style } else { end }, near, is_blank);
        if colon == near || text[colon - 1] != b':' {
            return None;
        }
        let key_end = skip_back(text, colon - 1, near, is_quote);
        let key = skip_back(text, key_end, near, name_or_dash);
        let indent = skip(text, start, end, |b| b == b' ');
        let leads = text[indent..key].iter().all(|b| is_blank(*b) || is_quote(*b) || *b == b'-');
        if !leads || key == key_end || near != start {
            return None;
        }
        let mut name = &text[key..key_end];
        if block && name.eq_ignore_ascii_case(b"value") {
            let above = start.checked_sub(1)?;
            let above_start = memchr::memrchr(b'\n', &text[above.saturating_sub(256)..above])
                .map_or(above.saturating_sub(256), |n| above.saturating_sub(256) + n + 1);
            let named = name_on(text, above_start, above)?;
            name = &text[named.start..named.end];
        }
        let one = name.strip_suffix(b"s").or_else(|| name.strip_suffix(b"S"));
        let said = detector.meaning(name).or_else(|| detector.meaning(one?))?;
        let indent = indent - start;
        new(if block { Kind::Block { indent } } else { Kind::Deeper { indent } }, firm(said)?)
    }

    /// Judges the line `text[start..end]`.
    pub(crate) fn line(
        &mut self,
        detector: &Detector,
        text: &[u8],
        start: usize,
        end: usize,
        out: &mut Vec<Mask>,
    ) -> Then {
        self.lines += 1;
        let first = skip(text, start, end, is_blank);
        let last = skip_back(text, end, first, is_blank);
        let own = first - start;
        if self.lines > MOST {
            return Then::Close;
        }
        // `kubectl describe` draws a line between a ConfigMap's key and its value.
        let dashes = last >= first + 3 && text[first..last].iter().all(|b| *b == b'-');
        if self.lines == 1 && dashes && matches!(self.kind, Kind::Deeper { .. }) {
            self.kind = Kind::Told;
            return Then::Stay;
        }
        let mut mask = |from: usize, to: usize| {
            let secret = to > from && detector.is_secret(self.said, &text[from..to], true);
            if secret {
                out.push(Mask { rule: self.said.rule, start: from, end: to, until: None });
            }
            secret
        };
        match &self.kind {
            Kind::Pairs => {
                let word = skip_back(text, last, first, |b| !is_blank(b));
                let colon = skip(text, word, last, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
                let pair = colon > word && colon + 1 < last && text[colon] == b':';
                if pair && is_password(&text[colon + 1..last], false) {
                    mask(colon + 1, last);
                }
                if pair { Then::Stay } else { Then::Close }
            }
            Kind::Second => {
                if self.lines == 1 {
                    return if first < last && !text[first..last].contains(&b' ') { Then::Stay } else { Then::Close };
                }
                if !text[first..last].contains(&b' ') && !text[first..last].starts_with(b"<") {
                    mask(first, last);
                }
                Then::Close
            }
            Kind::Codes => {
                if first == last && self.lines == 1 {
                    return Then::Stay;
                }
                // `1. abcde-12345`
                let item = skip(text, first, last, |b| b.is_ascii_digit());
                let item = if item > first && text[item..last].starts_with(b". ") { item + 2 } else { first };
                let words = || text[item..last].split(|b| is_blank(*b)).filter(|w| !w.is_empty() && *w != b"-");
                if item == last || !words().all(recovery_code) {
                    return Then::Close;
                }
                mask(skip(text, item, last, |b| b == b'-' || is_blank(b)), last);
                Then::Stay
            }
            Kind::Hex => {
                let body = skip_back(text, last, first, |b| b == b':');
                let pairs = text[first..body]
                    .split(|b| *b == b':')
                    .all(|p| p.len() == 2 && p.iter().all(u8::is_ascii_hexdigit));
                if first == last || !pairs {
                    return Then::Close;
                }
                mask(first, body);
                Then::Stay
            }
            Kind::LastWord => {
                let word = skip_back(text, last, first, |b| !is_blank(b));
                if last >= word + 6 && crate::base64::is_base64(&text[word..last]) {
                    mask(word, last);
                }
                Then::Close
            }
            Kind::Reply => {
                let value = value_at(text, skip(text, first, last, |b| !is_quote(b)), last, false);
                if text[first..last].starts_with(b"2) \"") {
                    mask(value.start, value.end);
                }
                Then::Close
            }
            Kind::Element => {
                let open = first + text[first..last].iter().position(|b| *b == b'>').map_or(0, |n| n + 1);
                let end = skip(text, open, last, |b| b != b'<');
                if text[first..last].starts_with(b"<string>") {
                    mask(open, end);
                }
                Then::Close
            }
            Kind::To(word) => {
                if text[first..last] == word[..] {
                    return Then::Close;
                }
                mask(first, last);
                Then::Stay
            }
            Kind::Told => {
                if first == last && self.lines < 4 {
                    return Then::Stay;
                }
                let value = value_at(text, first, last, false);
                if value.quoted {
                    mask(value.start, value.end);
                } else if !text[first..last].contains(&b' ') {
                    mask(first, last);
                }
                Then::Close
            }
            Kind::Printed => {
                let word = &text[first..last];
                let plain = |b: &u8| {
                    b.is_ascii_graphic() && !matches!(b, b'{' | b'}' | b'(' | b')' | b'<' | b'>') && !is_quote(*b)
                };
                // `data=…` is a field, padding is none.
                let padding = word.iter().rev().take_while(|b| **b == b'=').count();
                let field = word[..word.len() - padding].contains(&b'=');
                if word.iter().all(plain)
                    && !field
                    && !object_name(word)
                    && (is_password(word, false) || initial_password(word) || random_base64(word))
                {
                    mask(first, last);
                }
                Then::Close
            }
            Kind::Words => {
                let length = text[first..last].first() == Some(&b'$');
                if length && self.lines < 8 {
                    return Then::Stay;
                }
                if first == last
                    || text[first] == b'*'
                    || text[first] == b'+'
                    || self.lines.is_multiple_of(2).then_some(()).is_none()
                {
                    return Then::Close;
                }
                mask(first, last);
                Then::Stay
            }
            Kind::Default => {
                if text[first..last].starts_with(b"}") {
                    return Then::Close;
                }
                if let Some(rest) = text[first..last].strip_prefix(b"default") {
                    let value = value_at(text, last - rest.trim_ascii_start().len() + 1, last, false);
                    if rest.trim_ascii_start().starts_with(b"=") {
                        mask(value.start, value.end);
                    }
                }
                Then::Stay
            }
            Kind::Body => {
                if first == last && self.lines < 4 {
                    return Then::Stay;
                }
                // Headers of the part stand before the empty line.
                if self.lines == 1
                    || (memchr::memchr(b':', &text[first..last]).is_some()
                        && text[first..last].starts_with(b"Content-"))
                {
                    return if self.lines < 3 && text[first..last].starts_with(b"Content-") {
                        Then::Stay
                    } else {
                        Then::Close
                    };
                }
                mask(first, last);
                Then::Close
            }
            Kind::Item => {
                let item = skip(text, first, last, |b| matches!(b, b'-' | b' '));
                let item = if text[first..last].starts_with(b"- ") { item } else { first };
                let from = skip(text, item, last, is_quote);
                let to = skip_back(text, last, from, |b| is_quote(b) || b == b',' || b == b']');
                if !text[from..to].starts_with(b"--") {
                    mask(from, to);
                }
                Then::Close
            }
            Kind::Block { indent } => {
                if first == last {
                    return Then::Stay;
                }
                if own <= *indent {
                    return Then::Close;
                }
                mask(first, last);
                Then::Stay
            }
            Kind::Deeper { indent } => {
                let item = text[first..last].starts_with(b"- ");
                if first == last || own < *indent || (own == *indent && !item) {
                    return Then::Close;
                }
                let from = skip(text, if item { first + 2 } else { first }, last, |b| is_quote(b) || is_blank(b));
                let to = skip_back(text, last, from, |b| is_quote(b) || b == b',');
                let value = &text[from..to];
                let mapping = value.ends_with(b":")
                    || value.starts_with(b"{")
                    || memchr::memmem::find(value, b": ").is_some()
                    || memchr::memmem::find(value, b"\": ").is_some();
                if mapping || value.contains(&b' ') {
                    return Then::Close;
                }
                mask(from, to);
                if item { Then::Stay } else { Then::Close }
            }
        }
    }
}

/// What lines of their own announce.
fn announced(line: &[u8]) -> Option<Kind> {
    const NUMBERS: [&[u8]; 7] =
        [b"priv:", b"privateExponent:", b"prime1:", b"prime2:", b"exponent1:", b"exponent2:", b"coefficient:"];
    let bare = line.trim_ascii_start();
    let ends = |word: &[u8]| line.len() >= word.len() && line[line.len() - word.len()..].eq_ignore_ascii_case(word);
    if ends(b"1) \"requirepass\"") || ends(b"1) \"masterauth\"") {
        return Some(Kind::Reply);
    }
    // A label of a form; what a person would take for a password stands below.
    if bare == b"Password" {
        return Some(Kind::Printed);
    }
    if ends(b"334 UGFzc3dvcmQ6") {
        return Some(Kind::LastWord);
    }
    if bare == b"<auth-user-pass>" || bare == b"auth-user-pass" {
        return Some(Kind::Second);
    }
    if bare == b"list: |" || line.ends_with(b"'random' passwords") {
        return Some(Kind::Pairs);
    }
    if [b"recovery codes:".as_slice(), b"backup codes:", b"scratch codes:"].iter().any(|w| ends(w)) {
        return Some(Kind::Codes);
    }
    if [b"Recovery Password:".as_slice(), b"Numerical Password:", b"certificate key:"].iter().any(|w| ends(w)) {
        return Some(Kind::Told);
    }
    NUMBERS.contains(&bare).then_some(Kind::Hex)
}

/// What a generator prints in base64, slashes among it.
fn random_base64(word: &[u8]) -> bool {
    word.len() >= 16
        && word.len().is_multiple_of(4)
        && crate::base64::is_base64(word)
        && crate::randomness::random(word)
}

/// Sixteen letters, digits and dashes, as Argo CD makes them.
fn initial_password(word: &[u8]) -> bool {
    word.len() == 16 && word.iter().any(u8::is_ascii_uppercase) && word.iter().any(u8::is_ascii_lowercase)
}

/// `2c18c-4c6de`, `48435485`: a code, or one of its words.
fn recovery_code(word: &[u8]) -> bool {
    (4..=24).contains(&word.len())
        && word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        && word.iter().any(u8::is_ascii_digit)
}

/// Commands that print a secret and nothing else.
const SHOWN: [&[u8]; 12] = [
    b"kv get -field",
    b"op read op://",
    b"$ pass show ",
    b"secrets versions access",
    b"get-secret-value",
    b"keyvault secret show",
    b"bw get password",
    b"output -raw ",
    b"secrets get ",
    b"find-generic-password",
    b"$ openssl rand ",
    b"$ pwgen ",
];

/// `kubectl get secret … | base64 -d`, `argocd admin initial-password`: what a command that shows a secret prints is on the next line.
fn shows_a_secret(line: &[u8]) -> bool {
    let has = |word: &[u8]| memchr::memmem::find(line, word).is_some();
    let shown = [b"cat /run/secrets/".as_slice(), b"cat /var/run/secrets/"].iter().any(|w| has(w));
    if shown && line.trim_ascii_start().starts_with(b"$ ") && !has(b"|") && !has(b">") {
        return true;
    }
    let typed = has(b"kubectl") || has(b"oc get") || line.trim_ascii_start().starts_with(b"$ ") || has(b"argocd");
    let end = line.trim_ascii_end();
    let decodes = [b"base64 -d".as_slice(), b"base64 --decode", b"base64 -d; echo", b"base64 --decode; echo"]
        .iter()
        .any(|w| end.ends_with(w))
        || has(b"base64decode}}");
    // A store that is asked for one value, and a Secret's field in base64.
    let field =
        [b"={.data".as_slice(), b"='{.data", b"='{{.data", b"={{.data"].iter().any(|w| has(w)) && has(b"get secret");
    let store = line.trim_ascii_start().starts_with(b"$ ") && SHOWN.iter().any(|w| has(w));
    typed && !has(b" > ") && ((decodes && has(b"secret")) || has(b" initial-password") || field || store)
}

/// Keys that are sure enough for a value which does not stand beside them.
fn firm(said: Meaning) -> Option<Meaning> {
    match said.strength {
        Strength::Certain | Strength::Likely | Strength::Stated | Strength::Phrase => Some(said),
        Strength::Authorization => Some(Meaning { strength: Strength::Stated, ..said }),
        _ => None,
    }
}
