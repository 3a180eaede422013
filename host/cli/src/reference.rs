//! The configuration's reference page and its JSON Schema, both made from the code: the doc comments of `config.rs` and of what it
//! names are the words. `docs/configuration.md` is this page, and a test fails when it has drifted.
use crate::config::Config;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::fmt::Write as _;

const HEAD: &str = "\
# Configuration

Made from the code by `wardgate config reference`.

`wardgate serve --config FILE` reads one TOML file, and then every `conf.d/*.toml` beside it in the order of their names: tables are
merged key by key, and a later file's value takes an earlier one's place; a list stands whole in one file, or it is an error. An unknown key
is an error that names the file, the line and the nearest known key. `wardgate config check --config FILE` reads the same, loads the policies
with their settings and looks at the files that are named, and opens no connection; `wardgate config schema` prints a JSON Schema for editors.
";

/// The JSON Schema of the whole file.
pub(crate) fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<Config>().to_value()
}

/// The page.
pub(crate) fn page() -> String {
    let mut page = HEAD.to_owned();
    table(&mut page, "", &schema());
    page
}

/// One table with its keys; tables within it follow as sections of their own.
fn table(page: &mut String, path: &str, schema: &Value) {
    let Some(keys) = schema["properties"].as_object() else { return };
    let inner: Vec<_> = keys.iter().filter_map(|(key, value)| Some((key, nested(value)?, value))).collect();
    if keys.len() > inner.len() {
        page.push_str("\n| key | type | |\n|---|---|---|\n");
        for (key, value) in keys.iter().filter(|(_, value)| nested(value).is_none()) {
            let needed = schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == key.as_str()));
            let _ = writeln!(
                page,
                "| `{key}` | {}{} | {} |",
                kind(value),
                if needed { ", needed" } else { "" },
                words(value)
            );
        }
    }
    for (key, (array, within), value) in inner {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let (open, close) = if array { ("[[", "]]") } else { ("[", "]") };
        let _ = write!(page, "\n## `{open}{name}{close}`\n\n{}\n", words(value));
        table(page, &name, within);
    }
}

/// The schema of a table, or of each of an array of tables (`true`), that this key holds.
fn nested(value: &Value) -> Option<(bool, &Value)> {
    let keyed = |schema: &Value| schema["properties"].is_object();
    if keyed(value) {
        return Some((false, value));
    }
    if keyed(&value["items"]) {
        return Some((true, &value["items"]));
    }
    // An optional table: itself, or null.
    let any = value["anyOf"].as_array()?;
    any.iter()
        .find(|one| keyed(one))
        .filter(|_| any.len() == 2 && any.iter().any(|one| one["type"] == "null"))
        .map(|one| (false, one))
}

fn words(value: &Value) -> String {
    value["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|")
}

/// A key's type, as people write it.
fn kind(value: &Value) -> String {
    if let Some(words) = value["enum"].as_array() {
        return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
    }
    if let Some(any) = value["oneOf"].as_array().or(value["anyOf"].as_array()) {
        let kinds: Vec<_> = any.iter().filter(|one| one["type"] != "null").map(kind).collect();
        return kinds.join(" or ");
    }
    if let Some(word) = value.get("const") {
        return format!("`{word}`");
    }
    let kinds: Vec<&str> = match &value["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        _ => vec!["any"],
    };
    let of = |inner: &Value| if inner.is_object() { format!(" of {}s", kind(inner)) } else { String::new() };
    let named = kinds.iter().map(|kind| match *kind {
        "array" => format!("array{}", of(&value["items"])),
        "object" if value["properties"].is_object() => {
            let keys = value["properties"].as_object().map(|keys| keys.keys().cloned().collect::<Vec<_>>().join(", "));
            format!("table ({})", keys.unwrap_or_default())
        }
        "object" => format!("table{}", of(&value["additionalProperties"])),
        plain => plain.to_owned(),
    });
    named.collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// `BLESS=1 cargo test` writes it anew.
    #[test]
    fn the_reference_page_says_what_the_code_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            page(),
            "BLESS=1 cargo test writes docs/configuration.md anew"
        );
    }

    /// Every key of every table says what it is.
    #[test]
    fn no_key_is_without_words() {
        fn all(path: &str, schema: &Value) {
            for (key, value) in schema["properties"].as_object().into_iter().flatten() {
                assert!(
                    value["description"].as_str().is_some_and(|words| words.len() > 8),
                    "{path}.{key} says nothing"
                );
                if let Some((_, within)) = nested(value) {
                    all(&format!("{path}.{key}"), within);
                }
            }
        }
        all("", &schema());
    }
}
