//! The page of rules is made from the table, so that it cannot say anything else. `BLESS=1` writes it anew.
#![allow(clippy::unwrap_used, clippy::panic)]
use secret_redactor::{SCHEMA, Settings, catalogue};
use std::fmt::Write;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policies/secret-redactor.md");

fn page() -> String {
    let mut out = String::from(
        "# secret-redactor\n\n\
         <!-- Made by plugins/secret-redactor/tests/docs.rs from the table of rules; BLESS=1 writes it anew. -->\n\n\
         Points at credentials in logs, events, objects, command output and error texts; the host masks them. It imports nothing\n\
         and returns nothing but ranges and rule ids.\n\n\
         ## How it decides\n\n\
         - A token whose form names its issuer is masked wherever it stands.\n\
         - A value is masked when its key names a secret: `key=value`, JSON (escaped at any depth, too), YAML, XML, flags, query\n  \
           strings, `name` and `value` pairs, headers, cookies, URLs, connection strings, statements and sentences.\n\
         - Keys are known in some sixty languages, inflected, in capitals and in sentences: `пароль: X`, `das Passwort lautet X`,\n  \
           `パスワードは「X」`. The value must look like one: `Passwort: falsch` stays.\n\
         - Where a place says enough no key is needed: the argument of a login call, what is piped into a login, the other side of\n  \
           a change, the path of a webhook's address.\n\
         - A token without form or key is masked when it has 20 characters of mixed kind that a model of character pairs holds for\n  \
           chance. Hex alone is not: ids and digests look the same; hex is masked by its key.\n\
         - Exact values that an operator knows are masked wherever they begin and end at the border of a word. Settings hold keyed hashes\n  \
           of them, made by `wardgate redact --hash-values --values-key FILE < values.txt`; the host reads the key from\n  \
           `redaction.values_key_file` and gives it to the policy when it is loaded. Such values switch the native prefilter off.\n\
         - Where a command that shows a secret stands on a line (`kubectl get secret … | base64 -d`), the password that the next line\n  \
           consists of is masked. Groups of four or five characters, as services print passwords for programs and recovery codes, are\n  \
           one value. Behind an expression its default is judged: `process.env.PASS || 'X'`.\n\
         - Placeholders (`${X}`, `<redacted>`, `***`, `null`), references, paths, URLs, UUIDs, digests, times and names of objects stay\n  \
           readable. Such a shape must be the whole value: no word within a secret sets it free.\n\
         - A UUID is an id, and stays readable, but where its key can only be a credential's: `password`, `client_secret`, `api_key`,\n  \
           `HEROKU_API_KEY`, `access_token`, a variable such as `ACME_TOKEN`, an option such as `--token`. Under `token`, `session`,\n  \
           `partition_key` and their like it stays.\n\
         - The name of a service is a key as well, where the value is long and random: `ALGOLIA=…`, `datadogKey: …`,\n  \
           `AlgoliaClient(\"…\")`, `\"algolia\": {\"key\": \"…\"}`.\n\
         - Private keys are masked from BEGIN to END, or for 16 KiB. Only the value of a key is masked; quotes and keys stay.\n\
         - Escape sequences, control, zero-width and direction marks are left out before judging; full-width letters count as plain ones.\n\
         - Lines: a value may stand on the line below its key (YAML, argument lists, forms, here-documents) or above its name, in a\n  \
           column whose head names a secret, or be cut by a line's end: parts of a line that the container runtime cut are read as\n  \
           one, and a token at a line's end goes on where the next line holds nothing but its rest, or after a soft break; quotes,\n  \
           bars, a backslash or the frame of a JSON log line may stand between. Pieces that a plus joins are read as one.\n\
         - Encodings: base64, hex and lists of bytes of a text that holds a secret are masked whole, escapes of URLs, HTML, JSON and shells are\n  \
           undone first, each up to three deep. Base64 of plain text stays readable, of compressed data it does not.\n\n\
         ## What it does not find\n\n\
         Passwords without any key or sentence around them; hex, lower-case tokens and UUIDs without a key; passwords of plain words\n\
         under keys that may as well hold names (`token`, `api_key`); base32 without its padding, and encryption; values of keys of one or two letters.\n\n\
         ## Settings\n\n| name | default | meaning |\n|---|---|---|\n",
    );
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    for (name, property) in schema["properties"].as_object().unwrap() {
        let _ =
            writeln!(out, "| `{name}` | `{}` | {} |", property["default"], property["description"].as_str().unwrap());
    }
    out.push_str("\n## Rules\n\n| id | what it masks |\n|---|---|\n");
    for (id, description, _, _) in catalogue() {
        let _ = writeln!(out, "| `{id}` | {description} |");
    }
    out
}

#[test]
fn the_page_lists_every_rule() {
    let page = page();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(PAGE).unwrap_or_default() == page,
        "docs/policies/secret-redactor.md is stale: run this test with BLESS=1"
    );
}

#[test]
fn the_defaults_are_the_schemas() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let defaults: serde_json::Value = serde_json::from_str(include_str!("../defaults.json")).unwrap();
    for (name, property) in schema["properties"].as_object().unwrap() {
        assert_eq!(defaults[name], property["default"], "{name}");
    }
    assert_eq!(defaults.as_object().unwrap().len(), schema["properties"].as_object().unwrap().len());
    serde_json::from_value::<Settings>(defaults).unwrap().compile().unwrap();
}
