//! Streams: the findings are those of the whole text, however it is cut (every split point, random splits), and whatever the
//! host skips for want of a trigger. The oracle of triggers reads the contract's words, byte by byte, and shares no code with
//! the scanner; it sees nothing but the setup that the plugin gives the host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation)]
use proptest::prelude::*;
use secret_redactor::{Detector, Found, Scanner, SecretRedactor, Settings, catalogue, expand, find_all, join};
use std::{cell::OnceCell, ops::Range};
use wardgate_guest::{Redactor, redaction};

thread_local! {
    static DETECTOR: OnceCell<&'static Detector> = const { OnceCell::new() };
    static TRIGGERS: OnceCell<&'static [redaction::Trigger]> = const { OnceCell::new() };
}

fn detector() -> &'static Detector {
    DETECTOR.with(|cell| {
        *cell.get_or_init(|| Box::leak(Box::new(Detector::new(Settings::default().compile().unwrap()).unwrap())))
    })
}

fn triggers() -> &'static [redaction::Trigger] {
    TRIGGERS.with(|cell| {
        *cell.get_or_init(|| {
            let (_, setup) = SecretRedactor::configure(Settings::default()).unwrap();
            let redaction::Attention::Near(triggers) = setup.attention else {
                panic!("the built-in rules need no more than triggers")
            };
            Box::leak(triggers.into_boxed_slice())
        })
    })
}

/// Lines that hold something of everything, and harmless ones between.
fn corpus(seed: &mut u64) -> Vec<String> {
    let mut lines: Vec<String> = [
        "2026-11-24T10:00:07.123Z INFO [web-7d9f8b6c5d-x2x9z] served /api/v1/orders 200 12ms\n",
        "{\"level\":\"info\",\"msg\":\"up\",\"password\":\"{w12}\",\"user\":\"bob\"}\n",
        "{\"name\":\"DB_PASSWORD\",\"value\":\"{w12}\"}\n",
        "- name: API_TOKEN\n  value: {w24}\n",
        "Authorization: Bearer {b40}\r\n",
        "Cookie: sid={w24}; theme=dark\n",
        "dial postgres://app:{w16}@db:5432/x and app:{w9}@tcp(db:3306)/y\n",
        "\u{1b}[32mINFO\u{1b}[0m pass\u{200b}word=\u{1b}[1m{w12}\u{1b}[0m end\n",
        "\u{ff50}assword\u{ff1a} {w10} \u{201c}quoted\u{201d}\n",
        "key:\n-----BEGIN RSA PRIVATE KEY-----\n{s64}\n{s64}\n{s12}==\n-----END RSA PRIVATE KEY-----\nafter\n",
        "{\"k\":\"-----BEGIN PRIVATE KEY-----\\n{s64}\\n-----END PRIVATE KEY-----\\n\",\"a\":\"{w24}\"}\n",
        "-----BEGIN CERTIFICATE-----\n{s64}\n{s64}\n-----END CERTIFICATE-----\n",
        "got {w32} and {s40}= from vault, commit {h40}\n",
        "apiVersion: v1\ndata:\n  a: aHVudGVyMg==\n  b: c3dvcmRmaXNo\nkind: Secret\n",
        "kind: Secret\nstringData:\n  a: hunter2\n  t: |\n    one\n    two\ntype: Opaque\n",
        "t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.{b43} x\n",
        "msg=\"{\\\"token\\\":\\\"{w24}\\\"}\" --password {w9} <secret>{w12}</secret>\n",
        "secret \"my-tls\" not found; invalid password: incorrect; password=${X} trace_id={h32}\n",
        "curl -u bob:{w9} https://x | mysql -p{w9} | machine h login u password {w9}\n",
        "2026-11-24T10:00:07.1234567Z stdout P token={w20}\n2026-11-24T10:00:07.1234568Z stdout P {w20}\n2026-11-24T10:00:07.1234569Z stdout F {w9} end\n",
        "got ghp_{w20}\n{w16}\nand a line\n",
        "password={w12}=\n{w9} soft break\ntoken=3D{w20}=\n{w16} and on\n",
        " id | user | password\n----+------+------\n 1 | bob | {w12}\n 2 | al | {w9}\n(2 rows)\n",
        "NAME   TOKEN                AGE\nweb    {w20}   3d\ndb     {w20}   4d\n\nafter\n",
        "id,user,password\n1,bob,{w12}\n2,al,\"{w9}\"\nend of it\n",
        "- value: {w12}\n  name: DB_PASSWORD\n- value: plain\n  name: MODE\n",
        "args:\n- --password\n- {w12}\n- --verbose\n",
        "password:\n  {w12}\nkey: >-\n  {w20}\n  {w20}\nnext: 1\n",
        "Content-Disposition: form-data; name=\"password\"\r\n\r\n{w12}\r\n--x\r\n",
        "api_key = <<EOF\n{w20}\nEOF\nafter\n",
        "q=password%3D{w12}%26x%3D1 m=\\u0070\\u0061ssword\\u003d{w12} h=&#112;&#97;ssword={w12} x=70617373776f72643d68756e74657232\n",
        "temporary password for bob changed from {w12} to {w9}2! and token {h40} was rejected\n",
        "DB_PASSWORD => {w12}, (\"API_KEY\", \"{w24}\"), <name>DB_PASSWORD</name><value>{w9}</value>, | password | {w9}x1 |\n",
        "ALGOLIA_ADMIN={h32} {\"passwords\":[\"{w9}\",\"{w12}\"]} {\"secret_key\":{\"value\":\"{w12}\"}}\n",
        "token = \"ghp_{w16}\"\n        \"{w20}\"\n| token | glpat-{w9} |\n|       | {w11} |\nTOKEN=npm_{w20}\\\n{w16}\n",
        "{\"log\":\"token=sk_live_{w12}\",\"stream\":\"stdout\"}\n{\"log\":\"{w12}7Q\\n\",\"stream\":\"stdout\"}\n",
        "'ghp_{w12}' + '{w24}' and using glpat-{w12}... [112, 97, 115, 115, 119, 111, 114, 100, 61, 104, 117, 110, 116, 101, 114, 50] ok\n",
        "70 61 73 73 77 6f 72 64 3d 68 75 6e 74 65 72 32 and Data:map[string][]byte{main: [74 117 100],},Type:Opaque,Secret{\n",
        "das Passwort f\u{fc}r bob lautet {w12}x7, \u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}: {w12} \u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}\u{306f}\u{300c}{w12}\u{300d} \u{5bc6}\u{7801}\u{ff1a}{w12}\n",
        "db.auth(\"app\", \"{w12}\") echo {w12} | docker login -u bot --password-stdin; use {w12}x7 as the password\n",
        "public string Password { get; set; } = \"{w12}\"; (password . \"{w12}\") a:1:{s:8:\"password\";s:10:\"{w12}\";}\n",
        "use the following password to proceed:\n\n{h32}\n\nAUTH\r\n$12\r\n{w12}\r\n*1\r\napp.password=\\\n    {w12}\n",
        "blob:\n  c2VydmVyOgogIGxpc3RlbjogMC4wLjAuMDo4MDgwCiAgd29ya2VyczogNAog\n  IHJlZ2lvbjogZXUtd2VzdC0xCmRhdGFiYXNlOgogIHBhc3N3b3JkOiBodW50\n  ZXIyLVRyMHViCg==\nc2VydmVyOgogIGxpc3RlbjogMC4wLjAuMDo4MDgwCiAgd29ya2VyczogNAog\nIHJlZ2lvbjogZXUtd2VzdC0xCmRhdGFiYXNlOgogIHBvcnRzOiBlaWdodHkK\nand so on\n",
        "kubectl get secret db -o jsonpath='{.data.password}' | base64 -d\n{w12}x7\npassword: Ikcz JXmD o4zs C3bo BepL BTRd\nrecovery codes: 5rogq-9av79 scxx8-kgmas\n",
        "INSERT INTO u(id,passwd,at) VALUES (1,'{w12}',now()),(2,'{w9}',now()); Property: db.password\n    Value: \"{w9}x1\"\nx: {\"key\":\"db.password\",\"value\":{\"stringValue\":\"{w9}\"}}\n",
        "<auth-user-pass>\nbob\n{w12}x7\n</auth-user-pass>\n  list: |\n    bob:{w12}x7\n    al:{w9}x7\n  expire: false\n",
        "Recovery codes:\n  {h5}-{h5}\n  {h5}-{h5}\npriv:\n    68:41:24:a3:\n    60:42\npub:\n    04:0d\nC: x\nS: 334 UGFzc3dvcmQ6\nC: aHVudGVyMng=\n",
        "$ openssl rand -hex 16\n{h32}\n1) \"requirepass\"\n2) \"{w12}\"\n<key>APIToken</key>\n<string>{w24}</string>\nUsing certificate key:\n{h64}\n",
        "page.fill('#password', '{w12}x7') x:{PLAIN}{w12}:5000 got \"{w12}x7\" for password [246,64,179,253,18,21,145,221] keypair: [246,64,179,253,18,21,145,221]\n",
        "id=MFYGSX3TMVRXEZLUHVLVMNRTJ5ITOODPMI====== secret: <Buffer 96 c8 a4 2a 38 11 a5 f7> passwd=0x7ff74ac3 \"{w12}\" | db_password   | {w12} |\n",
        "https://hooks.example.com/webhook/{w24} see hawk.{b20}.{b20} or x.{w6}:{w32}\n",
    ]
    .iter()
    .map(|l| expand(l, seed))
    .collect();
    let examples: Vec<String> = catalogue().into_iter().filter_map(|(_, _, example, _)| example).collect();
    lines.extend(examples.chunks(9).map(|c| format!("seen {}\n", c.join(" and "))));
    lines
}

fn split(text: &[u8], cuts: &[usize], scalars: bool) -> Vec<Found> {
    let mut scanner = Scanner::new(detector(), scalars);
    let mut found = Vec::new();
    let mut at = 0;
    for &cut in cuts.iter().chain([&text.len()]) {
        let settled = scanner.progress(vec![]).settled;
        let from = found.len();
        scanner.push(at as u64, &text[at..cut], &mut found);
        let progress = scanner.progress(vec![]);
        assert!(progress.settled >= settled && progress.settled <= cut as u64);
        assert!(progress.open || progress.settled == cut as u64, "what is not open is settled");
        assert!(
            found[from..].iter().all(|f| f.end <= progress.settled && f.start >= settled),
            "findings lie between what was settled and what is"
        );
        at = cut;
    }
    scanner.finish(&mut found);
    join(found)
}

#[test]
fn findings_are_the_same_at_every_split_point() {
    let mut seed = 5;
    for line in corpus(&mut seed) {
        let text = format!("plain line before\n{line}plain line after password=tail{}", "x");
        let whole = find_all(detector(), text.as_bytes(), false);
        for cut in 0..=text.len() {
            assert_eq!(split(text.as_bytes(), &[cut], false), whole, "cut at {cut} of {text}");
        }
    }
}

#[test]
fn secret_cut_at_any_byte_is_masked() {
    let secret = "hunter2hunter2";
    let text = format!("a b password={secret} c\n");
    let place = text.find(secret).unwrap();
    for cut in 0..=text.len() {
        let found = split(text.as_bytes(), &[cut], false);
        assert!(
            found.iter().any(|f| f.start <= place as u64 && f.end >= (place + secret.len()) as u64),
            "cut at {cut}"
        );
    }
}

#[test]
fn a_token_that_the_stream_cuts_off_is_masked() {
    for text in ["got AKIAQ2XV7", "got ghp_x9Kd", "x -----BEGIN RSA PRIV", "password=hun"] {
        assert!(!find_all(detector(), text.as_bytes(), false).is_empty(), "{text}");
    }
}

fn long_line(seed: &mut u64) -> String {
    let mut text = String::new();
    for i in 0..60 {
        text.push_str(&expand(
            [
                "\"msg\":\"all is well\",\"n\":{d3},",
                "\"password\":\"{w12}\",",
                "\"v\":\"{w1000}\",",
                "{\"name\":\"DB_PASSWORD\",\"value\":\"{w9}\"},",
                "url=https://u:{w9}@h/ ",
                "\"token\":\"{w5000}\",",
            ][i % 6],
            seed,
        ));
        text.push_str(&"filler words of no meaning ".repeat(i % 9 * 12));
    }
    text
}

#[test]
fn a_long_line_is_decided_in_part_with_the_same_findings() {
    let mut seed = 77;
    let text = format!("x\n{}\nend\n", long_line(&mut seed));
    assert!(text.len() > 60_000);
    let whole = find_all(detector(), text.as_bytes(), false);
    assert!(whole.len() > 40);
    for step in [1, 7, 100, 1000, 4096, 16_384, 30_000] {
        let cuts: Vec<usize> = (step..text.len()).step_by(step).collect();
        assert_eq!(split(text.as_bytes(), &cuts, false), whole, "pieces of {step}");
    }
}

#[test]
fn a_line_without_end_is_held_in_bounded_memory() {
    let mut scanner = Scanner::new(detector(), false);
    let mut found = Vec::new();
    let piece = "word password=hunter2 and \0 more ".repeat(2000);
    let mut offset = 0;
    for _ in 0..100 {
        scanner.push(offset, piece.as_bytes(), &mut found);
        offset += piece.len() as u64;
        let settled = scanner.progress(vec![]).settled;
        assert!(offset - settled < 24 << 10, "{}", offset - settled);
    }
}

/// What the contract says a trigger is, read word by word.
mod oracle {
    use super::*;

    fn ends_line(b: u8) -> bool {
        matches!(b, b'\n' | b'\r')
    }

    fn follows(text: &[u8], mut i: usize, follow: redaction::Follow) -> bool {
        let between = |b: u8| matches!(b, b'"' | b'\'' | b' ' | b'\t');
        let name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.');
        let take = |i: &mut usize, most: usize, class: &dyn Fn(u8) -> bool| {
            let start = *i;
            while *i < text.len() && *i - start < most && class(text[*i]) {
                *i += 1;
            }
        };
        match follow {
            redaction::Follow::Anything => true,
            redaction::Follow::Value(least) => {
                take(&mut i, 16, &name);
                take(&mut i, 3, &between);
                if i >= text.len() || !matches!(text[i], b'=' | b':') {
                    return false;
                }
                i += 1;
                take(&mut i, 3, &between);
                let value = i;
                take(&mut i, least as usize, &|b| !between(b) && !ends_line(b));
                i - value == least as usize
            }
            redaction::Follow::Byte(byte) => {
                let end = (i + 256).min(text.len());
                text[i..end]
                    .iter()
                    .take_while(|b| **b == byte || !(between(**b) || ends_line(**b) || **b == b'/'))
                    .any(|b| *b == byte)
            }
        }
    }

    /// Every hit of every trigger: what is named, and how far to show around it.
    fn hits(text: &[u8], trigger: &redaction::Trigger) -> Vec<Range<usize>> {
        let mut hits = Vec::new();
        for literal in &trigger.literals {
            let word = literal.text.as_bytes();
            for i in 0..(text.len() + 1).saturating_sub(word.len()) {
                let here = &text[i..i + word.len()];
                let same = if literal.any_case { here.eq_ignore_ascii_case(word) } else { here == word };
                if same
                    && !(literal.word_start && i > 0 && text[i - 1].is_ascii_alphanumeric())
                    && follows(text, i + word.len(), literal.follow)
                {
                    hits.push(i..i + word.len());
                }
            }
        }
        for run in &trigger.runs {
            let mut i = 0;
            while i < text.len() {
                let start = i;
                while i < text.len() && run.alphabet.as_bytes().contains(&text[i]) {
                    i += 1;
                }
                let here = &text[start..i];
                let mixed = here.iter().any(u8::is_ascii_lowercase)
                    && here.iter().any(u8::is_ascii_uppercase)
                    && here.iter().any(u8::is_ascii_digit);
                if here.len() >= run.min_length as usize && mixed {
                    hits.push(start..i);
                }
                i = i.max(start + 1);
            }
        }
        for (i, b) in text.iter().enumerate() {
            if trigger.bytes.iter().any(|r| (r.first..=r.last).contains(b)) {
                hits.push(i..i + 1);
            }
        }
        hits
    }

    /// The least that a host may show: whole lines, a long one (over `long` bytes) in part.
    pub(super) fn windows(text: &[u8], triggers: &[redaction::Trigger], long: usize) -> Vec<Range<usize>> {
        let mut windows = Vec::new();
        for trigger in triggers {
            for hit in hits(text, trigger) {
                let line_start = text[..hit.start].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
                let line_end = text[hit.end..].iter().position(|b| *b == b'\n').map_or(text.len(), |n| hit.end + n + 1);
                let before = hit.start.saturating_sub(trigger.before as usize);
                let (start, end) = if line_end - line_start <= long {
                    (if trigger.across { before.min(line_start) } else { line_start }, line_end)
                } else {
                    (if trigger.across { before } else { before.max(line_start) }, hit.end)
                };
                windows.push(word_start(text, start)..end);
            }
        }
        windows
    }

    /// The nearest place at or before `at` where a word begins.
    pub(super) fn word_start(text: &[u8], mut at: usize) -> usize {
        let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-');
        while at > 0 && inside(text[at - 1]) {
            at -= 1;
        }
        at
    }
}

/// Plays the host: shows the windows, everything while the scanner is open, and nothing else.
fn play(text: &[u8], mut windows: Vec<Range<usize>>, scalars: bool) -> (Vec<Found>, usize) {
    windows.sort_by_key(|w| w.start);
    let mut scanner = Scanner::new(detector(), scalars);
    let mut found = Vec::new();
    let (mut at, mut open, mut shown) = (0, false, 0);
    let mut next = windows.into_iter().peekable();
    while at < text.len() {
        let mut end = if open { at + 1 } else { at };
        while let Some(w) = next.peek() {
            if w.start > end && (open || w.start > at) {
                break;
            }
            end = end.max(w.end);
            next.next();
        }
        if end <= at {
            // Skip to the next window.
            let Some(w) = next.peek() else { break };
            at = w.start;
            continue;
        }
        // While it is open the host goes on; here to the line's end or a few bytes.
        if open {
            end = end.max(text.len().min(at + 37));
        }
        let end = end.min(text.len());
        open = scanner.push(at as u64, &text[at..end], &mut found);
        shown += end - at;
        at = end;
    }
    scanner.finish(&mut found);
    (join(found), shown)
}

#[test]
fn the_least_a_host_may_show_gives_the_same_findings() {
    let mut seed = 3;
    let mut lines = corpus(&mut seed);
    let plain = "2026-11-24T10:00:07Z INFO nothing of note happened in orders-7d9f8b6c5d-x2x9z\n".to_owned();
    lines = lines.into_iter().flat_map(|l| [plain.clone(), l, plain.repeat(9)]).collect();
    let text = lines.concat();
    let whole = find_all(detector(), text.as_bytes(), false);
    assert!(oracle::windows(plain.as_bytes(), triggers(), 4096).is_empty(), "an ordinary line wakes nobody");
    for line in corpus(&mut 3) {
        let text = format!("{plain}{line}{plain}{plain}");
        let mut scanner = Scanner::new(detector(), false);
        scanner.push(0, text.as_bytes(), &mut vec![]);
        assert!(!scanner.progress(vec![]).open, "still open behind {line}");
    }
    let (found, shown) = play(text.as_bytes(), oracle::windows(text.as_bytes(), triggers(), 4096), false);
    assert_eq!(found, whole);
    assert!(shown < text.len() * 9 / 10, "something was skipped: {shown} of {} were shown", text.len());
}

#[test]
fn a_long_line_shown_in_part_gives_the_same_findings() {
    let mut seed = 42;
    let text = format!("{}\n", long_line(&mut seed));
    let whole = find_all(detector(), text.as_bytes(), false);
    let (found, _) = play(text.as_bytes(), oracle::windows(text.as_bytes(), triggers(), 256), false);
    assert_eq!(found, whole);
}

fn documents() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "password",
        "token",
        "secret",
        "=",
        ": ",
        "\"",
        "'",
        "\\",
        "\n",
        "\r\n",
        " ",
        "  ",
        ",",
        "{",
        "}",
        "&",
        ";",
        "://",
        "@",
        ":",
        "user",
        "name",
        "value",
        "- name: DB_PASSWORD\n",
        "hunter2",
        "{w24}",
        "{w12}",
        "{b43}",
        "{h32}",
        "AKIA{u16}",
        "eyJhbGciOiJIUzI1NiJ9.{b20}.{b20}",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----END RSA PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "\u{1b}[31m",
        "\u{1b}",
        "\u{200b}",
        "\u{ff1a}",
        "\u{e9}",
        "\0",
        "data:\n",
        "kind: Secret\n",
        "stringData:\n",
        "  k: aHVudGVyMg==\n",
        "Cookie: ",
        "Authorization: ",
        "Bearer ",
        "--password ",
        "<password>",
        "[redacted]",
        "${X}",
        "/",
        "-",
        "_",
        "+",
        "some plain words of a line that holds nothing",
        "\"value\":\"",
        "curl -u a:b",
        "@tcp(",
        "password is ",
        "word_",
        "\n2026-11-24T10:00:07.123456789Z stdout P ",
        "\n2026-11-24T10:00:07.123456789Z stdout F ",
        "\nid | password | x\n",
        " | ",
        "\nNAME  TOKEN  AGE\n",
        "\nuser,password,x\n",
        ",",
        "\n- value: {w9}\n",
        "  name: DB_PASSWORD\n",
        "- --password\n- ",
        "\npassword:\n  ",
        "\nkey: |\n  ",
        "=\n",
        "\n{w16}\n",
        "ghp_{w10}",
        " => ",
        "%3D",
        "\\u003d",
        "\\u0070",
        "&#112;",
        "70617373",
        "form-data; name=\"password\"\r\n\r\n",
        "api_key = <<EOF\n",
        "EOF\n",
        "</name><value>",
        "from ",
        "to ",
        "for bob ",
        "algolia_x={h32}",
        "'",
        "(",
        ")",
        "[",
        "]",
        "cGFzc3dvcmQ9aHVudGVyMmh1bnRlcg",
        "\u{3000}",
    ]);
    (prop::collection::vec(pieces, 1..60), any::<u64>())
        .prop_map(|(parts, mut seed)| expand(&parts.concat(), &mut seed))
}

#[test]
fn a_value_whose_key_is_coloured_is_found_behind_any_windows() {
    for text in [
        "-IR0tb4HgbPSG90eJSbju1PqN7xXT_pQakh7SXwmAbx  name: DB_PASSWORD\n- name: DB_PASSWORD\nvalue\u{1b}[31m=://",
        "- name: DB_PASSWORD\nvalue\u{1b}[31m=://",
    ] {
        let bytes = text.as_bytes();
        let windows = oracle::windows(bytes, triggers(), 4096);
        let (found, _) = play(bytes, windows.clone(), false);
        assert_eq!(found, find_all(detector(), bytes, false), "{text} {windows:?}");
    }
}

#[test]
fn an_element_does_not_reach_into_the_line_above() {
    let text = b"<secret><![CDATA[WzClYovsqbgI7q\ncrictl pull ]]></secret>\n";
    for cut in 0..=text.len() {
        let mut scanner = Scanner::new(detector(), false);
        let (mut found, mut settled) = (Vec::new(), 0);
        for piece in [0..cut, cut..text.len()] {
            let from = found.len();
            scanner.push(piece.start as u64, &text[piece], &mut found);
            assert!(found[from..].iter().all(|one| one.start >= settled), "{found:?} at {cut}");
            settled = scanner.progress(vec![]).settled;
        }
        scanner.finish(&mut found);
        assert_eq!(secret_redactor::join(found), find_all(detector(), text, false), "at {cut}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_texts_split_anywhere_give_the_same_findings(text in documents(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12), scalars in any::<bool>()) {
        let text = text.as_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|c| c.index(text.len() + 1)).collect();
        cuts.sort_unstable();
        prop_assert_eq!(split(text, &cuts, scalars), find_all(detector(), text, scalars));
    }

    #[test]
    fn random_texts_with_random_extra_windows_give_the_same_findings(text in documents(), extra in prop::collection::vec((any::<prop::sample::Index>(), 0usize..80), 0..6), long in prop::sample::select(vec![40usize, 4096])) {
        let bytes = text.as_bytes();
        let whole = find_all(detector(), bytes, false);
        let mut windows = oracle::windows(bytes, triggers(), long);
        for (start, length) in extra {
            let start = oracle::word_start(bytes, start.index(bytes.len() + 1));
            windows.push(start..(start + length).min(bytes.len()));
        }
        let (found, _) = play(bytes, windows, false);
        prop_assert_eq!(found, whole);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(bytes.len() + 1);
        prop_assert_eq!(split(&bytes, &[cut], false), find_all(detector(), &bytes, false));
    }
}
